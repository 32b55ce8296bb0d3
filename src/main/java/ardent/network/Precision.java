package ardent.network;

import ardent.provenance.Arguments;
import ardent.tensor.Bfloat16;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The arithmetic in which the search for an adversarial image evaluates a {@link Classifier}. What is found is judged, and weights
 * are trained, in float32 either way.
 */
public enum Precision {
    /** 32 bits: 24 significant ones. */
    FLOAT32,
    /**
     * Convolutions and large linear layers in bfloat16, on a rounded copy of their weights, and in the kit's own architectures what
     * lies between them; small linear layers, convolutions in groups and losses in float32.
     * It is for processors and GPUs that have instructions for it. A search finds nearly the same images: their last digits differ.
     */
    BFLOAT16;

    private static final double GAIN = 0.8;
    private static final ThreadLocal<Precision> NOW = ThreadLocal.withInitial(() -> FLOAT32);

    /**
     * Does some work whose searches have this precision, on this thread; work within it may have another.
     *
     * @param <T> what the work returns
     * @param work what to do
     * @return its result
     */
    public <T> T during(Supplier<T> work) {
        Arguments.given("work", work);
        Precision before = NOW.get();
        NOW.set(this);
        try {
            return work.get();
        } finally {
            NOW.set(before);
        }
    }

    /**
     * What this thread's searches have just now.
     *
     * @return FLOAT32 but within {@link #during}
     */
    public static Precision now() {
        return NOW.get();
    }

    /**
     * Whether a search in it is worth its while on this device; for BFLOAT16 measured once, by a convolution, which has to take
     * clearly less time than in float32.
     *
     * @return true for FLOAT32; false for BFLOAT16 on a device without instructions for it
     */
    public boolean isFast() {
        return this == FLOAT32 || Bfloat16.share() <= GAIN;
    }

    /**
     * Refuses BFLOAT16 where it would be slow.
     *
     * @throws IllegalArgumentException in one sentence, if bfloat16 is no faster on this device
     */
    public void require() {
        if (!isFast()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Precision.BFLOAT16 would gain nothing on this machine, where a convolution in bfloat16 takes %.1f times as long"
                            + " as in float32: take Precision.FLOAT32, or a machine with instructions for bfloat16.",
                    Bfloat16.share()));
        }
    }
}
