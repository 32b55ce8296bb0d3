package ardent.attack;

import static ardent.tensor.Torch.constant;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.network.Network;
import ardent.tensor.Tape;
import com.google.gson.JsonArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AutoAttack as a whole against recorded runs of the reference. */
class CascadeTest {
    @ParameterizedTest
    @CsvSource({"cascade-linf-bn, PARITY", "cascade-linf-bn-saturated, PARITY", "cascade-linf-bn, FAST"})
    void standardEqualsTheReference(String name, Mode mode) {
        try (var model = new Golden("model-bn");
                var golden = new Golden(name);
                var classifier = GoldenNet.load("model-bn")) {
            float scale = golden.number("logitScale");
            Network network =
                    scale == 1 ? classifier : x -> classifier.logits(x).mul(constant(scale));
            int count = (int) golden.number("images");
            NDArray images = model.get("images").get("0:" + count);
            NDArray labels = model.get("labels").get("0:" + count);
            var attack = new AutoAttack(new Linf(golden.number("eps")))
                    .mode(mode)
                    .batch((int) golden.number("batch"))
                    .seed((long) golden.number("seed"));
            Verdict outcome = attack.run(network, images, labels);
            JsonArray stages = golden.description().getAsJsonObject("figures").getAsJsonArray("stages");
            for (int i = 0; i < stages.size() && mode == Mode.PARITY; i++) {
                assertThat(outcome.stages().get(i).standing())
                        .isEqualTo(
                                stages.get(i).getAsJsonObject().get("correct").getAsInt());
            }
            long[] robust = golden.get("robust").toLongArray();
            int differing = 0;
            for (int i = 0; i < count; i++) {
                differing += outcome.robust()[i] == (robust[i] == 1) ? 0 : 1;
            }
            // Other noise breaks another borderline image; the reference's noise, the same ones.
            assertThat(differing).isLessThanOrEqualTo(mode == Mode.PARITY ? 0 : 1);
            Tape.free(() -> {
                float[] norms = Region.norm(true, outcome.adversarial(images).sub(images))
                        .toFloatArray();
                float[] expected = golden.floats("norm");
                for (int i = 0; i < count; i++) {
                    assertThat(norms[i]).isLessThanOrEqualTo(attack.ball().radius() + 1e-6f);
                    assertThat(norms[i] > 0).isEqualTo(outcome.fell()[i] > 0);
                    assertThat(mode == Mode.FAST || norms[i] > 0 == expected[i] > 0)
                            .isTrue();
                }
            });
        }
    }
}
