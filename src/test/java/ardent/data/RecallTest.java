package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ardent.tensor.Torch;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Images are found again by their origin, choice by choice. */
class RecallTest {
    private static final Mnist MNIST = Mnist.load();

    @Test
    void everyChoiceIsRepeated() {
        for (Images images : List.of(
                MNIST.test(),
                MNIST.train().take(300, -4),
                MNIST.test().first(50).select(7, 3, 3),
                MNIST.train().only(4).first(70),
                MNIST.train().take(500).holdOut(100, 9).rest().take(20),
                MNIST.train().take(500).holdOut(100, 9).held())) {
            Images again = Recall.of(images.origin());
            assertThat(again.origin()).isEqualTo(images.origin());
            assertThat(again.size()).isEqualTo(images.size());
            int[] few = IntStream.range(0, Math.min(60, images.size())).toArray();
            try (NDArray pixels = images.pixels(Torch.manager(), few);
                    NDArray same = again.pixels(Torch.manager(), few);
                    NDArray labels = images.labels(Torch.manager(), few);
                    NDArray alike = again.labels(Torch.manager(), few)) {
                assertThat(same.toFloatArray()).isEqualTo(pixels.toFloatArray());
                assertThat(alike.toLongArray()).isEqualTo(labels.toLongArray());
            }
        }
    }

    @Test
    void whatCannotBeFoundIsSaidInOneSentence() {
        assertThatThrownBy(() -> Recall.of(ardent.Tiny.images(8, 1).origin()))
                .hasMessage("tiny was given in memory and cannot be loaded again: give the images.");
        Images many = MNIST.test().select(IntStream.range(0, 30).toArray());
        assertThatThrownBy(() -> Recall.of(many.origin())).hasMessageContaining("cannot be repeated");
        Origin real = MNIST.test().origin();
        SourceFile first = real.files().get(0);
        var other = new SourceFile(first.name(), first.bytes(), "0".repeat(64), first.standing());
        var strange = new Origin("MNIST", "test", List.of(other, real.files().get(1)), List.of());
        assertThatThrownBy(() -> Recall.of(strange))
                .hasMessageContaining("differ from those of the description")
                .hasMessageContaining(first.name());
        var nowhere = new Origin("CIFAR-100", "train", real.files(), List.of());
        assertThatThrownBy(() -> Recall.of(nowhere)).hasMessageContaining("datasets/cifar-100");
    }
}
