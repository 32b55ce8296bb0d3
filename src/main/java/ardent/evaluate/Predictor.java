package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.network.Network;
import ardent.tensor.Tape;
import java.util.Arrays;

/** Asks a network for its logits and reads them, once per batch. */
final class Predictor {
    private final String name;
    private final Network network;
    private final int classes;

    Predictor(String name, Network network, int classes) {
        this.name = name;
        this.network = network;
        this.classes = classes;
    }

    Network network() {
        return network;
    }

    /**
     * Logits in ordinary memory.
     *
     * @param images a batch
     * @param first index of its first image, for messages
     */
    float[][] logits(NDArray images, int first) {
        long count = images.getShape().get(0);
        float[] flat;
        try (NDArray logits = Tape.quiet(() -> Tape.scope(() -> network.logits(images)))) {
            if (!logits.getShape().equals(new Shape(count, classes))) {
                throw new IllegalArgumentException("The network " + name + " answers " + count
                        + " images with logits of shape " + logits.getShape() + ", but the data have " + classes
                        + " classes.");
            }
            flat = logits.toFloatArray();
        }
        var rows = new float[(int) count][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * classes, (i + 1) * classes);
            for (float logit : rows[i]) {
                if (!Float.isFinite(logit)) {
                    throw new IllegalArgumentException("The network " + name + " answers image " + (first + i)
                            + " with a logit that is not finite: its weights are damaged or its training diverged.");
                }
            }
        }
        return rows;
    }

    /** The class with the largest logit, of equal ones the first. */
    static int best(float[] logits) {
        int best = 0;
        for (int k = 1; k < logits.length; k++) {
            if (logits[k] > logits[best]) {
                best = k;
            }
        }
        return best;
    }
}
