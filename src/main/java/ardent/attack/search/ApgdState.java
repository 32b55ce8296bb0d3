package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;

/**
 * The state of one run of APGD on a batch: points, best points, step sizes.
 *
 * <p>Operation for operation as the reference, with its peculiarities: the first interval compares its first loss with 0, and
 * going back to the best point leaves the momentum as it was.
 */
final class ApgdState extends OwnedArrays {
    /**
     * What is known of points.
     *
     * @param gradient of the summed loss
     * @param loss {@code [N]}
     * @param right {@code [N]}, whether the network is
     */
    record Point(NDArray gradient, NDArray loss, NDArray right) {}

    private SearchRegion region;
    private NDArray x;
    private NDArray old;
    private NDArray gradient;
    private NDArray wrong;
    private NDArray adversarial;
    private NDArray best;
    private NDArray bestGradient;
    private NDArray bestLoss;
    private NDArray lossAtCheck;
    private NDArray lastLoss;
    private NDArray rises;
    private NDArray reduced;
    private NDArray stride;
    private boolean moved;

    ApgdState(Ball ball, NDArray images, NDArray radii, NDArray start, Point point) {
        region = new SearchRegion(ball, hold(images.duplicate()), radii.duplicate()).heldBy(this);
        NDArray zeros = point.loss().zerosLike();
        x = hold(start.duplicate());
        old = hold(start.duplicate());
        adversarial = hold(start.duplicate());
        best = hold(start.duplicate());
        gradient = hold(point.gradient().duplicate());
        bestGradient = hold(point.gradient().duplicate());
        wrong = hold(point.right().logicalNot());
        bestLoss = hold(point.loss().duplicate());
        lossAtCheck = hold(point.loss().duplicate());
        lastLoss = hold(zeros.duplicate());
        rises = hold(zeros.duplicate());
        reduced = hold(zeros.add(constant(1)));
        stride = hold(radii.mul(constant(2)));
    }

    /** The points of the next step. */
    NDArray propose() {
        return region.swing(x, moved ? old : null, gradient, Rows.upright(stride, x.getShape()));
    }

    /** Moves to points. */
    void accept(NDArray next, Point point) {
        moved = true;
        drop(old);
        old = x;
        x = hold(next);
        gradient = renew(gradient, point.gradient());
        NDArray missed = point.right().logicalNot();
        wrong = renew(wrong, wrong.logicalOr(missed));
        Rows.replace(missed, next, adversarial);
        NDArray better = point.loss().gt(bestLoss);
        Rows.replace(better, next, best);
        Rows.replace(better, point.gradient(), bestGradient);
        bestLoss = renew(bestLoss, Rows.choose(better, point.loss(), bestLoss));
        rises = renew(rises, rises.add(Rows.floats(point.loss().gt(lastLoss))));
        lastLoss = renew(lastLoss, point.loss());
    }

    /** Halves the step and goes back to the best point where the last steps brought too little. */
    void check(int interval) {
        NDArray reduce = ApgdStepSize.halved(interval, rises, reduced, lossAtCheck, bestLoss);
        reduced = renew(reduced, Rows.floats(reduce));
        lossAtCheck = renew(lossAtCheck, bestLoss.duplicate());
        stride = renew(stride, Rows.choose(reduce, stride.mul(constant(0.5)), stride));
        Rows.replace(reduce, best, x);
        Rows.replace(reduce, bestGradient, gradient);
        rises = renew(rises, rises.zerosLike());
    }

    /** Goes on with some of the images only. */
    void keep(long... rows) {
        region = region.narrow(this, rows);
        x = narrow(x, rows);
        old = narrow(old, rows);
        gradient = narrow(gradient, rows);
        wrong = narrow(wrong, rows);
        adversarial = narrow(adversarial, rows);
        best = narrow(best, rows);
        bestGradient = narrow(bestGradient, rows);
        bestLoss = narrow(bestLoss, rows);
        lossAtCheck = narrow(lossAtCheck, rows);
        lastLoss = narrow(lastLoss, rows);
        rises = narrow(rises, rows);
        reduced = narrow(reduced, rows);
        stride = narrow(stride, rows);
    }

    /** Which images were misclassified at some point. */
    boolean[] broken() {
        return wrong.toBooleanArray();
    }

    /** The last misclassified points. */
    NDArray adversarial() {
        return adversarial;
    }

    NDArray x() {
        return x;
    }

    NDArray best() {
        return best;
    }

    NDArray bestLoss() {
        return bestLoss;
    }

    NDArray stride() {
        return stride;
    }

    NDArray reduced() {
        return reduced;
    }
}
