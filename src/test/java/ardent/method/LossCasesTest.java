package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.Golden;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the recorded cases of losses hold of methods: MART's pieces and the conventions of divergences. */
class LossCasesTest {
    static Stream<String> cases() {
        return Golden.cases("losses-.*").filter(name -> {
            try (var golden = new Golden(name)) {
                return golden.has("mart.bce");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void martEqualsTheReference(String name) {
        try (var golden = new Golden(name)) {
            NDArray labels = golden.get("labels");
            NDArray clean = golden.get("studentClean");
            NDArray adversarial = golden.get("logits");
            for (String tensor : golden.names().stream()
                    .filter(tensor -> tensor.matches("mart\\d+\\.total"))
                    .toList()) {
                String key = tensor.substring(0, tensor.indexOf('.'));
                float lambda = Float.parseFloat(key.substring(4));
                close(
                        golden.floats(tensor),
                        Mart.loss(clean, adversarial, labels, lambda).total());
                close(
                        golden.floats(key + ".gradClean"),
                        Tape.gradient(
                                clean,
                                x -> Mart.loss(x, adversarial, labels, lambda).total()));
                close(
                        golden.floats(key + ".gradAdv"),
                        Tape.gradient(
                                adversarial,
                                x -> Mart.loss(clean, x, labels, lambda).total()));
            }
        }
    }

    /** Image by image: the first two terms are the boosted cross-entropy, the third is the doubted divergence. */
    @ParameterizedTest
    @MethodSource("cases")
    void martsPiecesEqualTheReference(String name) {
        try (var golden = new Golden(name)) {
            NDArray clean = golden.get("studentClean");
            NDArray adversarial = golden.get("logits");
            float[] boosted = golden.floats("mart.bce");
            float[] doubt = golden.floats("mart.weight");
            float[] divergence = golden.floats("mart.kl");
            long[] rivals = golden.get("mart.runnerUp").toLongArray();
            long[] labels = golden.get("labels").toLongArray();
            float[] probabilities = clean.softmax(1).toFloatArray();
            int classes = (int) clean.getShape().get(1);
            float[] attacked = adversarial.softmax(1).toFloatArray();
            for (int i = 0; i < labels.length; i++) {
                String row = i + ":" + (i + 1);
                Terms terms = Mart.loss(
                        clean.get(row),
                        adversarial.get(row),
                        golden.get("labels").get(row),
                        1);
                float[] told = new float[3];
                for (int term = 0; term < 3; term++) {
                    told[term] = terms.list().get(term).value().getFloat();
                }
                assertThat(told[0] + told[1]).isCloseTo(boosted[i], within(1e-6f * Math.max(1, boosted[i])));
                assertThat(told[2]).isCloseTo(doubt[i] * divergence[i], within(3e-6f * Math.max(1, told[2])));
                assertThat(doubt[i])
                        .isCloseTo(1.0000001f - probabilities[i * classes + (int) labels[i]], within(1e-6f));
                double rival = attacked[i * classes + (int) rivals[i]];
                assertThat((double) told[1])
                        .isCloseTo(-Math.log(1.0001 - rival + 1e-12), within(2e-6 / (1.0001 - rival)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void conventionsOfDivergencesEqualTheReference(String name) {
        try (var golden = new Golden(name)) {
            NDArray z = golden.get("logits");
            NDArray teacher = golden.get("teacher");
            Divergence mean = Divergence.elementMean();
            close(golden.floats("klMean.value"), mean.of(z, teacher).mean());
            close(
                    golden.floats("klMean.grad"),
                    Tape.gradient(z, x -> mean.of(x, teacher).mean()));
            Divergence rslad = Divergence.rslad();
            close(golden.floats("klRslad.mean"), rslad.of(z, teacher).mean());
            close(
                    golden.floats("klRslad.grad"),
                    Tape.gradient(z, x -> rslad.of(x, teacher).mean()));
            double classes = z.getShape().get(1);
            close(golden.floats("klRslad.value"), rslad.of(z, teacher).mul(Torch.constant(classes)));
        }
    }

    /** To 1e-6 of the largest entry. */
    private static void close(float[] expected, NDArray actual) {
        float largest = 1;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        assertThat(actual.toFloatArray()).containsExactly(expected, within(1e-6f * largest));
    }
}
