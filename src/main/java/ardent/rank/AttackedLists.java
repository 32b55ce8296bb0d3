package ardent.rank;

import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import ardent.train.EpochOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A ranker under attack: for each test query, three irrelevant documents from below rank 10 are drawn (by the query's number alone) and raised by
 * greedy exchanges of words.
 *
 * <p>{@code MRR@10} is the mean of 1/rank of the first relevant document, 0 beyond rank 10; {@code attacked MRR@10} the same with all three raised at
 * once; {@code ranks gained} how far one rises against the list as it was, and {@code attack success} the share that rises at all, means over the three.
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
     * @return its scores, one number for each test query; a query without a document to raise gains nothing
     * @throws IllegalArgumentException in one sentence, if the data are not split
     */
    public static ListScores of(Knrm ranker, Rankings data, Substitution attack) {
        Arguments.given("ranker, data, attack", ranker, data, attack);
        data.requireSplit();
        int[][] near = data.near(attack);
        var clean = new ArrayList<Double>();
        var under = new ArrayList<Double>();
        var gains = new ArrayList<Double>();
        var success = new ArrayList<Double>();
        for (int q = 0; q < data.test().size(); q++) {
            Rankings.Query query = data.test().get(q);
            Knrm.Pooling pooling = ranker.pooling(query.words());
            int[] candidates = query.candidates();
            var scores = new float[candidates.length];
            for (int c = 0; c < scores.length; c++) {
                scores[c] = (float) pooling.score(data.document(candidates[c]));
            }
            int[] order = Lists.order(scores, scores.length);
            int[] low = Arrays.stream(order)
                    .skip(DEPTH)
                    .filter(c -> !query.relevant().contains(candidates[c]))
                    .toArray();
            float[] attacked = scores.clone();
            int chosen = Math.min(RAISED, low.length);
            double gained = 0;
            double risen = 0;
            for (int k :
                    Arrays.copyOf(EpochOrder.shuffled(low.length, new SplittableRandom(Noise.mix(0, q))), chosen)) {
                int victim = low[k];
                attacked[victim] =
                        (float) pooling.score(attack.raised(pooling, data.document(candidates[victim]), near));
                int before = rank(scores, victim, scores[victim]);
                int after = rank(scores, victim, attacked[victim]);
                gained += (double) (before - after) / chosen;
                risen += after < before ? 1.0 / chosen : 0;
            }
            clean.add(reciprocal(order, query));
            under.add(reciprocal(Lists.order(attacked, attacked.length), query));
            gains.add(gained);
            success.add(risen);
        }
        var values = new LinkedHashMap<String, List<Double>>();
        values.put("MRR@10", clean);
        values.put("attacked MRR@10", under);
        values.put("ranks gained", gains);
        values.put("attack success", success);
        return new ListScores(ranker.name(), Description.of(new Tested(ranker, attack)), data.origin(), values);
    }

    /** What was tested, and how. */
    private record Tested(Knrm ranker, Substitution attack) {}

    private static int rank(float[] scores, int own, float score) {
        int rank = 1;
        for (int c = 0; c < scores.length; c++) {
            rank += c != own && scores[c] > score ? 1 : 0;
        }
        return rank;
    }

    /** 1/rank of the first relevant document, 0 beyond rank 10. */
    static double reciprocal(int[] order, Rankings.Query query) {
        for (int r = 0; r < Math.min(DEPTH, order.length); r++) {
            if (query.relevant().contains(query.candidates()[order[r]])) {
                return 1.0 / (r + 1);
            }
        }
        return 0;
    }
}
