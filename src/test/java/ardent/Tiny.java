package ardent;

import ai.djl.ndarray.types.Shape;
import ardent.data.Images;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A small task with a known answer: the brighter quarter of a noisy 8×8 image names its class. */
public final class Tiny {
    private Tiny() {}

    public static Images images(int count, long seed) {
        return images(count, 4, seed);
    }

    public static Images images(int count, int classes, long seed) {
        var random = new SplittableRandom(seed);
        byte[] pixels = new byte[count * 64];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % classes;
            for (int p = 0; p < 64; p++) {
                int quarter = p / 32 * 2 + p % 8 / 4;
                int value = 80 + random.nextInt(80) + (quarter == labels[i] ? 60 : 0);
                pixels[i * 64 + p] = (byte) value;
            }
        }
        List<String> names =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        return Images.of("tiny", pixels, labels, new Shape(1, 8, 8), names);
    }
}
