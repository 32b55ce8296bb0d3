package ardent.network.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.types.Shape;
import ardent.network.Classifier;
import ardent.network.ResNet;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.network.WideResNet;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of the kit's own networks, whole, damaged, earlier and later. */
class WeightSealTest {
    private static final Path FIRST = Path.of("src/test/resources/networks/notebook-01-crdnd.safetensors");
    private static final Shape IMAGE = new Shape(1, 8, 8);

    @TempDir
    private Path folder;

    private final Classifier network = Classifier.of(new SmallCnn(1), IMAGE, 4, 3);
    private Path file;

    @BeforeEach
    void save() {
        file = folder.resolve("student.safetensors");
        network.save(file);
    }

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void whatIsSavedComesBack() {
        assertThat(network.sha256()).isEqualTo(Sha256.of(file));
        assertThat(Classifier.origin(file)).isEqualTo(Description.of(network));
        try (Classifier loaded = Classifier.load(file)) {
            assertThat(facts(loaded)).isEqualTo(facts(network));
            assertThat(loaded.sha256()).isEqualTo(network.sha256());
        }
    }

    /** Nothing that lies in the file can change without a word: texts, shapes, values, and the seal itself. */
    @Test
    void twoHundredDamagesAreFoundOrHarmless() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        var random = new Random(7);
        String right = facts(network);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = i % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            int reach = i % 2 == 0 ? damaged.length : 8 + header;
            for (int flips = i % 4 == 0 ? 0 : 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            refused += refused(right) ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(190);
    }

    private boolean refused(String right) {
        try (Classifier loaded = Classifier.load(file)) {
            assertThat(facts(loaded)).isEqualTo(right);
            return false;
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("(?s)The weight file .*student\\.safetensors cannot be .*\\.");
            return true;
        }
    }

    private static String facts(Classifier network) {
        return network.name()
                + network
                + Description.of(network)
                + Weights.sha256(network.layers().all());
    }

    @Test
    void damageIsFoundAlsoWhereTheArchitectureIsGiven() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        whole[whole.length - 5] ^= 1;
        Files.write(file, whole);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.load(file, new SmallCnn(1), IMAGE, 4))
                .withMessage(
                        "The weight file " + file + " cannot be taken: it is damaged, because its contents do not have"
                                + " the hash that was saved with them; fetch or copy it again.");
    }

    @Test
    void weightsThatAreNoNumbersAreRefusedAlthoughTheirSealIsRight() {
        Tape.free(() -> network.layers().all().get("fc2.bias").muli(Float.NaN));
        network.save(file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.load(file))
                .withMessageContaining("cannot be loaded: fc2.bias has 4 of its 4 values NaN or infinite, as");
    }

    /** A file that vouches for itself is still input: what it describes must be what it holds. */
    @ParameterizedTest
    @CsvSource({
        "architecture, '\"width\": 1', '\"width\": 100000', 'whose conv1.weight has the shape (100000, 1, 4, 4), and it holds one of shape (1, 1, 4, 4)'",
        "architecture, '\"width\": 1', '\"width\": 2147483647', 'has sizes that are too large; take a smaller width'",
        "architecture, SmallCnn, MobileNetV2, MobileNetV2",
        "classes, 4, 2147483647, 'whose fc2.weight has the shape (2147483647, 100), and it'",
        "classes, 4, 2147483648, 'the number 2147483648, which no network can have'",
        "classes, 4, -4, at least 2 classes",
        "classes, 4, four, 'the number four'",
        "image, '1, 8, 8', '1, 100000, 100000', 'whose fc1.weight has the shape'",
        "image, '1, 8, 8', '1, 4000, 4000', 'whose fc1.weight has the shape'",
        "image, '1, 8, 8', '2147483647, 8, 8', 'whose conv1.weight has the shape'",
        "image, '1, 8, 8', '4294967297, 8, 8', 'the number 4294967297'",
        "image, '1, 8, 8', '1, 0, 8', 'An image has the shape'",
        "image, '1, 8, 8', '1, 8', 'An image has the shape'",
        "image, '1, 8, 8', '1, 8, 8, ', 'the number , which no network'"
    })
    void whatIsDescribedMustBeWhatItHolds(String key, String before, String after, String why) {
        var about = new LinkedHashMap<>(about());
        String told = about.get("ardent." + key);
        assertThat(told).contains(before);
        about.put("ardent." + key, told.replace(before, after));
        write(WeightSeal.on(network.layers().all(), about));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.load(file))
                .withMessageStartingWith("The weight file " + file + " cannot be loaded: ")
                .withMessageContaining(why);
    }

    /** A plan that no machine can hold is refused before memory is taken, wherever it comes from. */
    @Test
    void whatNoMachineHoldsIsRefused() {
        for (var architecture : List.of(new SmallCnn(1 << 28), new ResNet(18, 1 << 29), new WideResNet(16, 1 << 24))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Classifier.of(architecture, new Shape(3, 32, 32), 10, 0))
                    .withMessageContaining("take a smaller width");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.of(new SmallCnn(), IMAGE, Integer.MAX_VALUE, 0))
                .withMessageMatching("With fc2.weight of shape \\[2147483647, 100\\] the weights take .* GiB, and .*");
        for (long[] image : new long[][] {{1, 100_000, 100_000}, {1L << 33, 8, 8}, {1, -1, 8}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Classifier.of(new SmallCnn(), new Shape(image), 10, 0))
                    .withMessageMatching("(.* has sizes that are too large|An image has|With fc1).*");
        }
    }

    @Test
    void aLaterFormatIsRefusedInOneSentence() {
        var about = new LinkedHashMap<>(about());
        write(Map.of("ardent.format", "3", "ardent.plan", "?"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.load(file))
                .withMessage("The weight file " + file
                        + " cannot be loaded: it has format 3 and this version of Ardent reads"
                        + " up to 2; open it with the later Ardent that wrote it.");
        about.put("ardent.origin", about.get("ardent.origin").replace("\"@format\": 1", "\"@format\": 2"));
        write(WeightSeal.on(network.layers().all(), about));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.load(file))
                .withMessage(
                        "The weight file " + file + " cannot be loaded: The description has format 2, and this version"
                                + " reads up to 1: open it with the later Ardent that wrote it.");
    }

    @Test
    void theOriginIsReadWhereTheArchitectureIsGone() {
        var about = new LinkedHashMap<>(about());
        about.put("ardent.architecture", about.get("ardent.architecture").replace("SmallCnn", "GoneCnn"));
        write(WeightSeal.on(network.layers().all(), about));
        assertThat(Classifier.origin(file)).isEqualTo(Description.of(network));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.load(file))
                .withMessage(
                        "The weight file " + file + " cannot be loaded: This version has no ardent.network.GoneCnn.");
    }

    private void write(Map<String, String> about) {
        Weights.write(file, network.layers().all(), about);
    }

    private Map<String, String> about() {
        try (var manager = Torch.manager().newSubManager()) {
            var about = new LinkedHashMap<>(Weights.read(file, manager).metadata());
            about.remove("ardent.seal");
            return about;
        }
    }

    /** Files from before there was a seal know the hash of their weights from their origin. */
    @Test
    void theFirstFormatIsReadAndItsWeightsAreChecked() throws IOException {
        try (Classifier loaded = Classifier.load(FIRST)) {
            assertThat(Description.of(loaded).at("method.teacher.data.files[0].sha256"))
                    .contains("0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971");
        }
        byte[] whole = Files.readAllBytes(FIRST);
        whole[whole.length - 100] ^= 4;
        Files.write(file, whole);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Classifier.load(file))
                .withMessageContaining(file + " cannot be loaded: it is damaged");
    }
}
