package ardent.method;

import static ardent.method.GoldenLossTest.TIGHT;
import static ardent.method.GoldenLossTest.assertCase;
import static ardent.method.GoldenLossTest.assertClose;
import static ardent.method.GoldenLossTest.assertInner;
import static ardent.method.GoldenLossTest.assertLoss;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.Start;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Outer losses of the distillation methods against values of the authors' own code. */
class GoldenDistillationTest {
    private static final Network NONE = x -> x;

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void martEqualsTheReference(int lambda) {
        try (var golden = new Golden("method-mart")) {
            NDArray labels = golden.get("labels");
            assertCase(golden, "lambda" + lambda, (clean, attacked) -> Mart.loss(clean, attacked, labels, lambda));
        }
    }

    @ParameterizedTest
    @CsvSource({"30, 1.0", "5, 0.7", "1, 0.5"})
    void ardEqualsTheReferenceByBothConventions(int temperature, float soft) {
        try (var golden = new Golden("method-ard")) {
            NDArray labels = golden.get("labels");
            NDArray target = golden.get("teacherClean");
            Ard preset = new Ard(NONE);
            Ard ard = new Ard(NONE, preset.inner(), temperature, soft, Divergence.elementMean(), preset.statistics());
            Ard mean = ard.divergence(Divergence.batchMean());
            String name = "T" + temperature + "alpha" + soft;
            // The value is 900 times a small difference and loses digits; its gradient does not.
            float digits = temperature == 30 ? 5e-4f : 1e-5f;
            assertCase(golden, name, digits, (clean, attacked) -> Ard.loss(attacked, clean, target, labels, ard));
            assertCase(
                    golden,
                    "batchmean" + name,
                    digits,
                    (clean, attacked) -> Ard.loss(attacked, clean, target, labels, mean));
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 1, 1", "T5alpha0.7, 5, 0.7"})
    void iadEqualsTheReference(String suffix, float temperature, float soft) {
        try (var golden = new Golden("method-iad1")) {
            NDArray labels = golden.get("labels");
            NDArray target = golden.get("teacherClean");
            NDArray trust = Iad.trust(golden.get("teacherAdv"), labels, 0.1f);
            assertClose(golden.floats("after" + suffix + ".trust"), trust.toFloatArray(), 1e-6);
            for (String phase : new String[] {"warmup", "after"}) {
                NDArray trusted = phase.equals("after") ? trust : null;
                assertCase(
                        golden,
                        phase + suffix,
                        (clean, attacked) -> Iad.loss(attacked, clean, target, labels, temperature, soft)
                                .and(Iad.introspection(attacked, clean, trusted, soft)));
            }
        }
    }

    @Test
    void iad2EqualsTheReference() {
        try (var golden = new Golden("method-iad2")) {
            NDArray labels = golden.get("labels");
            NDArray strong = golden.get("teacherAdv");
            NDArray exact = golden.get("naturalTeacher");
            Iad2 iad = new Iad2(NONE, NONE);
            for (String phase : new String[] {"warmup", "after"}) {
                NDArray trusted = phase.equals("after") ? Iad.trust(strong, labels, 0.1f) : null;
                assertCase(
                        golden,
                        phase,
                        (clean, attacked) -> Iad2.loss(attacked, strong, exact, labels, trusted, iad)
                                .and(Iad.introspection(attacked, clean, trusted, 0.5f)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"cifar10, 1.0", "cifar10, 0.5", "cifar100, 1.0", "cifar100, 0.5"})
    void adaAdEqualsTheReferenceByBothConventions(String script, float robust) {
        try (var golden = new Golden("method-adaad")) {
            NDArray target = golden.get("teacherAdv");
            NDArray soft = golden.get("teacherClean");
            Divergence divergence = script.equals("cifar10") ? Divergence.elementMean() : Divergence.batchMean();
            assertCase(
                    golden,
                    script + ".alpha" + robust,
                    (clean, attacked) -> AdaAd.loss(attacked, clean, target, soft, robust, divergence));
        }
    }

    @ParameterizedTest
    @CsvSource({"full, 1", "noPcr, 0", "pcr3, 3"})
    void dgadEqualsTheReference(String name, float consistency) {
        try (var golden = new Golden("method-dgad")) {
            NDArray labels = golden.get("labels");
            NDArray hard = golden.get("teacherAdv");
            NDArray easy = golden.get("teacherClean");
            Dgad dgad = new Dgad(NONE, new Dgad(NONE).inner(), true, true, consistency);
            assertCase(golden, name, (clean, attacked) -> Dgad.loss(attacked, clean, hard, easy, labels, dgad));
            assertThat(Dgad.wrong(easy, labels).toFloatArray()).isEqualTo(golden.floats("cleanGroup"));
            assertThat(Dgad.swapped(hard, labels).toFloatArray()).isEqualTo(golden.floats("teacherAdvSwapped"));
            assertThat(Dgad.swapped(easy, labels).toFloatArray()).isEqualTo(golden.floats("teacherCleanSwapped"));
        }
    }

    @ParameterizedTest
    @CsvSource({"alpha1epoch1, 1, 1", "alpha1epoch100, 1, 100", "alpha10epoch200, 10, 200"})
    void igdmEqualsTheReference(String name, float weight, int epoch) {
        try (var golden = new Golden("method-igdm")) {
            NDArray strong = golden.get("teacherAdv");
            NDArray gap = strong.sub(golden.get("teacherMinus"));
            NDArray plus = golden.get("studentAdv");
            NDArray minus = golden.get("studentMinus");
            BinaryOperator<NDArray> loss = (p, m) -> AdaAd.loss(p, p, strong, strong, 1, Divergence.batchMean())
                    .and(Igdm.loss(p.sub(m), gap, weight * epoch / 200.0))
                    .total();
            assertLoss(golden, name + ".loss", name + ".grad.studentAdv", plus, z -> loss.apply(z, minus));
            assertLoss(golden, name + ".loss", name + ".grad.studentMinus", minus, z -> loss.apply(plus, z));
        }
    }

    @ParameterizedTest
    @CsvSource({"default, 1, 0, 1, 100", "beta0.5, 1, 0.5, 1, 100", "gamma2, 2, 0.5, 10, 200", "epoch1, 1, 0, 1, 1"})
    void saadEqualsTheReference(String name, float order, float beta, float alpha, int epoch) {
        try (var golden = new Golden("method-saad")) {
            var taught = answers(golden, "teacher");
            var student = answers(golden, "student");
            Saad saad = new Saad(NONE, new Saad(NONE).inner(), 1, 5, order, beta, alpha);
            assertClose(
                    golden.floats(name + ".entropy"),
                    Saad.entropy(taught.plus(), order).toFloatArray(),
                    1e-6);
            Map<String, UnaryOperator<NDArray>> views = Map.of(
                    "studentAdv",
                            z -> total(new Saad.Answers(z, student.minus(), student.clean()), taught, epoch, saad),
                    "studentMinus",
                            z -> total(new Saad.Answers(student.plus(), z, student.clean()), taught, epoch, saad),
                    "studentClean",
                            z -> total(new Saad.Answers(student.plus(), student.minus(), z), taught, epoch, saad));
            views.forEach(
                    (view, loss) -> assertLoss(golden, name + ".loss", name + ".grad." + view, golden.get(view), loss));
        }
    }

    private static NDArray total(Saad.Answers student, Saad.Answers teacher, int epoch, Saad saad) {
        return Saad.loss(student, teacher, epoch / 200.0, saad).total();
    }

    private static Saad.Answers answers(Golden golden, String who) {
        return new Saad.Answers(golden.get(who + "Adv"), golden.get(who + "Minus"), golden.get(who + "Clean"));
    }

    @Test
    void innerMaximisationOfSaadEqualsTheReference() {
        try (var golden = new Golden("inner-saad");
                var student = GoldenNet.load("model-bn");
                var teacher = GoldenNet.load("model-teacher")) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            NDArray slope = Tape.gradient(images, x -> Losses.at(teacher.logits(x), labels));
            assertClose(golden.floats("teacherGradient"), slope.toFloatArray(), 1e-5);
            var target = Saad.linearised(slope, teacher.logits(images), images, labels, 1);
            assertInner(golden, Start.gauss(), x -> Losses.kl(student.logits(x), target.apply(x)), TIGHT);
        }
    }

    @Test
    void mtardEqualsTheReferenceAndItsWeightsMoveAsRecorded() {
        try (var golden = new Golden("method-mtard")) {
            Mtard mtard = new Mtard(NONE, NONE).divergence(Divergence.rslad());
            var balance = new Mtard.Balance();
            for (int i = 0; i < 5; i++) {
                String step = "step" + i;
                NDArray calm = golden.get(step + ".naturalTeacherClean");
                NDArray strong = golden.get(step + ".robustTeacherAdv");
                int done = i;
                assertStep(
                        golden,
                        step,
                        (clean, attacked) -> Mtard.loss(
                                        clean, attacked, calm, strong, replayed(golden, "step", done), 0.025, mtard)
                                .total());
                NDArray clean = golden.get(step + ".studentClean");
                Mtard.loss(clean, golden.get(step + ".studentAdv"), calm, strong, balance, 0.025, mtard);
                assertThat(balance.natural()).isCloseTo(figure(golden, step, "weightNatAfter"), within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"run0, 1, 1", "run1, 2, 3"})
    void bMtardEqualsTheReferenceAndItsTemperaturesMoveAsRecorded(String run, double natural, double robust) {
        try (var golden = new Golden("method-bmtard")) {
            BMtard preset = new BMtard(NONE, NONE);
            BMtard method = new BMtard(NONE, NONE, preset.inner(), 0.025f, 1, 0.001f, Divergence.rslad());
            var balance = new Mtard.Balance();
            var heat = new BMtard.Heat(natural, robust);
            for (int i = 0; i < 6; i++) {
                String step = run + ".step" + i;
                NDArray calm = golden.get(step + ".naturalTeacherClean");
                NDArray strong = golden.get(step + ".robustTeacherAdv");
                int done = i;
                double[] now = {heat.natural(), heat.robust()};
                assertStep(
                        golden,
                        step,
                        (clean, attacked) -> BMtard.loss(
                                        clean,
                                        attacked,
                                        calm,
                                        strong,
                                        replayed(golden, run + ".step", done),
                                        new BMtard.Heat(now[0], now[1]),
                                        0.025,
                                        method)
                                .total());
                NDArray clean = golden.get(step + ".studentClean");
                BMtard.loss(clean, golden.get(step + ".studentAdv"), calm, strong, balance, heat, 0.025, method);
                assertThat(balance.natural()).isCloseTo(figure(golden, step, "weightNatAfter"), within(1e-6));
                assertThat(heat.natural()).isCloseTo(figure(golden, step, "temperatureNatAfter"), within(1e-6));
                assertThat(heat.robust()).isCloseTo(figure(golden, step, "temperatureAdvAfter"), within(1e-6));
            }
        }
    }

    /** The weights before a step, from the recorded losses of the steps before it. */
    private static Mtard.Balance replayed(Golden golden, String step, int done) {
        var balance = new Mtard.Balance();
        for (int i = 0; i < done; i++) {
            balance.move(figure(golden, step + i, "lossNat"), figure(golden, step + i, "lossAdv"), 0.025, 1);
        }
        return balance;
    }

    private static double figure(Golden golden, String step, String name) {
        return golden.description()
                .getAsJsonObject("figures")
                .getAsJsonObject(step)
                .get(name)
                .getAsDouble();
    }

    private static void assertStep(Golden golden, String step, BinaryOperator<NDArray> loss) {
        NDArray clean = golden.get(step + ".studentClean");
        NDArray attacked = golden.get(step + ".studentAdv");
        assertLoss(golden, step + ".loss", step + ".grad.studentClean", clean, z -> loss.apply(z, attacked));
        assertLoss(golden, step + ".loss", step + ".grad.studentAdv", attacked, z -> loss.apply(clean, z));
    }
}
