package ardent.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.method.Sat;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Outputs;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Averages of weights, and the statistics that fit them. */
class AveragingTest {
    private static final Images DATA = Tiny.images(160, 1);
    private static final Linf BALL = new Linf(0.05f);
    private static final Plan PLAN =
            Plan.quick().epochs(3).batchSize(40).rate(0.05).validation(0);

    /** Batch normalisation, twice, and nothing before it that the test would have to repeat. */
    private record Norms() implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            Layers.Layer both = Layers.chain(
                    net.batchNorm("first", (int) image.get(0)), Layers.relu(), net.batchNorm("second", (int)
                            image.get(0)));
            Layers.Layer linear = net.linear("linear", (int) image.size(), classes);
            return (images, training) -> {
                NDArray features = both.apply(images, training);
                NDArray flat = features.reshape(features.getShape().get(0), -1);
                return new Outputs(flat, linear.apply(flat, training));
            };
        }
    }

    private static Run trained(Plan plan) {
        int before = Torch.threads();
        Torch.threads(1);
        try (var training = new Training(new SmallCnn(2), new Sat(BALL), DATA, plan)) {
            return training.run(Tasks.silent());
        } finally {
            Torch.threads(before);
        }
    }

    private static String sha(Classifier network) {
        return Weights.sha256(network.layers().all());
    }

    @Test
    void anAverageThatForgetsEverythingIsTheWeights() {
        Run plain = trained(PLAN);
        Run averaged = trained(PLAN.averaging(Averaging.ema(0)));
        assertThat(sha(averaged.student())).isEqualTo(sha(plain.student()));
        assertThat(sha(averaged.last())).isEqualTo(sha(plain.student()));
        Run judged = trained(PLAN.validation(40).averaging(Averaging.ema(0)));
        assertThat(sha(judged.student()))
                .isEqualTo(sha(trained(PLAN.validation(40)).student()));
    }

    @Test
    void whatIsReturnedIsTheAverageAndItsAccuracyTheJudgement() {
        Plan plan = PLAN.epochs(8).validation(40);
        String last = sha(trained(plan).last());
        for (Averaging averaging : new Averaging[] {Averaging.ema(0.9), Averaging.swa(3)}) {
            Run run = trained(plan.averaging(averaging));
            assertThat(sha(run.student())).isNotEqualTo(sha(run.last()));
            assertThat(sha(run.last())).isEqualTo(last);
            double best = run.history().get(run.best() - 1).clean();
            assertThat(accuracy(run.student(), DATA.holdOut(40, plan.seed()).held()))
                    .isCloseTo(best, within(1e-6));
        }
    }

    @Test
    void anAverageThatNeverBeginsIsRefusedOrTold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trained(PLAN.averaging(Averaging.swa(4))))
                .withMessage("Averaging begins with epoch 4, and the plan ends after 3: begin earlier, as in"
                        + " plan.averaging(Averaging.swa(2)), or take more epochs.");
        Plan impatient = PLAN.epochs(50).validation(40).patience(1).rate(1e-30).averaging(Averaging.swa(50));
        assertThat(trained(impatient).notes())
                .anyMatch(note -> note.endsWith(
                        "before its averaging began with epoch 50: the student's weights are no" + " average."));
        assertThat(trained(PLAN.averaging(Averaging.swa(2))).notes()).isEmpty();
        assertThat(trained(PLAN.averaging(Averaging.ema(0.5))).notes()).isEmpty();
        assertThat(trained(PLAN.averaging(Averaging.ema(0.9999))).notes())
                .singleElement()
                .asString()
                .startsWith("The average still has 100 % of the weights of the first step");
        assertThat(trained(PLAN.schedule(new Schedule.Drops(List.of(3)))).notes())
                .isEmpty();
        assertThat(trained(PLAN.schedule(new Schedule.Drops(List.of(4, 9)))).notes())
                .singleElement()
                .asString()
                .startsWith(
                        "The rate never dropped: the first drop of its plan is at epoch 4, and the plan ends after 3");
        Plan early = PLAN.validation(40).rate(1e-30).averaging(Averaging.swa(3));
        assertThat(trained(early).notes())
                .contains("The best epoch is 1, before its averaging began with epoch 3: the student's weights are no"
                        + " average.");
    }

    private static double accuracy(Classifier network, Images images) {
        int[] all = IntStream.range(0, images.size()).toArray();
        try (var manager = Torch.manager().newSubManager()) {
            return network.logits(images.pixels(manager, all))
                            .argMax(1)
                            .eq(images.labels(manager, all))
                            .countNonzero()
                            .getLong()
                    / (double) images.size();
        }
    }

    @Test
    void theMeanOfEqualWeightsIsThoseAndOfOthersTheirMean() {
        try (var student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 1);
                var mean = new WeightAverage(Averaging.swa(2), student, network -> {})) {
            mean.afterEpoch(1);
            assertThat(mean.network()).isSameAs(student);
            for (int epoch = 2; epoch < 9; epoch++) {
                mean.afterEpoch(epoch);
                assertThat(sha(mean.network())).isEqualTo(sha(student));
            }
            double[] expected = sum(student, null, 7);
            for (int epoch = 9; epoch < 12; epoch++) {
                disturb(student, epoch);
                mean.afterEpoch(epoch);
                mean.afterEpoch(epoch); // told twice, counted once
                expected = sum(student, expected, 1);
            }
            float[] got = first(mean.network());
            for (int i = 0; i < got.length; i++) {
                assertThat((double) got[i]).isCloseTo(expected[i] / 10, within(1e-6));
            }
        }
    }

    @Test
    void theMovingAverageIsTheFormula() {
        double decay = 0.7;
        try (var student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 1);
                var moving = new WeightAverage(Averaging.ema(decay), student, network -> {})) {
            moving.afterStep();
            double[] expected = sum(student, null, 1);
            for (int step = 0; step < 5; step++) {
                disturb(student, step);
                moving.afterStep();
                float[] now = first(student);
                for (int i = 0; i < now.length; i++) {
                    expected[i] = decay * expected[i] + (1 - decay) * now[i];
                }
            }
            float[] got = first(moving.network());
            for (int i = 0; i < got.length; i++) {
                assertThat((double) got[i]).isCloseTo(expected[i], within(1e-6));
            }
        }
    }

    private static NDArray weight(Classifier network) {
        return network.layers().learnable().values().iterator().next();
    }

    private static float[] first(Classifier network) {
        return weight(network).toFloatArray();
    }

    private static void disturb(Classifier network, long seed) {
        NDArray weight = weight(network);
        Tape.free(() -> weight.set(Layers.EVERYTHING, Noise.of(seed).normal(weight.getShape())));
    }

    private static double[] sum(Classifier network, double @org.jspecify.annotations.Nullable [] before, int times) {
        float[] now = first(network);
        return IntStream.range(0, now.length)
                .mapToDouble(i -> (before == null ? 0 : before[i]) + times * now[i])
                .toArray();
    }

    /** Two batches; the expectation is computed in double precision from the pixels alone. */
    @Test
    void statisticsMeasuredAnewAreThoseOfOnePass() {
        try (var network = Classifier.of(new Norms(), DATA.shape(), 4, 1);
                var manager = Torch.manager().newSubManager()) {
            disturbStatistics(network);
            String weights = Weights.sha256(network.layers().learnable());
            int[][] batches = {
                IntStream.range(0, 100).toArray(), IntStream.range(100, 160).toArray()
            };
            network.calibrate(2, i -> DATA.pixels(manager, batches[i]));
            double[] expected = new double[4];
            for (int[] batch : batches) {
                float[] pixels = DATA.pixels(manager, batch).toFloatArray();
                double[] first = IntStream.range(0, pixels.length)
                        .mapToDouble(i -> pixels[i])
                        .toArray();
                double[] second = pass(first, expected, 0);
                pass(second, expected, 2);
            }
            String[] names = {"first.running_mean", "first.running_var", "second.running_mean", "second.running_var"};
            for (int i = 0; i < names.length; i++) {
                assertThat((double) network.layers().all().get(names[i]).getFloat())
                        .as(names[i])
                        .isCloseTo(expected[i] / 2, within(1e-5));
            }
            assertThat(Weights.sha256(network.layers().learnable())).isEqualTo(weights);
            float before = network.layers().all().get("first.running_mean").getFloat();
            Tape.free(() -> network.learn(DATA.pixels(manager, batches[1]).zerosLike()));
            assertThat(network.layers().all().get("first.running_mean").getFloat())
                    .as("learning goes on at a tenth of each batch")
                    .isCloseTo(0.9f * before, within(1e-6f));
        }
    }

    /** Adds mean and unbiased variance and returns max((x − mean)/√(biased variance + 1e-5), 0). */
    private static double[] pass(double[] values, double[] statistics, int at) {
        double mean =
                IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum() / values.length;
        double square = IntStream.range(0, values.length)
                .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
                .sum();
        statistics[at] += mean;
        statistics[at + 1] += square / (values.length - 1);
        double deviation = Math.sqrt(square / values.length + 1e-5);
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Math.max((values[i] - mean) / deviation, 0))
                .toArray();
    }

    private static void disturbStatistics(Classifier network) {
        Tape.free(() -> network.layers()
                .buffers()
                .values()
                .forEach(array -> array.set(Layers.EVERYTHING, array.add(Torch.constant(7)))));
    }
}
