package ardent.method;

import static ardent.tensor.Losses.crossEntropy;

/** No defence: cross-entropy on clean images, the control of every table. */
public record Natural() implements Method {
    @Override
    public Objective prepare(Step step) {
        return () -> Terms.of(
                "clean", crossEntropy(step.learn(step.images()), step.labels()).mean());
    }
}
