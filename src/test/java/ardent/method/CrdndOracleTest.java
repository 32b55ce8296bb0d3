package ardent.method;

import static ardent.method.CrdndFormula.LABELS;
import static ardent.method.InDouble.softmax;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.data.Images;
import ardent.method.Compensation.Input;
import ardent.method.Compensation.Target;
import ardent.method.CrdndFormula.Numbers;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * CRDND's whole step against its formula, written down once more in double precision: value of every term and gradient of every
 * weight of student, compensation and projections, by central differences in which what must be constant is held still.
 */
class CrdndOracleTest {
    private static final int COUNT = 5;
    /** Grey, as the clean images of a step are; the teacher is right about three of the five. */
    private static final Images DATA =
            Images.of("five", new byte[] {127, 127, 127, 127, 127}, LABELS, new Shape(1, 1, 1), List.of("a", "b", "c"));

    private static final float ALPHA = 0.7f;
    private static final float LAMBDA = 0.3f;
    private static final float MU = 1.7f;

    static Stream<Crdnd> forms() {
        var plain = new Crdnd(
                x -> x, Recorded.ATTACK, Crdnd.Search.TEACHER, Compensation.none(), Contrast.none(), ALPHA, LAMBDA, MU);
        List<Compensation> compensations = List.of(
                Compensation.none(),
                new Compensation.Residual(Input.LOGITS, Target.CLEAN, 0.4f),
                new Compensation.Residual(Input.LOGITS, Target.ADVERSARIAL, 0),
                new Compensation.Residual(Input.FEATURES, Target.ADVERSARIAL, 2.5f),
                new Compensation.Transition(1e-3f),
                new Compensation.Correction(0.3f),
                new Compensation.Reliance(1),
                new Compensation.Reliance(0.5f),
                Compensation.tempered(2),
                Compensation.softened(0.75),
                Compensation.adaptive(3),
                new Compensation.Tempered(
                        new Compensation.Residual(Input.FEATURES, Target.ADVERSARIAL, 0.5f), 1.5f, 2));
        List<Contrast> contrasts = List.of(
                Contrast.none(),
                new Contrast.Instance(0.2f),
                new Contrast.Relation(0.5f),
                new Contrast.Relation(0.1f),
                new Contrast.Supervised(0.3f),
                Contrast.selfRelation(),
                Contrast.selfRelation().and(new Contrast.Relation(0.5f), 0.2));
        var forms = new ArrayList<Crdnd>();
        compensations.forEach(each -> forms.add(plain.compensation(each)));
        contrasts.forEach(each -> forms.add(plain.contrast(each)));
        forms.add(plain.compensation(compensations.get(1)).contrast(contrasts.get(2)));
        forms.add(plain.contrast(contrasts.get(2)).contrast(0));
        return forms.stream();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void valueAndGradientsAreThoseOfTheFormula(Crdnd form) {
        try (Classifier student = Recorded.student(answers(1, 3), answers(2, 4));
                Classifier teacher = Recorded.teacher(teacherLogits(), answers(4, 6));
                Companion companion = new Companion(DATA, Noise.of(3))) {
            Crdnd method = new Crdnd(
                    teacher,
                    form.inner(),
                    form.search(),
                    form.compensation(),
                    form.contrast(),
                    ALPHA,
                    form.contrastWeight(),
                    MU);
            make(method, student, companion);
            move(companion);
            Map<String, Float> terms = run(method, student, companion);
            Numbers numbers = numbers(student, teacher, companion);
            Map<String, Double> expected = CrdndFormula.terms(method, numbers, numbers);
            assertThat(terms.keySet()).isEqualTo(expected.keySet());
            terms.forEach((name, value) -> assertThat((double) value)
                    .as(name)
                    .isCloseTo(expected.get(name), within(1e-5 * Math.max(0.1, Math.abs(expected.get(name))))));
            slopes(method, student, companion, numbers);
            teacher.layers()
                    .learnable()
                    .forEach((name, weight) -> assertThat(
                                    weight.getGradient().abs().sum().getFloat())
                            .as("teacher's %s", name)
                            .isZero());
        }
    }

    private static void slopes(Crdnd method, Classifier student, Companion companion, Numbers numbers) {
        Numbers held = numbers.copy();
        learnable(student, companion).forEach((name, weight) -> {
            double[][] slope = InDouble.slope(
                    numbers.rows(name),
                    any -> CrdndFormula.terms(method, numbers, held).values().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum());
            double[][] actual = InDouble.of(weight.getGradient());
            double scale = 1e-3;
            for (double[] row : slope) {
                for (double each : row) {
                    scale = Math.max(scale, Math.abs(each));
                }
            }
            for (int i = 0; i < slope.length; i++) {
                assertThat(actual[i])
                        .as("%s, row %d", name, i)
                        .usingComparatorWithPrecision(5e-5 * scale)
                        .containsExactly(slope[i]);
            }
        });
    }

    @Test
    void theTableBeginsAtTheTeachersAccuracyOnAThousandImages() {
        assertThat(firstDiagonal(1100, 400, 1000)).isCloseTo(1100 / 1500.0, within(2e-3));
        assertThat(firstDiagonal(20, 0, 20)).isCloseTo(0.999, within(1e-6));
        assertThat(firstDiagonal(0, 20, 20)).isCloseTo(1.01 / 3, within(1e-6));
        assertThat(firstDiagonal(5, 15, 20)).isCloseTo(1.01 / 3, within(1e-6));
        assertThat(firstDiagonal(10, 10, 20)).isCloseTo(0.5, within(1e-6));
    }

    /** M[k, k] at the beginning, the other entries alike, for a teacher that says 0 and is asked of so many images. */
    private static double firstDiagonal(int right, int wrong, long asked) {
        int[] labels =
                IntStream.range(0, right + wrong).map(i -> i < right ? 0 : 1).toArray();
        var counts = new ArrayList<Long>();
        Images data = Images.of("zeros", new byte[labels.length], labels, new Shape(1, 1, 1), List.of("a", "b", "c"));
        try (Classifier student = Recorded.student(answers(1, 3));
                Companion companion = new Companion(data, Noise.of(3))) {
            Step step = step(student, companion);
            NDArray zero = Torch.array(new float[] {1, 0, 0}, new Shape(1, 3));
            ardent.network.Network teacher = x -> {
                counts.add(x.getShape().get(0));
                return zero.repeat(0, x.getShape().get(0));
            };
            Compensation form = new Compensation.Transition(0.02f);
            Tape.quiet(() -> form.of(step, teacher, step.images()));
            assertThat(counts).containsExactly((long) COUNT, asked);
            Layers net = java.util.Objects.requireNonNull(companion.layers().get("compensation"));
            assertThat(net.adamRate()).isEqualTo(0.02f);
            double[][] scores =
                    InDouble.of(java.util.Objects.requireNonNull(net.all().get("scores")));
            double[] first = softmax(scores[0]);
            for (int k = 0; k < 3; k++) {
                double[] row = softmax(scores[k]);
                for (int j = 0; j < 3; j++) {
                    assertThat(row[j]).isCloseTo(k == j ? first[0] : (1 - first[0]) / 2, within(1e-6));
                }
            }
            return first[0];
        }
    }

    /** Makes the companion's layers, and no gradient. */
    private static void make(Crdnd method, Classifier student, Companion companion) {
        Tape.free(() -> method.prepare(step(student, companion)).value());
    }

    private static Map<String, Float> run(Crdnd method, Classifier student, Companion companion) {
        var values = new LinkedHashMap<String, Float>();
        Step step = step(student, companion);
        Objective objective = Tape.quiet(() -> method.prepare(step));
        Tape.record(() -> {
            Terms terms = objective.value();
            terms.list()
                    .forEach(term ->
                            values.put(term.name(), term.value().stopGradient().getFloat()));
            return terms.total();
        });
        return values;
    }

    private static Step step(Classifier student, Companion companion) {
        NDArray labels = Torch.manager().create(LABELS).toType(ai.djl.ndarray.types.DataType.INT64, false);
        return new Step(student, Recorded.images(COUNT), labels, 0.5, Noise.of(1), companion);
    }

    /** Moves the companion's weights to where nothing is 0. */
    static void move(Companion companion) {
        var random = new SplittableRandom(9);
        companion.layers().values().forEach(net -> {
            var moved = new LinkedHashMap<String, NDArray>();
            net.all().forEach((name, weight) -> moved.put(name, normal(random, weight.getShape(), 0.5)));
            net.set(moved);
        });
    }

    private static Map<String, NDArray> learnable(Classifier student, Companion companion) {
        var all = new LinkedHashMap<String, NDArray>();
        student.layers().learnable().forEach((name, weight) -> all.put("student." + name, weight));
        companion
                .layers()
                .forEach((part, net) -> net.learnable().forEach((name, weight) -> all.put(part + "/" + name, weight)));
        return all;
    }

    private static Numbers numbers(Classifier student, Classifier teacher, Companion companion) {
        var numbers = new Numbers();
        learnable(student, companion).forEach((name, weight) -> numbers.put(name, InDouble.of(weight)));
        teacher.layers().learnable().forEach((name, weight) -> numbers.put("teacher." + name, InDouble.of(weight)));
        return numbers;
    }

    private static Map<String, NDArray> answers(long seed, int width) {
        var random = new SplittableRandom(seed);
        Shape shape = new Shape(COUNT, width);
        return Map.of("Clean", normal(random, shape, 1), "Adv", normal(random, shape, 1));
    }

    private static Map<String, NDArray> teacherLogits() {
        Shape shape = new Shape(COUNT, 3);
        float[] clean = {1.5f, 0.2f, -0.4f, 0.1f, -0.3f, 0.9f, 0.8f, 0.3f, -0.2f, 1.1f, 0.4f, 0.6f, 0.7f, 0.5f, -0.1f};
        float[] attacked = {0.2f, 0.9f, 0.1f, 0.6f, 0.2f, -0.4f, 0.3f, 1.2f, 0.1f, 1.4f, 0.3f, 0.1f, -0.2f, 0.4f, 0.3f};
        return Map.of("Clean", Torch.array(clean, shape), "Adv", Torch.array(attacked, shape));
    }

    static NDArray normal(SplittableRandom random, Shape shape, double deviation) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Torch.array(values, shape);
    }
}
