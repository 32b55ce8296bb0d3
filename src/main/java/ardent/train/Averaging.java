package ardent.train;

/** Which weights are judged and returned: those of the last step, or an average along their way. */
public sealed interface Averaging {
    /** The weights themselves. */
    record None() implements Averaging {}

    /**
     * Exponential moving average: after every step a ← d·a + (1 − d)·w, beginning with the first step's weights, running
     * statistics alike (PyTorch's {@code AveragedModel} with {@code get_ema_multi_avg_fn} and {@code use_buffers}).
     *
     * @param decay d in [0, 1); at 0 the weights themselves
     */
    record Ema(double decay) implements Averaging {
        /** Checks the decay. */
        public Ema {
            if (!(decay >= 0 && decay < 1)) {
                throw new IllegalArgumentException("An average forgets by a decay in [0, 1), not " + decay + ".");
            }
        }
    }

    /**
     * Stochastic weight averaging (Izmailov et al., UAI 2018): the mean of the weights at the ends of epochs, each counted
     * alike; then the running statistics are measured anew over the training images. Before it begins the weights
     * themselves are judged.
     *
     * @param from first epoch that counts, from 1
     */
    record Swa(int from) implements Averaging {
        /** Checks the epoch. */
        public Swa {
            if (from < 1) {
                throw new IllegalArgumentException("Averaging begins at an epoch counted from 1, not " + from + ".");
            }
        }
    }

    /**
     * No averaging.
     *
     * @return the weights themselves
     */
    static Averaging none() {
        return new None();
    }

    /**
     * An exponential moving average.
     *
     * @param decay d in [0, 1), such as 0.995
     * @return the average
     */
    static Averaging ema(double decay) {
        return new Ema(decay);
    }

    /**
     * The mean over epochs.
     *
     * @param from first epoch that counts, from 1
     * @return the average
     */
    static Averaging swa(int from) {
        return new Swa(from);
    }
}
