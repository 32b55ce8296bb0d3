package ardent.recommend;

import ardent.data.Origin;
import ardent.evaluate.statistics.Interval;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How well a recommender puts the items of the test first: Recall@K, the share of a user's test items among the first K, and NDCG@K, where
 * higher places count more and the ideal has all of them first. Items of training and validation are taken out. Users without
 * a test item do not count.
 *
 * @param name the recommender
 * @param description where it comes from
 * @param data what it was tested on
 * @param values of each measure, such as {@code NDCG@10}, one number for each user that counts, in [0, 1]
 */
public record TopItems(String name, Description description, Origin data, Map<String, List<Double>> values) {
    /** Copies the values. */
    public TopItems {
        Arguments.given("name, description, data", name, description, data);
        values = Arguments.all("values", values);
    }

    /**
     * Tests a recommender.
     *
     * @param recommender the recommender
     * @param data what it was trained on
     * @param depths each K, such as 10 and 50
     * @return its scores
     * @throws IllegalArgumentException in one sentence, if a K is not among 1 to the number of items, or there is no test item
     */
    public static TopItems of(Recommender recommender, Interactions data, int... depths) {
        Arguments.given("recommender, data", recommender, data);
        int most = most(data, depths);
        float[][] scores = recommender.scores(data.everybody());
        return of(
                recommender.name(),
                Description.of(recommender),
                data,
                u -> order(scores[u], most, data.training(u), data.validation(u)),
                depths);
    }

    /**
     * Tests the ensemble of teachers that a student learns from, in their last versions.
     *
     * @param teachers the teachers
     * @param data what they were trained on
     * @param depths each K
     * @return its scores
     * @throws IllegalArgumentException as above
     */
    public static TopItems of(List<TeacherVersions> teachers, Interactions data, int... depths) {
        Arguments.all("teachers", teachers);
        Arguments.given("data", data);
        int most = most(data, depths);
        teachers.forEach(teacher -> teacher.requireFor(data));
        IntFunction<int[]> ensemble = u -> HetComp.ensemble(
                teachers.stream()
                        .map(teacher -> HetComp.importance(teacher.lists()[TeacherVersions.COUNT - 1][u], data.items()))
                        .toList(),
                most,
                joined(data.training(u), data.validation(u)));
        return of("ensemble of " + teachers.size(), Description.of(new HetComp(teachers)), data, ensemble, depths);
    }

    private static int[] joined(int[] a, int[] b) {
        return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }

    private static int most(Interactions data, int... depths) {
        data.requireSplit();
        for (int depth : depths) {
            if (depth < 1 || depth > data.items()) {
                throw new IllegalArgumentException("The first K items are judged for a K from 1 to " + data.items()
                        + ", the number of items, not " + depth + ".");
            }
        }
        return Arrays.stream(depths)
                .max()
                .orElseThrow(() -> new IllegalArgumentException("Name at least one K, such as 10."));
    }

    private static TopItems of(
            String name, Description description, Interactions data, IntFunction<int[]> order, int... depths) {
        int[] users = IntStream.range(0, data.users())
                .filter(u -> data.test(u).length > 0)
                .toArray();
        if (users.length == 0) {
            throw new IllegalArgumentException("No user of " + data.origin() + " has a test item.");
        }
        var values = new LinkedHashMap<String, List<Double>>();
        int[][] orders = Arrays.stream(users).mapToObj(order).toArray(int[][]::new);
        for (int depth : depths) {
            values.put("Recall@" + depth, each(orders, users, (i, u) -> recall(orders[i], data.test(u), depth)));
            values.put("NDCG@" + depth, each(orders, users, (i, u) -> ndcg(orders[i], data.test(u), depth)));
        }
        return new TopItems(name, description, data.origin(), values);
    }

    private interface Judged {
        double of(int place, int user);
    }

    private static List<Double> each(int[][] orders, int[] users, Judged measure) {
        return IntStream.range(0, orders.length)
                .mapToObj(i -> measure.of(i, users[i]))
                .toList();
    }

    /** The share of the sought items among the first ones. */
    static double recall(int[] order, int[] sought, int depth) {
        return (double) Arrays.stream(order)
                        .limit(depth)
                        .filter(item -> Arrays.binarySearch(sought, item) >= 0)
                        .count()
                / sought.length;
    }

    /** Σ over hits of 1/log₂(rank + 1), divided by what min(|sought|, depth) hits at the top would give. */
    static double ndcg(int[] order, int[] sought, int depth) {
        double sum = 0;
        double ideal = 0;
        for (int r = 0; r < depth; r++) {
            double gain = Math.log(2) / Math.log(r + 2);
            sum += r < order.length && Arrays.binarySearch(sought, order[r]) >= 0 ? gain : 0;
            ideal += r < sought.length ? gain : 0;
        }
        return sum / ideal;
    }

    /** The first items by falling score, of equal ones the lower number first, without those that are hidden. */
    static int[] order(float[] scores, int count, int[]... hidden) {
        var keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) {
            int bits = Float.floatToIntBits(-scores[i] + 0f);
            keys[i] = (long) (bits < 0 ? bits ^ Integer.MAX_VALUE : bits) << Integer.SIZE | i;
        }
        for (int[] some : hidden) {
            for (int item : some) {
                keys[item] = Long.MAX_VALUE;
            }
        }
        Arrays.sort(keys);
        return Arrays.stream(keys)
                .limit(count)
                .filter(key -> key != Long.MAX_VALUE)
                .mapToInt(key -> (int) key)
                .toArray();
    }

    /**
     * The mean over users.
     *
     * @param measure such as {@code NDCG@10}
     * @return in [0, 1]
     */
    public double mean(String measure) {
        return of(measure).stream().mapToDouble(x -> x).average().orElseThrow();
    }

    /**
     * Where the mean would lie with other users like these.
     *
     * @param measure such as {@code NDCG@10}
     * @return 95 % bootstrap interval over users
     */
    public Interval interval(String measure) {
        return Interval.ofMean(of(measure).stream().mapToDouble(x -> x).toArray());
    }

    /**
     * By how much this one is better, user by user.
     *
     * @param other scores of another recommender on the same data
     * @param measure such as {@code NDCG@10}
     * @return 95 % bootstrap interval of the mean difference
     * @throws IllegalArgumentException in one sentence, if the data differ
     */
    public Interval gain(TopItems other, String measure) {
        if (!data.equals(other.data)) {
            throw new IllegalArgumentException("Recommenders are compared user by user on the same data, not on " + data
                    + " and " + other.data + ".");
        }
        List<Double> mine = of(measure);
        List<Double> theirs = other.of(measure);
        return Interval.ofMean(IntStream.range(0, mine.size())
                .mapToDouble(i -> mine.get(i) - theirs.get(i))
                .toArray());
    }

    private List<Double> of(String measure) {
        if (!values.containsKey(measure)) {
            throw new IllegalArgumentException(
                    "There is no measure " + measure + " here, only " + values.keySet() + ".");
        }
        return Objects.requireNonNull(values.get(measure));
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
