package ardent.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.Golden;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses and their gradients against values of the field's own code. */
class LossesTest {
    @ParameterizedTest
    @ValueSource(strings = {"losses-k3", "losses-k5", "losses-k10", "losses-ties"})
    void attackLossesEqualTheReference(String name) {
        try (var golden = new Golden(name)) {
            NDArray y = golden.get("labels");
            same(golden, "ce", z -> Losses.crossEntropy(z, y));
            same(golden, "margin", z -> Losses.margin(z, y));
            same(golden, "cw0", z -> Losses.carliniWagner(z, y, 0));
            same(golden, "cw50", z -> Losses.carliniWagner(z, y, 50));
            same(golden, "dlr", z -> Losses.dlr(z, y));
            for (int rank = 2; rank <= 9; rank++) {
                String key = "dlr_t" + rank;
                if (golden.has(key + ".value")) {
                    NDArray target = golden.get(key + ".target");
                    same(golden, key, z -> Losses.dlrTargeted(z, y, target));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"losses-k3", "losses-k5", "losses-k10"})
    void divergenceEqualsTheReference(String name) {
        try (var golden = new Golden(name)) {
            NDArray z = golden.get("logits");
            NDArray teacher = golden.get("teacher");
            close(golden.floats("klForward.value"), Losses.kl(z, teacher), 1e-6);
            close(golden.floats("klReverse.value"), Losses.kl(teacher, z), 1e-6);
            close(
                    golden.floats("klForward.gradLogits"),
                    Tape.gradient(z, x -> Losses.kl(x, teacher).mean()),
                    1e-6);
            close(
                    golden.floats("klForward.gradTeacher"),
                    Tape.gradient(teacher, x -> Losses.kl(z, x).mean()),
                    1e-6);
            close(
                    golden.floats("klReverse.gradLogits"),
                    Tape.gradient(z, x -> Losses.kl(teacher, x).mean()),
                    1e-6);
            NDArray probabilities = teacher.softmax(1);
            close(golden.floats("klForward.value"), Losses.klOfProbabilities(z.logSoftmax(1), probabilities), 1e-6);
        }
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
