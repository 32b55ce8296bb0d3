package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.fixture.TypedNetwork;
import ardent.tensor.Bfloat16;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.OpenArrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches in bfloat16; the arithmetic works on every machine, slowly where it has no instructions for it. */
class PrecisionTest {
    static List<Architecture> architectures() {
        return List.of(
                new SmallCnn(4),
                new SmallResNet(4),
                new ResNet(18, 4),
                new ResNet(50, 2),
                new PreActResNet18(4, true),
                new WideResNet(10, 1),
                new SwishWideResNet(10, 1),
                new MobileNetV2(),
                Normalised.cifar10(new SmallCnn(4)),
                new TypedNetwork(),
                Normalised.cifar10(new TypedNetwork()));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void logitsAndGradientsAreThoseOfFloat32UpToRounding(Architecture architecture) {
        try (var network = Classifier.of(architecture, new Shape(3, 32, 32), 10, 4)) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 3, 32, 32));
                network.learn(images);
                NDArray labels = Torch.array(new long[] {1, 2, 3, 4}, new Shape(4));
                NDArray logits = network.logits(images);
                NDArray low = fast(network, () -> network.logits(images));
                assertThat(low.getDataType()).isEqualTo(DataType.FLOAT32);
                float scale = logits.abs().max().getFloat();
                assertThat(gap(low, logits)).isBetween(1e-7f * scale, 0.03f * scale);
                Supplier<NDArray> slope =
                        () -> Tape.gradient(images, x -> Losses.crossEntropy(network.logits(x), labels));
                NDArray full = slope.get();
                NDArray fast = fast(network, slope);
                float cosine = full.mul(fast).sum().getFloat()
                        / full.norm().getFloat()
                        / fast.norm().getFloat();
                assertThat(cosine).isGreaterThan(0.95f).isLessThan(0.9999999f);
            });
        }
    }

    @Test
    void aThreadOutOfTheSearchComputesInFloat32AndNothingStaysOpen() {
        try (var network = Classifier.of(new SmallCnn(4), new Shape(1, 8, 8), 10, 4)) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 1, 8, 8));
                float[] full = network.logits(images).toFloatArray();
                fast(network, () -> network.logits(images)).close();
                long open = OpenArrays.below(Torch.manager());
                NDArray low = fast(network, () -> {
                    float[] elsewhere = CompletableFuture.supplyAsync(
                                    () -> Tape.read(() -> network.logits(images).toFloatArray()))
                            .join();
                    assertThat(elsewhere).isEqualTo(full);
                    return network.logits(images);
                });
                assertThat(low.toFloatArray()).isNotEqualTo(full);
                low.close();
                assertThat(OpenArrays.below(Torch.manager())).isEqualTo(open);
                assertThat(network.logits(images).toFloatArray()).isEqualTo(full);
            });
        }
    }

    /** What counts as broken, and how far a student agrees with a teacher, is asked in the middle of a search too. */
    @Test
    void predictionsAreInFloat32AlsoWithinASearch() {
        try (var network = Classifier.of(new SmallCnn(4), new Shape(1, 8, 8), 10, 4)) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 1, 8, 8));
                Supplier<float[][]> predictions =
                        () -> Predictions.of(network, images).logits();
                float[][] full = Classifier.folding(network, predictions);
                assertThat(Precision.BFLOAT16.during(() -> Classifier.folding(network, predictions)))
                        .isDeepEqualTo(full);
            });
        }
    }

    @Test
    void aForwardPassThatLearnsInASearchIsInFloat32() {
        try (var network = Classifier.of(new SmallCnn(4), new Shape(1, 8, 8), 10, 4);
                var twin = network.copy()) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 1, 8, 8));
                float[] learnt = twin.learn(images).logits().toFloatArray();
                NDArray after = twin.logits(images);
                fast(network, () -> {
                    assertThat(network.learn(images).logits().toFloatArray()).isEqualTo(learnt);
                    NDArray low = network.logits(images);
                    assertThat(gap(low, after)).isBetween(1e-7f, 0.03f);
                    return low;
                });
            });
        }
    }

    @Test
    void aFoldedCopyIsEvaluatedInBfloat16Too() {
        try (var network = Classifier.of(new SmallCnn(4), new Shape(1, 8, 8), 10, 4);
                var folded = network.folded()) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 1, 8, 8));
                assertThat(fast(folded, () -> folded.logits(images)).toFloatArray())
                        .isEqualTo(fast(network, () -> network.logits(images)).toFloatArray());
            });
        }
    }

    /** 64 pixels to 600 features are 38,400 weights, enough for rounding to save time. */
    @ParameterizedTest
    @CsvSource({"600, true", "100, false"})
    void onlyLargeLinearLayersAreRounded(int width, boolean rounds) {
        Architecture linear = (net, image, classes) -> new Chain(net, image)
                .linear("wide", width)
                .relu()
                .linear("classes", classes)
                .body();
        try (var network = Classifier.of(linear, new Shape(1, 8, 8), 10, 4)) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 1, 8, 8));
                NDArray full = network.logits(images);
                NDArray low = fast(network, () -> network.logits(images));
                assertThat(gap(low, full) > 0).isEqualTo(rounds);
                assertThat(gap(low, full)).isLessThan(0.03f * full.abs().max().getFloat());
                Supplier<NDArray> slope = () ->
                        Tape.gradient(images, x -> network.logits(x).pow(2).sum());
                NDArray exact = slope.get();
                assertThat(gap(fast(network, slope), exact))
                        .isLessThan(0.05f * exact.abs().max().getFloat());
            });
        }
    }

    @Test
    void itIsRefusedWhereItWouldBeSlow() {
        Precision.FLOAT32.require();
        assertThat(Precision.FLOAT32.isFast()).isTrue();
        assertThat(Precision.BFLOAT16.isFast()).isEqualTo(Bfloat16.share() <= 0.8);
        if (Bfloat16.share() < 0.8) {
            assertThatCode(Precision.BFLOAT16::require).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(Precision.BFLOAT16::require)
                    .hasMessageContaining("would gain nothing on this machine")
                    .hasMessageContaining("take Precision.FLOAT32");
            assertThatThrownBy(() -> new Fgsm(new Linf(0.1f)).precision(Precision.BFLOAT16))
                    .hasMessageContaining("take Precision.FLOAT32");
        }
    }

    private static NDArray fast(Classifier network, Supplier<NDArray> work) {
        return Precision.BFLOAT16.during(() -> Classifier.folding(network, work));
    }

    private static float gap(NDArray one, NDArray two) {
        return one.sub(two).abs().max().getFloat();
    }
}
