package ardent.tensor;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Losses of logits, one value for each image, so that the caller chooses mean, sum or weights.
 *
 * <p>Logits are {@code [N, K]} floats, labels {@code [N]} int64 in {@code 0..K-1}; results are {@code [N]}. All are
 * differentiable in the logits; where several logits tie, the gradient goes where the reference code sends it.
 */
public final class Losses {
    private static final double HIDDEN = -3e38;

    private Losses() {}

    /**
     * Cross-entropy: log-sum-exp of the logits less the label's logit.
     *
     * @param logits {@code [N, K]}
     * @param labels {@code [N]}
     * @return {@code [N]}, at least 0
     */
    public static NDArray crossEntropy(NDArray logits, NDArray labels) {
        return at(logits.logSoftmax(1), labels).neg();
    }

    /**
     * Cross-entropy with labels smoothed (Szegedy et al., CVPR 2016), as PyTorch's {@code label_smoothing}:
     * (1 − s)·CE(z, y) − s/K·Σₖ log pₖ.
     *
     * @param logits {@code [N, K]}
     * @param labels {@code [N]}
     * @param smoothing share s that all classes have alike, in [0, 1); at 0 the plain cross-entropy, bit for bit
     * @return {@code [N]}, at least 0
     */
    public static NDArray crossEntropy(NDArray logits, NDArray labels, double smoothing) {
        if (smoothing == 0) {
            return crossEntropy(logits, labels);
        }
        NDArray logP = logits.logSoftmax(1);
        NDArray alike = logP.mean(new int[] {1}).mul(constant(smoothing));
        return at(logP, labels).mul(constant(1 - smoothing)).add(alike).neg();
    }

    /**
     * Kullback-Leibler divergence KL(P‖Q) with P = softmax(target) and Q = softmax(logits): the target comes second,
     * as in PyTorch's {@code kl_div(log Q, P)}, and with its arithmetic: log P is the logarithm of the softmax, whose rounding
     * decides the path of an ascent that begins where both nearly agree. Its mean over images is {@code batchmean}.
     *
     * @param logits the student's logits, {@code [N, K]}
     * @param target the logits to imitate, {@code [N, K]}; gradients flow into it too where it is tracked
     * @return {@code [N]}, at least 0 up to rounding
     */
    public static NDArray kl(NDArray logits, NDArray target) {
        if (!logits.getShape().equals(target.getShape())) {
            throw new IllegalArgumentException("Student and teacher must tell the same classes apart: their logits have"
                    + " the shapes " + logits.getShape() + " and " + target.getShape() + ".");
        }
        return klOfProbabilities(logits.logSoftmax(1), target.softmax(1));
    }

    /**
     * Kullback-Leibler divergence KL(P‖Q) from probabilities, 0·log 0 being 0.
     *
     * @param logQ logarithms of the imitating distribution, {@code [N, K]}
     * @param p the distribution to imitate, {@code [N, K]}; gradients flow into it too where it is tracked
     * @return {@code [N]}
     */
    public static NDArray klOfProbabilities(NDArray logQ, NDArray p) {
        return p.maximum(constant(1e-37)).log().sub(logQ).mul(p).sum(new int[] {1});
    }

    /**
     * Margin: the label's logit less the largest other one; negative where the network is wrong (Square Attack).
     *
     * @param logits {@code [N, K]}
     * @param labels {@code [N]}
     * @return {@code [N]}
     */
    public static NDArray margin(NDArray logits, NDArray labels) {
        requireLabels(logits, labels);
        NDArray hidden = oneHot(labels, logits.getShape().get(1)).mul(constant(HIDDEN));
        return at(logits, labels).sub(logits.add(hidden).max(new int[] {1}));
    }

    /**
     * The margin loss of Carlini and Wagner (2017) as attacks ascend it: −max(margin + κ, 0).
     *
     * @param logits {@code [N, K]}
     * @param labels {@code [N]}
     * @param kappa confidence κ in logits, at least 0
     * @return {@code [N]}, at most 0
     */
    public static NDArray carliniWagner(NDArray logits, NDArray labels, double kappa) {
        NDArray hinge = margin(logits, labels).add(constant(kappa));
        NDArray open = hinge.stopGradient().gte(constant(0)).toType(DataType.FLOAT32, false);
        return hinge.mul(open).neg();
    }

    /**
     * Difference of logits ratio (Croce and Hein, ICML 2020): −(z_y − z_o) / (z₁ − z₃ + 1e-12), where z₁ ≥ z₂ ≥ z₃ are
     * the largest logits and z_o is the largest one of another class.
     *
     * @param logits {@code [N, K]}, K at least 3
     * @param labels {@code [N]}
     * @return {@code [N]}
     */
    public static NDArray dlr(NDArray logits, NDArray labels) {
        requireLabels(logits, labels);
        NDArray order = ranks(logits, 3);
        NDArray first = ranked(logits, order, 1);
        NDArray right = order.get(":, -1").eq(labels).toType(DataType.FLOAT32, false);
        NDArray wrong = constant(1).sub(right);
        NDArray other = ranked(logits, order, 2).mul(right).add(first.mul(wrong));
        NDArray range = first.sub(ranked(logits, order, 3)).add(constant(1e-12));
        return at(logits, labels).sub(other).div(range).neg();
    }

    /**
     * Targeted difference of logits ratio: −(z_y − z_t) / (z₁ − (z₃ + z₄)/2 + 1e-12).
     *
     * @param logits {@code [N, K]}, K at least 4
     * @param labels {@code [N]}
     * @param targets {@code [N]} int64, the class to reach
     * @return {@code [N]}
     */
    public static NDArray dlrTargeted(NDArray logits, NDArray labels, NDArray targets) {
        NDArray order = ranks(logits, 4);
        NDArray middle = ranked(logits, order, 3).add(ranked(logits, order, 4)).mul(constant(0.5));
        NDArray range = ranked(logits, order, 1).sub(middle).add(constant(1e-12));
        return at(logits, labels).sub(at(logits, targets)).div(range).neg();
    }

    /**
     * The entries of a matrix that labels name.
     *
     * @param values {@code [N, K]}
     * @param labels {@code [N]} int64
     * @return {@code [N]}
     * @throws IllegalArgumentException in one sentence, unless there is one label for each row
     */
    public static NDArray at(NDArray values, NDArray labels) {
        requireLabels(values, labels);
        return values.gather(labels.expandDims(1), 1).squeeze(1);
    }

    private static void requireLabels(NDArray values, NDArray labels) {
        long rows = values.getShape().get(0);
        if (!labels.getShape().equals(new Shape(rows))) {
            throw new IllegalArgumentException(
                    "The " + rows + " rows of logits need labels of shape (" + rows + "), not " + labels.getShape()
                            + (labels.size() == 1 ? ": repeat the one, label.flatten().tile(" + rows + ")." : "."));
        }
    }

    /**
     * Rows that are 1 at the label and 0 elsewhere.
     *
     * @param labels {@code [N]} int64
     * @param classes K
     * @return {@code [N, K]} floats
     */
    public static NDArray oneHot(NDArray labels, long classes) {
        return labels.oneHot((int) classes, DataType.FLOAT32);
    }

    private static NDArray ranks(NDArray logits, int least) {
        long classes = logits.getShape().get(1);
        if (classes < least) {
            throw new IllegalArgumentException("This loss compares " + least + " classes and the network has " + classes
                    + "; use the margin loss instead.");
        }
        return logits.stopGradient().argSort(1, true);
    }

    /** The value of rank r (1 is the largest) by an ascending sort. */
    private static NDArray ranked(NDArray logits, NDArray order, int rank) {
        return at(logits, order.get(":, -" + rank));
    }
}
