package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static Images random(int count, Shape shape, SplittableRandom random) {
        var pixels = new byte[(int) (count * shape.size())];
        random.nextBytes(pixels);
        return Images.channelsFirst("random", pixels, new int[count], shape, List.of("any"));
    }

    /** Pads, crops, then flips, with arrays for each step. */
    private static float[] naive(
            float[] image, int c, int h, int w, Augmentation augmentation, SplittableRandom random) {
        int padding = augmentation.padding();
        int top = padding == 0 ? 0 : random.nextInt(2 * padding + 1);
        int left = padding == 0 ? 0 : random.nextInt(2 * padding + 1);
        boolean mirror = augmentation.flip() && random.nextBoolean();
        var padded = new float[c][h + 2 * padding][w + 2 * padding];
        for (int i = 0; i < image.length; i++) {
            padded[i / (h * w)][i / w % h + padding][i % w + padding] = image[i];
        }
        var result = new float[image.length];
        for (int i = 0; i < image.length; i++) {
            int x = i % w;
            result[i] = padded[i / (h * w)][i / w % h + top][(mirror ? w - 1 - x : x) + left];
        }
        return result;
    }

    @Test
    void equalsTheNaiveImplementation() {
        var augmentations = List.of(
                Augmentation.none(),
                Augmentation.standard(),
                new Augmentation(0, true),
                new Augmentation(2, false),
                new Augmentation(9, true));
        var shapes = List.of(new Shape(3, 32, 32), new Shape(1, 5, 7), new Shape(2, 6, 1));
        try (var manager = NDManager.newBaseManager()) {
            for (Shape shape : shapes) {
                Images images = random(20, shape, new SplittableRandom(3));
                int size = (int) shape.size();
                float[] plain = images.pixels(manager).toFloatArray();
                for (Augmentation augmentation : augmentations) {
                    var indices = new int[] {4, 0, 4, 19, 7, 8, 9, 10, 11, 12, 13, 14, 15};
                    float[] batch = images.pixels(manager, indices, augmentation, new SplittableRandom(5))
                            .toFloatArray();
                    var random = new SplittableRandom(5);
                    for (int i = 0; i < indices.length; i++) {
                        float[] image = slice(plain, indices[i], size);
                        assertThat(slice(batch, i, size))
                                .isEqualTo(naive(
                                        image,
                                        (int) shape.get(0),
                                        (int) shape.get(1),
                                        (int) shape.get(2),
                                        augmentation,
                                        random));
                    }
                }
            }
        }
    }

    @Test
    void drawsEveryOffsetAndFlipsHalf() {
        Images one = random(1, new Shape(1, 8, 8), new SplittableRandom(1));
        Set<List<Float>> seen = new HashSet<>();
        try (var manager = NDManager.newBaseManager()) {
            float[] batch = one.pixels(manager, new int[2000], new Augmentation(1, true), new SplittableRandom(2))
                    .toFloatArray();
            for (int i = 0; i < 2000; i++) {
                float[] image = slice(batch, i, 64);
                seen.add(List.of(image[27], image[28], image[35], image[36]));
            }
        }
        assertThat(seen).hasSize(18);
    }

    @Test
    void refusesNegativePadding() {
        assertThatThrownBy(() -> new Augmentation(-1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Padding is -1: give 0 or more pixels.");
        assertThatThrownBy(() -> new Augmentation(1 << 30, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Padding is 1073741824: give 0 or more pixels, 65536 at most.");
    }

    private static float[] slice(float[] all, int i, int size) {
        return java.util.Arrays.copyOfRange(all, i * size, (i + 1) * size);
    }

    /** Padding of 4 moved every pixel of a narrow image out of its frame. */
    @Test
    void smallImagesAreMovedByAnEighthOfTheirSideAtMost() {
        assertThat(Augmentation.of(new Shape(3, 32, 32))).isEqualTo(Augmentation.standard());
        assertThat(Augmentation.of(new Shape(3, 224, 224))).isEqualTo(Augmentation.standard());
        assertThat(Augmentation.of(new Shape(3, 28, 28)).padding()).isEqualTo(4);
        assertThat(Augmentation.of(new Shape(3, 20, 16)).padding()).isEqualTo(2);
        assertThat(Augmentation.of(new Shape(3, 12, 1))).isEqualTo(new Augmentation(0, true));
        assertThat(Augmentation.of(new Shape(1, 32, 32))).isEqualTo(Augmentation.none());
    }
}
