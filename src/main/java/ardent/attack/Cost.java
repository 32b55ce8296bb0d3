package ardent.attack;

/**
 * Passes through a network.
 *
 * @param forwards calls of the network
 * @param backwards gradients taken
 * @param images images in all calls
 */
public record Cost(long forwards, long backwards, long images) {
    /** Nothing. */
    public static final Cost NONE = new Cost(0, 0, 0);

    /**
     * The difference to an earlier count.
     *
     * @param earlier the earlier count
     * @return what was asked since
     */
    public Cost since(Cost earlier) {
        return new Cost(forwards - earlier.forwards, backwards - earlier.backwards, images - earlier.images);
    }

    /**
     * The sum of two counts.
     *
     * @param other another count
     * @return both together
     */
    public Cost plus(Cost other) {
        return new Cost(forwards + other.forwards, backwards + other.backwards, images + other.images);
    }
}
