package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that numpy itself wrote ({@code src/test/python/fixtures.py}), files of this kit, and damaged ones. */
public class NpzTest {
    private static final Shape FORM = new Shape(2, 3, 4);

    @TempDir
    private Path folder;

    private final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    void close() {
        manager.close();
    }

    public static Path fixture(String name) {
        return Path.of("src/test/resources/weights", name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "deflated.npz"})
    void everyTypeAndOrderOfNumpyIsRead(String name) {
        var arrays = Npz.read(fixture(name), manager);
        assertThat(manager.getManagedArrays()).hasSize(arrays.size());
        var types = Map.of(
                "float64", DataType.FLOAT64,
                "float32", DataType.FLOAT32,
                "float16", DataType.FLOAT16,
                "int64", DataType.INT64,
                "int32", DataType.INT32,
                "int16", DataType.INT32,
                "int8", DataType.INT8,
                "uint8", DataType.UINT8,
                "columns", DataType.FLOAT32,
                "columns64", DataType.INT64);
        types.forEach((key, type) -> {
            NDArray array = arrays.get(key);
            int least = key.equals("uint8") || key.startsWith("columns") ? 0 : -5;
            assertThat(array.getDataType()).as(key).isEqualTo(type);
            assertThat(array.getShape()).isEqualTo(FORM);
            assertThat(floats(array)).as(key).isEqualTo(counting(least));
        });
        assertThat(floats(arrays.get("swapped"))).isEqualTo(counting(0));
        assertThat(arrays.get("bool").toBooleanArray()).startsWith(true, false, false, true);
        assertThat(arrays.get("scalar").getShape()).isEqualTo(new Shape());
        assertThat(arrays.get("scalar").getFloat()).isEqualTo(7);
        assertThat(arrays.get("line").toFloatArray()).containsExactly(1.5f, -2.5f);
        assertThat(arrays.get("empty").getShape()).isEqualTo(new Shape(0, 3));
    }

    @Test
    void headersOfThreeVersionsAreRead() {
        var arrays = Npz.read(fixture("versions.npz"), manager);
        assertThat(arrays).containsOnlyKeys("version1", "version2", "version3");
        arrays.values().forEach(array -> assertThat(floats(array)).isEqualTo(counting(0)));
    }

    @Test
    void whatIsWrittenIsWhatNumpyWritesAndComesBack() throws IOException {
        var arrays = new LinkedHashMap<>(Npz.read(fixture("stored.npz"), manager));
        Path file = folder.resolve("new/own.npz");
        Npz.write(file, arrays);
        var back = Npz.read(file, manager);
        assertThat(back.keySet()).containsExactlyElementsOf(arrays.keySet());
        arrays.forEach((name, array) -> {
            NDArray same = back.get(name);
            assertThat(same.getDataType()).as(name).isEqualTo(array.getDataType());
            assertThat(same.getShape()).isEqualTo(array.getShape());
            assertThat(same.toByteBuffer()).isEqualTo(array.toByteBuffer());
        });
        for (String name : new String[] {"float32", "bool", "scalar", "line", "empty", "int64", "uint8", "float16"}) {
            assertThat(entry(file, name)).as(name).isEqualTo(entry(fixture("stored.npz"), name));
        }
        byte[] bytes = Files.readAllBytes(file);
        Npz.write(file, arrays);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        assertThat(file.getParent()).isDirectoryContaining("glob:**own.npz");
    }

    private static byte[] entry(Path file, String name) throws IOException {
        try (var zip = new java.util.zip.ZipFile(file.toFile())) {
            return zip.getInputStream(zip.getEntry(name + ".npy")).readAllBytes();
        }
    }

    @ParameterizedTest
    @CsvSource({"objects.npz, has the type |O", "complex.npz, has the type <c8", "none.npz, none.npz"})
    void whatIsNoNumberIsRefused(String name, String why) {
        assertThatThrownBy(() -> Npz.read(fixture(name), manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why)
                .hasMessageEndingWith(".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "deflated.npz"})
    void damagedFilesAreRefusedInOneSentence(String name) throws IOException {
        byte[] whole = Files.readAllBytes(fixture(name));
        var expected = Npz.read(fixture(name), manager);
        Path file = folder.resolve("damaged.npz");
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (i % 2 == 1) {
                damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            try (var own = manager.newSubManager()) {
                // A flip in a name, a date or a comment leaves the numbers whole.
                assertThat(Npz.read(file, own)).hasSize(expected.size());
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("damaged.npz").hasMessageEndingWith(".");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(150);
    }

    /** A megabyte of packed zeros is a gigabyte. */
    @Test
    void packedZerosDoNotFillTheMemory() throws IOException {
        Path file = folder.resolve("bomb.npz");
        byte[] header = entry(fixture("stored.npz"), "float32");
        String text = new String(header, 0, 128, java.nio.charset.StandardCharsets.ISO_8859_1)
                .replace("(2, 3, 4)", "(2097152,)")
                .replace("          \n", "         \n");
        for (int entries : new int[] {4, 12}) {
            try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(file))) {
                for (int i = 0; i < entries; i++) {
                    zip.putNextEntry(new java.util.zip.ZipEntry("zeros" + i + ".npy"));
                    zip.write(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                    zip.write(new byte[8 << 20]);
                }
            }
            if (entries == 4) {
                assertThat(Npz.read(file, manager)).hasSize(4);
            } else {
                assertThatThrownBy(() -> Npz.read(file, manager))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("would fill more than")
                        .hasMessageContaining("save it without compression");
            }
        }
    }

    /** Headers of shapes beyond all counting, and a name twice. */
    @ParameterizedTest
    @CsvSource({
        "'(99999999999,)', does not fit into its 96 bytes",
        "'(4294967296, 4294967296)', too large",
        "'(99999999999999999999999999,)', does not fit into its 96 bytes",
        "'(0, 4294967296, 4294967296)', too large",
        "'(2, 3, 4.0)', no plain array",
        "'(2, 3, -4)', no plain array"
    })
    void shapesAreHeldAgainstTheBytes(String shape, String why) throws IOException {
        Path file = folder.resolve("shape.npz");
        byte[] whole = entry(fixture("stored.npz"), "float32");
        String text = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1)
                .replace("(2, 3, 4)", shape)
                .replaceFirst(" {" + (shape.length() - 9) + "}\n", "\n");
        try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new java.util.zip.ZipEntry("a.npy"));
            zip.write(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        assertThatThrownBy(() -> Npz.read(file, manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void anArrayTwiceIsRefused() throws IOException {
        Path file = folder.resolve("twice.npz");
        Npz.write(file, Map.of("one", manager.create(1f), "two", manager.create(2f)));
        String bytes = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        Files.writeString(file, bytes.replace("two.npy", "one.npy"), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> Npz.read(file, manager)).hasMessageContaining("it has one.npy twice");
    }

    private static float[] floats(NDArray array) {
        return array.toType(DataType.FLOAT32, false).toFloatArray();
    }

    private static float[] counting(int least) {
        float[] values = new float[24];
        IntStream.range(0, 24).forEach(i -> values[i] = least + i);
        return values;
    }
}
