package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.network.file.ForeignWeightsTest;
import ardent.provenance.Sha256;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that PyTorch 2.7.1 traced and scripted ({@code src/test/python/fixtures.py}). */
class TorchScriptTest {
    private static final Shape GREY = new Shape(1, 5, 5);

    @TempDir
    private Path folder;

    private final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** The scripted one was saved in training mode: opening it leaves that. */
    @ParameterizedTest
    @ValueSource(strings = {"traced.pt", "scripted.pt"})
    void logitsGradientsAndAttacksEqualTheSameNetworkBuiltHere(String name) {
        var golden = Npz.read(NpzTest.fixture("net.npz"), manager);
        NDArray images = golden.get("images");
        images.setName("a.name.with.dots");
        try (var program = TorchScript.load(NpzTest.fixture(name), GREY, 3);
                var built = Classifier.load(NpzTest.fixture("net.pth"), new ForeignWeightsTest.Net(), GREY, 3)) {
            assertClose(program.logits(images), golden.get("logits"));
            NDArray labels = manager.create(new long[] {0, 1, 2});
            NDList here = jacobian(built, images);
            NDList there = jacobian(program, images);
            assertClose(there.get(0), here.get(0));
            assertThat(here.get(0).abs().max().getFloat()).isGreaterThan(1e-3f);

            var attack = new Pgd(new Linf(0.1f), 5);
            NDArray one = attack.perturb(program, images, labels, Noise.of(2));
            NDArray two = attack.perturb(built, images, labels, Noise.of(2));
            assertThat(one.sub(images).abs().max().getFloat()).isBetween(0.09f, 0.1001f);
            assertThat(one.sub(two)
                            .abs()
                            .gt(1e-5f)
                            .toType(images.getDataType(), true)
                            .mean()
                            .getFloat())
                    .isLessThan(0.02f);
            assertThat(program.origin().sha256()).isEqualTo(Sha256.of(NpzTest.fixture(name)));
            assertThat(program.name()).isEqualTo(name);
            assertThatThrownBy(() -> program.logits(images.get("0")))
                    .hasMessageContaining("(N, 1, 5, 5), not (1, 5, 5)");
        }
    }

    private static NDList jacobian(Network network, NDArray images) {
        return Tape.jacobian(images, network::logits);
    }

    @ParameterizedTest
    @CsvSource({
        "training.pt, training mode",
        "fixed.pt, fails on an argument of shape",
        "one.pt, ''",
        "tuple.pt, answers with 2 arrays",
        "detached.pt, gives images no gradient",
        "random.pt, other logits each time",
        "net.pth, it is no program",
        "stored.npz, it is no program",
        "none.pt, none.pt"
    })
    void whatCannotBeATeacherIsToldSo(String name, String why) {
        assertThatThrownBy(() -> TorchScript.load(NpzTest.fixture(name), GREY, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The TorchScript file ")
                .hasMessageContaining(why)
                .hasMessageMatching("[^\n]{1,700}\\.");
    }

    @Test
    void otherShapesAndClassesAreRefused() {
        assertThatThrownBy(() -> TorchScript.load(NpzTest.fixture("traced.pt"), GREY, 10))
                .hasMessageContaining("returned shape (3, 3) instead of (3, 10)");
        assertThatThrownBy(() -> TorchScript.load(NpzTest.fixture("traced.pt"), new Shape(3, 5, 5), 3))
                .hasMessageContaining("fails on an argument of shape (3, 3, 5, 5)");
        for (Shape shape : new Shape[] {new Shape(28, 28), new Shape(), new Shape(1, 0, 5)}) {
            assertThatThrownBy(() -> TorchScript.load(NpzTest.fixture("traced.pt"), shape, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("An image has the shape (channels, height, width), not %s.", shape);
        }
        assertThatThrownBy(() -> Weights.read(NpzTest.fixture("traced.pt"), manager))
                .hasMessageContaining("TorchScript program, not weights");
    }

    @Test
    void nothingIsLeftBehind() {
        try (var program = TorchScript.load(NpzTest.fixture("traced.pt"), GREY, 3)) {
            NDArray images = Noise.of(0).uniform(0, 1, new Shape(2, 1, 5, 5));
            images.attach(manager);
            for (int i = 0; i < 5; i++) {
                Tape.gradient(images, program::logits).close();
                program.logits(images).close();
            }
            assertThat(manager.getManagedArrays()).hasSize(1);
        }
    }

    @Test
    void damagedProgramsAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(NpzTest.fixture("traced.pt"));
        Path file = folder.resolve("damaged.pt");
        var random = new Random(4);
        for (int i = 0; i < 20; i++) {
            Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length)));
            assertThatThrownBy(() -> TorchScript.load(file, GREY, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("damaged.pt");
        }
    }

    private static void assertClose(NDArray actual, NDArray expected) {
        float scale = expected.abs().max().getFloat();
        assertThat(actual.sub(expected).abs().max().getFloat()).isLessThan(1e-5f * scale);
    }
}
