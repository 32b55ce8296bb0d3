package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.tensor.Losses;

/** What an ascent maximises, one value for each image. */
public enum Goal {
    /** Cross-entropy: log-sum-exp of the logits less the label's. */
    CE("CE", 2),
    /** Difference of logits ratio (Croce and Hein, ICML 2020): −(z_y − z_o)/(z₁ − z₃ + 1e-12). */
    DLR("DLR", 3),
    /** Plain margin −(z_y − max other); not part of AutoAttack, for networks of two classes. */
    MARGIN("margin", 2),
    /** Targeted difference of logits ratio: −(z_y − z_t)/(z₁ − (z₃ + z₄)/2 + 1e-12). */
    TARGETED_DLR("T", 4),
    /** −(z_y − z_t)/(z₁ − z₃ + 1e-12); not part of AutoAttack, for networks of three classes. */
    TARGETED_DLR_OF_THREE("T of three", 3),
    /** −(z_y − z_t); not part of AutoAttack, for networks of two classes. */
    TARGETED_MARGIN("T margin", 2);

    private final String text;
    private final int classes;

    Goal(String text, int classes) {
        this.text = text;
        this.classes = classes;
    }

    /**
     * The fewest classes it is defined for.
     *
     * @return K
     */
    public int classes() {
        return classes;
    }

    /** This goal, or the one in its place where there are fewer classes than it compares. */
    Goal among(long number) {
        if (number >= classes) {
            return this;
        }
        return !targeted() ? MARGIN : number > 2 ? TARGETED_DLR_OF_THREE : TARGETED_MARGIN;
    }

    /** Refuses fewer classes than it compares. */
    void require(long number) {
        if (number < classes) {
            Goal other = among(number);
            throw new IllegalArgumentException(
                    "The goal %s compares %d classes and there are %d: take new %s(ball, Goal.%s)."
                            .formatted(this, classes, number, targeted() ? "ApgdT" : "Apgd", other));
        }
    }

    /**
     * Whether it needs a class to reach.
     *
     * @return false for the goals that only leave the label
     */
    public boolean targeted() {
        return this == TARGETED_DLR || this == TARGETED_DLR_OF_THREE || this == TARGETED_MARGIN;
    }

    String text() {
        return text;
    }

    /**
     * How far each image has come.
     *
     * @param logits {@code [N, K]}
     * @param labels {@code [N]}
     * @param targets {@code [N]}, looked at by targeted goals only
     * @return {@code [N]}, to be maximised
     * @throws IllegalArgumentException in one sentence, if there are fewer than {@link #classes()}
     */
    public NDArray value(NDArray logits, NDArray labels, NDArray targets) {
        require(logits.getShape().get(1));
        return switch (this) {
            case CE -> Losses.crossEntropy(logits, labels);
            case DLR -> Losses.dlr(logits, labels);
            case MARGIN -> Losses.margin(logits, labels).neg();
            case TARGETED_DLR -> Losses.dlrTargeted(logits, labels, targets);
            case TARGETED_DLR_OF_THREE -> lead(logits, labels, targets).div(range(logits));
            case TARGETED_MARGIN -> lead(logits, labels, targets);
        };
    }

    private static NDArray lead(NDArray logits, NDArray labels, NDArray targets) {
        return Losses.at(logits, targets).sub(Losses.at(logits, labels));
    }

    private static NDArray range(NDArray logits) {
        NDArray order = logits.stopGradient().argSort(1, true);
        NDArray first = Losses.at(logits, order.get(":, -1"));
        return first.sub(Losses.at(logits, order.get(":, -3"))).add(constant(1e-12));
    }
}
