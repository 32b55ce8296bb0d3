package ardent.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * How much better one method is than another, from networks of several seeds on the same images.
 *
 * <p>McNemar's test is done seed by seed, network against network: images pooled over seeds would be counted several times
 * as if they were others. The values are then joined by twice their mean, which holds however they depend on each other
 * (L. Rüschendorf, Advances in Applied Probability 14, 1982; V. Vovk and R. Wang, Biometrika 107, 2020).
 *
 * <p>The interval says what other test images would have changed, for these networks; how much another seed changes is
 * told by the deviation over seeds.
 *
 * @param seeds the counts of each seed
 * @param difference by how much the first is better: the mean over seeds of the difference of the two rates, in [−1, 1]
 * @param interval its 95 % bootstrap interval over images
 * @param p the joint p of McNemar's tests
 */
public record PairedTest(List<Paired> seeds, double difference, Interval interval, double p) {
    private static final int RESAMPLES = 10_000;
    private static final double TAIL = 2.5;

    /** Copies the list. */
    public PairedTest {
        seeds = List.copyOf(seeds);
    }

    /**
     * Compares two methods. The interval is the percentile interval of 10,000 resamples of the images, drawn from seed 0,
     * an image with all that was said of it (B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter
     * 13).
     *
     * @param first hits of one method's networks, by seed
     * @param second hits of the other's, of the same seeds in the same order
     * @return the comparison
     * @throws IllegalArgumentException if there is no seed, or if numbers of seeds or images differ
     */
    public static PairedTest of(List<Hits> first, List<Hits> second) {
        if (first.isEmpty() || first.size() != second.size()) {
            throw new IllegalArgumentException("Methods are compared seed by seed, at least one, not " + first.size()
                    + " networks with " + second.size() + ".");
        }
        List<Paired> seeds = IntStream.range(0, first.size())
                .mapToObj(s -> Paired.of(first.get(s), second.get(s)))
                .toList();
        double difference =
                seeds.stream().mapToDouble(Paired::difference).average().orElseThrow();
        double mean = seeds.stream().mapToDouble(Paired::mcnemar).average().orElseThrow();
        double p = seeds.size() == 1 ? mean : Math.min(1, 2 * mean);
        return new PairedTest(seeds, difference, bootstrap(first, second), p);
    }

    private static Interval bootstrap(List<Hits> first, List<Hits> second) {
        int images = first.get(0).size();
        int[] gains = new int[images];
        for (int s = 0; s < first.size(); s++) {
            for (int i = 0; i < images; i++) {
                gains[i] += (first.get(s).at(i) ? 1 : 0) - (second.get(s).at(i) ? 1 : 0);
            }
        }
        var random = new SplittableRandom(0);
        double[] differences = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            long sum = 0;
            for (int i = 0; i < images; i++) {
                sum += gains[random.nextInt(images)];
            }
            differences[r] = (double) sum / images / first.size();
        }
        var percentile = new Percentile().withEstimationType(EstimationType.R_7);
        percentile.setData(differences);
        return new Interval(percentile.evaluate(TAIL), percentile.evaluate(100 - TAIL));
    }

    /**
     * Holm's correction (S. Holm, Scandinavian Journal of Statistics 6, 1979), for where several methods are compared with
     * one: the chance that any of these is called different wrongly stays below the bound that the corrected values are
     * held against.
     *
     * @param values p of each comparison
     * @return corrected values in the same order, none smaller than before
     */
    public static List<Double> holm(List<Double> values) {
        List<Integer> rising =
                new ArrayList<>(IntStream.range(0, values.size()).boxed().toList());
        rising.sort(java.util.Comparator.comparing(values::get));
        var corrected = new ArrayList<>(Collections.nCopies(values.size(), 1.0));
        double least = 0;
        for (int rank = 0; rank < values.size(); rank++) {
            least = Math.max(least, Math.min(1, (values.size() - rank) * values.get(rising.get(rank))));
            corrected.set(rising.get(rank), least);
        }
        return List.copyOf(corrected);
    }
}
