package ardent.train;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A random order of images, queries or users. */
public final class Shuffle {
    private Shuffle() {}

    public static int[] order(int count, SplittableRandom random) {
        int[] order = IntStream.range(0, count).toArray();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }
}
