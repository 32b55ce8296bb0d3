package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.OpenArrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Folded networks against recorded ones and against themselves. */
class FoldedLayersTest {
    static Stream<String> cases() {
        return Golden.cases("model-.*").filter(name -> {
            try (var golden = new Golden(name)) {
                return golden.has("folded.logits");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void foldedLogitsEqualTheRecordedOnes(String name) {
        try (var golden = new Golden(name);
                var network = GoldenNet.load(name);
                var folded = network.folded()) {
            Tape.free(() -> {
                NDArray logits = folded.logits(golden.get("images"));
                assertThat(gap(logits, golden.get("folded.logits"))).isLessThan(1e-4f);
                float other = gap(logits, network.logits(golden.get("images")));
                assertThat(other).isBetween(1e-12f, 1e-4f);
                assertThat(golden.measured("foldedMaxAbsLogitDifference")).isBetween(other / 10.0, other * 10.0);
            });
            assertThatThrownBy(() -> folded.learn(golden.get("images"))).hasMessageContaining("for evaluation");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void foldedWeightsEqualTheRecordedOnes(String name) {
        try (var golden = new Golden(name);
                var network = GoldenNet.load(name);
                var folded = network.folded()) {
            List<FoldedLayers.Conv> convolutions = folded.layers().folded();
            int found = 0;
            for (int i = 0; i < convolutions.size(); i++) {
                String key = "folded.conv" + (i + 1);
                NDArray bias = Objects.requireNonNull(convolutions.get(i).shift());
                found += 2;
                close(
                        golden.floats(key + ".weight"),
                        convolutions.get(i).weight().toFloatArray());
                close(golden.floats(key + ".bias"), bias.toFloatArray());
            }
            assertThat(golden.names().stream().filter(tensor -> tensor.startsWith("folded.conv")))
                    .hasSize(found)
                    .isNotEmpty();
        }
    }

    /** To 1e-6 relative; near 0, relative to the largest of them. */
    private static void close(float[] expected, float[] actual) {
        float largest = 0;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        assertThat(actual).containsExactly(expected, within(1e-6f * largest));
    }

    @Test
    void everyArchitectureFolds() {
        Shape image = new Shape(3, 32, 32);
        for (Architecture plan : List.of(
                new SmallCnn(),
                new SmallResNet(8),
                new ResNet(18, 8),
                new ResNet(50, 2),
                new PreActResNet18(4, true),
                new WideResNet(10, 1),
                new SwishWideResNet(10, 1),
                new MobileNetV2())) {
            try (var network = Classifier.of(plan, image, 10, 4)) {
                Tape.free(() -> {
                    NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 3, 32, 32));
                    network.learn(images); // moves the running statistics away from 0 and 1
                    try (var folded = network.folded()) {
                        NDArray logits = network.logits(images);
                        float scale = logits.abs().max().getFloat();
                        assertThat(gap(folded.logits(images), logits)).isLessThan(1e-4f * scale);
                    }
                });
            }
        }
    }

    @Test
    void whileAThreadSearchesItEvaluatesTheFoldedNetwork() {
        try (var network = learnt()) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 1, 8, 8));
                float[] before = network.logits(images).toFloatArray();
                float[] elsewhere = Classifier.folding(network, () -> {
                    float[] meanwhile = network.logits(images).toFloatArray();
                    try (var folded = network.folded()) {
                        assertThat(meanwhile).isEqualTo(folded.logits(images).toFloatArray());
                    }
                    assertThat(meanwhile).isNotEqualTo(before);
                    return CompletableFuture.supplyAsync(
                                    () -> Tape.read(() -> network.logits(images).toFloatArray()))
                            .join();
                });
                assertThat(elsewhere).isEqualTo(before);
                assertThat(network.logits(images).toFloatArray()).isEqualTo(before);
            });
        }
    }

    @Test
    void eachSearchFoldsTheWeightsAsTheyAreAndFreesWhatItMade() {
        try (var network = learnt()) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 1, 8, 8));
                float[] first =
                        Classifier.folding(network, () -> network.logits(images).toFloatArray());
                network.layers().learnable().values().forEach(weight -> weight.muli(Torch.constant(2)));
                float[] second =
                        Classifier.folding(network, () -> network.logits(images).toFloatArray());
                assertThat(second).isNotEqualTo(first);
                long open = OpenArrays.below(Torch.manager());
                assertThat(Classifier.folding(network, () -> OpenArrays.below(Torch.manager())))
                        .isGreaterThan(open);
                assertThat(OpenArrays.below(Torch.manager())).isEqualTo(open);
            });
        }
    }

    /** Copies have no gradient that would reach the weights; training mode evaluates these themselves. */
    @Test
    void weightsAreNotDifferentiatedInASearch() {
        for (Architecture architecture : List.of(new SmallCnn(2), new ResNet(18, 2))) {
            try (var network = Classifier.of(architecture, new Shape(1, 8, 8), 3, 1)) {
                NDArray x = Torch.keep(Noise.of(2).uniform(0, 1, new Shape(2, 1, 8, 8)));
                Supplier<Float> loss = () -> Tape.record(() -> network.logits(x).sum());
                assertThatThrownBy(() -> Classifier.folding(network, loss))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("compute this loss in the objective that prepare returns");
                float outside = loss.get();
                float around = Tape.record(() -> {
                    Classifier.folding(network, () -> Tape.gradient(x, network::logits));
                    NDArray folded = Classifier.folding(network, () -> network.logits(x));
                    assertThat(gap(folded, network.logits(x))).isLessThan(1e-4f);
                    return network.logits(x).sum();
                });
                assertThat(around).isEqualTo(outside);
                Supplier<Float> learning =
                        () -> Tape.record(() -> network.learn(x).logits().sum());
                assertThat(Classifier.folding(network, learning)).isFinite();
                x.close();
            }
        }
    }

    @Test
    void whatLearnsInASearchIsNoLongerFolded() {
        try (var network = learnt();
                var twin = network.copy()) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 1, 8, 8));
                float[] learnt = twin.learn(images).logits().toFloatArray();
                float[] after = twin.logits(images).toFloatArray();
                Classifier.folding(network, () -> {
                    assertThat(network.learn(images).logits().toFloatArray()).isEqualTo(learnt);
                    assertThat(network.logits(images).toFloatArray()).isEqualTo(after);
                    return 0;
                });
            });
        }
    }

    /** Strides that do and do not divide kernel and maps, with and without padding, of few channels and of many. */
    @ParameterizedTest
    @CsvSource({
        "1, 4, 2, 1, 8, true", "3, 4, 2, 0, 10, true", "2, 6, 3, 0, 9, true", "3, 2, 2, 0, 8, true",
        "1, 3, 2, 1, 8, false", "1, 4, 2, 1, 9, false", "4, 4, 2, 1, 8, false", "1, 3, 1, 1, 8, false"
    })
    void attacksMoveThePixelsOfFewChannels(int in, int kernel, int stride, int padding, int side, boolean moves) {
        Shape image = new Shape(in, side, side);
        Architecture strided = (net, shape, classes) -> new Chain(net, shape)
                .conv("conv", 5, kernel, plan -> plan.stride(stride).padding(padding))
                .globalAverage()
                .linear("linear", classes)
                .body();
        try (var network = Classifier.of(strided, image, 10, 4)) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4).addAll(image));
                Supplier<NDArray> slope = () ->
                        Tape.gradient(images, x -> network.logits(x).pow(2).sum());
                NDArray expected = slope.get();
                NDArray found = Classifier.folding(network, slope);
                assertThat(gap(found, expected)).isLessThan(1e-6f);
                Supplier<float[]> answer = () -> network.logits(images).toFloatArray();
                assertThat(Classifier.folding(network, answer))
                        .as("without gradient")
                        .isEqualTo(answer.get());
                if (!moves) {
                    assertThat(found.toFloatArray()).isEqualTo(expected.toFloatArray());
                }
                long before = OpenArrays.below(Torch.manager());
                long copies = Classifier.folding(network, () -> {
                    slope.get().close();
                    return OpenArrays.below(Torch.manager());
                });
                assertThat(copies).isEqualTo(moves ? before + 1 : before);
            });
        }
    }

    /** A network whose running statistics are not 0 and 1. */
    private static Classifier learnt() {
        var network = Classifier.of(new SmallCnn(4), new Shape(1, 8, 8), 10, 4);
        Tape.free(() -> network.learn(Noise.of(2).uniform(0, 1, new Shape(4, 1, 8, 8))));
        return network;
    }

    private static float gap(NDArray one, NDArray two) {
        return one.sub(two).abs().max().getFloat();
    }
}
