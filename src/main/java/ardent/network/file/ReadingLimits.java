package ardent.network.file;

/**
 * How much memory and work the reading of one file may take. It follows from the file's own length, whatever the file says of
 * itself, so that no small file fills the memory or never ends; every reader of weights and arrays draws on one.
 */
final class ReadingLimits {
    /** What any file may fill, in bytes. */
    private static final long FREE = 64L << 20;
    /** How many times its own length a file may fill beyond that. */
    private static final long GROWTH = 32;
    /** What an array takes beside its numbers, in bytes. */
    private static final long EACH = 4096;

    private static final long FREE_STEPS = 1_000_000;
    private static final long MOST_STEPS = 8_000_000;

    private final long length;
    private final long most;
    private final long mostSteps;
    private long filled;
    private long steps;

    ReadingLimits(long length) {
        this.length = length;
        most = FREE + GROWTH * Math.min(length, Long.MAX_VALUE / (2 * GROWTH));
        mostSteps = Math.min(MOST_STEPS, FREE_STEPS + length);
    }

    /** Counts bytes of memory before they are taken. */
    void fill(long bytes) {
        filled += Math.min(bytes, Long.MAX_VALUE / 2);
        if (filled < 0 || filled > most) {
            throw new IllegalArgumentException("its " + length + " bytes would fill more than " + (most >> 20)
                    + " MiB of memory, as no weights do; if it is sound, save it without compression and without tensors"
                    + " that share their numbers");
        }
    }

    /** Counts an array before it is made. */
    void array(long bytes) {
        fill(Math.min(bytes, Long.MAX_VALUE / 2) + EACH);
    }

    /** Counts instructions. */
    void step(long instructions) {
        steps += instructions;
        if (steps > mostSteps) {
            throw new IllegalArgumentException("its pickle has more than " + mostSteps + " instructions");
        }
    }
}
