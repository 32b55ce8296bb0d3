package ardent.network.file;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.globalAverage;
import static ardent.network.Layers.relu;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Classifier.Imported;
import ardent.network.Layers;
import ardent.network.Normalised;
import ardent.network.Npz;
import ardent.network.NpzTest;
import ardent.network.ResNet;
import ardent.network.SmallCnn;
import ardent.network.StagedNetwork;
import ardent.network.Weights;
import ardent.network.WideResNet;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that come from PyTorch's files and go back. */
public class ForeignWeightsTest {
    private static final Shape GREY = new Shape(1, 5, 5);
    private static final Shape COLOUR = new Shape(3, 32, 32);

    @TempDir
    private Path folder;

    private final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** The network of the fixtures. */
    public record Net() implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            var features = chain(
                    net.conv("conv1", (int) image.get(0), 2, 3, 1), net.batchNorm("bn1", 2), relu(), globalAverage());
            return new StagedNetwork(List.of(), features, net.linear("linear", 2, classes));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "net.pth, logits, PyTorch zip, net, 1e-6",
        "net-half.pth, logits, PyTorch zip, '', 2e-3",
        "net-normalised.pth, normalised, PyTorch zip, '', 1e-6"
    })
    void logitsEqualPyTorch(String name, String logits, String format, String part, float tolerance) {
        Path file = NpzTest.fixture(name);
        var golden = Npz.read(NpzTest.fixture("net.npz"), manager);
        try (var network = Classifier.load(file, new Net(), GREY, 3)) {
            NDArray gap = network.logits(golden.get("images")).sub(golden.get(logits));
            assertThat(gap.abs().max().getFloat()).isLessThan(tolerance);
            var origin = (Imported) network.origin();
            assertThat(origin.file()).isEqualTo(name);
            assertThat(origin.sha256()).isEqualTo(Sha256.of(file));
            assertThat(origin.format()).isEqualTo(format);
            assertThat(origin.part()).isEqualTo(part);
            assertThat(origin.changes()).contains("left out [" + prefix(name) + "bn1.num_batches_tracked]");
            assertThat(network.name()).isEqualTo("Net");
            assertThat(Description.parse(Description.of(network.origin()).json())
                            .flat())
                    .containsEntry("sha256", origin.sha256());
        }
    }

    private static String prefix(String name) {
        return name.contains("half") ? "module." : name.contains("normalised") ? "model." : "";
    }

    @Test
    void aPartIsChosenByItsName() {
        Path file = NpzTest.fixture("trained.pth");
        try (var network = Classifier.load(file, new Net(), GREY, 3);
                var smoothed = Classifier.load(file, "ema", new Net(), GREY, 3)) {
            NDArray one = network.layers().all().get("linear.weight");
            assertThat(smoothed.layers().all().get("linear.weight").contentEquals(one.add(one)))
                    .isTrue();
            assertThat(((Imported) network.origin()).changes()).contains("without the prefix module.");
        }
        assertThatThrownBy(() -> Classifier.load(file, "nothing", new Net(), GREY, 3))
                .hasMessageContaining("no weights under nothing; its keys are [epoch, state_dict,");
        assertThatThrownBy(() -> Classifier.load(NpzTest.fixture("net.npz"), "ema", new Net(), GREY, 3))
                .hasMessageContaining("no part named ema");
    }

    @Test
    void normalisationIsTakenFromTheFileOrCheckedAgainstIt() {
        Path file = NpzTest.fixture("net-normalised.pth");
        var plan = new Normalised(new Net(), List.of(0.25f), List.of(0.5f));
        try (var bare = Classifier.load(file, new Net(), GREY, 3);
                var given = Classifier.load(file, plan, GREY, 3)) {
            assertThat(bare.architecture()).isEqualTo(plan);
            assertThat(given.architecture()).isEqualTo(plan);
            assertThat(((Imported) bare.origin()).changes())
                    .contains("normalisation from normalize.mean and normalize.std");
        }
        var other = new Normalised(new Net(), List.of(0.5f), List.of(0.5f));
        assertThatThrownBy(() -> Classifier.load(file, other, GREY, 3))
                .hasMessageContaining("normalises by mean [0.25] and deviation [0.5], not by [0.5] and [0.5]");
        assertThatThrownBy(() -> Classifier.load(file, new Net(), COLOUR, 3)).hasMessageContaining("misshaped [conv1");
        for (float[] pair : new float[][] {{125, 60}, {0.5f, 0}, {Float.NaN, 1}}) {
            Path bad = written(state -> {
                state.put("mean", manager.create(new float[] {pair[0]}));
                state.put("std", manager.create(new float[] {pair[1]}));
            });
            assertThatThrownBy(() -> Classifier.load(bad, new Net(), GREY, 3))
                    .hasMessageContaining("cannot be taken: ")
                    .hasMessageContaining("as pixels are from 0 to 1, not [" + pair[0] + "]");
        }
    }

    @Test
    void whatDoesNotFitIsListedInFull() {
        Path file = NpzTest.fixture("net.pth");
        assertThatThrownBy(() -> Classifier.load(file, new Net(), GREY, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("net.pth cannot be taken: it does not fit Net[] with 10 classes")
                .hasMessageContaining("linear.weight (3, 2) instead of (10, 2)")
                .hasMessageEndingWith(".");
        assertThatThrownBy(() -> Classifier.load(file, new ResNet(18, 2), COLOUR, 10))
                .hasMessageContaining("missing [layer1.0.conv1.weight (2, 2, 3, 3), layer1.0.bn1.weight (2), ")
                .hasMessageContaining("layer4.1.bn2.running_var (16)")
                .hasMessageContaining("unexpected [], misshaped [conv1.weight (2, 1, 3, 3) instead of (2, 3, 3, 3)");
        Path twice = written(state -> state.put("model.linear.bias", manager.zeros(new Shape(3))));
        assertThatThrownBy(() -> Classifier.load(twice, new Net(), GREY, 3))
                .hasMessageContaining("both linear.bias and model.linear.bias could be linear.bias");
        Path more = written(state -> state.put("sub_block1.0", manager.zeros(new Shape(3))));
        assertThatThrownBy(() -> Classifier.load(more, new Net(), GREY, 3))
                .hasMessageContaining("missing [], unexpected [sub_block1.0 (3)], misshaped []");
        assertThatThrownBy(() -> Classifier.load(file)).hasMessageContaining("give it: Classifier.load(file, ");
    }

    /** What is no weight may lie beside weights in any type; what is needed may not. */
    @Test
    void otherTypesBesideTheWeightsAreLeftOutAndNeededOnesAreNamed() throws IOException {
        Path more = written(state -> {
            state.put("steps", manager.create(new int[] {3}));
            state.put("mask", manager.create(new byte[] {1, 2}).toType(DataType.UINT8, false));
        });
        try (var network = Classifier.load(more, new Net(), GREY, 3)) {
            assertThat(((Imported) network.origin()).changes())
                    .contains("left out [bn1.num_batches_tracked, steps, mask]");
        }
        for (DataType type : List.of(DataType.UINT8, DataType.INT32, DataType.INT64, DataType.BOOLEAN)) {
            Path whole = written(
                    state -> state.put("linear.bias", state.get("linear.bias").toType(type, false)));
            assertThatThrownBy(() -> Classifier.load(whole, new Net(), GREY, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "its linear.bias is of the type " + type.name().toLowerCase(Locale.ROOT));
        }
        Path file = folder.resolve("eight.safetensors");
        for (String name : List.of("linear.bias", "scale")) {
            var state = Weights.read(NpzTest.fixture("net.pth"), manager).arrays();
            state.put(name, manager.create(new byte[3]));
            Weights.write(file, state, Map.of());
            byte[] bytes = new String(Files.readAllBytes(file), ISO_8859_1)
                    .replaceFirst("\"I8\"(.*?\\}\\})    ", "\"F8_E4M3\"$1")
                    .getBytes(ISO_8859_1);
            bytes[0] += (byte) (bytes.length - Files.size(file));
            Files.write(file, bytes);
            if (name.equals("scale")) {
                Classifier.load(file, new Net(), GREY, 3).close();
            } else {
                assertThatThrownBy(() -> Classifier.load(file, new Net(), GREY, 3))
                        .hasMessageContaining("its linear.bias is of the type F8_E4M3");
            }
        }
    }

    /** Also what becomes infinite when it becomes a 32-bit float. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e300})
    void weightsThatAreNoNumbersAreRefused(double value) {
        Path file = written(state -> {
            state.put("linear.bias", manager.create(new double[] {0, value, value}));
            state.put("bn1.bias", manager.create(new double[] {value, 0}));
        });
        assertThatThrownBy(() -> Classifier.load(file, new Net(), GREY, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bn1.bias has 1 of its 2 values NaN or infinite (so have 2 arrays in all)");
        Path counter = written(state -> state.put("unused", manager.create(5L)));
        Classifier.load(counter, new Net(), GREY, 3).close();
        Path own = folder.resolve("own.safetensors");
        try (var network = Classifier.load(NpzTest.fixture("net.pth"), new Net(), GREY, 3)) {
            var weights = network.layers().all();
            Tape.free(() -> weights.get("linear.bias").set(new NDIndex("1"), value));
            network.as("x", new Classifier.Fresh(new SmallCnn(), 0)).save(own);
        }
        assertThatThrownBy(() -> Classifier.load(own, new Net(), GREY, 3))
                .hasMessageContaining("linear.bias has 1 of its 3 values NaN or infinite, as weights are after");
    }

    /** Weights that lie otherwise than under a usual key; the file of a robustness library brings its normalisation. */
    @ParameterizedTest
    @CsvSource({
        "list.pth, 0, logits, 'taken before [1]'",
        "epoch.pth, weights_best, logits, ''",
        "averaged.pth, '', logits, 'left out [n_averaged, '",
        "robust.pth, model, normalised, 'left out [module.attacker.normalize.new_mean, '"
    })
    void everyPlaceWhereScriptsKeepWeightsIsTaken(String name, String part, String logits, String change) {
        var golden = Npz.read(NpzTest.fixture("net.npz"), manager);
        try (var network = Classifier.load(NpzTest.fixture(name), new Net(), GREY, 3)) {
            NDArray gap = network.logits(golden.get("images")).sub(golden.get(logits));
            assertThat(gap.abs().max().getFloat()).isLessThan(1e-6f);
            var origin = (Imported) network.origin();
            assertThat(origin.part()).isEqualTo(part);
            assertThat(String.join(" ", origin.changes())).contains(change);
        }
    }

    /** What is not said is told, and what is told works. */
    @Test
    void severalNetworksAreToldAndEachCanBeNamed() {
        PrintStream console = System.err;
        var told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try (var first = Classifier.load(NpzTest.fixture("list.pth"), new Net(), GREY, 3);
                var second = Classifier.load(NpzTest.fixture("list.pth"), "1", new Net(), GREY, 3);
                var usual = Classifier.load(NpzTest.fixture("trained.pth"), new Net(), GREY, 3)) {
            NDArray one = first.layers().all().get("linear.weight");
            assertThat(second.layers().all().get("linear.weight").contentEquals(one.add(one)))
                    .isTrue();
            assertThat(((Imported) usual.origin()).changes()).contains("taken before [ema]");
            assertThat(((Imported) second.origin()).changes()).noneMatch(change -> change.startsWith("taken"));
        } finally {
            System.setErr(console);
        }
        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "The weight file " + NpzTest.fixture("list.pth")
                                + " holds several networks: the one under 0 was"
                                + " taken, others are under [1]; to load one of those, name it: Classifier.load(file, \"1\","
                                + " architecture, image, classes).",
                        "The weight file " + NpzTest.fixture("trained.pth") + " holds several networks: the one under"
                                + " state_dict was taken, others are under [ema]; to load one of those, name it:"
                                + " Classifier.load(file, \"ema\", architecture, image, classes).");
    }

    /** Two networks in one flat dictionary, in any format, are told apart by how their names begin. */
    @Test
    void namesThatBeginAlikeAreAPart() {
        var state = new LinkedHashMap<String, NDArray>();
        Weights.read(NpzTest.fixture("net.pth"), manager).arrays().forEach((name, array) -> {
            state.put("student." + name, array);
            state.put("teacher." + name, array.add(array));
        });
        Path zip = folder.resolve("both.npz");
        Npz.write(zip, state);
        Path file = folder.resolve("both.safetensors");
        Weights.write(file, state, Map.of());
        for (Path both : List.of(zip, file)) {
            assertThatThrownBy(() -> Classifier.load(both, new Net(), GREY, 3))
                    .hasMessageContaining("both student.conv1.weight and teacher.conv1.weight could be conv1.weight")
                    .hasMessageContaining("as in Classifier.load(file, \"teacher\", architecture, image, classes).");
            try (var teacher = Classifier.load(both, "teacher", new Net(), GREY, 3)) {
                assertThat(teacher.layers().all().get("linear.weight")).isEqualTo(state.get("teacher.linear.weight"));
                assertThat(((Imported) teacher.origin()).part()).isEqualTo("teacher");
            }
        }
    }

    private Path written(java.util.function.Consumer<Map<String, NDArray>> change) {
        var state = new LinkedHashMap<>(
                Weights.read(NpzTest.fixture("net.pth"), manager).arrays());
        change.accept(state);
        Path file = folder.resolve("changed.npz");
        Npz.write(file, state);
        return file;
    }

    @Test
    void namesOfPublicCheckpointsAreUnderstood() {
        try (var wide = Classifier.of(new WideResNet(10, 1), COLOUR, 10, 1);
                var resnet = Classifier.of(new ResNet(18, 2), COLOUR, 10, 1)) {
            var trades = new LinkedHashMap<String, NDArray>();
            wide.layers().all().forEach((name, array) -> {
                trades.put("module." + name, array);
                if (name.startsWith("block1.")) {
                    trades.put("module.sub_" + name, array);
                }
            });
            var torchvision = new LinkedHashMap<String, NDArray>();
            resnet.layers()
                    .all()
                    .forEach((name, array) -> torchvision.put(
                            "_orig_mod.backbone."
                                    + name.replace("shortcut", "downsample").replace("linear.", "fc."),
                            array));
            assertSame(wide, trades, "left out [module.sub_block1.layer.0.bn1.weight, ");
            assertSame(resnet, torchvision, "without the prefix _orig_mod.backbone.");
        }
    }

    private void assertSame(Classifier network, Map<String, NDArray> state, String change) {
        Path file = folder.resolve("public.bin");
        Weights.write(file, state, Map.of());
        try (var same = Classifier.load(file, network.architecture(), COLOUR, 10)) {
            assertThat(Weights.sha256(same.layers().all()))
                    .isEqualTo(Weights.sha256(network.layers().all()));
            assertThat(String.join(" ", ((Imported) same.origin()).changes())).contains(change);
        }
    }

    @Test
    void exportNeedsNothingOfThisKitAndComesBack() {
        var plan = Normalised.cifar10(new ResNet(18, 2));
        try (var network = Classifier.of(plan, COLOUR, 10, 3);
                var bare = Classifier.of(new ResNet(18, 2), COLOUR, 10, 3)) {
            Tape.free(() -> network.learn(Noise.of(1).uniform(0, 1, new Shape(4, 3, 32, 32))));
            Path file = folder.resolve("student.safetensors");
            network.export(file);
            var content = Weights.read(file, manager);
            assertThat(content.metadata()).containsExactly(Map.entry("format", "pt"));
            assertThat(content.arrays()).hasSize(network.layers().all().size() + 2);
            assertThat(content.arrays().get("normalize.mean").getShape()).isEqualTo(new Shape(1, 3, 1, 1));
            try (var back = Classifier.load(file, new ResNet(18, 2), COLOUR, 10)) {
                assertThat(back.architecture()).isEqualTo(plan);
                assertThat(Weights.sha256(back.layers().all()))
                        .isEqualTo(Weights.sha256(network.layers().all()));
            }
            bare.export(file);
            assertThat(Weights.read(file, manager).arrays().keySet())
                    .containsExactlyElementsOf(bare.layers().all().keySet());
        }
        var twice = Normalised.cifar10(Normalised.cifar10(new ResNet(18, 2)));
        try (var network = Classifier.of(twice, COLOUR, 10, 3)) {
            assertThatThrownBy(() -> network.export(folder.resolve("x.safetensors")))
                    .hasMessageContaining("normalises twice");
        }
    }

    @Test
    void aFileOfThisKitIsHeldToItsArchitecture() {
        Path file = folder.resolve("own.safetensors");
        try (var network = Classifier.of(Normalised.cifar10(new ResNet(18, 2)), COLOUR, 10, 3)) {
            network.save(file);
        }
        Classifier.load(file, Normalised.cifar10(new ResNet(18, 2)), COLOUR, 10).close();
        assertThatThrownBy(() -> Classifier.load(file, new ResNet(18, 2), COLOUR, 10))
                .hasMessageContaining("of another architecture than ResNet[depth=18, width=2], namely Normalised[")
                .hasMessageContaining("network=ResNet[depth=18, width=2]");
        Path eight = folder.resolve("eight.safetensors");
        try (var network = Classifier.of(new SmallCnn(8), new Shape(1, 8, 8), 10, 3)) {
            network.save(eight);
        }
        assertThatThrownBy(() -> Classifier.load(eight, new SmallCnn(4), new Shape(1, 8, 8), 10))
                .hasMessageContaining(
                        "of another architecture than SmallCnn[width=4], namely SmallCnn[width=8]; load it");
        try (var imported = Classifier.load(NpzTest.fixture("net.pth"), new Net(), GREY, 3)) {
            imported.save(file);
            assertThat(Weights.read(file, manager).metadata().get("ardent.origin"))
                    .containsPattern("\"format\": ?\"PyTorch zip\"");
        }
    }
}
