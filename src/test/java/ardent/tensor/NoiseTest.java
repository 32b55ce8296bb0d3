package ardent.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Noise against recorded draws of PyTorch's CPU generator, byte for byte. */
class NoiseTest {
    @Test
    void singleDrawsEqualPyTorch() {
        try (var golden = new Golden("rng")) {
            JsonObject parameters = golden.description().getAsJsonObject("parameters");
            JsonObject figures = golden.description().getAsJsonObject("figures");
            for (JsonElement seed : parameters.getAsJsonArray("seeds")) {
                for (JsonElement dimensions : parameters.getAsJsonArray("shapes")) {
                    Shape shape = shape(dimensions.getAsJsonArray());
                    String name = "seed" + seed.getAsLong() + "." + name(shape);
                    JsonObject expected = figures.getAsJsonObject(name);
                    Noise noise = Noise.of(seed.getAsLong());
                    double e = 8 / 255.0;
                    assertThat(crc(noise.restart().uniform(0, 1, shape))).isEqualTo(text(expected, "rand"));
                    assertThat(crc(noise.restart().normal(shape))).isEqualTo(text(expected, "randn"));
                    assertThat(crc(noise.restart().uniform(-e, e, shape))).isEqualTo(text(expected, "uniform"));
                }
            }
        }
    }

    @Test
    void streamsEqualPyTorchAlsoWhenOthersDrawInBetween() {
        try (var golden = new Golden("rng")) {
            JsonObject figures = golden.description().getAsJsonObject("figures");
            for (long seed : new long[] {0, 1, 7, 2024}) {
                Noise noise = Noise.of(seed);
                Noise other = Noise.of(99);
                for (JsonElement draw : figures.getAsJsonArray("seed" + seed + ".stream")) {
                    JsonObject expected = draw.getAsJsonObject();
                    Shape shape = shape(expected.getAsJsonArray("shape"));
                    NDArray drawn =
                            text(expected, "kind").equals("randn") ? noise.normal(shape) : noise.uniform(0, 1, shape);
                    assertThat(crc(drawn)).as("%s", expected).isEqualTo(text(expected, "crc32"));
                    other.normal(new Shape(3)).close();
                }
            }
        }
    }

    @Test
    void forksDifferAndRepeat() {
        Shape shape = new Shape(4);
        try (NDArray one = Noise.of(3).fork(1).normal(shape);
                NDArray again = Noise.of(3).fork(1).normal(shape);
                NDArray two = Noise.of(3).fork(2).normal(shape)) {
            assertThat(one.toFloatArray()).isEqualTo(again.toFloatArray()).isNotEqualTo(two.toFloatArray());
        }
    }

    private static String text(JsonObject object, String key) {
        return object.get(key).getAsString();
    }

    private static Shape shape(JsonArray dimensions) {
        return new Shape(StreamSupport.stream(dimensions.spliterator(), false)
                .mapToLong(JsonElement::getAsLong)
                .toArray());
    }

    private static String name(Shape shape) {
        return shape.toString().replaceAll("[() ]", "").replace(',', 'x');
    }

    private static String crc(NDArray array) {
        try (array) {
            float[] values = array.toFloatArray();
            var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            var crc = new CRC32();
            crc.update(bytes.array());
            return String.format("%08x", crc.getValue());
        }
    }
}
