package ardent.tensor;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A random order of images, queries or users (Fisher and Yates). */
public final class Shuffle {
    private Shuffle() {}

    /** The numbers 0, 1, … in random order. */
    public static int[] order(int count, SplittableRandom random) {
        int[] order = IntStream.range(0, count).toArray();
        shuffle(order, random);
        return order;
    }

    /** Puts values into random order, where they are. */
    public static void shuffle(int[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = values[i];
            values[i] = values[j];
            values[j] = kept;
        }
    }
}
