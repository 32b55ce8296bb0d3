package ardent.network;

import ai.djl.ndarray.NDArray;
import ardent.tensor.Tape;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many images this program has sent through {@link Classifier}s and {@link TorchScript} programs, teachers included. An image
 * that is sent through on an open tape counts as one gradient too. The counts only grow: take differences.
 */
public final class Passes {
    private static final LongAdder FORWARDS = new LongAdder();
    private static final LongAdder BACKWARDS = new LongAdder();

    private Passes() {}

    /** Counts a call of a network. */
    static void count(NDArray images) {
        long size = images.getShape().get(0);
        FORWARDS.add(size);
        if (Tape.isOpen()) {
            BACKWARDS.add(size);
        }
    }

    /**
     * Counts gradients beyond one for each image.
     *
     * @param images images times gradients
     */
    public static void more(long images) {
        BACKWARDS.add(images);
    }

    /**
     * Images sent forward.
     *
     * @return how many so far
     */
    public static long forwards() {
        return FORWARDS.sum();
    }

    /**
     * Gradients taken.
     *
     * @return one for each image of each, so far
     */
    public static long backwards() {
        return BACKWARDS.sum();
    }
}
