package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network written as a row of layers: the public network of TRADES for MNIST, its weights, dropout and maxima. */
class ChainTest {
    private static final Shape GREY = new Shape(1, 28, 28);

    /** As {@code models/small_cnn.py} of TRADES (Zhang et al., ICML 2019) names and shapes it. */
    record TradesMnist() implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            return new Chain(net, image)
                    .within("feature_extractor")
                    .conv("conv1", 32, 3)
                    .relu()
                    .conv("conv2", 32, 3)
                    .relu()
                    .maxPool(2)
                    .conv("conv3", 64, 3)
                    .relu()
                    .conv("conv4", 64, 3)
                    .relu()
                    .maxPool(2)
                    .within("classifier")
                    .linear("fc1", 200)
                    .relu()
                    .dropout(0.5)
                    .linear("fc2", 200)
                    .relu()
                    .linear("fc3", classes)
                    .body();
        }
    }

    private final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void whatCannotBeBuiltSaysWhatAndWhere() {
        refused(
                (net, image, classes) -> new Chain(net, image)
                        .conv("conv1", 4, 3)
                        .relu()
                        .maxPool(99)
                        .linear("fc", classes)
                        .body(),
                "Images of shape (1, 28, 28) do not go through this chain: the pool of 99×99 pixels is larger than its maps"
                        + " (1, 4, 26, 26).");
        refused(
                (net, image, classes) -> new Chain(net, image)
                        .averagePool(29)
                        .linear("fc", classes)
                        .body(),
                "the pool of 29×29 pixels is larger than its maps (1, 1, 28, 28).");
        refused(
                (net, image, classes) ->
                        new Chain(net, image).maxPool(0).linear("fc", classes).body(),
                "sides of at least 1, not 0");
        refused((net, image, classes) -> null, "builds null: return the network, such as chain.body().");
        refused(
                (net, image, classes) -> new Chain(net, image)
                        .within("features")
                        .conv("", 4, 3)
                        .linear("fc", classes)
                        .body(),
                "A weight would be named \"features..weight\": give each layer a name");
        refused(
                (net, image, classes) -> new Chain(net, image)
                        .conv("c", 4, 3)
                        .linear("", classes)
                        .body(),
                "A weight would be named \".weight\"");
    }

    private static void refused(Builder builder, String sentence) {
        assertThatThrownBy(() -> Classifier.of(new Own(builder), GREY, 3, 0).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }

    interface Builder {
        Architecture.@Nullable Body build(Layers net, Shape image, int classes);
    }

    record Own(Builder builder) implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            return builder.build(net, image, classes);
        }
    }

    @Test
    void theNetworkOfTradesHasItsNamesAndShapes(@TempDir Path folder) {
        try (var network = Classifier.of(new TradesMnist(), GREY, 10, 0)) {
            assertThat(network.size()).isEqualTo(312_202);
            assertThat(network.layers().all().keySet())
                    .containsExactly(
                            "feature_extractor.conv1.weight",
                            "feature_extractor.conv1.bias",
                            "feature_extractor.conv2.weight",
                            "feature_extractor.conv2.bias",
                            "feature_extractor.conv3.weight",
                            "feature_extractor.conv3.bias",
                            "feature_extractor.conv4.weight",
                            "feature_extractor.conv4.bias",
                            "classifier.fc1.weight",
                            "classifier.fc1.bias",
                            "classifier.fc2.weight",
                            "classifier.fc2.bias",
                            "classifier.fc3.weight",
                            "classifier.fc3.bias");
            NDArray images = Noise.of(1).uniform(0, 1, new Shape(3, 1, 28, 28));
            images.attach(manager);
            Outputs outputs = network.outputs(images);
            outputs.features().attach(manager);
            outputs.logits().attach(manager);
            assertThat(outputs.features().getShape()).isEqualTo(new Shape(3, 200));

            Path file = folder.resolve("trades.safetensors");
            network.export(file);
            assertThat(Weights.list(file).toString())
                    .contains("14 arrays", "feature_extractor.conv1.weight  (32, 1, 3, 3)   float32");
            try (var loaded = Classifier.load(file, new TradesMnist(), GREY, 10);
                    NDArray logits = loaded.logits(images)) {
                assertThat(logits.toFloatArray())
                        .containsExactly(outputs.logits().toFloatArray());
            }
            assertThatThrownBy(() -> Classifier.load(file, new SmallCnn(2), GREY, 10))
                    .hasMessageContaining("missing [conv1.weight (2, 1, 4, 4), ")
                    .hasMessageContaining("feature_extractor.conv4.bias (64)")
                    .hasMessageContaining("classifier.fc3.bias (10)")
                    .hasMessageNotContaining("more]");
        }
    }

    @Test
    void dropoutDropsItsShareInTrainingAloneAndRepeatsItself() {
        Layers.Layer layer = Layers.dropout(0.25);
        NDArray x = Noise.of(2).uniform(1, 2, new Shape(100, 100));
        x.attach(manager);
        assertThat(layer.apply(x, false)).isSameAs(x);
        float[] before = x.toFloatArray();
        float[] once = Tape.read(() -> layer.apply(x, true).toFloatArray());
        long dropped = IntStream.range(0, once.length).filter(i -> once[i] == 0).count();
        assertThat(dropped / 1e4).isCloseTo(0.25, within(0.02));
        assertThat(IntStream.range(0, once.length).filter(i -> once[i] != 0))
                .allSatisfy(i -> assertThat(once[i]).isCloseTo(before[i] / 0.75f, within(1e-5f)));
        assertThat(Tape.read(() -> layer.apply(x, true).toFloatArray())).isEqualTo(once);
        assertThat(Tape.read(() -> layer.apply(x.add(x), true).toFloatArray()))
                .as("other values, other draws")
                .isNotEqualTo(Tape.read(
                        () -> layer.apply(x, true).mul(Torch.constant(2)).toFloatArray()));
        assertThatThrownBy(() -> Layers.dropout(1)).hasMessageContaining("[0, 1)");
    }

    /** The gradient goes through the values that are kept, each 1/(1 − rate) times. */
    @Test
    void dropoutIsDifferentiable() {
        Layers.Layer layer = Layers.dropout(0.5);
        NDArray x = Noise.of(3).uniform(1, 2, new Shape(4, 50));
        x.attach(manager);
        float[] kept = Tape.read(() -> layer.apply(x, true).toFloatArray());
        NDArray gradient = Tape.gradient(x, leaf -> layer.apply(leaf, true));
        gradient.attach(manager);
        float[] slope = gradient.toFloatArray();
        assertThat(IntStream.range(0, slope.length))
                .allSatisfy(i -> assertThat(slope[i]).isEqualTo(kept[i] == 0 ? 0 : 2));
    }

    @Test
    void maximaAreThoseOfSquares() {
        NDArray x = manager.create(new float[] {1, 2, 5, 6, 3, 4, 7, 8, 0, 0, 0, 9}, new Shape(1, 1, 3, 4));
        NDArray pooled = Layers.maxPool(2).apply(x, false);
        assertThat(pooled.toFloatArray()).containsExactly(4, 8);
    }

    record Staged() implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            return new Chain(net, image)
                    .conv("a", 2, 3, c -> c.stride(2).padding(1).withoutBias())
                    .batchNorm("n")
                    .relu()
                    .stage()
                    .conv("b", 4, 3)
                    .relu()
                    .stage()
                    .globalAverage()
                    .linear("fc", classes)
                    .body();
        }
    }

    @Test
    void stagesCanBeReadAndBatchNormalisationIsFolded() {
        try (var network = Classifier.of(new Staged(), GREY, 10, 0);
                var folded = network.folded()) {
            NDArray images = Noise.of(1).uniform(0, 1, new Shape(2, 1, 28, 28));
            images.attach(manager);
            List<NDArray> maps = network.stages(images);
            assertThat(maps)
                    .extracting(NDArray::getShape)
                    .containsExactly(new Shape(2, 2, 14, 14), new Shape(2, 4, 12, 12));
            maps.forEach(NDArray::close);
            try (NDArray plain = network.logits(images);
                    NDArray other = folded.logits(images)) {
                assertThat(other.toFloatArray()).hasSize(20);
                for (int i = 0; i < 20; i++) {
                    assertThat(other.toFloatArray()[i]).isCloseTo(plain.toFloatArray()[i], within(1e-5f));
                }
            }
        }
        try (var plain = Classifier.of(new TradesMnist(), GREY, 10, 0)) {
            NDArray image = manager.zeros(new Shape(1, 1, 28, 28));
            assertThatThrownBy(() -> plain.stages(image)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void whatDoesNotGoThroughIsSaid() {
        assertThatThrownBy(() -> Classifier.of(new TradesMnist(), new Shape(1, 8, 8), 10, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Images of shape (1, 8, 8) do not go through this chain")
                .hasMessageContaining("feature_extractor.conv3");
        try (var net = new Layers(0)) {
            assertThatThrownBy(() -> new Chain(net, GREY).conv("c", 2, 3).body())
                    .hasMessageContaining("last layer");
            assertThatThrownBy(() -> new Convolution(3, 4, 3).groups(2)).hasMessageContaining("2 groups of 3 and 4");
        }
    }

    @Test
    void aNormalisedNetworkKeepsItsName() {
        assertThat(Normalised.cifar10(new SmallCnn(2)).label()).isEqualTo("SmallCnn");
    }
}
