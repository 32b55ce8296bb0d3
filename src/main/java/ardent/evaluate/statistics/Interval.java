package ardent.evaluate.statistics;

/**
 * Where a rate, or the difference of two, lies with 95 % confidence.
 *
 * @param low lower bound, in [0, 1] for a rate
 * @param high upper bound, in [0, 1] for a rate
 */
public record Interval(double low, double high) {
    private static final double Z = 1.959963984540054;

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
}
