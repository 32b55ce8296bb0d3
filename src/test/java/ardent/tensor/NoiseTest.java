package ardent.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Noise against recorded draws of PyTorch's CPU generator, byte for byte. */
class NoiseTest {
    @Test
    void singleDrawsEqualPyTorch() {
        try (var golden = new Golden("rng")) {
            JsonObject parameters = golden.description().getAsJsonObject("parameters");
            for (JsonElement seed : parameters.getAsJsonArray("seeds")) {
                for (JsonElement dimensions : parameters.getAsJsonArray("shapes")) {
                    Shape shape = shape(dimensions.getAsJsonArray());
                    String name = "seed" + seed.getAsLong() + "." + name(shape);
                    JsonObject expected = golden.figure(name).getAsJsonObject();
                    Noise noise = Noise.of(seed.getAsLong());
                    double e = 8 / 255.0;
                    assertDraw(golden, name, "rand", noise.restart().uniform(0, 1, shape), expected);
                    assertDraw(golden, name, "randn", noise.restart().normal(shape), expected);
                    assertDraw(golden, name, "uniform", noise.restart().uniform(-e, e, shape), expected);
                }
            }
        }
    }

    @Test
    void streamsEqualPyTorchAlsoWhenOthersDrawInBetween() {
        try (var golden = new Golden("rng")) {
            JsonObject parameters = golden.description().getAsJsonObject("parameters");
            for (JsonElement seed : parameters.getAsJsonArray("seeds")) {
                Noise noise = Noise.of(seed.getAsLong());
                Noise other = Noise.of(99);
                for (JsonElement draw : golden.figure("seed" + seed + ".stream").getAsJsonArray()) {
                    JsonObject expected = draw.getAsJsonObject();
                    Shape shape = shape(expected.getAsJsonArray("shape"));
                    NDArray drawn =
                            text(expected, "kind").equals("randn") ? noise.normal(shape) : noise.uniform(0, 1, shape);
                    float[] values = drawn.toFloatArray();
                    drawn.close();
                    assertThat(WrittenNoise.crc(values)).as("%s", expected).isEqualTo(text(expected, "crc32"));
                    assertThat(values[0]).isEqualTo(expected.get("first").getAsFloat());
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

    /** SplitMix64's published numbers for the seed 1234567, of which each number here is the upper 24 bits. */
    @Test
    void imagesDrawFromSplitMix() {
        long[] published = {6457827717110365317L, 3203168211198807973L, -8629252141511181193L, 4593380528125082431L};
        double[] unit = new double[4];
        for (int i = 0; i < 4; i++) {
            unit[i] = (published[i] >>> 40) / (double) (1 << 24);
        }
        long seed = 1234567;
        try (NDArray uniform = Noise.each(5, seed, 9).uniform(-1, 3, new Shape(2, 4));
                NDArray normal = Noise.each(5, seed, seed).normal(new Shape(2, 3))) {
            float[] values = uniform.toFloatArray();
            for (int i = 0; i < 4; i++) {
                assertThat((double) values[i]).isCloseTo(4 * unit[i] - 1, within(1e-6));
            }
            double first = Math.sqrt(-2 * Math.log(1 - unit[0]));
            double second = Math.sqrt(-2 * Math.log(1 - unit[2]));
            double[] expected = {
                first * Math.cos(2 * Math.PI * unit[1]),
                first * Math.sin(2 * Math.PI * unit[1]),
                second * Math.cos(2 * Math.PI * unit[3])
            };
            float[] both = normal.toFloatArray();
            for (int i = 0; i < 6; i++) {
                assertThat((double) both[i]).isCloseTo(expected[i % 3], within(1e-6));
            }
        }
        assertThat((double) Noise.each(seed, 7).shared(2)[1]).isCloseTo(unit[1], within(1e-7));
    }

    @Test
    void imagesKeepTheirStreamsWhoeverIsBesideThem() {
        Shape one = new Shape(1, 2);
        Noise all = Noise.each(5, 11, 12, 13);
        Noise alone = Noise.each(5, 13);
        try (NDArray three = all.uniform(0, 1, new Shape(3, 2));
                NDArray last = alone.uniform(0, 1, one);
                NDArray next = all.rows(2).uniform(0, 1, one);
                NDArray nextAlone = alone.uniform(0, 1, one);
                NDArray again = all.restart().uniform(0, 1, new Shape(3, 2));
                NDArray forked = all.fork(4).uniform(0, 1, new Shape(3, 2));
                NDArray forkedAlone = alone.fork(4).uniform(0, 1, one);
                NDArray other = alone.fork(3).uniform(0, 1, one)) {
            assertThat(Arrays.copyOfRange(three.toFloatArray(), 4, 6)).isEqualTo(last.toFloatArray());
            assertThat(next.toFloatArray()).isEqualTo(nextAlone.toFloatArray()).isNotEqualTo(last.toFloatArray());
            assertThat(again.toFloatArray()).isEqualTo(three.toFloatArray());
            assertThat(Arrays.copyOfRange(forked.toFloatArray(), 4, 6))
                    .isEqualTo(forkedAlone.toFloatArray())
                    .isNotEqualTo(last.toFloatArray())
                    .isNotEqualTo(other.toFloatArray());
        }
        assertThat(all.fork(1).seed()).isEqualTo(Noise.mix(5, 1)).isNotNegative();
        assertThat(all.rows(0).shared(1)).isNotEqualTo(all.shared(1));
        assertThatThrownBy(() -> all.normal(one)).hasMessageContaining("streams for 3 images");
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

    /** All of a draw by its checksum, the first numbers one by one. */
    private static void assertDraw(Golden golden, String name, String kind, NDArray array, JsonObject expected) {
        try (array) {
            float[] values = array.toFloatArray();
            float[] first = golden.floats(name + "." + kind + "8");
            assertThat(Arrays.copyOf(values, first.length)).isEqualTo(first);
            assertThat(WrittenNoise.crc(values)).isEqualTo(text(expected, kind));
        }
    }
}
