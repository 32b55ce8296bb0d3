package ardent.method;

import static ardent.method.GoldenLossTest.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Inner maximisations of whole methods against runs of the authors' own code; tolerances: golden/README.md. */
class GoldenInnerTest {
    /** Share of an image's gradient, first three losses, later ones, share of moved pixels. */
    private record Tolerance(double gradient, double first, double later, double pixels) {}

    private static final Tolerance TIGHT = new Tolerance(1e-5, 1e-4, 1e-4, 1e-3);
    private static final Tolerance TRADES = new Tolerance(5e-3, 5e-2, 5e-2, 5e-2);

    /** Half a unit in the last place of 1: how far off each probability near 1 may be where an objective begins at 0. */
    private static final double ROUNDING = 0x1p-24;

    enum Case {
        RSLAD,
        TRADES,
        ARD,
        SAAD,
        ADAAD;

        Method method(Network teacher, Pgd inner) {
            return switch (this) {
                case RSLAD -> new Rslad(teacher, inner, 5 / 6f, Divergence.batchMean());
                case TRADES -> new Trades(inner, 6);
                case ARD -> new Ard(teacher, inner, 30, 1, Divergence.elementMean(), BatchNormStatistics.RUNNING);
                case SAAD -> new Saad(teacher, inner, 1, 5, 1, 0, 1);
                case ADAAD -> new AdaAd(teacher, inner, 1, Divergence.batchMean());
            };
        }

        Start start() {
            return this == ARD
                    ? new Ard(x -> x).inner().start()
                    : new Rslad(x -> x).inner().start();
        }

        UnaryOperator<NDArray> objective(Classifier student, Classifier teacher, NDArray images, NDArray labels) {
            return switch (this) {
                case RSLAD -> {
                    NDArray soft = teacher.logits(images);
                    yield x -> Losses.kl(student.logits(x), soft);
                }
                case TRADES -> {
                    NDArray clean = student.logits(images);
                    yield x -> Losses.kl(student.logits(x), clean);
                }
                case ARD -> x -> Losses.crossEntropy(student.logits(x), labels);
                case SAAD -> {
                    NDArray slope = slope(teacher, images, labels);
                    var target = Saad.linearised(slope, teacher.logits(images), images, labels, 1);
                    yield x -> Losses.kl(student.logits(x), target.apply(x));
                }
                case ADAAD -> x -> Losses.kl(student.logits(x), teacher.logits(x));
            };
        }
    }

    private static NDArray slope(Classifier teacher, NDArray images, NDArray labels) {
        return Tape.gradient(images, x -> Losses.at(teacher.logits(x), labels));
    }

    @ParameterizedTest
    @EnumSource
    void searchEqualsTheReference(Case each) {
        Tolerance tolerance = each == Case.TRADES ? TRADES : TIGHT;
        try (var golden = new Golden("inner-" + each.name().toLowerCase(java.util.Locale.ROOT));
                var student = GoldenNet.load(golden.text("model"));
                var teacher = GoldenNet.load(golden.text("teacher"))) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            Linf ball = new Linf(golden.number("eps"));
            Pgd pgd = new Pgd(ball, golden.number("stepSize"), (int) golden.number("steps"), each.start());
            Noise noise = Noise.of((long) golden.number("seed"));
            UnaryOperator<NDArray> objective = each.objective(student, teacher, images, labels);
            NDArray first = pgd.start().from(ball, images, noise.restart());
            assertThat(first.sub(images).sub(golden.get("noise")).abs().max().getFloat())
                    .isLessThan(1e-7f);
            assertClose(golden.floats("grad0"), Tape.gradient(first, objective).toFloatArray(), tolerance.gradient);
            var losses = new ArrayList<Double>();
            NDArray adversarial = pgd.ascend(images, noise, x -> {
                NDArray values = objective.apply(x);
                losses.add((double) values.stopGradient().sum().getFloat());
                return values;
            });
            float[] recorded = golden.floats("stepLoss");
            assertThat(losses).hasSameSizeAs(recorded);
            double floor = each == Case.TRADES ? ROUNDING * images.getShape().get(0) : 1e-10;
            for (int i = 0; i < recorded.length; i++) {
                double relative = i < 3 ? tolerance.first : tolerance.later;
                assertThat(losses.get(i))
                        .as("loss of step %d", i)
                        .isCloseTo(recorded[i], within(relative * recorded[i] + floor));
            }
            assertSteps(golden, each, student, teacher, tolerance);
            assertLogits(golden, student, teacher);
            NDArray hit = golden.get("adv");
            if (each == Case.TRADES) {
                float loss = Trades.loss(student.logits(images), student.logits(hit), labels, 6, false, 0)
                        .total()
                        .getFloat();
                assertThat(loss).isCloseTo((float) golden.measured("outerLossBeta6"), within(1e-5f * loss));
            } else {
                assertThat(moved(adversarial, hit)).isLessThanOrEqualTo(tolerance.pixels);
            }
            assertThat(Dgad.wrong(student.logits(adversarial), labels).toFloatArray())
                    .as("students fooled")
                    .isEqualTo(
                            Dgad.wrong(golden.get("studentLogitsAdv"), labels).toFloatArray());
            assertThat((double) Dgad.wrong(golden.get("studentLogitsAdv"), labels)
                            .mean()
                            .getFloat())
                    .isCloseTo(golden.measured("studentSuccessRate"), within(1e-6));
            assertThat(golden.measured("firstLoss")).isEqualTo(recorded[0]);
            assertThat(golden.measured("lastLoss")).isEqualTo(recorded[recorded.length - 1]);
            assertThat(adversarial.sub(images).abs().max().getFloat())
                    .isCloseTo((float) golden.measured("maxLinf"), within(1e-6f));
            NDArray through = found(each.method(teacher, pgd), golden);
            assertThat(through.toFloatArray()).as("through prepare").isEqualTo(adversarial.toFloatArray());
        }
    }

    /** Each step from where the reference stood, of which the case keeps the first images. */
    private static void assertSteps(
            Golden golden, Case each, Classifier student, Classifier teacher, Tolerance tolerance) {
        NDArray points = golden.get("points");
        long steps = points.getShape().get(0);
        String kept = ":" + points.getShape().get(1);
        NDArray images = golden.get("images").get(kept);
        UnaryOperator<NDArray> objective =
                each.objective(student, teacher, images, golden.get("labels").get(kept));
        var move = new Linf(golden.number("eps")).step(images, true, golden.number("stepSize"));
        for (int k = 0; k < steps; k++) {
            NDArray at = points.get(k);
            NDArray next = k + 1 < steps ? points.get(k + 1) : golden.get("adv").get(kept);
            NDArray own = move.apply(at, Tape.gradient(at, objective));
            assertThat(moved(own, next))
                    .as("pixels of step %d", k)
                    .isLessThanOrEqualTo(k == 0 ? tolerance.pixels : TIGHT.pixels);
        }
        if (each == Case.SAAD) {
            NDArray slope = slope(teacher, golden.get("images"), golden.get("labels"));
            assertClose(golden.floats("teacherGradient"), slope.toFloatArray(), 1e-5);
        }
    }

    private static void assertLogits(Golden golden, Classifier student, Classifier teacher) {
        Map.of("student", student, "teacher", teacher)
                .forEach((who, network) -> Map.of("Clean", "images", "Adv", "adv")
                        .forEach((view, images) -> assertClose(
                                golden.floats(who + "Logits" + view),
                                network.logits(golden.get(images)).toFloatArray(),
                                1e-5)));
        float divergence = Losses.kl(golden.get("studentLogitsAdv"), golden.get("teacherLogitsClean"))
                .mean()
                .getFloat();
        assertThat(divergence)
                .isCloseTo((float) golden.measured("finalKlTeacherCleanToStudentAdv"), within(1e-5f * divergence));
    }

    /** Methods that search as another one does find its images, to the last bit. */
    @Test
    void methodsOfOneSearchFindTheSameImages() {
        try (var golden = new Golden("inner-ard");
                var teacher = GoldenNet.load(golden.text("teacher"))) {
            Linf ball = new Linf(golden.number("eps"));
            Pgd pgd = new Pgd(ball, golden.number("stepSize"), 3, Start.gauss());
            Iad iad = new Iad(teacher, pgd, 1, 1, 0.1f, 0.3f, false, BatchNormStatistics.RUNNING);
            List<Method> labels = List.of(
                    new Mart(pgd, 5),
                    new Akd(teacher, pgd, 0.5f),
                    new Gacd(teacher, pgd, 0.1f, 0.1f),
                    new Ard(teacher, pgd, 30, 1, Divergence.elementMean(), BatchNormStatistics.RUNNING),
                    iad,
                    new Iad2(teacher, teacher, pgd, 1, 0.5f, 0.25f, 0.1f, 0.2f, false, BatchNormStatistics.RUNNING),
                    new Mtard(teacher, teacher, pgd, 0.025f, 1, Divergence.batchMean()),
                    new BMtard(teacher, teacher, pgd, 0.025f, 1, 0.001f, Divergence.batchMean()),
                    new Crdnd(teacher, pgd, Crdnd.Search.LABELS, Compensation.none(), Contrast.none(), 1, 0, 1));
            assertAlike(new Sat(pgd), labels, golden);
            List<Method> both = List.of(
                    new AdaIad(teacher, pgd, 1, 1, 0.1f, 0, false),
                    new Dgad(teacher, pgd, true, true, 1),
                    new Igdm(new AdaAd(teacher, pgd, 1, Divergence.batchMean()), teacher, 1),
                    new Crdnd(teacher, pgd, Crdnd.Search.ADAPTIVE, Compensation.none(), Contrast.none(), 1, 0, 1));
            assertAlike(new AdaAd(teacher, pgd, 1, Divergence.batchMean()), both, golden);
            List<Method> soft = List.of(
                    new Saad(teacher, pgd, 0, 5, 1, 0, 1),
                    new MixKd(teacher, pgd, true, 0, 1, 1, 1),
                    new Crdnd(teacher, pgd, Crdnd.Search.TEACHER, Compensation.none(), Contrast.none(), 1, 0, 1));
            assertAlike(new Rslad(teacher, pgd, 1, Divergence.batchMean()), soft, golden);
        }
    }

    private static void assertAlike(Method one, List<Method> others, Golden golden) {
        float[] images = found(one, golden).toFloatArray();
        Stream.concat(Stream.of(one), others.stream())
                .forEach(method -> assertThat(found(method, golden).toFloatArray())
                        .as(method.label())
                        .isEqualTo(images));
    }

    /** What a method's student learns from beside the clean images; running statistics of a student of its own move. */
    private static NDArray found(Method method, Golden golden) {
        try (Classifier student = GoldenNet.load(golden.text("model"));
                Companion companion = new Companion(ardent.Tiny.images(20, 10, 1), Noise.of(1))) {
            Noise noise = Noise.of((long) golden.number("seed"));
            Step step = new Step(student, golden.get("images"), golden.get("labels"), 0, noise, companion);
            Tape.quiet(() -> method.prepare(step).value());
            return step.views().stream()
                    .map(Step.View::images)
                    .filter(images -> images != step.images())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The share of pixels that differ by more than 1e-5. */
    private static double moved(NDArray own, NDArray recorded) {
        float[] a = own.toFloatArray();
        float[] b = recorded.toFloatArray();
        int count = 0;
        for (int i = 0; i < a.length; i++) {
            count += Math.abs(a[i] - b[i]) > 1e-5 ? 1 : 0;
        }
        return (double) count / a.length;
    }
}
