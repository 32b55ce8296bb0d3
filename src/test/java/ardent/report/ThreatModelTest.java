package ardent.report;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.Curve;
import ardent.attack.DeepFool;
import ardent.attack.Fgsm;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.Transfer;
import ardent.evaluate.Fakes;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.method.Sat;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Captions name the ball that an attack says it keeps to, and none that merely stands in its description. */
class ThreatModelTest {
    private static final Fakes.Bright NETWORK = new Fakes.Bright("one", new Fakes.Plan("A", 0, ""), 0);

    /** Has a radius that is no threat model. */
    private record Blur(int radius) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return images.duplicate();
        }
    }

    private static Report report(Attack... attacks) {
        return Report.of(Robustness.measure(
                List.of(Subject.of(NETWORK)), Fakes.images(6), List.of(attacks), new Protocol(8, 0)));
    }

    @Test
    void attacksWithoutABallHaveNoRadius() {
        Report mixed = report(new Fgsm(new Linf(8 / 255f)), new Fgsm(new L2(0.5f)), new DeepFool());
        assertThat(mixed.caption())
                .endsWith(" Threat model: FGSM · ball Linf: L∞ ≤ 8/255;"
                        + " FGSM · ball L2: L2 ≤ 0.5; DeepFool: no radius.");
        assertThat(mixed.classes("DeepFool").name()).contains(" under DeepFool (no radius);");
        assertThat(report(new Blur(3)).caption()).endsWith(" Threat model: Blur: no radius.");
        assertThat(report().caption()).doesNotContain("Threat model");
    }

    @Test
    void theRadiusOfATrainingIsNotThatOfAnAttack() {
        var source = new Fakes.Bright("source", new Sat(new Linf(0.3f)), 0);
        assertThat(report(new Transfer(new DeepFool(), source)).caption())
                .endsWith(" Threat model: DeepFool (transfer): no radius.");
        assertThat(report(new Transfer(new Fgsm(new Linf(0.1f)), source)).caption())
                .endsWith(" Threat model: FGSM (transfer): L∞ ≤ 0.1.");
    }

    @Test
    void aSweepNamesTheNormThatAllItsAttacksHave() {
        var curve = new Curve("FGSM", List.of(0.1f, 0.2f), List.of(1.0, 0.5));
        assertThat(caption(curve, e -> new Fgsm(new Linf(e)))).contains("FGSM (L∞ ≤ ε)");
        assertThat(caption(curve, e -> new Fgsm(e < 0.15 ? new Linf(e) : new L2(e))))
                .doesNotContain("≤");
        assertThat(caption(curve, e -> e < 0.15 ? new Fgsm(new Linf(e)) : new Blur(1)))
                .doesNotContain("≤");
    }

    @Test
    void radiiThatOnlyLookTheSameHaveColumnsOfTheirOwn() {
        var curve = new Curve("FGSM", List.of(0.12345f, 0.12346f, 0.2f), List.of(1.0, 0.5, 0.5));
        Sweep sweep =
                Sweep.of(Map.of("one", curve), Map.of("one", NETWORK), Fakes.images(6), e -> new Fgsm(new Linf(e)));
        assertThat(sweep.table().columnNames()).containsExactly("network", "ε = 0.12345", "ε = 0.12346", "ε = 0.2");
    }

    private static String caption(Curve curve, java.util.function.Function<Float, Attack> attack) {
        return Sweep.of(Map.of("one", curve), Map.of("one", NETWORK), Fakes.images(6), attack)
                .caption();
    }

    /** How a network came about, as {@link ThreatModel#trained} reads it. */
    private record Origin(Object method) {}

    private record Distilled(Taught teacher, Inner inner) {}

    private record Taught(String weights, Ball ball) {}

    private record Inner(int radius, Ball ball) {}

    @Test
    void aNetworkWasTrainedForTheBallOfItsMethodAndNotOfItsTeacher() {
        var ball = new Linf(0.1f);
        var method = new Distilled(new Taught("hash", new L2(1)), new Inner(3, ball));
        assertThat(ThreatModel.trained(Description.of(new Origin(method)))).contains(ball);
        assertThat(ThreatModel.trained(Description.of(new Origin(new Blur(3))))).isEmpty();
        assertThat(ThreatModel.trained(Description.of(new Classifier.Fresh(new ardent.network.SmallCnn(2), 0))))
                .isEmpty();
    }
}
