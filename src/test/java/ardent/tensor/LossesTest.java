package ardent.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses and their gradients against values of the field's own code. */
class LossesTest {
    static Stream<String> cases() {
        return Golden.cases("losses-.*");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void attackLossesEqualTheReference(String name) {
        try (var golden = new Golden(name)) {
            NDArray y = golden.get("labels");
            same(golden, "ce", z -> Losses.crossEntropy(z, y));
            same(golden, "margin", z -> Losses.margin(z, y));
            same(golden, "dlr", z -> Losses.dlr(z, y));
            for (String tensor : golden.names().stream()
                    .filter(tensor -> tensor.matches("(cw|dlr_t)\\d+\\.value"))
                    .toList()) {
                String key = tensor.substring(0, tensor.indexOf('.'));
                if (key.startsWith("cw")) {
                    int kappa = Integer.parseInt(key.substring(2));
                    same(golden, key, z -> Losses.carliniWagner(z, y, kappa));
                } else {
                    NDArray target = golden.get(key + ".target");
                    same(golden, key, z -> Losses.dlrTargeted(z, y, target));
                    NDArray order = golden.get("logits").argSort(1, true);
                    assertThat(order.get(":, -" + key.substring(5)).toLongArray())
                            .isEqualTo(target.toLongArray());
                }
            }
        }
    }

    /** The engine computes with as many rows as there are labels, or gives all rows the first one. */
    @Test
    void labelsOfAnotherNumberAreRefused() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray z = manager.randomNormal(new Shape(6, 10));
            NDArray one = manager.create(new long[] {8});
            for (NDArray labels : List.of(one, manager.create(new long[7]), manager.create(8L), one.reshape(1, 1))) {
                for (BiFunction<NDArray, NDArray, NDArray> loss : List.<BiFunction<NDArray, NDArray, NDArray>>of(
                        Losses::crossEntropy,
                        (x, y) -> Losses.crossEntropy(x, y, 0.1),
                        Losses::margin,
                        (x, y) -> Losses.carliniWagner(x, y, 1),
                        Losses::dlr)) {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> loss.apply(z, labels))
                            .withMessageStartingWith(
                                    "The 6 rows of logits need labels of shape (6), not " + labels.getShape());
                }
            }
            assertThat(Losses.crossEntropy(z, one.flatten().tile(6)).getShape()).isEqualTo(new Shape(6));
        }
    }

    /** The engine's operations on which losses and predictions rest, with ties: indices, and where gradients flow. */
    @ParameterizedTest
    @MethodSource("cases")
    void tiesAreBrokenAsInPyTorch(String name) {
        try (var golden = new Golden(name)) {
            NDArray z = golden.get("logits");
            assertThat(z.argMax(1).toLongArray()).isEqualTo(golden.get("argmax").toLongArray());
            NDArray order = z.argSort(1, true);
            assertThat(order.toLongArray()).isEqualTo(golden.get("sortIndices").toLongArray());
            if (golden.has("maxDim.grad")) {
                NDArray first = z.argMax(1);
                close(golden.floats("maxDim.grad"), Tape.gradient(z, x -> x.max(new int[] {1})), 0);
                close(golden.floats("maxDim.grad"), Tape.gradient(z, x -> Losses.at(x, first)), 0);
                NDArray last = order.get(":, -1");
                close(golden.floats("sortLast.grad"), Tape.gradient(z, x -> Losses.at(x, last)), 0);
            }
            if (golden.has("sign")) {
                float infinity = Float.POSITIVE_INFINITY;
                float[] numbers = {-0f, 0, 1e-30f, -1e-30f, Float.NaN, infinity, -infinity};
                NDArray signs = Torch.array(numbers, golden.shape("sign")).sign();
                assertThat(signs.toFloatArray()).isEqualTo(golden.floats("sign"));
                signs.close();
            }
        }
    }

    static Stream<String> divergences() {
        return cases().filter(name -> {
            try (var golden = new Golden(name)) {
                return golden.has("klForward.value");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("divergences")
    void divergenceEqualsTheReference(String name) {
        try (var golden = new Golden(name)) {
            NDArray z = golden.get("logits");
            NDArray teacher = golden.get("teacher");
            assertDivergence(golden, "klForward", "gradLogits", "gradTeacher", z, teacher);
            assertDivergence(golden, "klReverse", "gradTeacher", "gradLogits", teacher, z);
            NDArray probabilities = teacher.softmax(1);
            close(golden.floats("klForward.value"), Losses.klOfProbabilities(z.logSoftmax(1), probabilities), 1e-6);
        }
    }

    private static void assertDivergence(
            Golden golden, String key, String gradLogits, String gradTarget, NDArray logits, NDArray target) {
        NDArray value = Losses.kl(logits, target);
        close(golden.floats(key + ".value"), value, 1e-6);
        close(golden.floats(key + ".batchmean"), value.mean(), 1e-6);
        double classes = logits.getShape().get(1);
        close(golden.floats(key + ".elementmean"), value.mean().mul(Torch.constant(1 / classes)), 1e-6);
        NDArray ofLogits = Tape.gradient(logits, x -> Losses.kl(x, target).mean());
        close(golden.floats(key + "." + gradLogits), ofLogits, 1e-6);
        NDArray ofTarget = Tape.gradient(target, x -> Losses.kl(logits, x).mean());
        close(golden.floats(key + "." + gradTarget), ofTarget, 1e-6);
    }

    /** By hand: log-softmax of (1, 2, 3) is (−2.407606, −1.407606, −0.407606), its mean −1.407606. */
    @Test
    void smoothedLabelsShareTheirWeightAmongAllClasses() {
        try (var manager = Torch.manager().newSubManager()) {
            NDArray logits = manager.create(new float[][] {{1, 2, 3}, {1, 2, 3}});
            NDArray labels = manager.create(new long[] {2, 0});
            float[] smooth = Losses.crossEntropy(logits, labels, 0.1).toFloatArray();
            assertThat(smooth[0]).isCloseTo(0.9f * 0.407606f + 0.1f * 1.407606f, within(1e-6f));
            assertThat(smooth[1]).isCloseTo(0.9f * 2.407606f + 0.1f * 1.407606f, within(1e-6f));
            assertThat(Losses.crossEntropy(logits, labels, 0).toFloatArray())
                    .isEqualTo(Losses.crossEntropy(logits, labels).toFloatArray());
            float[] gradient = Tape.gradient(logits, x -> Losses.crossEntropy(x, labels, 0.3))
                    .toFloatArray();
            float[] probabilities = logits.softmax(1).toFloatArray();
            for (int i = 0; i < 6; i++) {
                float label = 0.1f + (i == 2 || i == 3 ? 0.7f : 0);
                assertThat(gradient[i]).as("p − smoothed label").isCloseTo(probabilities[i] - label, within(1e-6f));
            }
        }
    }

    @Test
    void probabilitiesMayBeZero() {
        try (var manager = Torch.manager().newSubManager()) {
            NDArray certain = manager.create(new float[][] {{0, 1, 0}});
            NDArray logits = manager.create(new float[][] {{1, 2, 3}});
            float expected =
                    Losses.crossEntropy(logits, manager.create(new long[] {1})).getFloat();
            assertThat(Losses.klOfProbabilities(logits.logSoftmax(1), certain).getFloat())
                    .isCloseTo(expected, within(1e-6f));
        }
    }

    private static void same(Golden golden, String name, UnaryOperator<NDArray> loss) {
        if (!golden.has(name + ".value")) {
            return;
        }
        NDArray logits = golden.get("logits");
        close(golden.floats(name + ".value"), loss.apply(logits), 1e-6);
        close(golden.floats(name + ".grad"), Tape.gradient(logits, loss), 1e-6);
    }

    /** Entries over 1e6 (a gap divided by 1e-12) count relatively, the others to the largest of them. */
    private static void close(float[] expected, NDArray actual, double tolerance) {
        float[] values = actual.toFloatArray();
        assertThat(values).hasSameSizeAs(expected);
        double largest = 1;
        for (float e : expected) {
            largest = Math.abs(e) < 1e6 ? Math.max(largest, Math.abs(e)) : largest;
        }
        for (int i = 0; i < expected.length; i++) {
            double scale = Math.abs(expected[i]) < 1e6 ? largest : Math.abs(expected[i]);
            assertThat((double) values[i]).as("entry %d", i).isCloseTo(expected[i], within(tolerance * scale));
        }
    }
}
