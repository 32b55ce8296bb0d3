package ardent.method;

import static ardent.tensor.Losses.crossEntropy;

import ardent.provenance.Arguments;

/**
 * No defence: cross-entropy on clean images, the control of every table.
 *
 * @param smoothing share of the label that all classes have alike, in [0, 1)
 */
public record Natural(float smoothing) implements Method {
    /** Checks the smoothing. */
    public Natural {
        Arguments.smoothing(smoothing);
    }

    /** Hard labels. */
    public Natural() {
        this(0);
    }

    @Override
    public Objective prepare(Step step) {
        return () -> Terms.of(
                "clean",
                crossEntropy(step.learn(step.images()), step.labels(), smoothing)
                        .mean());
    }
}
