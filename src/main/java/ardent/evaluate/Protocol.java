package ardent.evaluate;

/**
 * How networks are measured.
 *
 * @param batchSize images attacked at a time, at least 1; cascades such as AutoAttack bring their own, and their seed
 * @param seed of the attacks' random starts; batch b draws from {@code Noise.of(seed).fork(b)}
 * @param checks whether each network is checked for reasons to doubt attacks by gradients, which asks it for at most
 *     18 more forward and 12 more backward passes of one batch, and one forward pass for every other network
 */
public record Protocol(int batchSize, long seed, boolean checks) {
    /** Checks the batch size. */
    public Protocol {
        if (batchSize < 1) {
            throw new IllegalArgumentException("A batch has at least 1 image, not " + batchSize + ".");
        }
    }

    /**
     * With checks.
     *
     * @param batchSize images attacked at a time, at least 1
     * @param seed of the attacks' random starts
     */
    public Protocol(int batchSize, long seed) {
        this(batchSize, seed, true);
    }

    /** Batches of 128, seed 0, with checks. */
    public Protocol() {
        this(128, 0);
    }
}
