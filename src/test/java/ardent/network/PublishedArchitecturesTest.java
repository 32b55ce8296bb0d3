package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Description;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names, shapes, sizes, logits and image gradients of the published architectures as PyTorch 2.7.1 gives them
 * ({@code src/test/python/architectures.py}), for weights that both sides count out alike.
 */
class PublishedArchitecturesTest {
    private static final Shape IMAGE = new Shape(3, 32, 32);

    /** Small forms, as recorded. */
    private static Architecture small(String name) {
        return switch (name) {
            case "ResNet18" -> new ResNet(18, 3);
            case "ResNet34" -> new ResNet(34, 3);
            case "ResNet50" -> new ResNet(50, 2);
            case "PreActResNet18" -> new PreActResNet18(3, false);
            case "PreActResNet18.normalised" -> new PreActResNet18(3, true);
            case "WideResNet" -> new WideResNet(16, 1);
            case "SwishWideResNet" -> Normalised.cifar10(new SwishWideResNet(16, 2));
            case "MobileNetV2" -> new MobileNetV2();
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ResNet18",
                "ResNet34",
                "ResNet50",
                "PreActResNet18",
                "PreActResNet18.normalised",
                "WideResNet",
                "SwishWideResNet",
                "MobileNetV2"
            })
    void namesLogitsAndGradientsEqualPyTorch(String name) throws IOException {
        try (var network = Classifier.of(small(name), IMAGE, 10, 0);
                var manager = Torch.manager().newSubManager()) {
            var shapes = new LinkedHashMap<String, String>();
            recorded()
                    .getAsJsonObject(name)
                    .getAsJsonObject("names")
                    .entrySet()
                    .forEach(e -> shapes.put(
                            e.getKey(),
                            e.getValue().toString().replace("[", "(").replace("]", ")")));
            var own = new LinkedHashMap<String, String>();
            network.layers()
                    .all()
                    .forEach((key, array) ->
                            own.put(key, array.getShape().toString().replace(" ", "")));
            assertThat(own).containsExactlyInAnyOrderEntriesOf(shapes);
            network.layers().set(counted(network, new ArrayList<>(shapes.keySet()), manager));

            var golden = Npz.read(NpzTest.fixture("architectures.npz"), manager);
            NDArray images = manager.create(floats(2 * 3 * 32 * 32, 99, 1, 0), new Shape(2, 3, 32, 32));
            NDArray factors = manager.create(floats(20, 100, 1, 0), new Shape(2, 10));
            NDList found = Tape.differentiate(images, x -> {
                NDArray logits = network.logits(x);
                return new NDList(logits.mul(factors), logits);
            });
            found.attach(manager);
            assertClose(found.get(2), golden.get(name + ".logits"));
            assertClose(found.get(0).get(":, :, ::4, ::4"), golden.get(name + ".gradient"));
        }
    }

    /** Files that 0.1.0 wrote, in which each depth was a class of its own. */
    @ParameterizedTest
    @CsvSource({
        "18, dd80ee64a9b2f2acd5dedc40f858829660024048fe0b88e0a111c19dcfb23b9e",
        "50, 0ee5545fa5e91facda031357c0aaf7c5c280a4f019364c5146fba8451ed05c5b"
    })
    void filesOfTheFormerResNetsAreRead(int depth, String weights) {
        var plan = new ResNet(depth, 1);
        Path file = NpzTest.fixture("resnet" + depth + "-0.1.0.safetensors");
        try (var alone = Classifier.load(file);
                var given = Classifier.load(file, plan, new Shape(1, 8, 8), 2)) {
            for (Classifier network : List.of(alone, given)) {
                assertThat(network.architecture()).isEqualTo(plan);
                assertThat(network.name()).isEqualTo("ResNet" + depth);
                assertThat(network.origin()).isEqualTo(Description.of(new Classifier.Fresh(plan, 5)));
                assertThat(Weights.sha256(network.layers().all())).isEqualTo(weights);
            }
        }
    }

    @Test
    void otherDepthsAreRefused() {
        assertThatThrownBy(() -> new ResNet(20)).hasMessage("A ResNet's depth is 18, 34 or 50, not 20.");
    }

    @ParameterizedTest
    @CsvSource({"ResNet18", "ResNet34", "ResNet50", "PreActResNet18", "WideResNet", "WideResNet-28-10"})
    void sizesAreThePublishedOnes(String name) throws IOException {
        Architecture architecture = switch (name) {
            case "ResNet18" -> new ResNet(18);
            case "ResNet34" -> new ResNet(34);
            case "ResNet50" -> new ResNet(50);
            case "PreActResNet18" -> new PreActResNet18();
            case "WideResNet" -> new WideResNet(34, 10);
            default -> new WideResNet(28, 10);
        };
        JsonObject sizes = recorded().getAsJsonObject(name);
        try (var ten = Classifier.of(architecture, IMAGE, 10, 0)) {
            assertThat(ten.size()).isEqualTo(sizes.get("10").getAsLong());
        }
    }

    /** The largest two from the pattern of their sizes, without the gigabyte that they take. */
    @ParameterizedTest
    @CsvSource({"WideResNet-34-20, 34, 20, 10", "SwishWideResNet, 70, 16, 100"})
    void sizesOfTheLargestFollowFromSmallerOnes(String name, int depth, int widen, int classes) throws IOException {
        // For fixed classes the size is a quadratic polynomial of the width and linear in the depth.
        long[][] sizes = new long[2][3];
        for (int d = 0; d < 2; d++) {
            for (int w = 0; w < 3; w++) {
                Architecture plan = name.startsWith("Swish")
                        ? new SwishWideResNet(16 + 6 * d, 2 + w)
                        : new WideResNet(16 + 6 * d, 2 + w);
                try (var network = Classifier.of(plan, IMAGE, classes, 0)) {
                    sizes[d][w] = network.size();
                }
            }
        }
        long[] at = new long[2];
        for (int d = 0; d < 2; d++) {
            long first = sizes[d][1] - sizes[d][0];
            long second = sizes[d][2] - 2 * sizes[d][1] + sizes[d][0];
            long steps = widen - 2L;
            at[d] = sizes[d][0] + steps * first + steps * (steps - 1) / 2 * second;
        }
        long size = at[0] + (depth - 16) / 6 * (at[1] - at[0]);
        assertThat(size)
                .isEqualTo(recorded()
                        .getAsJsonObject(name)
                        .get(Integer.toString(classes))
                        .getAsLong());
    }

    private static JsonObject recorded() throws IOException {
        return JsonParser.parseString(Files.readString(NpzTest.fixture("architectures.json")))
                .getAsJsonObject();
    }

    private static Map<String, NDArray> counted(Classifier network, ArrayList<String> order, NDManager manager) {
        var values = new LinkedHashMap<String, NDArray>();
        network.layers().all().forEach((name, array) -> {
            Shape shape = array.getShape();
            int size = Math.toIntExact(shape.size());
            boolean line = shape.dimension() == 1;
            boolean positive = name.endsWith("running_var") || (name.endsWith("weight") && line);
            double factor = line ? 1 : Math.sqrt(12.0 / (size / shape.get(0)));
            double shift = positive ? 0.5 : -0.5 * factor;
            values.put(name, manager.create(floats(size, order.indexOf(name), factor, shift), shape));
        });
        return values;
    }

    /** SplitMix64 of place and seed as a number in [0, 1), times a factor, plus a shift. */
    private static float[] floats(int size, long seed, double factor, double shift) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            long z = (i + (seed << 32)) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            double unit = ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
            values[i] = (float) (unit * factor + shift);
        }
        return values;
    }

    private static void assertClose(NDArray actual, NDArray expected) {
        float scale = expected.abs().max().getFloat();
        assertThat(scale).isGreaterThan(1e-4f);
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        assertThat(actual.sub(expected).abs().max().getFloat()).isLessThan(2e-5f * scale);
    }
}
