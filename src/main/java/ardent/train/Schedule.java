package ardent.train;

import ardent.provenance.Arguments;
import java.util.List;

/** How the learning rate changes over a training. */
public sealed interface Schedule {
    /**
     * The factor of the plan's rate.
     *
     * @param done epochs done, with fractions, from 0 to below {@code epochs}
     * @param epochs epochs in all
     * @return a factor from 0 to 1
     */
    double factor(double done, int epochs);

    /** No change. */
    record Constant() implements Schedule {
        @Override
        public double factor(double done, int epochs) {
            return 1;
        }
    }

    /**
     * A tenth at the start of each named epoch.
     *
     * @param epochs epochs counted from 1, ascending
     */
    record Drops(List<Integer> epochs) implements Schedule {
        /** Copies the list and checks its order. */
        public Drops {
            epochs = Arguments.all("epochs", epochs);
            for (int i = 0; i < epochs.size(); i++) {
                if (epochs.get(i) < 1 || (i > 0 && epochs.get(i) <= epochs.get(i - 1))) {
                    throw new IllegalArgumentException(
                            "The rate drops at ascending epochs counted from 1, not at " + epochs + ".");
                }
            }
        }

        @Override
        public double factor(double done, int all) {
            return Math.pow(
                    0.1, (double) epochs.stream().filter(e -> done >= e - 1).count());
        }
    }

    /** Half a cosine from 1 to 0 (Loshchilov and Hutter, ICLR 2017, without restarts). */
    record Cosine() implements Schedule {
        @Override
        public double factor(double done, int epochs) {
            return (1 + Math.cos(Math.PI * done / epochs)) / 2;
        }
    }
}
