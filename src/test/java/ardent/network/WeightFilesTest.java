package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch 2.7.1 and safetensors wrote ({@code src/test/python/fixtures.py}), whole and damaged. */
class WeightFilesTest {
    @TempDir
    private Path folder;

    private final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "types.pth",
                "types-earlier.pth",
                "types-protocol3.pth",
                "types-protocol4.pth",
                "types-protocol5.pth",
                "types.safetensors"
            })
    void everyTypeAndViewIsRead(String name) {
        var content = Weights.read(NpzTest.fixture(name), manager);
        var arrays = content.arrays();
        assertThat(manager.getManagedArrays()).hasSize(18).hasSameSizeAs(arrays.keySet());
        assertThat(content.format())
                .isEqualTo(
                        name.endsWith("safetensors")
                                ? "safetensors"
                                : name.contains("earlier") ? "PyTorch before 1.6" : "PyTorch zip");
        types().forEach((key, type) -> {
            NDArray array = arrays.get(key);
            assertThat(array.getDataType()).as(key).isEqualTo(type);
            assertThat(array.getShape()).isEqualTo(new Shape(2, 3, 4));
            float[] expected = counting(24, key.equals("uint8") ? 0 : -5);
            if (key.equals("bool")) {
                expected = new float[24];
                Arrays.fill(expected, 1, 24, 1);
            }
            assertThat(floats(array)).as(key).isEqualTo(expected);
        });
        NDArray whole = arrays.get("whole");
        assertThat(floats(whole)).isEqualTo(counting(24, -5));
        assertThat(arrays.get("transposed").contentEquals(whole.transpose())).isTrue();
        assertThat(arrays.get("columns").contentEquals(whole.get(":, 1:3"))).isTrue();
        assertThat(arrays.get("tail").contentEquals(whole.get("4:"))).isTrue();
        assertThat(floats(arrays.get("strided"))).containsExactly(-5, -2, 3, 6, 11, 14);
        assertThat(arrays.get("scalar").getFloat()).isEqualTo(7);
        assertThat(arrays.get("scalar").getShape().dimension()).isZero();
        assertThat(arrays.get("empty").getShape()).isEqualTo(new Shape(0, 3));
        assertThat(floats(arrays.get("parameter"))).isEqualTo(counting(4, -5));
    }

    private static Map<String, DataType> types() {
        var types = new LinkedHashMap<String, DataType>();
        types.put("float64", DataType.FLOAT64);
        types.put("float32", DataType.FLOAT32);
        types.put("float16", DataType.FLOAT16);
        types.put("bfloat16", DataType.FLOAT32);
        types.put("int64", DataType.INT64);
        types.put("int32", DataType.INT32);
        types.put("int16", DataType.INT32);
        types.put("int8", DataType.INT8);
        types.put("uint8", DataType.UINT8);
        types.put("bool", DataType.BOOLEAN);
        return types;
    }

    @ParameterizedTest
    @ValueSource(strings = {"trained.pth", "trained-earlier.pth"})
    void weightsAreFoundAmongWhatATrainingScriptSaves(String name) {
        var content = Weights.read(NpzTest.fixture(name), manager);
        assertThat(content.metadata()).containsEntry("part", "state_dict");
        assertThat(content.arrays().keySet())
                .containsExactly(
                        "module.conv1.weight",
                        "module.bn1.weight",
                        "module.bn1.bias",
                        "module.bn1.running_mean",
                        "module.bn1.running_var",
                        "module.bn1.num_batches_tracked",
                        "module.linear.weight",
                        "module.linear.bias");
        assertThat(content.arrays().get("module.bn1.num_batches_tracked").getLong())
                .isEqualTo(3);
        var smoothed = Weights.read(NpzTest.fixture(name), "ema", manager).arrays();
        content.arrays().forEach((key, array) -> {
            NDArray half = smoothed.get(key).toType(DataType.FLOAT32, false).div(2);
            assertThat(half.contentEquals(array.toType(DataType.FLOAT32, false)))
                    .as(key)
                    .isTrue();
        });
        assertThatThrownBy(() -> Weights.read(NpzTest.fixture(name), "args", manager))
                .hasMessageContaining("no weights under args")
                .hasMessageContaining("[epoch, state_dict, best, accuracy, args and 2 more]");
    }

    @Test
    void bigEndianFilesAndViewsOfStoragesAreRead() {
        var big = Weights.read(NpzTest.fixture("big.pth"), manager).arrays();
        assertThat(floats(big.get("a"))).isEqualTo(counting(6, -5));
        assertThat(floats(big.get("b"))).isEqualTo(counting(4, -5));
        var views = Weights.read(NpzTest.fixture("view-earlier.pth"), manager).arrays();
        assertThat(floats(views.get("root"))).isEqualTo(counting(12, 0));
        assertThat(floats(views.get("view"))).containsExactly(6, 7, 8, 9);
    }

    /** {@code x.conj().imag} is a view whose numbers lie in the file with the other sign. */
    @ParameterizedTest
    @CsvSource({"odd.pth, 6", "odd-earlier.pth, 4"})
    void negatedTensorsAreReadAndOtherTypesAreNamed(String name, int unread) {
        var content = Weights.read(NpzTest.fixture(name), manager);
        assertThat(content.arrays()).containsOnlyKeys("imaginary", "half", "parameter", "plain");
        assertThat(floats(content.arrays().get("imaginary"))).containsExactly(-2, -4);
        assertThat(floats(content.arrays().get("half"))).containsExactly(-4);
        assertThat(content.arrays().get("half").getDataType()).isEqualTo(DataType.FLOAT64);
        assertThat(floats(content.arrays().get("parameter"))).containsExactly(-2, -4);
        assertThat(floats(content.arrays().get("plain"))).containsExactly(2, 4);
        assertThat(content.unread())
                .hasSize(unread)
                .containsEntry("conjugated", "conjugated")
                .containsEntry("complex", "complex64")
                .containsEntry("sparse", "sparse")
                .containsEntry("quantised", "quantised");
        if (unread > 4) {
            assertThat(content.unread())
                    .containsEntry("float8", "float8_e4m3fn")
                    .containsEntry("uint16", "uint16");
        }
        assertThat(manager.getManagedArrays()).hasSize(4);
    }

    /** Headers that the format's own library refuses too, but for names twice, of which it takes the last. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{A}                                                                              | ``",
                "{A}~~                                                                            | ``",
                "{\"__metadata__\":{\"k\":\"v\"},A}                                                 | ``",
                "{A,\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}                  | ``",
                "~{A}                                                                             | begin with {",
                "{A}x                                                                             | strict JSON",
                "{A,}                                                                             | strict JSON",
                "{A/**/}                                                                          | strict JSON",
                "{'a':{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}                     | strict JSON",
                "{a:{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}                       | strict JSON",
                "{\"a\":{\"dtype\":\"F32\";\"shape\":[2],\"data_offsets\":[0,8]}}                   | strict JSON",
                "{\"a\"={\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}                   | strict JSON",
                "{\"\t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}                  | strict JSON",
                "{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}             | half a character",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.9],\"data_offsets\":[0,8]}}                 | whole numbers from 0 on: 2.9",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}                 | whole numbers from 0 on: 2.0",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2e0],\"data_offsets\":[0,8]}}                 | whole numbers from 0 on: 2e0",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}               | other values than whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":\"2\",\"data_offsets\":[0,8]}}                 | strict JSON",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}                     | strict JSON",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":null,\"data_offsets\":[0,8]}}                  | strict JSON",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[NaN],\"data_offsets\":[0,8]}}                 | strict JSON",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[true],\"data_offsets\":[0,8]}}                | other values than whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1,-2],\"data_offsets\":[0,8]}}               | whole numbers from 0 on: -1",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}                   | does not fit into its 8 bytes",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}   | too large",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2305843009213693954],\"data_offsets\":[0,8]}}     | too large",
                "{A,\"b\":{\"dtype\":\"F32\",\"shape\":[0,4294967296,4294967296],\"data_offsets\":[8,8]}} | too large",
                "{\"a\":{\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]}}                   | type f32, which safetensors",
                "{\"a\":{\"dtype\":\"I4\",\"shape\":[16],\"data_offsets\":[0,8]}}                   | type I4, which safetensors",
                "{\"a\":{\"dtype\":\"F4\",\"shape\":[15],\"data_offsets\":[0,8]}}                   | does not fit",
                "{\"a\":{\"dtype\":1,\"shape\":[2],\"data_offsets\":[0,8]}}                         | no text",
                "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}                                     | lacks its dtype",
                "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}                                 | lacks its dtype",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}                                         | lacks its dtype",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}                 | its two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}   | has dtype twice",
                "{A,A}                                                                            | has a twice",
                "{\"__metadata__\":{},\"__metadata__\":{},A}                                        | __metadata__ twice",
                "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"},A}                                       | has k twice",
                "{\"__metadata__\":{\"k\":1},A}                                                   | no text",
                "{\"__metadata__\":{\"k\":{}},A}                                                  | no text",
                "{\"__metadata__\":{\"k\":null},A}                                                | no text",
                "{\"__metadata__\":[],A}                                                          | strict JSON",
                "{A,\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}                  | not right behind tensor a",
                "{A,\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}                  | not right behind tensor a",
                "{A,\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}                  | not right behind tensor a",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}                   | not right behind the header",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}                   | not right behind the header",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}                   | length does not fit",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}                  | outside the file",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,18446744073709551624]}} | whole numbers",
                "{}                                                                               | length does not fit"
            })
    void headersOfSafetensorsAreReadStrictly(String header, String why) throws IOException {
        String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        Path file = safetensors(header.replace('~', ' ').replace("A", a));
        if (why.isEmpty()) {
            assertThat(floats(Weights.read(file, manager).arrays().get("a"))).containsExactly(0, 0);
        } else {
            assertThatThrownBy(() -> Weights.read(file, manager))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("The weight file .* cannot be read: [^\n]*\\Q" + why + "\\E[^\n]*\\.");
        }
    }

    @Test
    void lengthsOfHeadersAreNotBelieved() throws IOException {
        byte[] whole = Files.readAllBytes(safetensors("{}"));
        for (long length : new long[] {-1, 0, 1, 11, 99, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE + 2}) {
            ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
            Path file = Files.write(folder.resolve("length.safetensors"), whole);
            assertThatThrownBy(() -> Weights.read(file, manager)).isInstanceOf(IllegalArgumentException.class);
        }
        Path file = safetensors("{\"\u00e9\":{}}");
        byte[] latin = Files.readAllBytes(file);
        latin[10] = (byte) 0xff;
        Files.write(file, latin);
        assertThatThrownBy(() -> Weights.read(file, manager)).hasMessageContaining("no text in UTF-8");
    }

    /** Eight bytes of data behind a header. */
    private Path safetensors(String header) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(16 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(
                folder.resolve("own.safetensors"),
                bytes.putLong(text.length).put(text).array());
    }

    @Test
    void numpyFilesAreWeightFilesToo() {
        var content = Weights.read(NpzTest.fixture("net.npz"), manager);
        assertThat(content.format()).isEqualTo("npz");
        assertThat(content.arrays()).containsOnlyKeys("images", "logits", "normalised");
    }

    @Test
    void whatTheKitWritesComesBackInItsTypes() {
        var arrays = Weights.read(NpzTest.fixture("types.safetensors"), manager).arrays();
        Path file = folder.resolve("own.safetensors");
        Weights.write(file, arrays, Map.of("key", "value"));
        var back = Weights.read(file, manager);
        assertThat(back.metadata()).containsExactly(Map.entry("key", "value"));
        arrays.forEach((name, array) -> {
            assertThat(back.arrays().get(name).getDataType()).isEqualTo(array.getDataType());
            assertThat(back.arrays().get(name).toByteBuffer()).isEqualTo(array.toByteBuffer());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "module.pth, asks to run __main__.Net",
        "complex.npz, has the type <c8",
        "none.pth, none.pth",
        "trained.pth/x, trained.pth/x"
    })
    void whatIsNoWeightIsRefused(String name, String why) {
        assertThatThrownBy(() -> Weights.read(NpzTest.fixture(name), manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The weight file ")
                .hasMessageContaining(why)
                .hasMessageEndingWith(".");
    }

    @Test
    void filesOfOtherKindsAreRefused() throws IOException {
        for (byte[] bytes : new byte[][] {
            {},
            {1},
            "PK".getBytes(),
            "hello, I am a text and no weights".getBytes(),
            new byte[100],
            {(byte) 0x80, 4, '.'}
        }) {
            Path file = Files.write(folder.resolve("other.pth"), bytes);
            assertThatThrownBy(() -> Weights.read(file, manager))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("The weight file .*other.pth cannot be read: .*\\.");
        }
    }

    /** What people find in the place of their weights, at every door. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<!DOCTYPE html><html> | it is a web page",
                "<html> | it is a web page",
                "<?xml version=1.0?> | it is a web page",
                "version https://git-lfs.github.com/spec/v1 | git lfs pull",
                "1f 8b 08 00 | packed by gzip",
                "BZh91AY | packed by bzip2",
                "fd 37 7a 58 5a 00 00 | packed by xz",
                "28 b5 2f fd | packed by zstd",
                "89 48 44 46 0d 0a 1a 0a 00 | HDF5",
                "08 07 12 07 70 79 74 6f 72 63 68 | ONNX",
                "08 08 3a ff 01 02 03 04 05 06 | ONNX",
                "93 4e 55 4d 50 59 01 00 | single array of numpy",
                "GGUF... | GGUF",
                "89 50 4e 47 0d | image",
                "hello world | it is a text, which begins with \"hello world\"",
                "01 02 03 | begins with the bytes 01 02 03",
                "50 4b 03 04 | cut off or damaged: its zip",
                "empty | it is empty",
                "folder | it is a folder",
                "missing | it does not exist"
            })
    void whatIsNoWeightFileIsNamed(String content, String why) throws IOException {
        Path file = folder.resolve("weights.pth");
        if (content.equals("folder")) {
            Files.createDirectories(file);
        } else if (!content.equals("missing")) {
            boolean bytes = content.matches("([0-9a-f]{2} )+[0-9a-f]{2}");
            String text = content.equals("empty") ? "" : content;
            Files.write(
                    file,
                    bytes ? HexFormat.ofDelimiter(" ").parseHex(text) : text.getBytes(StandardCharsets.ISO_8859_1));
        }
        var doors = List.<Runnable>of(
                () -> Weights.read(file, manager),
                () -> Weights.read(file, "ema", manager),
                () -> Npz.read(file, manager),
                () -> Classifier.load(file),
                () -> Classifier.load(file, new SmallCnn(), new Shape(1, 8, 8), 10),
                () -> Classifier.load(file, "ema", new SmallCnn(), new Shape(1, 8, 8), 10),
                () -> Classifier.origin(file),
                () -> TorchScript.load(file, new Shape(1, 8, 8), 10));
        for (Runnable door : doors) {
            assertThatThrownBy(door::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(why)
                    .hasMessageMatching("[^\n]*[^.]\\.")
                    .hasMessageNotContaining("Exception");
        }
    }

    @Test
    void aTarAndAnotherZipAreNamed() throws IOException {
        byte[] tar = new byte[1024];
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        Path file = Files.write(folder.resolve("a.tar"), tar);
        assertThatThrownBy(() -> Weights.read(file, manager)).hasMessageContaining("tar archive; unpack it");
        byte[] whole = Files.readAllBytes(NpzTest.fixture("net.pth"));
        Path half = Files.write(folder.resolve("half.pth"), Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Weights.read(half, manager)).hasMessageContaining("it is cut off or damaged: its zip");
        Path zip = folder.resolve("b.zip");
        try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("checkpoint/net.pth"));
            out.write(whole);
        }
        assertThatThrownBy(() -> Weights.read(zip, manager))
                .hasMessageContaining("it is a zip of [checkpoint/net.pth]; unpack it and load the file in it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "types.pth",
                "trained.pth",
                "types-earlier.pth",
                "trained-earlier.pth",
                "types-protocol5.pth",
                "types.safetensors"
            })
    void damagedFilesAreRefusedOrReadButNeverMore(String name) throws IOException {
        byte[] whole = Files.readAllBytes(NpzTest.fixture(name));
        var random = new Random(name.hashCode());
        Path file = folder.resolve("damaged");
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int flip = i % 2; flip > 0; flip = random.nextInt(2)) {
                damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            try (var own = manager.newSubManager()) {
                assertThat(Weights.read(file, own).arrays()).isNotEmpty();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageMatching("(?s)The weight file .*damaged cannot be read: .*\\.");
                refused++;
            }
        }
        assertThat(refused).isGreaterThanOrEqualTo(100);
        assertThat(manager.getManagedArrays()).isEmpty();
    }

    private static float[] floats(NDArray array) {
        try (NDArray floats = array.toType(DataType.FLOAT32, true)) {
            return floats.toFloatArray();
        }
    }

    private static float[] counting(int size, int least) {
        float[] values = new float[size];
        IntStream.range(0, size).forEach(i -> values[i] = least + i);
        return values;
    }
}
