package ardent.recommend;

import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.rank.ListScores;
import ardent.rank.Lists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How well a recommender puts the items of the test first: Recall@K, the share of a user's test items among the first K, and NDCG@K, where
 * higher places count more and the ideal has all of them first. Items of training and validation are taken out. Users without
 * a test item do not count.
 */
public final class TopItems {
    private TopItems() {}

    /**
     * Tests a recommender.
     *
     * @param recommender the recommender
     * @param data what it was trained on
     * @param depths each K, such as 10 and 50; the same K twice is one
     * @return its scores
     * @throws IllegalArgumentException in one sentence, if it was trained on other data, a K is not among 1 to the number of items, or
     *     there is no test item
     */
    public static ListScores of(Recommender recommender, Interactions data, int... depths) {
        Arguments.given("recommender, data", recommender, data);
        int most = most(data, depths);
        recommender.requireFor(data.origin());
        float[][] scores = recommender.scores(data.everybody());
        return of(
                recommender.name(),
                Description.of(recommender),
                data,
                u -> Lists.order(scores[u], most, data.training(u), data.validation(u)),
                depths);
    }

    /**
     * Tests the ensemble of teachers that a student learns from, in their last versions.
     *
     * @param teachers the teachers
     * @param data what they were trained on
     * @param depths each K
     * @return its scores
     * @throws IllegalArgumentException as above, or if a K reaches beyond the lists that teachers keep
     */
    public static ListScores of(List<TeacherVersions> teachers, Interactions data, int... depths) {
        Arguments.all("teachers", teachers);
        Arguments.given("data", data);
        int most = most(data, depths);
        teachers.forEach(teacher -> teacher.requireFor(data));
        int known = IntStream.range(0, data.users())
                .filter(u -> data.items() - data.training(u).length > TeacherVersions.KEPT)
                .map(u -> TeacherVersions.KEPT - data.validation(u).length)
                .min()
                .orElse(most);
        if (most > known) {
            throw new IllegalArgumentException(
                    "The first K items of teachers are judged for a K up to " + known + " here, not " + most
                            + ": of each user they keep " + TeacherVersions.KEPT + ", those of validation among them.");
        }
        IntFunction<int[]> ensemble = u -> {
            Stream<int[]> last = teachers.stream().map(teacher -> teacher.lists()[TeacherVersions.COUNT - 1][u]);
            return HetComp.ensemble(last, data.items(), most, data.training(u), data.validation(u));
        };
        return of("ensemble of " + teachers.size(), Description.of(new HetComp(teachers)), data, ensemble, depths);
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

    private static ListScores of(
            String name, Description description, Interactions data, IntFunction<int[]> order, int... given) {
        int[] depths = Arrays.stream(given).distinct().toArray();
        var measures = new ArrayList<String>();
        Arrays.stream(depths).forEach(depth -> measures.addAll(List.of("Recall@" + depth, "NDCG@" + depth)));
        List<double[]> rows = IntStream.range(0, data.users())
                .filter(u -> data.test(u).length > 0)
                .mapToObj(u -> measured(order.apply(u), data.test(u), depths))
                .toList();
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("No user of " + data.origin() + " has a test item.");
        }
        return ListScores.of(name, description, data.origin(), measures, rows);
    }

    private static double[] measured(int[] order, int[] sought, int... depths) {
        return Arrays.stream(depths)
                .boxed()
                .flatMap(depth -> Stream.of(recall(order, sought, depth), ndcg(order, sought, depth, r -> 1)))
                .mapToDouble(value -> value)
                .toArray();
    }

    /** The share of the sought items among the first ones. */
    static double recall(int[] order, int[] sought, int depth) {
        return (double) Arrays.stream(order)
                        .limit(depth)
                        .filter(item -> Arrays.binarySearch(sought, item) >= 0)
                        .count()
                / sought.length;
    }

    /** Σ over hits of worth/log₂(rank + 1), divided by what min(|sought|, depth) hits at the top would give. */
    static double ndcg(int[] order, int[] sought, int depth, IntToDoubleFunction worth) {
        double sum = 0;
        double ideal = 0;
        for (int r = 0; r < depth; r++) {
            double gain = worth.applyAsDouble(r) * Math.log(2) / Math.log(r + 2);
            sum += r < order.length && Arrays.binarySearch(sought, order[r]) >= 0 ? gain : 0;
            ideal += r < sought.length ? gain : 0;
        }
        return sum / ideal;
    }
}
