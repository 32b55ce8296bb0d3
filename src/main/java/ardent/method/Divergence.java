package ardent.method;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;
import ardent.tensor.Losses;

/**
 * The convention by which a method's code scales KL(p_T ‖ p_S): scale · Σ p_T·(log(p_T + offset) − log p_S), divided by
 * the number of classes or not; the mean over images is left to the loss.
 *
 * <p>Published code differs by a factor of up to the number of classes, which at an equal learning rate is a factor in
 * the length of every step.
 *
 * @param scale factor, greater than 0
 * @param perClass whether it divides by the number of classes, as PyTorch's reduction {@code mean} does
 * @param offset added inside log p_T, at least 0; it changes the value and no gradient
 */
public record Divergence(float scale, boolean perClass, float offset) {
    /** Checks the numbers. */
    public Divergence {
        Arguments.positive("scale of a divergence", scale);
        Arguments.weight("offset of a divergence", offset);
    }

    /**
     * The mean over images, PyTorch's {@code batchmean}: the kit's convention.
     *
     * @return the divergence as it is defined
     */
    public static Divergence batchMean() {
        return new Divergence(1, false, 0);
    }

    /**
     * The mean over images and classes: ARD's code, and AdaAD's on CIFAR-10.
     *
     * @return a divergence divided by the number of classes
     */
    public static Divergence elementMean() {
        return new Divergence(1, true, 0);
    }

    /**
     * The code of RSLAD, MTARD and B-MTARD on CIFAR-10: the mean over images and classes, with 1e-5 inside log p_T.
     *
     * @return the convention
     */
    public static Divergence rslad() {
        return new Divergence(1, true, 1e-5f);
    }

    /**
     * The code of RSLAD, MTARD and B-MTARD on CIFAR-100: ten times {@link #rslad()}.
     *
     * @return the convention
     */
    public static Divergence rsladCifar100() {
        return new Divergence(10, true, 1e-5f);
    }

    /**
     * The divergence of each image.
     *
     * @param logits the student's, {@code [N, K]}
     * @param target the teacher's, {@code [N, K]}
     * @return {@code [N]}
     */
    public NDArray of(NDArray logits, NDArray target) {
        NDArray plain = offset == 0 ? Losses.kl(logits, target) : shifted(logits, target);
        float factor = perClass ? scale / logits.getShape().get(1) : scale;
        return factor == 1 ? plain : plain.mul(constant(factor));
    }

    private NDArray shifted(NDArray logits, NDArray target) {
        NDArray p = target.softmax(1);
        return p.mul(p.add(constant(offset)).log().sub(logits.logSoftmax(1))).sum(new int[] {1});
    }
}
