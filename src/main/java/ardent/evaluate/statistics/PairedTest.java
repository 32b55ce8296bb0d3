package ardent.evaluate.statistics;

import ardent.evaluate.CorrectImages;
import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * How much better one method is than another, from networks of several seeds on the same images.
 *
 * <p>What is tested and resampled are images, each with the predictions of all seeds: pooling the cells of several seeds
 * would count an image several times as if it were others. Both p and the interval say what other test images might have
 * shown of these networks; the deviation over seeds shows how much another seed changes.
 *
 * @param seeds the counts of each seed; {@link PairedOutcomes#mcnemar} tests one seed alone
 * @param difference by how much the first is better: the mean over seeds of the difference of the two rates, in [−1, 1]
 * @param interval its 95 % bootstrap interval over images
 * @param p of the exact two-sided sign-flip test (R. A. Fisher, The Design of Experiments, 1935): the share of all ways to
 *     swap the two methods on single images that give so large a difference; of one seed it is McNemar's exact test
 */
public record PairedTest(List<PairedOutcomes> seeds, double difference, Interval interval, double p) {
    private static final int RESAMPLES = 10_000;
    private static final double TAIL = 2.5;

    /** Copies the list. */
    public PairedTest {
        Arguments.given("interval", interval);
        seeds = Arguments.all("seeds", seeds);
    }

    /**
     * Compares two methods. The interval is the percentile interval of 10,000 resamples of the images, drawn from seed 0,
     * an image with all its predictions (B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter
     * 13).
     *
     * @param first correct images of one method's networks, by seed
     * @param second correct images of the other's, of the same seeds in the same order
     * @return the comparison
     * @throws IllegalArgumentException if there is no seed, or if numbers of seeds or images differ
     */
    public static PairedTest of(List<CorrectImages> first, List<CorrectImages> second) {
        Arguments.all("first", first);
        Arguments.all("second", second);
        if (first.isEmpty() || first.size() != second.size()) {
            throw new IllegalArgumentException("Methods are compared seed by seed, at least one, not " + first.size()
                    + " networks with " + second.size() + ".");
        }
        List<PairedOutcomes> seeds = IntStream.range(0, first.size())
                .mapToObj(s -> PairedOutcomes.of(first.get(s), second.get(s)))
                .toList();
        double difference =
                seeds.stream().mapToDouble(PairedOutcomes::difference).average().orElseThrow();
        int[] gains = gains(first, second);
        return new PairedTest(seeds, difference, bootstrap(gains, first.size()), flips(gains));
    }

    /** For each image by how many seeds the first is better. */
    private static int[] gains(List<CorrectImages> first, List<CorrectImages> second) {
        int[] gains = new int[first.get(0).size()];
        for (int s = 0; s < first.size(); s++) {
            for (int i = 0; i < gains.length; i++) {
                gains[i] += (first.get(s).at(i) ? 1 : 0) - (second.get(s).at(i) ? 1 : 0);
            }
        }
        return gains;
    }

    /** Share of all sign flips of the gains whose sum is as far from 0 as theirs: a sum of binomials, one for each size. */
    private static double flips(int[] gains) {
        int most = Arrays.stream(gains).map(Math::abs).max().orElse(0);
        double[] chances = {1}; // of the sum of what is flipped to minus
        int all = 0;
        for (int size = 1; size <= most; size++) {
            int each = size;
            int count = (int)
                    Arrays.stream(gains).filter(gain -> Math.abs(gain) == each).count();
            var flipped = new BinomialDistribution(null, count, 0.5);
            var next = new double[chances.length + size * count];
            for (int k = 0; k <= count; k++) {
                double chance = flipped.probability(k);
                for (int i = 0; i < chances.length; i++) {
                    next[i + size * k] += chance * chances[i];
                }
            }
            chances = next;
            all += size * count;
        }
        int observed = Math.abs(Arrays.stream(gains).sum());
        double p = 0;
        for (int minus = 0; minus < chances.length; minus++) {
            p += Math.abs(all - 2 * minus) >= observed ? chances[minus] : 0;
        }
        return Math.min(1, p);
    }

    private static Interval bootstrap(int[] gains, int seeds) {
        int images = gains.length;
        var random = new SplittableRandom(0);
        double[] differences = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            long sum = 0;
            for (int i = 0; i < images; i++) {
                sum += gains[random.nextInt(images)];
            }
            differences[r] = (double) sum / images / seeds;
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
