package ardent.rank;

import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import ardent.tensor.Shuffle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A ranker under attack: for each test query, three irrelevant documents from below rank 10 are drawn (by the query's number alone) and raised by
 * greedy exchanges of words.
 *
 * <p>{@code MRR@10} is the mean of 1/rank of the first relevant document, 0 beyond rank 10; {@code attacked MRR@10} the same with all three raised at
 * once; {@code ranks gained} how far one rises against the list as it was, and {@code attack success} the share that rises at all, means over the three. The names of the last
 * three end with the budget, such as {@code (10 words)}, so that only what was attacked alike is compared.
 */
public final class AttackedLists {
    private static final int DEPTH = 10;
    private static final int RAISED = 3;

    private AttackedLists() {}

    /**
     * Tests a ranker.
     *
     * @param ranker the ranker
     * @param data what it was trained on
     * @param attack the exchange of words, greedy here
     * @return its scores, one number for each test query; a query without a document to raise gains nothing, which lowers the means
     * @throws IllegalArgumentException in one sentence, if the data are not split, it was trained on others, or no query has more than
     *     10 candidates
     */
    public static ListScores of(Knrm ranker, Rankings data, Substitution attack) {
        Arguments.given("ranker, data, attack", ranker, data, attack);
        data.requireSplit();
        ranker.requireFor(data.origin());
        if (data.test().stream().allMatch(query -> query.candidates().length <= DEPTH)) {
            throw new IllegalArgumentException("No test query of " + data.origin() + " has more than " + DEPTH
                    + " candidates, and the attack raises documents below rank " + DEPTH
                    + ": there is nothing to attack; give queries with more candidates.");
        }
        int[][] near = data.near(attack);
        var rows = new ArrayList<double[]>();
        for (int q = 0; q < data.test().size(); q++) {
            Rankings.Query query = data.test().get(q);
            Knrm.Pooling pooling = ranker.pooling(query.words());
            int[] candidates = query.candidates();
            var scores = new float[candidates.length];
            for (int c = 0; c < scores.length; c++) {
                scores[c] = (float) pooling.score(data.document(candidates[c]));
            }
            ListNetwork.requireFinite("A score of " + ranker.name() + " for the test query " + q, scores);
            int[] order = Lists.order(scores, scores.length);
            int[] low = Arrays.stream(order)
                    .skip(DEPTH)
                    .filter(c -> !query.relevant().contains(candidates[c]))
                    .toArray();
            int[] drawn = Shuffle.order(low.length, new SplittableRandom(Noise.mix(0, q)));
            int raised = Math.min(RAISED, low.length);
            float[] attacked = scores.clone();
            var row = new double[4];
            for (int k = 0; k < raised; k++) {
                int victim = low[drawn[k]];
                int[] text = attack.raised(pooling, data.document(candidates[victim]), near);
                attacked[victim] = (float) pooling.score(text);
                int gained = above(scores, scores[victim]) - above(scores, attacked[victim]);
                row[2] += (double) gained / raised;
                row[3] += gained > 0 ? 1.0 / raised : 0;
            }
            row[0] = reciprocal(order, query);
            row[1] = reciprocal(Lists.order(attacked, attacked.length), query);
            rows.add(row);
        }
        var measures = new ArrayList<>(List.of("MRR@10"));
        Stream.of("attacked MRR@10", "ranks gained", "attack success")
                .forEach(measure -> measures.add(measure + " (" + attack.name() + ")"));
        var tested = Description.of(new Tested(ranker, attack));
        return ListScores.of(ranker.name(), tested, data.origin(), measures, rows);
    }

    /** What was tested, and how. */
    private record Tested(Knrm ranker, Substitution attack) {}

    private static int above(float[] scores, float score) {
        return (int)
                IntStream.range(0, scores.length).filter(i -> scores[i] > score).count();
    }

    /** 1/rank of the first relevant document, 0 beyond rank 10. */
    static double reciprocal(int[] order, Rankings.Query query) {
        return IntStream.range(0, Math.min(DEPTH, order.length))
                .filter(r -> query.relevant().contains(query.candidates()[order[r]]))
                .mapToDouble(r -> 1.0 / (r + 1))
                .findFirst()
                .orElse(0);
    }
}
