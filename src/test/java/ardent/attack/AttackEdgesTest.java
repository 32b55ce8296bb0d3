package ardent.attack;

import static ardent.tensor.Torch.constant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.search.Rows;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Batches of nothing, radii that break all or nothing, and identities that hold exactly; for every scanned attack. */
class AttackEdgesTest {
    private static Stream<Attack> everyAttack(Ball... balls) {
        return Stream.of(balls).flatMap(ball -> AttackContractTest.attacks(ball).stream());
    }

    private static Network linear(NDManager manager, int classes, Shape image, long seed) {
        NDArray weight = Torch.keep(Noise.of(seed).normal(new Shape(classes, image.size())));
        weight.attach(manager);
        return x -> x.reshape(x.getShape().get(0), -1).matMul(weight.transpose());
    }

    @TestFactory
    Stream<DynamicTest> noImagesAreRefusedInOneSentence() {
        return everyAttack(new Linf(0.06f), new L2(0.4f))
                .map(attack -> dynamicTest(attack.toString(), () -> {
                    try (var network = GoldenNet.load("model-tiny");
                            NDManager manager = Torch.manager().newSubManager()) {
                        NDArray none = manager.create(new Shape(0).addAll(network.image()));
                        NDArray labels = manager.create(new long[0]);
                        assertThatThrownBy(() -> attack.perturb(network, none, labels))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessage("There is no image to attack; give at least one.");
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> aRadiusOfNextToNothingBreaksNothing() {
        return everyAttack(new Linf(1e-6f), new L2(1e-6f))
                .filter(attack -> attack.ball() != null)
                .map(attack -> dynamicTest(attack.toString(), () -> assertRight(attack, 20)));
    }

    /** A transfer does not look at the victim, and one long step may miss; a search does not. */
    @TestFactory
    Stream<DynamicTest> aRadiusThatAllowsEverythingBreaksEverything() {
        return everyAttack(new Linf(1), new L2(50))
                .filter(attack -> attack.ball() != null && !(attack instanceof Transfer || attack instanceof Fgsm))
                .map(attack -> dynamicTest(attack.toString(), () -> assertRight(attack, 0)));
    }

    private static void assertRight(Attack attack, int expected) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray images = golden.get("images").get("0:20");
                NDArray labels = network.logits(images).argMax(1);
                NDArray adversarial = attack.perturb(network, images, labels, Noise.of(3));
                boolean[] right =
                        Rows.right(network.logits(adversarial), labels).toBooleanArray();
                assertThat(Rows.where(right, true)).as("%s", attack).hasSize(expected);
            });
        }
    }

    /** No gradient at all, equal logits, gradients next to nothing and next to infinite: 0/0 and 0·∞ lurk in each. */
    @TestFactory
    Stream<DynamicTest> pixelsStayNumbersWhateverTheGradients() {
        return everyAttack(new Linf(0.06f), new L2(0.4f))
                .map(attack -> dynamicTest(attack.toString(), () -> {
                    try (NDManager manager = Torch.manager().newSubManager()) {
                        Network line = linear(manager, 5, new Shape(1, 6, 6), 4);
                        for (double scale : new double[] {0, 1e-30, 1e25}) {
                            assertNumbers(attack, x -> line.logits(x).mul(constant(scale)));
                        }
                    }
                }));
    }

    private static void assertNumbers(Attack attack, Network victim) {
        Tape.free(() -> {
            NDArray images = Noise.of(7).uniform(0, 1, new Shape(3, 1, 6, 6));
            NDArray labels = victim.logits(images).argMax(1);
            NDArray adversarial = attack.perturb(victim, images, labels, Noise.of(1));
            for (float pixel : adversarial.toFloatArray()) {
                assertThat(pixel).isBetween(0f, 1f);
            }
        });
    }

    @Test
    void fgsmIsOneStepOfPgdAndThatIsTheGradientsSign() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray images = golden.get("images");
                NDArray labels = golden.get("labels");
                for (float radius : new float[] {0.01f, 8 / 255f, 0.3f}) {
                    Ball ball = new Linf(radius);
                    NDArray gradient = Tape.gradient(images, x -> Losses.crossEntropy(network.logits(x), labels));
                    float[] formula = images.add(gradient.sign().mul(constant(radius)))
                            .maximum(constant(0))
                            .minimum(constant(1))
                            .toFloatArray();
                    assertThat(new Fgsm(ball).perturb(network, images, labels).toFloatArray())
                            .isEqualTo(formula);
                    assertThat(new MiFgsm(ball, radius, 1, 1)
                                    .perturb(network, images, labels)
                                    .toFloatArray())
                            .isEqualTo(formula);
                }
                for (Ball ball : List.of(new Linf(0.05f), new L2(0.4f))) {
                    for (Start start : List.of(Start.clean(), Start.uniform(), Start.gauss())) {
                        assertThat(new Fgsm(ball, start)
                                        .perturb(network, images, labels, Noise.of(2))
                                        .toFloatArray())
                                .isEqualTo(new Pgd(ball, ball.radius(), 1, start)
                                        .perturb(network, images, labels, Noise.of(2))
                                        .toFloatArray());
                    }
                }
            });
        }
    }

    /**
     * Where a network is linear and no pixel meets its bound, a step of FGSM, and of a transfer from a network of two
     * classes, goes the same way at every radius, and what it breaks it breaks at every larger one. On a network with bends
     * neither is promised: a longer step may land beyond the far side of a wrong region, and a transfer climbs what another
     * network says. {@code AttackContractTest} asks it of all attacks that search.
     */
    @TestFactory
    Stream<DynamicTest> oneWayIsNestedWhereTheNetworkIsLinear() {
        var tests = new ArrayList<DynamicTest>();
        for (boolean linf : new boolean[] {true, false}) {
            for (Start start : List.of(Start.clean(), Start.uniform())) {
                tests.add(dynamicTest("FGSM " + linf + " " + start, () -> {
                    try (NDManager manager = Torch.manager().newSubManager()) {
                        Network victim = linear(manager, 5, new Shape(2, 6, 6), 4);
                        assertNested(victim, linf, ball -> new Fgsm(ball, start));
                    }
                }));
                tests.add(dynamicTest("transfer " + linf + " " + start, () -> {
                    try (NDManager manager = Torch.manager().newSubManager()) {
                        Network victim = linear(manager, 2, new Shape(2, 6, 6), 5);
                        Network near = linear(manager, 2, new Shape(2, 6, 6), 6);
                        Network source = x -> victim.logits(x).add(near.logits(x));
                        assertNested(victim, linf, ball -> new Transfer(new Pgd(ball, 7).start(start), source));
                    }
                }));
            }
        }
        return tests.stream();
    }

    private static void assertNested(Network victim, boolean linf, java.util.function.Function<Ball, Attack> attack) {
        Tape.free(() -> {
            NDArray images = Noise.of(7).uniform(0.4, 0.6, new Shape(200, 2, 6, 6));
            NDArray labels = victim.logits(images).argMax(1);
            boolean[] before = new boolean[200];
            java.util.Arrays.fill(before, true);
            int lost = 0;
            for (float step : new float[] {0.01f, 0.02f, 0.04f, 0.08f}) {
                Ball ball = linf ? new Linf(step) : new L2(5 * step);
                NDArray adversarial = attack.apply(ball).perturb(victim, images, labels, Noise.of(1));
                boolean[] now = Rows.right(victim.logits(adversarial), labels).toBooleanArray();
                for (int i = 0; i < now.length; i++) {
                    assertThat(now[i] && !before[i])
                            .as("image %d at %s", i, ball)
                            .isFalse();
                    lost += before[i] && !now[i] ? 1 : 0;
                }
                before = now;
            }
            assertThat(lost).isPositive();
        });
    }
}
