package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
    private static final Shape COLOUR = new Shape(3, 32, 32);
    private static final Shape GREY = new Shape(1, 28, 28);

    static Stream<String> recorded() {
        return Golden.cases("model-.*");
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void logitsAndFeaturesEqualPyTorch(String name) {
        try (var golden = new Golden(name);
                var network = GoldenNet.load(name)) {
            Outputs outputs = network.outputs(golden.get("images"));
            assertClose(outputs.logits(), golden.get("logits"));
            assertClose(outputs.features(), golden.get("features"));
            assertThat(network.size()).isEqualTo(golden.figure("parameters").getAsLong());
            NDArray labels = golden.get("labels");
            long[] answers = outputs.logits().argMax(1).toLongArray();
            double right = IntStream.range(0, answers.length)
                    .filter(i -> answers[i] == labels.getLong(i))
                    .count();
            assertThat(right / answers.length).isEqualTo(golden.measured("cleanAccuracyOnTheseImages"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ResNet18, 10, 11173962",
        "ResNet18, 100, 11220132",
        "MobileNetV2, 10, 2296922",
        "MobileNetV2, 100, 2412212",
        "WideResNet, 10, 46160474"
    })
    void weightCountsAreThePublishedOnes(String name, int classes, long weights) {
        Architecture architecture = switch (name) {
            case "ResNet18" -> new ResNet(18);
            case "MobileNetV2" -> new MobileNetV2();
            default -> new WideResNet(34, 10);
        };
        try (var network = Classifier.of(architecture, COLOUR, classes, 0)) {
            assertThat(network.size()).isEqualTo(weights);
        }
    }

    @Test
    void layersBearTheirNamesInPyTorch() {
        try (var resnet = Classifier.of(new ResNet(18, 2), COLOUR, 10, 0);
                var mobile = Classifier.of(new MobileNetV2(), COLOUR, 10, 0);
                var wide = Classifier.of(new WideResNet(10, 2), COLOUR, 10, 0)) {
            assertThat(resnet.layers().all())
                    .containsKeys(
                            "conv1.weight", "layer2.0.shortcut.1.running_var", "layer4.1.bn2.bias", "linear.bias");
            assertThat(mobile.layers().all())
                    .containsKeys("layers.0.shortcut.0.weight", "layers.16.conv3.weight", "conv2.weight", "bn2.bias");
            assertThat(wide.layers().all())
                    .containsKeys(
                            "block1.layer.0.convShortcut.weight", "block3.layer.0.bn1.weight", "bn1.bias", "fc.bias");
            assertThat(wide.layers().all().get("fc.bias").toFloatArray())
                    .as("as TRADES begins it")
                    .containsOnly(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 28})
    void architecturesRunOnBothSizesOfImages(int side) {
        for (Architecture architecture : List.of(
                new SmallCnn(),
                new SmallResNet(),
                new ResNet(18, 4),
                new ResNet(34, 2),
                new ResNet(50, 2),
                new PreActResNet18(2, true),
                new MobileNetV2(),
                new WideResNet(10, 1),
                new SwishWideResNet(10, 1))) {
            Shape image = new Shape(3, side, side);
            try (var network = Classifier.of(architecture, image, 10, 0);
                    NDArray images = Torch.manager().ones(new Shape(2, 3, side, side));
                    NDArray logits = network.logits(images)) {
                assertThat(logits.getShape()).isEqualTo(new Shape(2, 10));
            }
        }
    }

    @Test
    void evaluationLeavesBatchStatisticsAloneAndTrainingMovesThem() {
        try (var network = Classifier.of(new ResNet(18, 2), COLOUR, 10, 0);
                var manager = Torch.manager().newSubManager()) {
            NDArray images = manager.randomUniform(0, 1, new Shape(4, 3, 32, 32));
            String before = Weights.sha256(network.layers().all());
            network.logits(images).close();
            Tape.gradient(images, x -> network.logits(x)).close();
            assertThat(Weights.sha256(network.layers().all())).isEqualTo(before);
            network.learn(images);
            assertThat(Weights.sha256(network.layers().all())).isNotEqualTo(before);
        }
    }

    /**
     * In double precision: training normalises by the batch's mean and biased variance and moves the running ones a tenth of
     * the way to its mean and unbiased variance; evaluation uses these. Channel 1 is so flat that 1e-5 shows.
     */
    @Test
    void batchNormalisationFollowsPyTorchsDefinition() {
        double[][] pixels = {{0.1, 0.9, 0.4, 0.3, 0.8, 0.2}, {0.5, 0.503, 0.498, 0.5, 0.505, 0.497}};
        try (var net = new Layers(0);
                var manager = Torch.manager().newSubManager()) {
            Layers.Layer norm = net.batchNorm("bn", 2);
            net.all().get("bn.weight").set(new float[] {2, -3});
            net.all().get("bn.bias").set(new float[] {0.5f, 0.25f});
            float[] values = new float[12];
            for (int image = 0; image < 3; image++) {
                for (int channel = 0; channel < 2; channel++) {
                    for (int i = 0; i < 2; i++) {
                        values[4 * image + 2 * channel + i] = (float) pixels[channel][2 * image + i];
                    }
                }
            }
            NDArray x = manager.create(values, new Shape(3, 2, 1, 2));
            double[] mean = new double[2];
            double[] variance = {1, 1};
            for (int step = 0; step < 3; step++) {
                float[] trained = norm.apply(x, true).toFloatArray();
                for (int channel = 0; channel < 2; channel++) {
                    double middle = Arrays.stream(pixels[channel]).average().orElseThrow();
                    double squares = Arrays.stream(pixels[channel])
                            .map(p -> (p - middle) * (p - middle))
                            .sum();
                    assertNormalised(trained, values, channel, middle, squares / 6);
                    mean[channel] = 0.9 * mean[channel] + 0.1 * middle;
                    variance[channel] = 0.9 * variance[channel] + 0.1 * squares / 5;
                }
                assertThat(net.all().get("bn.running_mean").toFloatArray())
                        .containsExactly(new float[] {(float) mean[0], (float) mean[1]}, within(1e-6f));
                assertThat(net.all().get("bn.running_var").toFloatArray())
                        .containsExactly(new float[] {(float) variance[0], (float) variance[1]}, within(1e-6f));
            }
            net.all().get("bn.running_var").set(new float[] {0.2f, 1e-5f});
            float[] evaluated = norm.apply(x, false).toFloatArray();
            assertNormalised(evaluated, values, 0, mean[0], 0.2);
            assertNormalised(evaluated, values, 1, mean[1], 1e-5);
        }
    }

    private static void assertNormalised(float[] actual, float[] x, int channel, double mean, double variance) {
        for (int image = 0; image < 3; image++) {
            for (int at = 4 * image + 2 * channel; at < 4 * image + 2 * channel + 2; at++) {
                double unit = (x[at] - mean) / Math.sqrt(variance + 1e-5);
                double expected = channel == 0 ? 2 * unit + 0.5 : -3 * unit + 0.25;
                assertThat((double) actual[at]).isCloseTo(expected, within(1e-4 * Math.max(1, Math.abs(expected))));
            }
        }
    }

    @Test
    void sameSeedSameWeights() {
        try (var one = Classifier.of(new SmallCnn(), GREY, 10, 5);
                var two = Classifier.of(new SmallCnn(), GREY, 10, 5);
                var other = Classifier.of(new SmallCnn(), GREY, 10, 6);
                var residual = Classifier.of(new SmallResNet(), COLOUR, 10, 5)) {
            assertThat(one.size()).isEqualTo(166_454);
            assertThat(residual.size()).isEqualTo(78_042);
            assertThat(Weights.sha256(one.layers().all()))
                    .isEqualTo(Weights.sha256(two.layers().all()))
                    .isNotEqualTo(Weights.sha256(other.layers().all()));
        }
    }

    @Test
    void normalisationLivesInside() {
        try (var plain = Classifier.of(new SmallCnn(), GREY, 10, 1);
                var normalised =
                        Classifier.of(new Normalised(new SmallCnn(), List.of(0.5f), List.of(0.25f)), GREY, 10, 1);
                var manager = Torch.manager().newSubManager()) {
            NDArray images = manager.randomUniform(0, 1, new Shape(2, 1, 28, 28));
            NDArray scaled = images.sub(0.5f).div(0.25f);
            assertClose(normalised.logits(images), plain.logits(scaled));
            assertThat(normalised.stages(images)).hasSize(2);
            for (int k = 0; k < 2; k++) {
                assertClose(
                        normalised.stages(images).get(k), plain.stages(scaled).get(k));
            }
        }
    }

    @Test
    void wrongShapesAndSizesGetOneSentence() {
        try (var network = Classifier.of(new SmallCnn(), GREY, 10, 1);
                NDArray images = Torch.manager().ones(new Shape(2, 3, 32, 32))) {
            assertThatThrownBy(() -> network.logits(images)).hasMessageContaining("(N, 1, 28, 28), not (2, 3, 32, 32)");
        }
        assertThatThrownBy(() -> new WideResNet(12, 1)).hasMessageContaining("6n + 4");
        assertThatThrownBy(() -> new SmallCnn(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> Classifier.of(new SmallCnn(), GREY, 1, 0)).hasMessageContaining("at least 2 classes");
        assertThatThrownBy(() ->
                        Classifier.of(new Normalised(new SmallCnn(), List.of(0f, 0f), List.of(1f, 1f)), GREY, 10, 0))
                .hasMessageContaining("2 channels");
    }

    @Test
    void normalisationIsThatOfPixelsFromZeroToOne() {
        for (float[] pair : new float[][] {
            {33.3f, 78.6f}, {0.5f, 58}, {0.5f, 0}, {-0.1f, 1}, {Float.NaN, 1}, {0.5f, Float.NaN}, {0, 1 / 0f}
        }) {
            assertThatThrownBy(() -> new Normalised(new SmallCnn(), List.of(pair[0]), List.of(pair[1])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not [" + pair[0] + "] and [" + pair[1] + "]")
                    .hasMessageEndingWith("divide those of levels from 0 to 255 by 255.");
        }
        assertThatThrownBy(() -> new Normalised(new SmallCnn(), List.of(0f, 0f), List.of(1f)))
                .hasMessageContaining("for each channel");
    }

    @Test
    void aFolderIsNoFileToSaveIn(@TempDir Path folder) throws Exception {
        try (var network = Classifier.of(new SmallCnn(1), GREY, 2, 1)) {
            for (Consumer<Path> save : List.<Consumer<Path>>of(
                    network::save,
                    network::export,
                    file -> Weights.write(file, Map.of(), Map.of()),
                    file -> Npz.write(file, Map.of()))) {
                assertThatThrownBy(() -> save.accept(folder))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "Nothing was saved, because %s is a folder: name a file, such as one in it.", folder);
                assertThat(folder).isEmptyDirectory();
            }
        }
    }

    @Test
    void damagedWeightFilesAreRefused(@TempDir Path folder) throws Exception {
        try (var network = Classifier.of(new SmallCnn(1), GREY, 2, 1);
                var manager = Torch.manager().newSubManager()) {
            byte[] whole = Weights.encode(network.layers().all(), Map.of("key", "väl"));
            Path file = folder.resolve("w.safetensors");
            Files.write(file, whole);
            var content = Weights.read(file, manager);
            assertThat(content.metadata()).containsEntry("key", "väl");
            assertThat(Weights.sha256(content.arrays()))
                    .isEqualTo(Weights.sha256(network.layers().all()));
            var random = new Random(1);
            for (int i = 0; i < 100; i++) {
                Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length)));
                assertThatThrownBy(() -> Weights.read(file, manager))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("w.safetensors");
            }
            assertThatThrownBy(() -> Weights.read(folder.resolve("none"), manager))
                    .hasMessageContaining("cannot be read");
            var fewer = new HashMap<>(network.layers().all());
            fewer.remove("fc1.bias");
            assertThatThrownBy(() -> network.layers().set(fewer)).hasMessageContaining("missing [fc1.bias (");
        }
    }

    private static void assertClose(NDArray actual, NDArray expected) {
        float scale = expected.abs().max().getFloat();
        assertThat(actual.sub(expected).abs().max().getFloat()).isLessThan(1e-5f * scale);
    }

    /** An architecture of a notebook cell. */
    record Own(int features, int outputs, int channels) implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            var conv = net.conv("first", channels, 4, 3, 2);
            var head = net.linear("second", features, outputs);
            return (x, training) -> {
                var maps = Layers.flatten().apply(conv.apply(x, training), training);
                return new Outputs(maps, head.apply(maps, training));
            };
        }
    }

    @Test
    void layersThatDoNotFitAreNamed() {
        Shape image = new Shape(1, 8, 8);
        requireFit(new Own(64, 3, 1), image);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> requireFit(new Own(60, 3, 1), image))
                .withMessage("Own cannot take images of (1, 8, 8): the linear layer second takes rows of 60 features,"
                        + " not (1, 64).");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> requireFit(new Own(64, 3, 3), image))
                .withMessage("Own cannot take images of (1, 8, 8): the convolution first takes maps of 3 channels,"
                        + " not (1, 1, 8, 8).");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> requireFit(new Own(64, 4, 1), image))
                .withMessage("Own cannot take images of (1, 8, 8): its logits of one image have the shape (1, 4),"
                        + " not (1, 3).");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> requireFit(
                        (net, shape, classes) -> (x, training) -> new Outputs(x, x.matMul(x.reshape(-1))), image))
                .withMessageContaining("its layers do not fit together");
    }

    private static void requireFit(Architecture architecture, Shape image) {
        try (var network = Classifier.of(architecture, image, 3, 0)) {
            network.requireFit();
        }
    }

    @Test
    void noArchitectureFailsLateOnSmallImages() {
        for (Architecture architecture : new Architecture[] {
            new SmallCnn(2),
            new SmallResNet(2),
            new ResNet(18, 2),
            new PreActResNet18(2, true),
            new ResNet(50, 2),
            new WideResNet(10, 1),
            new SwishWideResNet(10, 1),
            new MobileNetV2()
        }) {
            for (int side = 1; side <= 5; side++) {
                try (var network = Classifier.of(architecture, new Shape(1, side, side), 3, 0);
                        var images = Torch.manager().ones(new Shape(2, 1, side, side))) {
                    network.requireFit();
                    try (var logits = network.logits(images)) {
                        assertThat(logits.getShape()).isEqualTo(new Shape(2, 3));
                    }
                } catch (IllegalArgumentException e) {
                    assertThat(e)
                            .hasMessageStartingWith(architecture.getClass().getSimpleName())
                            .hasMessageEndingWith(".")
                            .hasMessageContaining(side + "");
                }
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.of(new SmallCnn(), new Shape(1, 3, 28), 3, 0))
                .withMessage("SmallCnn takes images of at least 4×4 pixels, not 3×28.");
    }
}
