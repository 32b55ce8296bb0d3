package ardent.attack;

import static ardent.tensor.Torch.constant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.search.Rows;
import ardent.attack.search.SearchRegion;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** AutoAttack as a whole against recorded runs of the reference, within the tolerances that their README names. */
class CascadeTest {
    /** Of accuracies. */
    private static final double POINTS = 0.02;

    /** An attack that writes down how many images each batch held and how many of them it broke. */
    private record Counting(MultiRoundAttack attack, List<int[]> batches) implements MultiRoundAttack {
        @Override
        public Ball ball() {
            return attack.ball();
        }

        @Override
        public String label() {
            return attack.label();
        }

        @Override
        public boolean mixes() {
            return attack.mixes();
        }

        @Override
        public int rounds(int classes) {
            return attack.rounds(classes);
        }

        @Override
        public SearchResult search(Network victim, Attempts tasks) {
            return attack.search(victim, tasks);
        }

        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, NDArray radii, Noise noise) {
            NDArray adversarial = attack.perturb(victim, images, labels, radii, noise);
            boolean[] right = Rows.right(victim.logits(adversarial), labels).toBooleanArray();
            batches.add(new int[] {right.length, Rows.where(right, false).length});
            return adversarial;
        }
    }

    /** In both modes; where logits are saturated in the reference's only, to save a minute. */
    static Stream<Arguments> cases() {
        return Golden.cases("cascade-.*")
                .flatMap(name -> Stream.of(Mode.values())
                        .filter(mode -> mode == Mode.PARITY || !name.endsWith("saturated"))
                        .map(mode -> Arguments.of(name, mode)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void standardEqualsTheReference(String name, Mode mode) {
        try (var golden = new Golden(name);
                var model = new Golden(golden.text("model"));
                var classifier = GoldenNet.load(golden.text("model"))) {
            float scale = golden.number("logitScale");
            Network network =
                    scale == 1 ? classifier : x -> classifier.logits(x).mul(constant(scale));
            int count = (int) golden.number("images");
            NDArray images = model.get("images").get("0:" + count);
            NDArray labels = model.get("labels").get("0:" + count);
            Cascade whole = new AutoAttack(new Linf(golden.number("eps")))
                    .mode(mode)
                    .batch((int) golden.number("batch"))
                    .seed((long) golden.number("seed"))
                    .cascade(classifier.classes());
            List<Counting> counting = whole.attacks().stream()
                    .map(attack -> new Counting((MultiRoundAttack) attack, new ArrayList<>()))
                    .toList();
            var attack = new Cascade(whole.name(), List.copyOf(counting), whole.batch(), mode, whole.seed());
            CascadeResult outcome = attack.run(network, images, labels);
            JsonArray stages = golden.figure("stages").getAsJsonArray();
            assertThat(outcome.stages()).hasSize(stages.size());
            boolean same = true;
            for (int i = 0; i < stages.size(); i++) {
                JsonObject stage = stages.get(i).getAsJsonObject();
                double accuracy = stage.get("accuracy").getAsDouble();
                int standing = outcome.stages().get(i).correct();
                assertThat(outcome.stages().get(i).accuracy()).isCloseTo(accuracy, within(POINTS));
                if (i > 0 && same && mode == Mode.PARITY) {
                    assertBatches(
                            stage.getAsJsonArray("chunks"), counting.get(i - 1).batches(), standing);
                }
                same &= standing == stage.get("correct").getAsInt();
            }
            assertThat(outcome.accuracy()).isCloseTo(golden.measured("finalRobustAccuracy"), within(POINTS));
            assertRows(golden, network, outcome, images, labels);
        }
    }

    /** Batches are as large as the reference's; what broke in one may differ by an image. */
    private static void assertBatches(JsonArray chunks, List<int[]> batches, int standing) {
        assertThat(batches).hasSize(chunks.size());
        for (int i = 0; i < batches.size(); i++) {
            JsonObject chunk = chunks.get(i).getAsJsonObject();
            assertThat(batches.get(i)[0]).isEqualTo(chunk.get("rows").getAsInt());
            assertThat(batches.get(i)[1]).isCloseTo(chunk.get("broken").getAsInt(), within(1));
        }
    }

    private static void assertRows(
            Golden golden, Network network, CascadeResult outcome, NDArray images, NDArray labels) {
        Tape.free(() -> {
            boolean[] robust = outcome.robust();
            long[] expected = golden.get("robust").toLongArray();
            long[] correct = golden.get("cleanCorrect").toLongArray();
            NDArray adversarial = outcome.adversarial(images);
            NDArray recorded = golden.get("adv");
            float[] norms = SearchRegion.norm(true, adversarial.sub(images)).toFloatArray();
            float[] distances = golden.floats("norm");
            long[] answers = network.logits(adversarial).argMax(1).toLongArray();
            long[] told = golden.get("labelsAdv").toLongArray();
            long[] truth = labels.toLongArray();
            assertThat(SearchRegion.norm(true, recorded.sub(images)).toFloatArray())
                    .containsExactly(distances, within(1e-6f));
            int differing = 0;
            for (int i = 0; i < robust.length; i++) {
                assertThat(outcome.brokenBy()[i] != 0).as("clean, image %d", i).isEqualTo(correct[i] == 1);
                assertThat(norms[i]).isLessThanOrEqualTo(golden.number("eps") + 1e-6f);
                assertThat(norms[i] > 0).isEqualTo(outcome.brokenBy()[i] > 0);
                assertThat(answers[i] == truth[i]).isEqualTo(robust[i]);
                boolean same = robust[i] == (expected[i] == 1);
                differing += same ? 0 : 1;
                if (same) {
                    assertThat(norms[i] > 0).isEqualTo(distances[i] > 0);
                    assertThat(answers[i] == truth[i]).isEqualTo(told[i] == truth[i]);
                }
            }
            assertThat(differing).isLessThanOrEqualTo(1);
        });
    }
}
