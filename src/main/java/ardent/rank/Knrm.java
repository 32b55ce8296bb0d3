package ardent.rank;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.RunSetup;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * KNRM, a ranker by kernel pooling (Xiong et al., SIGIR 2017): a score is Σ_k w_k·Σ_i log Σ_j exp(−(cos(q_i, d_j) − μ_k)² / 2σ_k²) over 11
 * kernels k, the words i of the query and the words j of the document. Word vectors begin as those of {@link Rankings}, of length 10, and are trained along.
 *
 * <p>Deviations: no tanh and no bias, which change no order; logarithms are a hundredth and weights ten times as large as what Adam
 * moves, so that one rate serves word vectors and kernels.
 */
public final class Knrm extends ListNetwork {
    private static final double[] CENTRES = {1, 0.9, 0.7, 0.5, 0.3, 0.1, -0.1, -0.3, -0.5, -0.7, -0.9};
    private static final double EXACT = 0.001;
    private static final double WIDTH = 0.1;
    private static final double LEAST = 1e-10;
    private static final double TINY = 1e-200;
    private static final double SCALE = 0.01 * 10;
    private static final float LENGTH = 10;

    private final NDArray words;
    private final NDArray weights;

    /** What it is: kernels without choice. */
    private record Kernels() {}

    Knrm(Rankings data, long seed) {
        super(seed);
        NDList both = layers().filled(() -> Tape.read(() -> {
            NDArray start = Noise.of(seed).fork(1).normal(new Shape(CENTRES.length, 1));
            return new NDList(
                    layers().parameter("words", Lists.array(data.vectors()).mul(constant(LENGTH))),
                    layers().parameter("kernels", start.mul(constant(0.01))));
        }));
        words = both.get(0);
        weights = both.get(1);
    }

    /**
     * A plan for rankers: 6 epochs of 16 pairs a batch, a rate of 0.002 after half an epoch of warm-up, no decay; the last epoch is kept.
     *
     * @return the plan
     */
    public static Plan plan() {
        Plan small = Plan.quick().epochs(6).batchSize(16);
        return small.rate(0.002).decay(0).constant().validation(0);
    }

    /**
     * The training of a ranker.
     *
     * @param method how
     * @param data queries, split
     * @param plan epochs, pairs in a batch, Adam's rate, decay, schedule, warm-up, clip, seed
     * @return the training at its beginning
     * @throws IllegalArgumentException in one sentence, if the data are not split or do not fit, or the plan asks for what only
     *     trainings of classifiers do
     */
    public static ListTraining<Knrm> training(Piat method, Rankings data, Plan plan) {
        Arguments.given("method, data, plan", method, data, plan);
        data.requireSplit();
        var start = new RunSetup("KNRM · " + method.name(), new Kernels(), method, data.origin(), plan, "");
        return method.training(start, data);
    }

    /**
     * The training of a run at its beginning.
     *
     * @param run its folder
     * @param data the same data again
     * @return the training
     * @throws IllegalArgumentException in one sentence, if the run was begun with other data
     */
    public static ListTraining<Knrm> training(Path run, Rankings data) {
        Arguments.given("run, data", run, data);
        Description begun = begun(run, data.origin());
        var plan = (Plan) begun.part("plan").rebuild();
        return training((Piat) begun.part("method").rebuild(), data, plan);
    }

    /** {@code [N, L, D]}: the vectors of the words of texts. */
    NDArray embedded(int[]... texts) {
        NDArray numbers = Lists.indices(texts);
        Shape shape = numbers.getShape();
        return Torch.rows(words, numbers.reshape(-1))
                .reshape(shape.get(0), shape.get(1), words.getShape().get(1));
    }

    /** {@code [Q, n]}: scores of n documents for each query, one query's documents after another's; embedded as above. */
    NDArray scores(int[][] queries, int[][] documents, NDArray embedded) {
        long count = documents.length / queries.length;
        Shape shape = embedded.getShape();
        NDArray asked = unit(embedded(queries)).expandDims(1);
        NDArray told = unit(embedded).reshape(queries.length, count, shape.get(1), shape.get(2));
        NDArray there = Lists.present(documents).reshape(queries.length, count, 1, shape.get(1));
        NDArray known = Lists.present(queries).expandDims(1);
        NDArray cosines = asked.matMul(told.transpose(0, 1, 3, 2));
        var pooled = new NDList();
        for (int k = 0; k < CENTRES.length; k++) {
            NDArray sum = kernel(cosines, k).mul(there).sum(new int[] {3});
            pooled.add(sum.maximum(constant(LEAST)).log().mul(known).sum(new int[] {2}));
        }
        return NDArrays.stack(pooled, 2).matMul(weights).mul(constant(SCALE)).squeeze(2);
    }

    private static NDArray unit(NDArray vectors) {
        return vectors.div(vectors.mul(vectors).sum(new int[] {-1}, true).sqrt().maximum(constant(1e-8)));
    }

    private static NDArray kernel(NDArray cosines, int k) {
        double width = k == 0 ? EXACT : WIDTH;
        NDArray gap = cosines.sub(constant(CENTRES[k]));
        return gap.mul(gap).mul(constant(-1 / (2 * width * width))).exp();
    }

    /** The word vectors as they are now. */
    float[][] table() {
        return Lists.rows(words);
    }

    /** A query against every word, so that many documents can be scored and words exchanged without computing anything twice. */
    Pooling pooling(int... query) {
        layers().requireOpen(name());
        float[][] all = new float[CENTRES.length][];
        float[] weight = Tape.read(() -> {
            NDArray cosines =
                    unit(words).matMul(unit(embedded(query)).squeeze(0).transpose());
            for (int k = 0; k < CENTRES.length; k++) {
                all[k] = kernel(cosines, k).toFloatArray();
            }
            return weights.toFloatArray();
        });
        return new Pooling(query.length, all, weight);
    }

    /**
     * What each word would add to each pool of a query.
     *
     * @param asked words of the query
     * @param kernels by kernel, {@code [words, asked]}
     * @param weights of the kernels
     */
    @SuppressWarnings("ArrayRecordComponent") // tables that nobody compares
    record Pooling(int asked, float[][] kernels, float[] weights) {
        double[][] sums(int... document) {
            var sums = new double[kernels.length][asked];
            Arrays.stream(document).forEach(word -> add(sums, word, 1));
            return sums;
        }

        void add(double[][] sums, int word, int times) {
            for (int k = 0; k < kernels.length; k++) {
                for (int i = 0; i < asked; i++) {
                    sums[k][i] += times * (double) kernels[k][word * asked + i];
                }
            }
        }

        /** The score of pooled words, with one word taken out and another put in; twice the same word for none. */
        double score(double[][] sums, int out, int in) {
            double score = 0;
            for (int k = 0; k < kernels.length; k++) {
                double pooled = 0;
                double product = 1; // one logarithm for many words
                for (int i = 0; i < asked; i++) {
                    double sum = sums[k][i] - kernels[k][out * asked + i] + kernels[k][in * asked + i];
                    product *= Math.max(sum, LEAST);
                    if (i == asked - 1 || product < TINY) {
                        pooled += Math.log(product);
                        product = 1;
                    }
                }
                score += weights[k] * pooled;
            }
            return SCALE * score;
        }

        double score(int... document) {
            return score(sums(document), 0, 0);
        }
    }
}
