package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FGSM, PGD and CW∞ against runs of the field's own code. */
class GradientAttackTest {
    private static final List<String> NETWORKS = List.of("plain", "bn");

    @Test
    void fgsmEqualsTheReference() {
        forEach((golden, network) -> {
            Fgsm fgsm = new Fgsm(new Linf(golden.number("epsLinf")));
            assertRun(golden, "fgsm", network, fgsm.perturb(network, golden.get("images"), golden.get("labels")), 64);
        });
    }

    @Test
    void pgdFromRecordedNoiseEqualsTheReference() {
        forEach((golden, network) -> {
            Linf ball = new Linf(golden.number("epsLinf"));
            NDArray images = golden.get("images");
            NDArray start = images.add(golden.get("pgd20.noise"))
                    .maximum(Torch.constant(0))
                    .minimum(Torch.constant(1));
            Pgd pgd = new Pgd(ball, golden.number("alpha"), 20, (b, clean, none) -> start.duplicate());
            var losses = new ArrayList<Float>();
            NDArray adversarial = pgd.ascend(images, Noise.of(0), x -> {
                NDArray loss = Losses.crossEntropy(network.logits(x), golden.get("labels"));
                losses.add(loss.stopGradient().mean().getFloat());
                return loss;
            });
            assertRun(golden, "pgd20", network, adversarial, 64);
            assertLosses(golden.floats("pgd20.stepLoss"), losses);
        });
    }

    @Test
    void pgdFromSeededNoiseEqualsTheReference() {
        forEach((golden, network) -> {
            Linf ball = new Linf(golden.number("epsLinf"));
            Pgd pgd = new Pgd(ball, golden.number("alpha"), 20, Start.uniform());
            Noise noise = Noise.of((long) golden.number("pgd20delta.seed"));
            NDArray adversarial = pgd.perturb(network, golden.get("images"), golden.get("labels"), noise);
            assertRun(golden, "pgd20delta", network, adversarial, 16);
        });
    }

    @Test
    void pgdWithTheSmallStrideOfTradesEqualsTheReference() {
        forEach((golden, network) -> {
            Linf ball = new Linf(golden.number("epsLinf"));
            Pgd pgd = new Pgd(ball, golden.number("pgd20small", "alpha"), 20, Start.uniform());
            Noise noise = Noise.of((long) golden.number("pgd20small", "seed"));
            NDArray adversarial = pgd.perturb(network, golden.get("images"), golden.get("labels"), noise);
            assertRun(golden, "pgd20small", network, adversarial, 16);
        });
    }

    @Test
    void pgdInTheEuclideanBallEqualsTheReference() {
        forEach((golden, network) -> {
            L2 ball = new L2(golden.number("pgdL2", "eps"));
            Pgd pgd = new Pgd(ball, golden.number("pgdL2", "alpha"), 20, Start.uniform());
            assertThat(pgd).isEqualTo(new Pgd(ball, 20));
            Noise noise = Noise.of((long) golden.number("pgdL2", "seed"));
            NDArray images = golden.get("images");
            NDArray start = Start.uniform().from(ball, images, noise.restart());
            assertThat(start.get("0:8")
                            .sub(golden.get("pgdL2.start8"))
                            .abs()
                            .max()
                            .getFloat())
                    .isLessThan(1e-6f);
            NDArray adversarial = pgd.perturb(network, images, golden.get("labels"), noise);
            assertRun(golden, "pgdL2", network, adversarial, 64);
        });
    }

    @Test
    void carliniWagnerEqualsBothPublicScripts() {
        forEach((golden, network) -> {
            Linf ball = new Linf(golden.number("epsLinf"));
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            NDArray start = images.add(golden.get("pgd20.noise"))
                    .maximum(Torch.constant(0))
                    .minimum(Torch.constant(1));
            CwLinf iad = CwLinf.iad(ball);
            CwLinf fromRecord = new CwLinf(
                    ball, iad.stride(), iad.steps(), iad.kappa(), (b, clean, none) -> start.duplicate(), iad.boxed());
            assertRun(golden, "cwIad", network, fromRecord.perturb(network, images, labels), 64);
            assertRun(golden, "cwCiard", network, CwLinf.ciard(ball).perturb(network, images, labels), 64);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"forced0", "forced7", "forced19"})
    void singleStepsFromRecordedPointsEqualTheReference(String step) {
        forEach((golden, network) -> {
            Linf ball = new Linf(golden.number("epsLinf"));
            NDArray labels = golden.get("labels").get("0:8");
            NDArray images = golden.get("images").get("0:8");
            NDArray x = golden.get(step + ".x");
            NDArray gradient = Tape.gradient(x, z -> Losses.crossEntropy(network.logits(z), labels));
            float scale = golden.get(step + ".grad").abs().max().getFloat();
            assertThat(gradient.sub(golden.get(step + ".grad")).abs().max().getFloat())
                    .isLessThan(1e-5f * scale);
            NDArray recorded = golden.get(step + ".grad");
            NDArray next = ball.around(images, true)
                    .apply(x.add(ball.steepest(recorded).mul(Torch.constant(golden.number("alpha")))));
            assertThat(next.sub(golden.get(step + ".next")).abs().max().getFloat())
                    .isLessThan(1.2e-7f);
        });
    }

    @Test
    void exactArithmeticAgreesBitForBit() {
        try (var golden = new Golden("exact-linear")) {
            NDArray weight = golden.get("weight");
            NDArray bias = golden.get("bias");
            Network network = x -> Linear.linear(x.reshape(x.getShape().get(0), -1), weight, bias)
                    .head();
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            Linf ball = new Linf(golden.number("eps"));
            Pgd ten = new Pgd(ball, ball.radius() / 4, 10, Start.clean());
            Pgd one = new Pgd(ball, ball.radius(), 1, Start.clean());
            assertSame(golden, "fgsmCe.adv", new Fgsm(ball).perturb(network, images, labels));
            NDArray margin = one.ascend(
                    images,
                    Noise.of(0),
                    x -> Losses.margin(network.logits(x), labels).neg());
            assertSame(golden, "fgsmMargin.adv", margin);
            assertSame(
                    golden,
                    "pgdMargin.adv",
                    ten.ascend(
                            images,
                            Noise.of(0),
                            x -> Losses.margin(network.logits(x), labels).neg()));
            NDArray start = images.add(golden.get("pgdCe.noise"))
                    .maximum(Torch.constant(0))
                    .minimum(Torch.constant(1));
            assertSame(
                    golden,
                    "pgdCe.adv",
                    ten.start((b, clean, none) -> start.duplicate()).perturb(network, images, labels));
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
                        .hasMessageContaining("Labels lie in 0..9");
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

    private static void forEach(Check check) {
        for (String name : NETWORKS) {
            try (var model = new Golden("model-" + name);
                    var golden = new Golden("pgd-" + name).with(model, "images", "labels");
                    var network = GoldenNet.load("model-" + name)) {
                check.on(golden, network);
            }
        }
    }

    private static void assertSame(Golden golden, String name, NDArray actual) {
        assertThat(actual.toFloatArray()).isEqualTo(golden.floats(name));
    }

    /** The tolerances that the recorded cases name for free runs. */
    private static void assertRun(Golden golden, String name, Network network, NDArray adversarial, int stored) {
        NDArray labels = golden.get("labels");
        NDArray logits = network.logits(adversarial);
        long[] predicted = logits.argMax(1).toLongArray();
        long[] success = golden.get(name + ".success").toLongArray();
        long[] truth = labels.toLongArray();
        int differing = 0;
        for (int i = 0; i < success.length; i++) {
            differing += (predicted[i] != truth[i]) != (success[i] == 1) ? 1 : 0;
        }
        assertThat(differing).as("%s: flags that differ", name).isLessThanOrEqualTo(1);
        float[] loss = Losses.crossEntropy(logits, labels).toFloatArray();
        float[] expected = golden.floats(name + ".ce");
        double[] gaps = new double[loss.length];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = Math.abs(loss[i] - expected[i]);
        }
        Arrays.sort(gaps);
        assertThat(gaps[gaps.length / 2]).as("%s: median loss gap", name).isLessThan(1e-4);
        assertThat(gaps[(int) (gaps.length * 0.99)])
                .as("%s: 99th percentile", name)
                .isLessThan(1e-2);
        float[] pixels = adversarial.get("0:" + stored).toFloatArray();
        float[] recorded = golden.floats(name + ".adv");
        int moved = 0;
        for (int i = 0; i < pixels.length; i++) {
            moved += Math.abs(pixels[i] - recorded[i]) > 1e-5 ? 1 : 0;
        }
        assertThat((double) moved / pixels.length).as("%s: moved pixels", name).isLessThanOrEqualTo(1e-3);
    }

    private static void assertLosses(float[] expected, List<Float> actual) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual.get(i)).isCloseTo(expected[i], within(1e-3f * Math.max(1, expected[i])));
        }
    }
}
