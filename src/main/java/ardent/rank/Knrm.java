package ardent.rank;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ardent.data.Origin;
import ardent.network.Layers;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * KNRM, a ranker by kernel pooling (Xiong et al., SIGIR 2017): a score is Σ_k w_k·Σ_i log Σ_j exp(−(cos(q_i, d_j) − μ_k)² / 2σ_k²) over 11
 * kernels k, the words i of the query and the words j of the document. Word vectors begin as those of {@link Rankings}, of length 10, and are trained along.
 *
 * <p>Deviations: no tanh and no bias, which change no order; logarithms are a hundredth and weights ten times as large as what Adam
 * moves, so that one rate serves word vectors and kernels.
 */
public final class Knrm implements Described, AutoCloseable {
    private static final double[] CENTRES = {1, 0.9, 0.7, 0.5, 0.3, 0.1, -0.1, -0.3, -0.5, -0.7, -0.9};
    private static final double EXACT = 0.001;
    private static final double WIDTH = 0.1;
    private static final double LEAST = 1e-10;
    private static final double SCALE = 0.01 * 10;
    private static final float LENGTH = 10;

    private final Layers layers;
    private final NDArray words;
    private final NDArray weights;
    private Record origin;

    /**
     * Where a ranker comes from.
     *
     * @param method how it was trained
     * @param data the texts
     * @param plan for how long
     * @param result how the training ended
     */
    public record Description(Piat method, Origin data, Plan plan, ListTraining.Result result) {
        /** Nothing is null. */
        public Description {
            Arguments.given("method, data, plan, result", method, data, plan, result);
        }
    }

    /** One with fresh weights. */
    private record Fresh(Origin data, long seed) {}

    private Knrm(Rankings data, long seed) {
        origin = new Fresh(data.origin(), seed);
        layers = new Layers(seed);
        float[][] vectors = data.vectors();
        var flat = new float[vectors.length * vectors[0].length];
        for (int w = 0; w < vectors.length; w++) {
            for (int k = 0; k < vectors[w].length; k++) {
                flat[w * vectors[w].length + k] = LENGTH * vectors[w][k];
            }
        }
        NDList both = layers.filled(() -> {
            try (var scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray start = Noise.of(seed).fork(1).normal(new Shape(CENTRES.length, 1));
                return new NDList(
                        layers.parameter("words", Torch.array(flat, new Shape(vectors.length, vectors[0].length))),
                        layers.parameter("kernels", start.mul(constant(0.01))));
            }
        });
        words = both.get(0);
        weights = both.get(1);
    }

    /**
     * A plan for rankers: 2 epochs of 16 pairs a batch, a constant rate of 0.002, no decay; the last epoch is kept.
     *
     * @return the plan
     */
    public static Plan plan() {
        return Plan.quick()
                .epochs(2)
                .batchSize(16)
                .rate(0.002)
                .decay(0)
                .constant()
                .validation(0);
    }

    /**
     * Trains a ranker.
     *
     * @param method how
     * @param data queries, split
     * @param plan epochs, pairs in a batch, Adam's rate, decay, schedule, warm-up, clip, seed
     * @param task receives progress; once it asks to stop, training ends after the current batch
     * @return the ranker
     * @throws IllegalArgumentException in one sentence, if the data are not split or do not fit
     * @throws ArithmeticException naming the epoch, if the loss is not a number
     */
    public static Knrm train(Piat method, Rankings data, Plan plan, Work.Task task) {
        Arguments.given("method, data, plan, task", method, data, plan, task);
        data.requireSplit();
        var ranker = new Knrm(data, plan.seed());
        try {
            Piat.Pairs pairs = method.begin(ranker, data);
            ListTraining.Result result = ListTraining.run("a ranker", ranker.layers, pairs.count(), plan, pairs, task);
            ranker.origin = new Description(method, data.origin(), plan, result);
            return ranker;
        } catch (RuntimeException | Error e) {
            ranker.close();
            throw e;
        }
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
        int size = (int) words.getShape().get(1);
        float[] flat = Tape.read(words::toFloatArray);
        return IntStream.range(0, flat.length / size)
                .mapToObj(w -> Arrays.copyOfRange(flat, w * size, (w + 1) * size))
                .toArray(float[][]::new);
    }

    /** A query against every word, so that many documents can be scored and words exchanged without computing anything twice. */
    Pooling pooling(int... query) {
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
                for (int i = 0; i < asked; i++) {
                    double sum = sums[k][i] - kernels[k][out * asked + i] + kernels[k][in * asked + i];
                    pooled += Math.log(Math.max(sum, LEAST));
                }
                score += weights[k] * pooled;
            }
            return SCALE * score;
        }

        double score(int... document) {
            return score(sums(document), 0, 0);
        }
    }

    @Override
    public String name() {
        return origin instanceof Description made ? "KNRM · " + made.method().name() : "KNRM";
    }

    @Override
    public Record origin() {
        return origin;
    }

    @Override
    public void close() {
        layers.close();
    }
}
