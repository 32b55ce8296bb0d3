package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.search.SearchRegion;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.tensor.WrittenNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** FGSM, PGD and CW∞ against runs of the field's own code. */
class GradientAttackTest {
    /** Share of pixels that may differ; why more than the record's 1e-3 is said in the README of the copy. */
    private static final double MOVED = 1e-2;

    private static final double MOVED_IN_L2 = 5e-2;

    /** A network that notes the mean of a loss wherever it is asked for a gradient. */
    private record Listening(Network network, UnaryOperator<NDArray> loss, List<Float> told) implements Network {
        @Override
        public NDArray logits(NDArray images) {
            NDArray logits = network.logits(images);
            if (Tape.isOpen()) {
                told.add(loss.apply(logits.stopGradient()).mean().getFloat());
            }
            return logits;
        }
    }

    private static NDArray start(Golden golden) {
        return clamp(golden.get("images").add(golden.get("pgd20.noise")));
    }

    /** A recorded array bears its name, by which the engine would take it for an entry of a dictionary. */
    private static NDArray unnamed(NDArray recorded) {
        NDArray copy = recorded.duplicate();
        copy.setName("");
        return copy;
    }

    private static NDArray clamp(NDArray images) {
        return images.maximum(Torch.constant(0)).minimum(Torch.constant(1));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fgsmEqualsTheReference(String name) {
        on(
                name,
                (golden, network) ->
                        assertRun(golden, "fgsm", network, new Fgsm(new Linf(golden.number("epsLinf"))), Noise.of(0)));
        on(name, (golden, network) -> {
            long[] right = AaGolden.flags(network.logits(golden.get("images")), golden.get("labels"));
            assertThat((double) Arrays.stream(right).sum() / right.length).isEqualTo(golden.measured("cleanAccuracy"));
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pgdFromRecordedNoiseEqualsTheReference(String name) {
        on(name, (golden, network) -> {
            NDArray start = start(golden);
            int steps = (int) golden.shape("pgd20.stepLoss").get(0);
            Pgd pgd = new Pgd(
                    new Linf(golden.number("epsLinf")),
                    golden.number("alpha"),
                    steps,
                    (b, clean, none) -> start.duplicate());
            assertRun(golden, "pgd20", network, pgd, Noise.of(0));
            long[] right = new long[(int) golden.get("labels").size()];
            Network counting = x -> {
                NDArray logits = network.logits(x);
                long[] flags = AaGolden.flags(logits.stopGradient(), golden.get("labels"));
                for (int i = 0; i < flags.length; i++) {
                    right[i] += Tape.isOpen() ? flags[i] : 0;
                }
                return logits;
            };
            pgd.perturb(counting, golden.get("images"), golden.get("labels"));
            long[] recorded = golden.get("pgd20.stepsUntilMisclassified").toLongArray();
            assertThat(AaGolden.differing(right, recorded)).isLessThanOrEqualTo(1);
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pgdFromSeededNoiseEqualsTheReference(String name) {
        on(name, (golden, network) -> {
            int steps = (int) golden.shape("pgd20delta.stepLoss").get(0);
            Pgd pgd = new Pgd(new Linf(golden.number("epsLinf")), golden.number("alpha"), steps, Start.uniform());
            var noise = new WrittenNoise((long) golden.number("pgd20delta.seed"));
            assertRun(golden, "pgd20delta", network, pgd, noise);
            assertThat(noise.draws())
                    .extracting(WrittenNoise.Draw::crc)
                    .containsExactly(golden.figure("pgd20delta.noiseCrc32").getAsString());
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pgdWithTheSmallStrideOfTradesEqualsTheReference(String name) {
        on(name, (golden, network) -> {
            int steps = (int) golden.shape("pgd20small.stepLoss").get(0);
            Linf ball = new Linf(golden.number("epsLinf"));
            Pgd pgd = new Pgd(ball, golden.number("pgd20small", "alpha"), steps, Start.uniform());
            var noise = new WrittenNoise((long) golden.number("pgd20small", "seed"));
            assertRun(golden, "pgd20small", network, pgd, noise);
            assertThat(noise.draws())
                    .extracting(WrittenNoise.Draw::crc)
                    .containsExactly(golden.figure("pgd20small.noiseCrc32").getAsString());
            NDArray start = Start.uniform().from(ball, golden.get("images"), noise.restart());
            NDArray recorded = golden.get("pgd20small.start0");
            assertThat(AaGolden.gap(start.get("0:" + recorded.getShape().get(0)), recorded))
                    .isLessThan(1.2e-7f);
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pgdInTheEuclideanBallEqualsTheReference(String name) {
        on(name, (golden, network) -> {
            L2 ball = new L2(golden.number("pgdL2", "eps"));
            assertThat(golden.number("epsL2")).isEqualTo(ball.radius());
            int steps = (int) golden.number("pgdL2", "steps");
            Pgd pgd = new Pgd(ball, golden.number("pgdL2", "alpha"), steps, Start.uniform());
            assertThat(pgd).isEqualTo(new Pgd(ball, steps));
            var noise = new WrittenNoise((long) golden.number("pgdL2", "seed"));
            NDArray images = golden.get("images");
            NDArray adversarial = assertRun(golden, "pgdL2", network, pgd, noise);
            assertThat(noise.draws())
                    .extracting(WrittenNoise.Draw::crc)
                    .containsExactly(
                            golden.figure("pgdL2.normalCrc32").getAsString(),
                            golden.figure("pgdL2.radiusCrc32").getAsString());
            float[] norms = SearchRegion.norm(false, adversarial.sub(images)).toFloatArray();
            assertThat(AaGolden.median(norms, golden.floats("pgdL2.norm"))).isLessThan(1e-4);
            NDArray start = Start.uniform().from(ball, images, noise.restart());
            NDArray recorded = golden.get("pgdL2.start8");
            assertThat(AaGolden.gap(start.get("0:" + recorded.getShape().get(0)), recorded))
                    .isLessThan(1.2e-7f);
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void carliniWagnerEqualsBothPublicScripts(String name) {
        on(name, (golden, network) -> {
            Linf ball = new Linf(golden.number("epsLinf"));
            NDArray start = start(golden);
            CwLinf iad = CwLinf.iad(ball);
            CwLinf fromRecord = new CwLinf(
                    ball, iad.stride(), iad.steps(), iad.kappa(), (b, clean, none) -> start.duplicate(), iad.boxed());
            assertRun(golden, "cwIad", network, fromRecord, Noise.of(0));
            assertRun(golden, "cwCiard", network, CwLinf.ciard(ball), Noise.of(0));
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void momentumEqualsTheReference(String name) {
        on(name, (golden, network) -> {
            int steps = (int) golden.shape("mifgsm.stepLoss").get(0);
            var attack = new MiFgsm(new Linf(golden.number("epsLinf")), golden.number("alpha"), steps, 1);
            assertRun(golden, "mifgsm", network, attack, Noise.of(0));
        });
    }

    static Stream<Arguments> steps() {
        return cases().flatMap(name -> {
            try (var golden = new Golden(name)) {
                return golden.names().stream()
                        .filter(tensor -> tensor.matches("forced\\d+\\.x"))
                        .map(tensor -> Arguments.of(name, tensor.substring(0, tensor.length() - 2)));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("steps")
    void singleStepsFromRecordedPointsEqualTheReference(String name, String step) {
        on(name, (golden, network) -> {
            Linf ball = new Linf(golden.number("epsLinf"));
            NDArray x = golden.get(step + ".x");
            NDArray labels = golden.get("labels").get("0:" + x.getShape().get(0));
            NDArray images = golden.get("images").get("0:" + x.getShape().get(0));
            NDArray loss = Losses.crossEntropy(network.logits(x), labels);
            assertThat(AaGolden.gap(loss, golden.get(step + ".loss")))
                    .isLessThan(1e-5f * Math.max(1, loss.max().getFloat()));
            NDArray gradient = Tape.gradient(x, z -> Losses.crossEntropy(network.logits(z), labels));
            NDArray recorded = golden.get(step + ".grad");
            float scale = recorded.abs().max().getFloat();
            assertThat(AaGolden.gap(gradient, recorded)).isLessThan(1e-5f * scale);
            NDArray next = ball.around(images, true)
                    .apply(x.add(ball.steepest(recorded).mul(Torch.constant(golden.number("alpha")))));
            assertThat(AaGolden.gap(next, golden.get(step + ".next"))).isLessThan(1.2e-7f);
            assertThat(ball.step(images, true, golden.number("alpha"))
                            .apply(unnamed(x), unnamed(recorded))
                            .toFloatArray())
                    .isEqualTo(next.toFloatArray());
            // Signs do not tell whether losses were summed or averaged.
            assertThat(golden.figure(step + ".mismatchOfSumGradientStep").getAsInt())
                    .isZero();
        });
    }

    @Test
    void exactArithmeticAgreesBitForBit() {
        try (var golden = new Golden("exact-linear")) {
            Network network = AaGolden.linear(golden);
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            assertThat(network.logits(images).toFloatArray()).isEqualTo(golden.floats("logits"));
            Linf ball = new Linf(golden.number("eps"));
            NDArray way = golden.get("pgdMargin.trajectory4");
            int steps = (int) way.getShape().get(0);
            Pgd pgd = new Pgd(ball, ball.radius() / 4, steps, Start.clean());
            Pgd one = new Pgd(ball, ball.radius(), 1, Start.clean());
            UnaryOperator<NDArray> margin =
                    x -> Losses.margin(network.logits(x), labels).neg();
            assertExact(golden, "fgsmCe", network, new Fgsm(ball).perturb(network, images, labels));
            assertExact(golden, "fgsmMargin", network, one.ascend(images, Noise.of(0), margin));
            var points = new ArrayList<NDArray>();
            NDArray adversarial = pgd.ascend(images, Noise.of(0), x -> {
                points.add(Torch.keep(x.stopGradient().duplicate()));
                return margin.apply(x);
            });
            points.add(adversarial);
            for (int i = 0; i < steps; i++) {
                NDArray first = points.get(i + 1).get("0:" + way.getShape().get(1));
                assertThat(first.toFloatArray()).isEqualTo(way.get(i).toFloatArray());
            }
            assertExact(golden, "pgdMargin", network, adversarial);
            points.forEach(NDArray::close);
            NDArray start = clamp(images.add(golden.get("pgdCe.noise")));
            assertExact(
                    golden,
                    "pgdCe",
                    network,
                    pgd.start((b, clean, none) -> start.duplicate()).perturb(network, images, labels));
        }
    }

    @Test
    void defaultsAreTheFieldsStandard() {
        assertThat(new Pgd(20)).isEqualTo(new Pgd(new Linf(8 / 255f), 2 / 255f, 20, Start.uniform()));
        assertThat(new CwLinf()).isEqualTo(new CwLinf(new Linf(8 / 255f), 2 / 255f, 30, 50, Start.uniform(), true));
        assertThat(new Pgd(20).label()).isEqualTo("PGD-20");
    }

    @Test
    void badParametersGetOneSentence() {
        assertThatThrownBy(() -> new Linf(0)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> new Linf(-0.1f)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> new L2(Float.NaN)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> new Linf(8)).hasMessageContaining("/255");
        assertThatThrownBy(() -> new Pgd(new Linf(2 / 255f), 8 / 255f, 10, Start.uniform()))
                .hasMessageContaining("swapped");
        assertThatThrownBy(() -> new Pgd(0)).hasMessageContaining("at least 1 step");
        assertThatThrownBy(() -> new CwLinf(new Linf(0.1f), 0.2f, 30, 50, Start.clean(), true))
                .hasMessageContaining("swapped");
        assertThatThrownBy(() -> new Start.Gauss(0)).hasMessageContaining("deviation");
    }

    @Test
    void badInputsGetOneSentence() {
        try (var network = GoldenNet.load("model-plain");
                NDManager manager = Torch.manager().newSubManager()) {
            NDArray images = manager.ones(new Shape(2, 1, 28, 28));
            NDArray labels = manager.create(new long[] {0, 9});
            for (Attack attack : List.of(new Fgsm(), new Pgd(2), new CwLinf())) {
                assertThatThrownBy(() -> attack.perturb(network, images.mul(1.01f), labels))
                        .hasMessageContaining("Pixels lie in [0, 1]; these reach from 1.01 to 1.01");
                assertThatThrownBy(() -> attack.perturb(network, images.mul(Float.NaN), labels))
                        .hasMessageContaining("NaN");
                assertThatThrownBy(() -> attack.perturb(network, images, manager.create(new long[] {0, 10})))
                        .hasMessageContaining("Labels lie in 0..9");
                assertThatThrownBy(() -> attack.perturb(network, images, manager.create(new long[] {-1, 1})))
                        .hasMessageContaining("a label is -1");
                assertThatThrownBy(() -> attack.perturb(network, images, manager.create(new long[] {1})))
                        .hasMessageContaining("one int64 label for each of the 2 images");
                assertThatThrownBy(() -> attack.perturb(network, images.reshape(2, -1), labels))
                        .hasMessageContaining("(N, C, H, W)");
            }
        }
    }

    @Test
    void stepsLeaveNoArrayBehindAndInputsAlone() {
        try (var golden = new Golden("model-plain");
                var network = GoldenNet.load("model-plain")) {
            NDArray images = golden.get("images");
            float[] before = images.toFloatArray();
            Pgd pgd = new Pgd(new Linf(0.1f), 3);
            pgd.perturb(network, images, golden.get("labels")).close();
            new Pgd(new L2(1), 3).perturb(network, images, golden.get("labels")).close();
            int held = arrays(Torch.manager());
            for (int i = 0; i < 20; i++) {
                pgd.perturb(network, images, golden.get("labels")).close();
                new Pgd(new L2(1), 3)
                        .perturb(network, images, golden.get("labels"))
                        .close();
            }
            assertThat(arrays(Torch.manager())).isEqualTo(held);
            assertThat(images.toFloatArray()).isEqualTo(before);
        }
    }

    static int arrays(NDManager manager) {
        return manager.getManagedArrays().size();
    }

    private interface Check {
        void on(Golden golden, Classifier network);
    }

    static Stream<String> cases() {
        return Golden.cases("pgd-.*");
    }

    private static void on(String name, Check check) {
        try (var golden = new Golden(name);
                var model = new Golden(golden.text("model"));
                var network = GoldenNet.load(golden.text("model"))) {
            golden.with(model, "images", "labels");
            Tape.free(() -> check.on(golden, network));
        }
    }

    private static void assertExact(Golden golden, String run, Network network, NDArray adversarial) {
        assertThat(adversarial.toFloatArray()).isEqualTo(golden.floats(run + ".adv"));
        AaGolden.assertExact(golden, run, network.logits(adversarial), 0);
    }

    /** The tolerances that the recorded cases name for free runs; medians are those of the images that broke. */
    private static NDArray assertRun(Golden golden, String name, Classifier network, Attack attack, Noise noise) {
        NDArray images = golden.get("images");
        NDArray labels = golden.get("labels");
        var told = new ArrayList<Float>();
        UnaryOperator<NDArray> climbed = attack instanceof CwLinf cw
                ? z -> Losses.carliniWagner(z, labels, cw.kappa())
                : z -> Losses.crossEntropy(z, labels);
        NDArray adversarial = attack.perturb(new Listening(network, climbed, told), images, labels, noise);
        NDArray logits = network.logits(adversarial);
        long[] flags = AaGolden.flags(logits, labels);
        long[] success = golden.get(name + ".success").toLongArray();
        boolean[] broken = new boolean[flags.length];
        int differing = 0;
        int successes = 0;
        for (int i = 0; i < flags.length; i++) {
            differing += flags[i] == success[i] ? 1 : 0;
            successes += flags[i] == 0 ? 1 : 0;
            broken[i] = flags[i] == 0 && success[i] == 1;
        }
        assertThat(differing).as("%s: flags that differ", name).isLessThanOrEqualTo(1);
        double one = 1.0 / flags.length + 1e-9;
        assertThat((double) successes / flags.length).isCloseTo(golden.measured(name, "successRate"), within(one));
        float[] loss = Losses.crossEntropy(logits, labels).toFloatArray();
        float[] expected = golden.floats(name + ".ce");
        double[] gaps = new double[loss.length];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = Math.abs(loss[i] - expected[i]);
        }
        Arrays.sort(gaps);
        assertThat(AaGolden.median(broken, loss, expected))
                .as("%s: median loss gap of what broke", name)
                .isLessThan(1e-4);
        assertThat(quantile(gaps, 0.99)).as("%s: 99th percentile", name).isLessThan(1e-2);
        assertThat(AaGolden.median(logits.toFloatArray(), golden.floats(name + ".logits")))
                .isLessThan(1e-4);
        NDArray recorded = golden.get(name + ".adv");
        NDArray stored = adversarial.get("0:" + recorded.getShape().get(0));
        boolean linf = attack.ball() instanceof Linf;
        assertThat(AaGolden.moved(stored, recorded))
                .as("%s: moved pixels", name)
                .isLessThanOrEqualTo(linf ? MOVED : MOVED_IN_L2);
        NDArray change = adversarial.sub(images);
        double farthest = SearchRegion.norm(linf, change).max().getFloat();
        assertThat(farthest).isCloseTo(golden.measured(name, linf ? "maxLinf" : "maxL2"), within(1e-3));
        double other = SearchRegion.norm(!linf, change).max().getFloat();
        assertThat(other).isCloseTo(golden.measured(name, linf ? "maxL2" : "maxLinf"), within(0.02 * other));
        assertThat(IntStream.range(0, loss.length)
                        .mapToDouble(i -> loss[i])
                        .average()
                        .orElseThrow())
                .isCloseTo(golden.measured(name, "meanCe"), within(1e-3));
        if (golden.has(name + ".stepLoss")) {
            assertLosses(golden.floats(name + ".stepLoss"), told);
        }
        return adversarial;
    }

    private static void assertLosses(float[] expected, List<Float> actual) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual.get(i)).isCloseTo(expected[i], within(1e-3f * Math.max(1, Math.abs(expected[i]))));
        }
    }

    /** Between the two nearest of the sorted values, as numpy and PyTorch do. */
    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (at - below) * (above - sorted[below]);
    }
}
