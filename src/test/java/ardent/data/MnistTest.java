package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
        assertThat(DataFolder.above(below, "mnist")).contains(data);
        assertThat(DataFolder.above(Path.of("nowhere"), "mnist")).isEmpty();
    }

    @Test
    void saysHowToBringDataThatAreNotThere() {
        System.setProperty("ARDENT_DATASETS", folder.toString());
        assertThat(FashionMnist.isThere()).isFalse();
        missing(FashionMnist::load, "fashion-mnist", "FashionMnist.download() brings the data.");
        missing(Cifar10::load, "cifar-10", "Cifar10.download() brings the data.");
        missing(Cifar100::load, "cifar-100", "Cifar100.download() brings the data.");
        missing(
                Mnist::load,
                "mnist",
                "Mnist.download() brings the data, or name the project's datasets folder in ARDENT_DATASETS.");
    }

    private void missing(ThrowingCallable load, String name, String advice) {
        assertThatThrownBy(load)
                .isInstanceOf(DataException.class)
                .hasMessage("There is no folder %s in %s, which ARDENT_DATASETS names: %s", name, folder, advice);
    }

    /** The advice of the sentence, followed: what comes from a server lies where it is looked for. */
    @Test
    void aDownloadWithoutAFolderGoesWhereItIsLookedFor() throws IOException {
        System.setProperty("ARDENT_DATASETS", folder.resolve("not/yet/made").toString());
        assertThat(DataFolder.find("tiny")).isEmpty();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try {
            server.createContext("/", exchange -> {
                try (exchange) {
                    String name = exchange.getRequestURI().getPath().substring(1);
                    byte[] content = Tiny.published(name);
                    exchange.sendResponseHeaders(200, content.length);
                    exchange.getResponseBody().write(content);
                }
            });
            server.start();
            URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            Download.fetch(base, Tiny.IDX.files(), DataFolder.home("tiny"), Download.SILENT);
        } finally {
            server.stop(0);
        }
        assertThat(Tiny.IDX.train(DataFolder.of("tiny", "")).size()).isEqualTo(2);
        assertThat(DataFolder.home("tiny")).isEqualTo(DataFolder.of("tiny", ""));
    }

    @Test
    void notebooksBringDataIntoTheFolderOfTheProject() throws IOException {
        Path notebooks = Files.createDirectories(folder.resolve("project/notebooks"));
        assertThat(DataFolder.below(notebooks, "cifar-10")).isEqualTo(notebooks.resolve("datasets/cifar-10"));
        Path datasets = Files.createDirectories(folder.resolve("project/datasets"));
        assertThat(DataFolder.below(notebooks, "cifar-10")).isEqualTo(datasets.resolve("cifar-10"));
        Files.createDirectories(datasets.resolve("cifar-10"));
        assertThat(DataFolder.above(notebooks, "cifar-10")).contains(datasets.resolve("cifar-10"));
    }

    @Test
    void namesTheFileThatIsMissingOrNotTheOfficialOne() throws IOException {
        Path real = DataFolder.above(Path.of("").toAbsolutePath(), "mnist").orElseThrow();
        Path copy = Files.createDirectories(folder.resolve("mnist"));
        System.setProperty("ARDENT_DATASETS", folder.toString());
        assertThatThrownBy(Mnist::load)
                .isInstanceOf(DataException.class)
                .hasMessage("train-images-idx3-ubyte.gz is missing: put this file of MNIST into the folder %s."
                        .formatted(copy));

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
                .hasMessage(
                        "%s is not the official file of MNIST: put the original in its place, or load what is there by Mnist.load(Path.of(\"%s\")).",
                        copy.resolve(last), copy);
        Mnist other = Mnist.load(copy);
        assertThat(other.test().label(0)).isEqualTo(3);
        assertThat(other.test().origin().official()).isFalse();
        assertThat(other.train().origin()).isEqualTo(mnist.train().origin());
    }

    /** The files of both have the same names, sizes and labels. */
    @Test
    void digitsAreNotTakenForClothes() throws IOException {
        Path real = DataFolder.above(Path.of("").toAbsolutePath(), "mnist").orElseThrow();
        Path clothes = Files.createSymbolicLink(folder.resolve("fashion-mnist"), real);
        System.setProperty("ARDENT_DATASETS", folder.toString());
        assertThatThrownBy(FashionMnist::load)
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "%s is not the official file of Fashion-MNIST: put the original in its place, or load what is there by FashionMnist.load(Path.of(\"%s\")).",
                        clothes.resolve("train-images-idx3-ubyte.gz"), clothes);
        assertThat(FashionMnist.load(clothes).train().origin().official()).isFalse();
    }
}
