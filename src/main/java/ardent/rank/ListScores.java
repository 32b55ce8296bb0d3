package ardent.rank;

import ardent.data.Origin;
import ardent.evaluate.statistics.Interval;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How good the lists of a recommender or a ranker are: each measure has one number for each user or query of the test.
 *
 * @param name what was tested
 * @param description where it comes from
 * @param data what it was tested on
 * @param values of each measure, such as {@code NDCG@10}
 */
public record ListScores(String name, Description description, Origin data, Map<String, List<Double>> values) {
    /** Copies the values. */
    public ListScores {
        Arguments.given("name, description, data", name, description, data);
        values = Arguments.all("values", values);
    }

    /**
     * Scores from one row of numbers for each user or query.
     *
     * @param name what was tested
     * @param description where it comes from
     * @param data what it was tested on
     * @param measures in the order of the rows
     * @param rows a number for each measure
     * @return the scores
     * @throws IllegalArgumentException in one sentence, if a measure is named twice
     */
    public static ListScores of(
            String name, Description description, Origin data, List<String> measures, List<double[]> rows) {
        List<double[]> each = Arguments.all("rows", rows);
        var values = new LinkedHashMap<String, List<Double>>();
        List<String> names = Arguments.all("measures", measures);
        for (int i = 0; i < names.size(); i++) {
            int column = i;
            List<Double> one = each.stream().map(row -> row[column]).toList();
            if (values.put(names.get(i), one) != null) {
                throw new IllegalArgumentException(
                        "The measure " + names.get(i) + " is named twice: name each measure once.");
            }
        }
        return new ListScores(name, description, data, values);
    }

    /**
     * The mean over users or queries.
     *
     * @param measure such as {@code NDCG@10}
     * @return the mean
     */
    public double mean(String measure) {
        return of(measure).stream().mapToDouble(x -> x).average().orElseThrow();
    }

    /**
     * Where the mean would lie with others like these.
     *
     * @param measure such as {@code NDCG@10}
     * @return 95 % bootstrap interval over users or queries
     */
    public Interval interval(String measure) {
        return Interval.ofMean(of(measure).stream().mapToDouble(x -> x).toArray());
    }

    /**
     * By how much this one is better, user by user or query by query.
     *
     * @param other scores of another one on the same data
     * @param measure such as {@code NDCG@10}
     * @return 95 % bootstrap interval of the mean difference
     * @throws IllegalArgumentException in one sentence, if the data differ, or one of them does not have the measure, as where an attack had
     *     another budget
     */
    public Interval gain(ListScores other, String measure) {
        if (!data.equals(other.data)) {
            throw new IllegalArgumentException(
                    "Lists are compared one by one on the same data, and the other ones are not of " + data + ": "
                            + ListNetwork.difference(other.data, data) + ".");
        }
        List<Double> mine = of(measure);
        List<Double> theirs = other.of(measure);
        return Interval.ofMean(IntStream.range(0, mine.size())
                .mapToDouble(i -> mine.get(i) - theirs.get(i))
                .toArray());
    }

    private List<Double> of(String measure) {
        List<Double> known = values.get(measure);
        if (known == null) {
            throw new IllegalArgumentException(
                    "There is no measure " + measure + " of " + name + " here, only " + values.keySet() + ".");
        }
        return known;
    }

    /** Each measure with its interval, in one line. */
    @Override
    public String toString() {
        return values.keySet().stream()
                .map(measure -> {
                    Interval around = interval(measure);
                    return String.format(
                            Locale.ROOT, "%s %.4f [%.4f, %.4f]", measure, mean(measure), around.low(), around.high());
                })
                .collect(Collectors.joining(", ", name + ": ", ""));
    }
}
