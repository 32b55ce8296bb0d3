package ardent.method;

import static ardent.method.CrdndFormula.LABELS;
import static ardent.method.InDouble.crossEntropy;
import static ardent.method.InDouble.kl;
import static ardent.method.InDouble.softmax;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.attack.L2;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.method.Compensation.Input;
import ardent.method.Compensation.Target;
import ardent.method.CrdndFormula.Numbers;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Outputs;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What CRDND's inner maximisation climbs: one L2 step goes along the whole gradient, which is compared with that of the formula by
 * central differences in double precision.
 */
class CrdndSearchTest {
    private static final Shape IMAGE = new Shape(1, 2, 2);
    private static final int PIXELS = 4;
    private static final Images DATA = Images.of("five", new byte[20], LABELS, IMAGE, List.of("a", "b", "c"));
    private static final double STRIDE = 0.25;

    /** The pixels and a linear layer. */
    record Linear() implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            Layers.Layer layer = net.linear("linear", PIXELS, classes);
            return (images, training) -> {
                NDArray pixels = images.reshape(-1, PIXELS);
                return new Outputs(pixels, layer.apply(pixels, training));
            };
        }
    }

    static Stream<Arguments> searches() {
        List<Compensation> forms = List.of(
                Compensation.none(),
                new Compensation.Residual(Input.LOGITS, Target.CLEAN, 1),
                new Compensation.Residual(Input.LOGITS, Target.ADVERSARIAL, 1),
                new Compensation.Residual(Input.FEATURES, Target.ADVERSARIAL, 1),
                new Compensation.Transition(1e-3f),
                new Compensation.Correction(0.3f),
                new Compensation.Reliance(1),
                new Compensation.Reliance(0.5f),
                Compensation.tempered(2),
                Compensation.softened(0.75),
                new Compensation.Tempered(new Compensation.Residual(Input.LOGITS, Target.CLEAN, 1), 1.5f, 3));
        return Stream.of(Crdnd.Search.values())
                .filter(search -> search != Crdnd.Search.SELF_UNIFORM) // SELF with its own start, which is given here
                .flatMap(search -> forms.stream().map(form -> Arguments.of(search, form)));
    }

    @ParameterizedTest
    @MethodSource("searches")
    void theSearchClimbsItsFormula(Crdnd.Search search, Compensation form) {
        try (Classifier student = Classifier.of(new Linear(), IMAGE, 3, 0);
                Classifier teacher = Classifier.of(new Linear(), IMAGE, 3, 1);
                Companion companion = new Companion(DATA, Noise.of(2))) {
            var random = new SplittableRandom(4);
            for (Classifier network : List.of(student, teacher)) {
                network.layers()
                        .set(java.util.Map.of(
                                "linear.weight", CrdndOracleTest.normal(random, new Shape(3, PIXELS), 2),
                                "linear.bias", CrdndOracleTest.normal(random, new Shape(3), 0.3)));
            }
            NDArray images = Torch.array(pixels(random), new Shape(LABELS.length, 1, 2, 2));
            NDArray away = Torch.array(new float[] {0.02f, -0.05f, 0.04f, 0.03f}, IMAGE);
            Pgd inner = new Pgd(new L2(1), (float) STRIDE, 1, (ball, x, noise) -> x.add(away));
            Contrast contrast = search == Crdnd.Search.SELF ? Contrast.selfRelation() : Contrast.none();
            Crdnd method = new Crdnd(teacher, inner, search, form, contrast, 1, 1, 1);
            NDArray labels = Torch.manager().create(LABELS).toType(DataType.INT64, false);
            prepared(method, student, companion, images, labels); // makes the companion's layers
            CrdndOracleTest.move(companion);
            Step step = prepared(method, student, companion, images, labels);
            double[][] actual = InDouble.of(step.adversarial().images().reshape(LABELS.length, PIXELS));

            var numbers = new Numbers();
            companion
                    .layers()
                    .forEach((part, net) ->
                            net.all().forEach((name, weight) -> numbers.put(part + "/" + name, InDouble.of(weight))));
            double[][] from = InDouble.of(images.add(away).reshape(LABELS.length, PIXELS));
            double[][] clean = InDouble.of(images.reshape(LABELS.length, PIXELS));
            double[][] slope = InDouble.slope(from, x -> {
                see(numbers, "teacher", "Clean", teacher, clean);
                see(numbers, "teacher", "Adv", teacher, x);
                see(numbers, "student", "Clean", student, clean);
                see(numbers, "student", "Adv", student, x);
                double sum = 0;
                for (int i = 0; i < LABELS.length; i++) {
                    sum += climbed(search, form, i, numbers);
                }
                return sum;
            });
            for (int i = 0; i < LABELS.length; i++) {
                double[] expected = InDouble.unit(slope[i]);
                for (int k = 0; k < PIXELS; k++) {
                    expected[k] = from[i][k] + STRIDE * expected[k];
                }
                // Near its clean image the student hardly disagrees with itself: fewer digits are left in float.
                double precision = search == Crdnd.Search.SELF ? 1e-5 : 2e-6;
                assertThat(actual[i]).usingComparatorWithPrecision(precision).containsExactly(expected);
            }
        }
    }

    private static double climbed(Crdnd.Search search, Compensation form, int i, Numbers at) {
        double[] student = softmax(at.rows("student.logits.Adv")[i]);
        return switch (search) {
            case TEACHER -> kl(softmax(at.rows("teacher.logits.Clean")[i]), student);
            case COMPENSATED -> CrdndFormula.distance(form, true, i, at, at);
            case LABELS -> crossEntropy(at.rows("student.logits.Adv")[i], LABELS[i]);
            case ADAPTIVE -> kl(softmax(at.rows("teacher.logits.Adv")[i]), student);
            case SELF -> kl(softmax(at.rows("student.logits.Clean")[i]), student);
            case SELF_UNIFORM -> throw new AssertionError("tested as SELF");
        };
    }

    private static void see(Numbers numbers, String who, String view, Classifier network, double[][] images) {
        double[][] weight = InDouble.of(network.layers().all().get("linear.weight"));
        double[] bias = InDouble.of(network.layers().all().get("linear.bias"))[0];
        numbers.put(who + ".features." + view, images);
        numbers.put(
                who + ".logits." + view,
                Stream.of(images).map(x -> InDouble.linear(x, weight, bias)).toArray(double[][]::new));
    }

    private static Step prepared(
            Crdnd method, Classifier student, Companion companion, NDArray images, NDArray labels) {
        Step step = new Step(student, images, labels, 0, Noise.of(1), companion);
        Tape.quiet(() -> method.prepare(step).value());
        return step;
    }

    private static float[] pixels(SplittableRandom random) {
        float[] pixels = new float[LABELS.length * PIXELS];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble(0.4, 0.6);
        }
        return pixels;
    }
}
