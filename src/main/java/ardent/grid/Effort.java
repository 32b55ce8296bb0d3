package ardent.grid;

import ardent.network.Passes;

/**
 * Passes and time of some work.
 *
 * @param forwards images sent through networks, teachers included
 * @param backwards gradients taken, one for each image
 * @param seconds wall time
 */
public record Effort(double forwards, double backwards, double seconds) {
    /** Nothing. */
    public static final Effort NONE = new Effort(0, 0, 0);

    /** Checks that nothing is negative or not finite. */
    public Effort {
        if (!(forwards >= 0 && backwards >= 0 && seconds >= 0) || !Double.isFinite(forwards + backwards + seconds)) {
            throw new IllegalArgumentException("Work takes at least 0 forwards, backwards and seconds, not " + forwards
                    + ", " + backwards + " and " + seconds + ".");
        }
    }

    /** Does some work and counts. */
    static Effort of(Runnable work) {
        long forwards = Passes.forwards();
        long backwards = Passes.backwards();
        long begin = System.nanoTime();
        work.run();
        return new Effort(
                Passes.forwards() - forwards, Passes.backwards() - backwards, (System.nanoTime() - begin) / 1e9);
    }

    /**
     * One after the other.
     *
     * @param other more work
     * @return both together
     */
    public Effort plus(Effort other) {
        return new Effort(forwards + other.forwards, backwards + other.backwards, seconds + other.seconds);
    }

    /**
     * Several times.
     *
     * @param factor how often, or which share
     * @return the product
     */
    public Effort times(double factor) {
        return new Effort(factor * forwards, factor * backwards, factor * seconds);
    }

    /** The same passes in another time. */
    Effort in(double other) {
        return new Effort(forwards, backwards, other);
    }
}
