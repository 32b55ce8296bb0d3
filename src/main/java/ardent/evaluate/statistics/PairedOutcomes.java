package ardent.evaluate.statistics;

import ardent.evaluate.CorrectImages;
import ardent.provenance.Arguments;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * Two networks on the same images.
 *
 * @param both images that both got right
 * @param first images that only the first got right
 * @param second images that only the second got right
 * @param neither images that neither got right
 */
public record PairedOutcomes(int both, int first, int second, int neither) {
    /**
     * Compares image by image.
     *
     * @param first correct images of one network
     * @param second correct images of another among the same images
     * @return the counts
     * @throws IllegalArgumentException if the numbers of images differ
     */
    public static PairedOutcomes of(CorrectImages first, CorrectImages second) {
        Arguments.given("first, second", first, second);
        int both = first.and(second).count();
        int one = first.count() - both;
        int other = second.count() - both;
        return new PairedOutcomes(both, one, other, first.size() - both - one - other);
    }

    /**
     * Number of images.
     *
     * @return the sum of the counts
     */
    public int size() {
        return both + first + second + neither;
    }

    /**
     * By how much the first is better.
     *
     * @return difference of the two rates, in [−1, 1]
     */
    public double difference() {
        return (double) (first - second) / size();
    }

    /**
     * McNemar's exact test, two-sided (Q. McNemar, Psychometrika 12, 1947): how likely so uneven a split of the images on
     * which the networks disagree would be, were each of these as likely to go one way as the other.
     *
     * @return p in (0, 1]; 1 where they never disagree
     */
    public double mcnemar() {
        int disagreements = first + second;
        double tail = new BinomialDistribution(null, disagreements, 0.5).cumulativeProbability(Math.min(first, second));
        return Math.min(1, 2 * tail);
    }
}
