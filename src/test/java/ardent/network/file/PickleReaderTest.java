package ardent.network.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.network.Weights;
import ardent.tensor.Torch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pickles that want more than to be weights, byte by byte as an attacker would write them. */
class PickleReaderTest {
    private static final String TENSOR =
            "\u0080\u0002}X\u0001\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storage"
                    + "ctorch\nFloatStorage\nX\u0001\0\0\0"
                    + "0X\u0003\0\0\0cpu%stQ%s%s%s\u0089ccollections\nOrderedDict\n)RtRs.";

    @TempDir
    private Path folder;

    private static Object load(String pickle) {
        return new PickleReader(
                        ByteBuffer.wrap(pickle.getBytes(StandardCharsets.ISO_8859_1)),
                        id -> id,
                        new ReadingLimits(pickle.length()))
                .next();
    }

    @Test
    void valuesOfEveryProtocolAreRead() {
        assertThat(load("(dp0\nS'a'\np1\nI7\nsV\u00e9\nL12345678901234567890L\nsS\"b\"\nF1.5\nsS'c'\nI01\ns."
                        .replace("\u00e9", "u")))
                .isEqualTo(Map.of("a", 7L, "u", new java.math.BigInteger("12345678901234567890"), "b", 1.5, "c", true));
        assertThat(
                        load(
                                "\u0080\u0002]q\0(K\u0001M\u0001\u0001J\u00ff\u00ff\u00ff\u00ff\u008a\u0002\0\u0080G?\u00f8\0\0\0\0\0\0\u0088e."))
                .isEqualTo(List.of(1L, 257L, -1L, -32768L, 1.5, true));
        assertThat(load("\u0080\u0004\u0095\u0005\0\0\0\0\0\0\0\u008c\u0001x\u0094h\0\u0086\u0094."))
                .isEqualTo(List.of("x", "x"));
        assertThat(load("\u0080\u0005(K\u0001K\u0002(K\u000310t.")).isEqualTo(List.of(1L));
    }

    /** What would run in Python; the name that would run stands in the refusal. */
    @ParameterizedTest
    @CsvSource({
        "posix.system, 'cposix\nsystem\n(S''touch run''\ntR.'",
        "builtins.eval, 'cbuiltins\neval\n(S''1''\ntR.'",
        "__builtin__.eval, '(S''1''\ni__builtin__\neval\n.'",
        "os.popen, '(cos\npopen\nS''ls''\no.'",
        "subprocess.Popen, '}(S''a''\ncsubprocess\nPopen\n(S''ls''\ntRu.'",
        "builtins.getattr, 'cbuiltins\ngetattr\n(cbuiltins\nint\nS''x''\ntR.'",
        "torch.storage._load_from_bytes, 'ctorch.storage\n_load_from_bytes\n(S''x''\ntR.'",
        "torch.load, 'ctorch\nload\n(S''x''\ntR.'",
        "numpy.core.multiarray._reconstruct, 'cnumpy.core.multiarray\n_reconstruct\n.'",
        "functools.partial, 'cfunctools\npartial\n)R}S''func''\nNsb.'",
        "mine.Evil, 'cmine\nEvil\n)\u0081}S''__setstate__''\nNsb.'",
        "torch.nn.modules.linear.Linear, 'ctorch.nn.modules.linear\nLinear\n)\u0081}b.'"
    })
    void nothingIsEverRun(String name, String pickle) throws IOException {
        for (String whole : List.of(pickle, "\u0080\u0004" + pickle, "N0" + pickle)) {
            Path file = zip(whole);
            assertThatThrownBy(() -> Weights.read(file, Torch.manager()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("The weight file ")
                    .hasMessageContaining("asks to run " + name + ", and Ardent never runs code from a weight file");
        }
    }

    @Test
    void namesFromTheStackAreRefusedAlike() {
        assertThatThrownBy(() -> load("\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093\u008c\u0002ls\u0085R."))
                .hasMessageContaining("asks to run posix.system");
        assertThatThrownBy(() -> load("\u0080\u0004\u008c\u0000\u008c\u0002\n\u0007\u0093."))
                .hasMessageContaining("asks to run .??,");
        assertThatThrownBy(() -> load("c" + "x".repeat(500) + "\ny\n."))
                .hasMessageContaining("xxx…,")
                .hasMessageMatching("(?s).{1,400}");
        // Extension codes, persistent identities in text and buffers out of band.
        for (String code :
                List.of("\u0082\u0001", "\u0083\u0001\0", "\u0084\u0001\0\0\0", "P0\n", "\u0097", "\u0098")) {
            assertThatThrownBy(() -> load(code + ".")).hasMessageContaining("unknown instruction");
        }
    }

    /** Known names with arguments or states that they do not have. */
    @ParameterizedTest
    @CsvSource({
        "'ccollections\nOrderedDict\n((K\u0001tt\u0085R.', misuses a name",
        "'ctorch._utils\n_rebuild_tensor_v2\n)R.', misuses a name",
        "'ctorch._utils\n_rebuild_parameter\n(NNNtR.', misuses a name",
        "'ctorch._tensor\n_rebuild_from_type_v2\n(ccollections\nOrderedDict\nN)NtR.', misuses a name",
        "'ctorch\nFloatStorage\n)R.', outside of tensors",
        "'S''abc''\n)R.', misuses a name",
        "'K\u0001K\u0002R.', misuses a name",
        "'(o.', misuses a name",
        "'K\u0001K\u0002a.', no list",
        "'K\u0001K\u0002K\u0003s.', no dictionary",
        "'}(K\u0001u.', no dictionary",
        "'h\u0007.', remembers nothing",
        "'g99999999999999999999999\n.', remembers nothing",
        "'gx\n.', writes a number as x",
        "'Fx\n.', writes a number as x",
        "'Sx\n.', without quotes",
        "'.', pops an empty stack",
        "'0.', pops an empty stack",
        "'t.', pops an empty stack",
        "'(\u0085.', pops an empty stack",
        "'K\u0001(b.', pops an empty stack",
        "'\u0080\u0009N.', protocol 9",
        "'N', cut off",
        "'cposix', cut off",
        "'X\u00ff\u00ff\u00ff\u00ffabc.', cut off",
        "'\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.', cut off",
        "'\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.', cut off",
        "'\u008b\u00ff\u00ff\u00ff\u00ff.', cut off",
        "'\u008b\u00ff\u00ff\u00ff\u007f.', cut off"
    })
    void misuseIsRefused(String pickle, String why) {
        assertThatThrownBy(() -> load(pickle))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void knotsDepthsAndBombsStopAtABound() throws IOException {
        // A list in itself as value and as key, a million lists in lists, doublings without end.
        assertThat(load("]q\0h\0a}h\0h\0s0.")).isInstanceOf(List.class);
        assertThat(load("]".repeat(1_000_000) + "a".repeat(999_999) + ".")).isInstanceOf(List.class);
        assertThat(load("N" + "2\u0086".repeat(100_000) + ".")).isInstanceOf(List.class);
        String nested = "}".repeat(1) + "X\u0005\0\0\0model}".repeat(100_000) + "s".repeat(100_000) + ".";
        assertThatThrownBy(() -> Weights.read(zip(nested), Torch.manager())).hasMessageContaining("holds no weights");
        assertThatThrownBy(() -> Weights.read(zip("}q\0X\u0005\0\0\0modelh\0s."), Torch.manager()))
                .hasMessageContaining("holds no weights");
        assertThatThrownBy(() -> load("N".repeat(8_000_001) + ".")).hasMessageContaining("instructions");
        String pairs = "](" + "(NNt".repeat(1000) + "eq\0";
        String copies = "ccollections\nOrderedDict\nh\0\u0085R0".repeat(10_000);
        assertThatThrownBy(() -> load(pairs + copies + ".")).hasMessageContaining("instructions");
    }

    /** Small files in either form that would never end or would fill the memory. */
    @Test
    void smallFilesCostLittle() throws IOException {
        var knot = new StringBuilder("\u0080\u0002}q\0");
        for (int i = 0; i < 100; i++) {
            knot.append(text("k" + i)).append("h\0s");
        }
        var web = new StringBuilder("\u0080\u0002");
        for (int i = 0; i < 200; i++) {
            web.append(i % 2 == 0 ? "}q" : "]q").append((char) i);
        }
        for (int i = 0; i < 200; i++) {
            for (int j = 0; j < 200; j++) {
                web.append('h').append((char) i);
                web.append(i % 2 == 0 ? text("k" + j) + "h" + (char) j + "s0" : "h" + (char) j + "a0");
            }
        }
        for (String pickle : List.of(knot + ".", web + "h\0.")) {
            for (Path file : List.of(zip(pickle), earlier(pickle))) {
                assertThatThrownBy(() -> Weights.read(file, manager()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("it holds no");
            }
        }
        // Keys that are one long number, whose hash is counted anew each time.
        String number = "\u008b\u0000\u0010\u0000\u0000" + "x".repeat(4096) + "q\0";
        assertThatThrownBy(() -> load(number + "}" + "h\0Ns".repeat(1000) + "."))
                .hasMessageContaining("a number of 4096 bytes");
        // A long tuple that is an argument again and again.
        String shape = "(" + "K\u0001".repeat(10_000) + "tq\0";
        assertThatThrownBy(() -> load(shape + "ctorch\nSize\nh\0\u0085R0".repeat(500) + "."))
                .hasMessageContaining("instructions");
    }

    /** The advice of the refusal is followed; a network under two names is one. */
    @Test
    void oneOfSeveralNetworksIsNamedByItsKeys() throws IOException {
        String one = made("K\u0004", "K\0", "K\u0002K\u0002\u0086", "K\u0002K\u0001\u0086");
        String x = "}" + text("a") + one + "s";
        String y = "}" + text("b") + one + "s";
        Path file = zip("\u0080\u0002}" + text("run") + "}" + text("x") + x + "s" + text("y") + y + "ss.");
        assertThatThrownBy(() -> Weights.read(file, manager()))
                .hasMessageContaining(
                        "it holds weights under [run.x, run.y]; name one of them, as in Classifier.load(file,"
                                + " \"run.x\", architecture, image, classes).");
        for (String part : List.of("run.x", "x")) {
            var content = Weights.read(file, part, manager());
            assertThat(content.arrays()).containsOnlyKeys("a");
            assertThat(content.metadata()).containsEntry("part", "run.x");
        }
        assertThat(Weights.read(file, "y", manager()).arrays()).containsOnlyKeys("b");
        assertThatThrownBy(() -> Weights.read(file, "z", manager()))
                .hasMessageContaining("no weights under z; its keys are [run]");
        Path same = zip("\u0080\u0002}" + text("first") + x + "q\0s" + text("second") + "h\0s.");
        assertThat(Weights.read(same, manager()).metadata()).containsEntry("part", "first");
        assertThat(Weights.read(same, "second", manager()).arrays()).containsOnlyKeys("a");
        Path dotted = zip("\u0080\u0002}" + text("v1.0") + x + "s" + text("v1") + "}" + text("0") + y + "ss.");
        assertThat(Weights.read(dotted, "v1.0", manager()).arrays()).containsOnlyKeys("a");
    }

    private static String made(String... parts) {
        String one = tensor(parts);
        return one.substring(one.indexOf("ctorch._utils"), one.lastIndexOf("s."));
    }

    @Test
    void numbersThatTensorsShareDoNotFillTheMemory() throws IOException {
        var many = new StringBuilder("\u0080\u0002}");
        String one = tensor("J\0\0\u0010\0", "K\0", "J\0\0\u0010\0\u0085", "K\u0001\u0085");
        String made = one.substring(one.indexOf("ctorch._utils"), one.lastIndexOf("s."));
        many.append(text("t")).append(made).append("q\0s");
        for (int i = 0; i < 400; i++) {
            many.append(text("t" + i)).append("h\0s");
        }
        Path file = zip(many + ".", 4 << 20);
        assertThat(Files.size(file)).isLessThan(16_000);
        assertThatThrownBy(() -> Weights.read(file, manager()))
                .hasMessageContaining("bytes would fill more than 64 MiB of memory");
        // As many tiny ones: each costs more than its number.
        String tiny = tensor("K\u0004", "K\0", "K\u0001\u0085", "K\u0001\u0085");
        var crowd = new StringBuilder("\u0080\u0002}").append(text("t"));
        crowd.append(tiny, tiny.indexOf("ctorch._utils"), tiny.lastIndexOf("s."))
                .append("q\0s");
        for (int i = 0; i < 30_000; i++) {
            crowd.append(text(Integer.toString(i))).append("h\0s");
        }
        assertThatThrownBy(() -> Weights.read(zip(crowd + "."), manager())).hasMessageContaining("of memory");
    }

    private static String text(String text) {
        return "X" + (char) text.length() + "\0\0\0" + text;
    }

    /** The form before PyTorch 1.6, without numbers. */
    private Path earlier(String pickle) throws IOException {
        String whole = "\u0080\u0002\u008a\n\u006c\u00fc\u009c\u0046\u00f9\u0020\u006a\u00a8\u0050\u0019."
                + "\u0080\u0002M\u00e9\u0003." + "\u0080\u0002}." + pickle + "\u0080\u0002].";
        return Files.write(folder.resolve("earlier.pth"), whole.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void declaredSizesAreHeldAgainstTheFile() throws IOException {
        assertThat(Weights.read(
                                zip(tensor("K\u0004", "K\0", "K\u0002K\u0002\u0086", "K\u0002K\u0001\u0086")),
                                manager())
                        .arrays()
                        .get("a")
                        .toFloatArray())
                .containsExactly(1, 2, 3, 4);
        String huge = "J\u00ff\u00ff\u00ff\u007f";
        for (String[] part : new String[][] {
            {huge, "K\0", "K\u0002\u0085", "K\u0001\u0085"},
            {"K\u0004", huge, "K\u0002\u0085", "K\u0001\u0085"},
            {"K\u0004", "K\u0003", "K\u0002\u0085", "K\u0001\u0085"},
            {"K\u0004", "K\0", huge + "\u0085", "K\u0001\u0085"},
            {"K\u0004", "K\0", huge + "\u0085", "K\0\u0085"},
            {"K\u0004", "K\0", huge + "2" + huge + "\u0087", "K\0K\0K\0\u0087"},
            {"K\u0004", "K\0", huge + huge + huge + "\u0087", "K\0K\0K\0\u0087"},
            {"K\u0004", "K\0", "K\u0002\u0085", huge + "\u0085"},
            {"K\u0004", "K\0", "K\u0002\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085"},
            {"K\u0004", "K\0", "K\u0002\u0085", "K\u0001K\u0001\u0086"},
            {"K\u0004", "K\0", "S'x'\n\u0085", "K\u0001\u0085"},
            {"K\u0005", "K\0", "K\u0002\u0085", "K\u0001\u0085"}
        }) {
            Path file = zip(tensor(part));
            assertThatThrownBy(() -> Weights.read(file, manager()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("(?s)The weight file .* cannot be read: .*\\.");
        }
    }

    /** Any bytes give a value or half a sentence: never another exception, an error or a hang. */
    @Test
    void anyBytesAreReadOrRefused() {
        var random = new Random(5);
        String codes = "N\u0088\u0089K\u0001(0122)t\u0085\u0086\u0087]lae}dsuq\u0001h\u0001\u0094R\u0081bo.Q";
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            var pickle = new StringBuilder();
            for (int j = random.nextInt(40); j >= 0; j--) {
                pickle.append(i % 2 == 0 ? codes.charAt(random.nextInt(codes.length())) : (char) random.nextInt(256));
            }
            try {
                load(pickle.append('.').toString());
                read++;
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(read).isBetween(100, 19_000);
    }

    private static ai.djl.ndarray.NDManager manager() {
        return Torch.manager();
    }

    private static String tensor(String... parts) {
        return String.format(TENSOR, (Object[]) parts);
    }

    private Path zip(String pickle) throws IOException {
        return zip(pickle, 16);
    }

    private Path zip(String pickle, int size) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(pickle.getBytes(StandardCharsets.ISO_8859_1));
            zip.putNextEntry(new ZipEntry("archive/data/0"));
            var numbers = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 1; i <= 4; i++) {
                numbers.putFloat(i);
            }
            zip.write(numbers.array());
        }
        return Files.write(folder.resolve("weights.pth"), bytes.toByteArray());
    }
}
