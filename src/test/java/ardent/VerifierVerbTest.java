package ardent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.CascadeResult;
import ardent.attack.Curve;
import ardent.attack.Fgsm;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.PerturbationVerifier;
import ardent.attack.Pgd;
import ardent.attack.Square;
import ardent.attack.Warning;
import ardent.attack.WorstOf;
import ardent.data.Images;
import ardent.evaluate.Finding;
import ardent.evaluate.Score;
import ardent.network.Network;
import ardent.report.Sweep;
import ardent.tensor.Noise;
import ardent.tensor.Torch;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every verb holds adversarial images against clean ones that no attack has had in its hands, by one rule. */
class VerifierVerbTest {
    private static final Images IMAGES = Tiny.images(12, 3, 1);
    private static final Network NETWORK = PredictionsTest::good;

    /** An attack that is what a lambda makes of images and labels. */
    private record Odd(@Nullable Ball ball, BiFunction<NDArray, NDArray, NDArray> change) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return change.apply(images, labels);
        }

        @Override
        public boolean whiteBox() {
            return false;
        }
    }

    private static NDArray erased(NDArray x, NDArray labels) {
        labels.addi(Torch.constant(1).toType(DataType.INT64, true));
        return x.muli(Torch.constant(0));
    }

    private static Odd eraser(float radius) {
        return new Odd(new Linf(radius), VerifierVerbTest::erased);
    }

    private static Score score(Attack attack) {
        return Ardent.evaluate(NETWORK, IMAGES, attack)
                .robustness()
                .outcomes()
                .get(0)
                .scores()
                .get(0);
    }

    @Test
    void anAttackThatWritesIntoItsImagesIsSeen() {
        Attack fgsm = new Fgsm(new Linf(0.1f));
        for (Attack attack : List.of(eraser(0.1f), new WorstOf(eraser(0.1f), fgsm))) {
            Score score = score(attack);
            assertThat(score.findings()).extracting(Finding::code).contains(Finding.Code.OUTSIDE_BALL);
            assertThat(score.distances().linf()).isGreaterThan(0.5);
            assertThat(score.robustAccuracy())
                    .as("what left the ball is no success")
                    .isEqualTo(attack instanceof WorstOf ? score(fgsm).robustAccuracy() : 1);
        }
        for (Mode mode : Mode.values()) {
            CascadeResult verdict =
                    Ardent.attack(new Cascade("odd", List.of(eraser(0.1f)), 5, mode, 0), NETWORK, IMAGES);
            assertThat(verdict.accuracy()).isEqualTo(1);
            assertThat(verdict.warnings()).extracting(Warning::code).contains(Warning.Code.OUTSIDE);
        }
        Sweep sweep = Ardent.sweep(List.of(NETWORK), IMAGES, VerifierVerbTest::eraser, 0.1f, 0.2f);
        Curve curve = sweep.curves().values().iterator().next();
        assertThat(curve.accuracies()).containsExactly(1.0, 1.0);
        assertThat(sweep.warnings())
                .containsExactly("network: adversarial images outside the ball or [0, 1] are not counted as broken"
                        + " (12 images); fix the attack.");
        assertThat(sweep.toString())
                .contains("! network: adversarial images outside the ball or [0, 1] are not counted as broken (12");
        assertThat(sweep.html()).contains("are not counted as broken (12 images);");
        try (NDArray found = Ardent.attack(eraser(0.1f), NETWORK, IMAGES)) {
            assertThat(found.max().getFloat()).isZero();
        }
    }

    @Test
    void whatIsNotFiniteOrNoPixelDoesNotCount() {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1, 1.001f}) {
            BiFunction<NDArray, NDArray, NDArray> change =
                    (x, y) -> x.mul(Torch.constant(0)).add(Torch.constant(value));
            CascadeResult verdict = Ardent.attack(new Cascade(new Odd(null, change)), NETWORK, IMAGES);
            assertThat(verdict.accuracy()).as("%s", value).isEqualTo(1);
            assertThat(verdict.warnings()).extracting(Warning::code).contains(Warning.Code.OUTSIDE);
            Sweep sweep = Ardent.sweep(List.of(NETWORK), IMAGES, e -> new WorstOf(new Odd(new Linf(e), change)), 0.5f);
            assertThat(sweep.curves().values().iterator().next().accuracies()).containsExactly(1.0);
            assertThat(sweep.warnings()).hasSize(1);
            try (NDArray images = IMAGES.pixels(Torch.manager());
                    NDArray labels = IMAGES.labels(Torch.manager());
                    NDArray found = change.apply(images, labels)) {
                Curve curve = Curve.ofDistances(NETWORK, images, labels, found, true, List.of(0f, 5f), "odd");
                assertThat(curve.accuracies()).containsExactly(1.0, 1.0);
                assertThat(curve.warnings()).containsExactly(new Warning(Warning.Code.OUTSIDE, 12));
                assertThatIllegalArgumentException()
                        .isThrownBy(
                                () -> Curve.ofDistances(NETWORK, images, labels, images, true, List.of(0f, 5f), "odd"))
                        .withMessageEndingWith("give the attack a copy, images.duplicate().");
            }
        }
        for (Function<NDArray, NDArray> change : List.<Function<NDArray, NDArray>>of(
                x -> x.get("0:2"), x -> x.toType(DataType.FLOAT64, true), NDArray::sum)) {
            Odd odd = new Odd(new Linf(0.5f), (x, y) -> change.apply(x));
            assertThatThrownBy(() -> score(odd)).hasMessageStartingWith("The attack Odd returned ");
            assertThatThrownBy(() -> Ardent.attack(odd, NETWORK, IMAGES)).hasMessageStartingWith("The attack Odd ");
            assertThatThrownBy(() -> Ardent.attack(new Cascade(odd), NETWORK, IMAGES))
                    .hasMessageStartingWith("The attack Odd returned ");
            assertThatThrownBy(() -> Ardent.sweep(List.of(NETWORK), IMAGES, e -> odd, 0.5f))
                    .hasMessageStartingWith("The attack Odd returned ");
        }
    }

    /** An image a little beyond its radius is beyond it for everybody, or for nobody. */
    @Test
    void oneRuleOfTheBall() {
        for (Ball ball : List.of(new Linf(0.1f), new L2(0.1f), new L2(0.5f))) {
            for (double beyond : new double[] {-1e-4, 3e-7, 3e-6, 7e-6, 9e-6, 1.2e-5, 4e-5}) {
                float step = (float) (ball.radius() + beyond);
                Odd odd = new Odd(ball, (x, y) -> {
                    NDArray moved = x.duplicate();
                    float each = ball instanceof Linf ? step : step / 2; // four pixels
                    moved.set(
                            new NDIndex(":, :, 0:2, 0:2"),
                            x.get(":, :, 0:2, 0:2").sub(Torch.constant(each)));
                    return moved;
                });
                boolean told =
                        score(odd).findings().stream().anyMatch(finding -> finding.code() == Finding.Code.OUTSIDE_BALL);
                boolean expected = beyond > PerturbationVerifier.tolerance(ball instanceof Linf, ball.radius());
                assertThat(told).as("%s by %s", ball, beyond).isEqualTo(expected);
                Sweep sweep = Ardent.sweep(List.of(NETWORK), IMAGES, e -> odd, ball.radius());
                assertThat(sweep.warnings().isEmpty()).isEqualTo(!expected);
            }
        }
    }

    @Test
    void sweepsRefuseRadiiAndAttacksThatDoNotFit() {
        Function<Float, Attack> pgd = e -> new Pgd(new Linf(e), 2);
        for (float[] radii :
                new float[][] {{}, {-0.1f}, {Float.NaN}, {0, Float.POSITIVE_INFINITY}, {0.1f, 0.1f}, {0.2f, 0.1f}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Ardent.sweep(List.of(NETWORK), IMAGES, pgd, radii))
                    .withMessageStartingWith("A curve needs rising radii, at least one, each a number of at least 0");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ardent.sweep(List.of(NETWORK), IMAGES, e -> new Pgd(new Linf(0.3f), 2), 0.1f, 0.3f))
                .withMessage(
                        "For ε = 0.1 the function gives PGD-2 with the radius 0.3: give its argument to the ball, as"
                                + " in e -> new Pgd(new Linf(e), 20), and ε in pixels of [0, 1].");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ardent.sweep(List.of(), IMAGES, pgd, 0.1f))
                .withMessage("There is no network to sweep.");
        for (float[] radii : new float[][] {{0}, {0, 0.1f}, {0.1f}}) {
            Sweep sweep = Ardent.sweep(List.of(NETWORK), IMAGES, pgd, radii);
            assertThat(sweep.curves().values().iterator().next().attack()).isEqualTo("PGD-2");
            assertThat(sweep.toString())
                    .contains(" · 12 images · PGD-2" + (radii[radii.length - 1] > 0 ? " (L∞ ≤ ε)" : "") + ", accuracy");
        }
        assertThat(Ardent.sweep(List.of(NETWORK), IMAGES, e -> new Square(new L2(e), 9), 0f)
                        .toString())
                .contains(" · Square");
    }

    private record Shifted(Ball ball, float[] by) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            throw new AssertionError("refused before work starts");
        }
    }

    /** A sweep says where its numbers come from, as an evaluation does. */
    @Test
    void anAttackThatNoDescriptionHoldsIsRefusedAtOnce() {
        Function<Float, Attack> attack = radius -> new Shifted(new Linf(radius), new float[] {radius});
        String refused =
                "The component by of Shifted has the type float[], which no description holds: give it a List.";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ardent.sweep(List.of(NETWORK), IMAGES, attack, 0.1f))
                .withMessage(refused);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ardent.evaluate(NETWORK, IMAGES, attack.apply(0.1f)))
                .withMessage(refused);
    }

    @Test
    void networksOfASweepHaveNamesOfTheirOwn() {
        Network same = NETWORK::logits;
        Sweep sweep = Ardent.sweep(List.of(NETWORK, same), IMAGES, e -> new Fgsm(new Linf(e)), 0.1f);
        assertThat(sweep.curves()).containsOnlyKeys("network", "network #2");
        assertThat(sweep.table().rowCount()).isEqualTo(2);
    }
}
