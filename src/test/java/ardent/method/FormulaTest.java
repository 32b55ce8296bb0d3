package ardent.method;

import static ardent.method.InDouble.crossEntropy;
import static ardent.method.InDouble.kl;
import static ardent.method.InDouble.softmax;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole steps against the formula of the method's Javadoc in double precision, where no recorded case reaches: other temperatures,
 * held targets, and reconstructions that have no published code. Values, and gradients by central differences.
 */
class FormulaTest {
    private static final int COUNT = 4;
    private static final int[] LABELS = {0, 2, 1, 2};

    /** One image: the student's logits of x and x', the same held still, the teachers' of both, the label. */
    private record Answers(double[] clean, double[] attacked, double[] own, Map<String, double[]> teacher, int label) {
        double trust(double exponent) {
            return Math.pow(softmax(teacher.get("Adv"))[label], exponent);
        }
    }

    private interface Formula {
        double of(Answers image);
    }

    private record Form(String name, Function<Classifier[], Method> method, double progress, Formula formula) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static double[] cooled(double[] logits, double temperature) {
        double[] cooled = new double[logits.length];
        for (int k = 0; k < logits.length; k++) {
            cooled[k] = logits[k] / temperature;
        }
        return softmax(cooled);
    }

    private static double soft(double[] teacher, double[] student, double temperature) {
        return temperature * temperature * kl(cooled(teacher, temperature), cooled(student, temperature));
    }

    private static double self(double[] target, Answers image) {
        return kl(softmax(target), softmax(image.attacked));
    }

    static Stream<Form> forms() {
        return Stream.of(
                new Form(
                        "AKD",
                        t -> new Akd(t[0], Recorded.ATTACK, 0.3f),
                        0,
                        i -> 0.7 * crossEntropy(i.attacked, i.label) + 0.3 * soft(i.teacher.get("Adv"), i.attacked, 1)),
                new Form(
                        "AdaIAD",
                        t -> new AdaIad(t[0], Recorded.ATTACK, 2, 0.7f, 0.5f, 0.3f, false),
                        0.5,
                        i -> 0.7 * soft(i.teacher.get("Adv"), i.attacked, 2)
                                + 0.3 * crossEntropy(i.clean, i.label)
                                + 0.7 * (1 - i.trust(0.5)) * self(i.clean, i)),
                new Form(
                        "AdaIAD, held",
                        t -> new AdaIad(t[0], Recorded.ATTACK, 2, 0.7f, 0.5f, 0.25f, true),
                        0.25,
                        i -> 0.7 * soft(i.teacher.get("Adv"), i.attacked, 2)
                                + 0.3 * crossEntropy(i.clean, i.label)
                                + 0.7 * (1 - i.trust(0.5)) * self(i.own, i)),
                new Form(
                        "AdaIAD, warm-up",
                        t -> new AdaIad(t[0], Recorded.ATTACK, 2, 0.7f, 0.5f, 0.25f, true),
                        0.24,
                        i -> 0.7 * soft(i.teacher.get("Adv"), i.attacked, 2) + 0.3 * crossEntropy(i.clean, i.label)),
                new Form(
                        "IAD-I, held",
                        t -> new Iad(t[0], Recorded.ATTACK, 2, 0.7f, 0.5f, 0.25f, true, BatchNormStatistics.RUNNING),
                        0.5,
                        i -> 0.7 * soft(i.teacher.get("Clean"), i.attacked, 2)
                                + 0.3 * crossEntropy(i.clean, i.label)
                                + 0.7 * (1 - i.trust(0.5)) * self(i.own, i)),
                new Form(
                        "IAD-II",
                        t -> new Iad2(
                                t[0],
                                t[1],
                                Recorded.ATTACK,
                                2,
                                0.5f,
                                0.2f,
                                0.5f,
                                0.25f,
                                false,
                                BatchNormStatistics.RUNNING),
                        0.25,
                        i -> iad2(i, i.clean)),
                new Form(
                        "IAD-II, held",
                        t -> new Iad2(
                                t[0],
                                t[1],
                                Recorded.ATTACK,
                                2,
                                0.5f,
                                0.2f,
                                0.5f,
                                0.25f,
                                true,
                                BatchNormStatistics.RUNNING),
                        0.5,
                        i -> iad2(i, i.own)),
                new Form(
                        "MixKD that mixes nothing",
                        t -> new MixKd(t[0], Recorded.ATTACK, true, 0, 0.6f, 0.7f, 0.8f),
                        0,
                        i -> 0.6 * crossEntropy(i.clean, i.label)
                                + 0.7 * crossEntropy(i.attacked, i.label)
                                + 0.8 * soft(i.teacher.get("Clean"), i.attacked, 1)));
    }

    private static double iad2(Answers i, double[] own) {
        double trust = i.trust(0.5);
        return 0.3 * crossEntropy(i.attacked, i.label)
                + 0.5 * trust * soft(i.teacher.get("Adv"), i.attacked, 2)
                + 0.5 * 4 * (1 - trust) * self(own, i)
                + 0.2 * soft(i.teacher.get("natural"), i.attacked, 2);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void stepEqualsTheFormula(Form form) {
        Map<String, NDArray> answers = Map.of("Clean", logits(1), "Adv", logits(2));
        Map<String, NDArray> robust = Map.of("Clean", logits(3), "Adv", logits(4));
        NDArray exact = logits(5);
        try (Classifier student = Recorded.student(answers);
                Classifier teacher = Recorded.teacher(robust);
                Classifier natural = Recorded.teacher(Map.of("Adv", exact));
                Companion companion = new Companion(
                        Images.of("four", new byte[COUNT], LABELS, new Shape(1, 1, 1), List.of("a", "b", "c")),
                        Noise.of(1))) {
            Method method = form.method.apply(new Classifier[] {teacher, natural});
            NDArray labels = Torch.manager().create(LABELS).toType(DataType.INT64, false);
            Step step = new Step(student, Recorded.images(COUNT), labels, form.progress, Noise.of(1), companion);
            Objective objective = Tape.quiet(() -> method.prepare(step));
            float actual = Tape.record(() -> objective.value().total());

            Map<String, double[][]> now = rows(answers);
            Map<String, double[][]> still = rows(answers);
            Map<String, double[][]> taught = rows(robust);
            double[][] told = InDouble.of(exact);
            java.util.function.ToDoubleFunction<double[][]> loss = any -> {
                double sum = 0;
                for (int i = 0; i < COUNT; i++) {
                    var says = Map.of("Clean", taught.get("Clean")[i], "Adv", taught.get("Adv")[i], "natural", told[i]);
                    sum += form.formula.of(new Answers(
                                    now.get("Clean")[i], now.get("Adv")[i], still.get("Clean")[i], says, LABELS[i]))
                            / COUNT;
                }
                return sum;
            };
            double expected = loss.applyAsDouble(told);
            assertThat((double) actual).isCloseTo(expected, within(1e-5 * expected));
            for (String view : answers.keySet()) {
                double[][] slope = InDouble.slope(now.get(view), loss);
                double[][] gradient = InDouble.of(
                        student.layers().learnable().get("logits." + view).getGradient());
                for (int i = 0; i < COUNT; i++) {
                    assertThat(gradient[i])
                            .as("%s, image %d", view, i)
                            .usingComparatorWithPrecision(2e-6)
                            .containsExactly(slope[i]);
                }
            }
        }
    }

    private static Map<String, double[][]> rows(Map<String, NDArray> answers) {
        var rows = new LinkedHashMap<String, double[][]>();
        answers.forEach((view, answer) -> rows.put(view, InDouble.of(answer)));
        return rows;
    }

    private static NDArray logits(long seed) {
        return CrdndOracleTest.normal(new SplittableRandom(seed), new Shape(COUNT, 3), 1.5);
    }
}
