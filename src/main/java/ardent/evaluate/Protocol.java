package ardent.evaluate;

/**
 * How networks are measured.
 *
 * @param batchSize images attacked at a time, at least 1
 * @param seed of the attacks' random starts; batch b draws from {@code Noise.of(seed).fork(b)}
 */
public record Protocol(int batchSize, long seed) {
    /** Checks the batch size. */
    public Protocol {
        if (batchSize < 1) {
            throw new IllegalArgumentException("A batch has at least 1 image, not " + batchSize + ".");
        }
    }

    /** Batches of 128 and seed 0. */
    public Protocol() {
        this(128, 0);
    }
}
