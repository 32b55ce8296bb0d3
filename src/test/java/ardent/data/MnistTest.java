package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
    private static Mnist mnist;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        mnist = Mnist.load();
    }

    @AfterAll
    static void forget() {
        mnist = null;
    }

    @AfterEach
    void restore() {
        System.clearProperty("ARDENT_DATASETS");
    }

    static int[] histogram(Images images) {
        var counts = new int[images.classCount()];
        IntStream.range(0, images.size()).forEach(i -> counts[images.label(i)]++);
        return counts;
    }

    static int[] firstLabels(Images images) {
        return IntStream.range(0, 10).map(images::label).toArray();
    }

    @Test
    void holdsTheRealDigits() {
        assertThat(mnist.train()).hasToString("MNIST train: 60000 images of 1×28×28, 10 classes");
        assertThat(mnist.test()).hasToString("MNIST test: 10000 images of 1×28×28, 10 classes");
        assertThat(firstLabels(mnist.train())).containsExactly(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
        assertThat(firstLabels(mnist.test())).containsExactly(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
        assertThat(histogram(mnist.train()))
                .containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
        assertThat(histogram(mnist.test())).containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
        assertThat(mnist.train().origin().official()).isTrue();
        assertThat(mnist.test().origin().files())
                .extracting(SourceFile::name)
                .containsExactly("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz");
    }

    @Test
    void scalesPixelsToTheUnitInterval() {
        try (var manager = NDManager.newBaseManager()) {
            var batch = mnist.test().pixels(manager);
            assertThat(batch.getShape()).isEqualTo(new Shape(10_000, 1, 28, 28));
            assertThat(batch.min().getFloat()).isZero();
            assertThat(batch.max().getFloat()).isOne();
            double mean = 0;
            for (float pixel : batch.toFloatArray()) {
                mean += pixel / (10_000 * 784.0);
            }
            assertThat(mean).isBetween(0.13251, 0.13252);
        }
    }

    @Test
    void takesAStratifiedSubset() {
        assertThat(histogram(mnist.test().take(1000, 0))).containsExactly(98, 114, 103, 101, 98, 89, 96, 103, 97, 101);
    }

    @Test
    void isFoundFromFoldersBelow() throws IOException {
        Path data = Files.createDirectories(folder.resolve("datasets/mnist"));
        Path below = Files.createDirectories(folder.resolve("notebooks/drafts"));
        assertThat(Place.above(below, "mnist")).isEqualTo(data);
        assertThatThrownBy(() -> Place.above(Path.of("nowhere"), "mnist"))
                .isInstanceOf(DataException.class)
                .hasMessage("There is no folder datasets/mnist in nowhere or above: start inside the project,"
                        + " or name its datasets folder in ARDENT_DATASETS.");
    }

    @Test
    void namesTheFileThatIsMissingOrNotTheOfficialOne() throws IOException {
        System.setProperty("ARDENT_DATASETS", folder.toString());
        assertThatThrownBy(Mnist::load)
                .isInstanceOf(DataException.class)
                .hasMessage("train-images-idx3-ubyte.gz is missing: put this file of MNIST into the folder %s."
                        .formatted(folder.resolve("mnist")));

        Path copy = Files.createDirectories(folder.resolve("mnist"));
        Path real = Place.above(Path.of("").toAbsolutePath(), "mnist");
        for (String name : new String[] {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3"}) {
            Files.copy(real.resolve(name + "-ubyte.gz"), copy.resolve(name + "-ubyte.gz"));
        }
        String last = "t10k-labels-idx1-ubyte";
        byte[] labels;
        try (var in = new GZIPInputStream(Files.newInputStream(real.resolve(last + ".gz")))) {
            labels = in.readAllBytes();
        }
        labels[8] = 3;
        Files.write(copy.resolve(last), labels);
        assertThatThrownBy(Mnist::load)
                .isInstanceOf(DataException.class)
                .hasMessage("%s is not the official file of MNIST: put the original in its place.", copy.resolve(last));
        Mnist other = Mnist.load(copy);
        assertThat(other.test().label(0)).isEqualTo(3);
        assertThat(other.test().origin().official()).isFalse();
        assertThat(other.train().origin()).isEqualTo(mnist.train().origin());
    }
}
