package ardent.data;

import ardent.tensor.Shuffle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Random choices that keep the proportions of the classes. */
final class StratifiedChoice {
    private StratifiedChoice() {}

    /**
     * Chooses {@code n} positions, each class by its share (largest remainders get the rest, of equal ones the lower labels), in
     * random order. Fewer than there are classes are chosen among all, or the seed would not decide of which classes they are.
     */
    static int[] draw(int[] labels, int classes, int n, long seed) {
        var random = new SplittableRandom(seed);
        if (n < IntStream.of(labels).distinct().count()) {
            int[] all = IntStream.range(0, labels.length).toArray();
            Shuffle.shuffle(all, random);
            return Arrays.copyOf(all, n);
        }
        int[] quotas = quotas(labels, classes, n);
        List<int[]> drawn = new ArrayList<>();
        for (int k = 0; k < classes; k++) {
            int label = k;
            int[] members = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == label)
                    .toArray();
            Shuffle.shuffle(members, random);
            drawn.add(IntStream.of(members).limit(quotas[k]).toArray());
        }
        int[] chosen = drawn.stream().flatMapToInt(IntStream::of).toArray();
        Shuffle.shuffle(chosen, random);
        return chosen;
    }

    private static int[] quotas(int[] labels, int classes, int n) {
        var counts = new long[classes];
        for (int label : labels) {
            counts[label]++;
        }
        var quotas = new int[classes];
        for (int k = 0; k < classes; k++) {
            quotas[k] = (int) (n * counts[k] / labels.length);
        }
        IntStream.range(0, classes)
                .boxed()
                .sorted(Comparator.comparingLong(k -> -(n * counts[k] % labels.length)))
                .limit(n - IntStream.of(quotas).sum())
                .forEach(k -> quotas[k]++);
        return quotas;
    }
}
