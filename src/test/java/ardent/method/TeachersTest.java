package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ardent.Ardent;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.DataException;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.network.Classifier;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The teachers in the repository. */
class TeachersTest {
    private static final Path TEACHERS = Path.of("datasets/teachers");
    private static final Path FILE = TEACHERS.resolve(Teachers.MNIST.file());

    @TempDir
    Path folder;

    @Test
    void theTeacherWithstandsWhatItWasTrainedFor() {
        Images digits = Mnist.load().test().take(200);
        int[] all = IntStream.range(0, digits.size()).toArray();
        try (Classifier teacher = Teachers.mnist()) {
            assertThat(share(teacher, digits, all, 0)).isGreaterThan(0.95);
            assertThat(share(teacher, digits, all, 20)).isGreaterThan(0.90);
        }
    }

    private static double share(Classifier teacher, Images digits, int[] all, int steps) {
        return Tape.scope(() -> {
                    var images = digits.pixels(Torch.manager(), all);
                    var labels = digits.labels(Torch.manager(), all);
                    var seen = steps == 0
                            ? images
                            : new Pgd(new Linf(0.2f), steps).perturb(teacher, images, labels, Noise.of(1));
                    return teacher.logits(seen)
                            .argMax(1)
                            .eq(labels)
                            .toType(ai.djl.ndarray.types.DataType.FLOAT32, false)
                            .mean();
                })
                .getFloat();
    }

    @Test
    void imagesThatNumberTheirClassesOtherwiseAreRefused() {
        var reversed = new ArrayList<>(Mnist.CLASSES);
        Collections.reverse(reversed);
        Images digits = Mnist.load().test().take(20);
        try (Classifier teacher = Teachers.mnist()) {
            assertThat(teacher.classNames()).isEqualTo(digits.classes());
            assertThatThrownBy(() -> Ardent.evaluate(teacher, digits.relabelled(reversed)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("which SmallCnn · TRADES knows as class 9");
        }
    }

    @Test
    void itsOriginIsInside() throws IOException {
        Description origin = Classifier.origin(FILE);
        assertThat(origin.at("method.beta")).contains("3.0");
        assertThat(origin.at("method.inner.ball.radius")).contains("0.2");
        assertThat(origin.at("data.name")).contains("MNIST");
        assertThat(origin.at("data.split")).contains("train");
        assertThat(origin.repeatable()).isTrue();
        assertThat(Files.size(FILE)).isLessThan(4 << 20);
    }

    /** Its images are not in the repository: the accuracy is that of experiments/teachers.ipynb. */
    @Test
    void theTeacherForFashionMnistIsTheOneThatItsOriginDescribes() throws IOException {
        try (Classifier teacher = Teachers.fashionMnist()) {
            assertThat(teacher.image()).isEqualTo(new Shape(1, 28, 28));
            assertThat(teacher.classes()).isEqualTo(10);
        }
        Path file = TEACHERS.resolve(Teachers.FASHION_MNIST.file());
        Description origin = Classifier.origin(file);
        assertThat(origin.at("method.inner.ball.radius")).contains("0.1");
        assertThat(origin.at("data.name")).contains("Fashion-MNIST");
        assertThat(origin.at("data.split")).contains("train");
        assertThat(origin.repeatable()).isTrue();
        assertThat(Files.size(file)).isLessThan(4 << 20);
    }

    @Test
    void whatIsMissingOrAnotherFileIsRefusedInOneSentence() throws IOException {
        assertThatThrownBy(() -> Teachers.load(folder, Teachers.MNIST))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("is missing: restore it from Ardent's repository.");
        byte[] bytes = Files.readAllBytes(FILE);
        bytes[bytes.length - 1] ^= 1;
        Files.write(folder.resolve(FILE.getFileName()), bytes);
        assertThatThrownBy(() -> Teachers.load(folder, Teachers.MNIST))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("is not the teacher that came with this version");
    }
}
