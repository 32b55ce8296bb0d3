package ardent.evaluate.statistics;

import ardent.provenance.Arguments;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Where a rate, a mean, or the difference of two, lies with 95 % confidence.
 *
 * @param low lower bound, in [0, 1] for a rate
 * @param high upper bound, in [0, 1] for a rate
 */
public record Interval(double low, double high) {
    private static final double Z = 1.959963984540054;
    private static final int RESAMPLES = 2000;
    private static final int TAIL = 40;

    /**
     * Wilson's score interval (E. B. Wilson, JASA 22, 1927), which is right also near 0 and 1 where the usual normal
     * interval is not.
     *
     * @param hits number of successes
     * @param trials number of trials, at least 1
     * @return the interval
     */
    public static Interval wilson(int hits, int trials) {
        if (trials < 1 || hits < 0 || hits > trials) {
            throw new IllegalArgumentException(
                    "A rate needs 0 ≤ hits ≤ trials and a trial, not " + hits + " of " + trials + ".");
        }
        double rate = (double) hits / trials;
        double square = Z * Z / trials;
        double centre = (rate + square / 2) / (1 + square);
        double half = Z * Math.sqrt(rate * (1 - rate) / trials + square / (4 * trials)) / (1 + square);
        return new Interval(hits == 0 ? 0 : centre - half, hits == trials ? 1 : centre + half);
    }

    /**
     * The percentile interval of a mean by 2,000 resamples, drawn from seed 0 (B. Efron and R. Tibshirani, An Introduction to the
     * Bootstrap, 1993, chapter 13).
     *
     * @param values one for each of what is resampled, at least one
     * @return the interval
     */
    public static Interval ofMean(double... values) {
        if (Arguments.given("values", values).length == 0) {
            throw new IllegalArgumentException("A mean needs at least 1 value.");
        }
        var random = new SplittableRandom(0);
        var means = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[random.nextInt(values.length)];
            }
            means[r] = sum / values.length;
        }
        Arrays.sort(means);
        return new Interval(means[RESAMPLES / TAIL], means[RESAMPLES - RESAMPLES / TAIL - 1]);
    }
}
