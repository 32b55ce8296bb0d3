package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import ardent.tensor.Torch;

/** Adam in the space of tanh, for the L2 attack of Carlini and Wagner; remembers the closest adversarial images over all values of c. */
public final class CwL2Search extends OwnedArrays {
    private static final double SHRINK = 0.999999;
    private static final double STALLED = 0.9999;
    private static final int LOOKS = 10;

    private final Network victim;
    private final NDArray labels;
    private final float kappa;
    private final float rate;
    private final NDArray origin;
    private final NDArray clean;
    private NDArray best;
    private NDArray bestDistance;
    private NDArray w;
    private NDArray mean;
    private NDArray square;
    private NDArray active;
    private NDArray broken;
    private NDArray loss;
    private NDArray before;

    public CwL2Search(Network victim, NDArray images, NDArray labels, float kappa, float rate) {
        this.victim = victim;
        this.labels = labels;
        this.kappa = kappa;
        this.rate = rate;
        NDArray scaled = images.mul(constant(2)).sub(constant(1)).mul(constant(SHRINK));
        NDArray ratio = constant(1).add(scaled).div(constant(1).sub(scaled));
        origin = hold(ratio.log().mul(constant(0.5)));
        clean = hold(image(origin));
        best = hold(images.duplicate());
        NDArray zeros = SearchRegion.norm(false, images).zerosLike();
        bestDistance = hold(zeros.add(constant(1e10)));
        w = hold(origin.duplicate());
        mean = hold(origin.zerosLike());
        square = hold(origin.zerosLike());
        active = hold(zeros.add(constant(1)).gt(constant(0)));
        broken = hold(zeros.gt(constant(0)));
        loss = hold(zeros.duplicate());
        before = hold(zeros.duplicate());
    }

    private static NDArray image(NDArray w) {
        return w.tanh().mul(constant(0.5)).add(constant(0.5));
    }

    /** Which images are broken with these weights of the margin. */
    public boolean[] run(float[] c, int steps) {
        Tape.free(() -> {
            w = renew(w, origin.duplicate());
            mean = renew(mean, origin.zerosLike());
            square = renew(square, origin.zerosLike());
            active = renew(active, bestDistance.gt(constant(-1)));
            broken = renew(broken, bestDistance.lt(constant(-1)));
            before = renew(before, bestDistance.zerosLike().add(constant(1e10)));
        });
        try (NDArray weights = Torch.array(c, new Shape(c.length))) {
            for (int i = 1; i <= steps; i++) {
                int step = i;
                Tape.free(() -> step(weights, step));
                if (i % Math.max(steps / LOOKS, 1) == 0 && stalled()) {
                    break;
                }
            }
        }
        return broken.toBooleanArray();
    }

    private void step(NDArray weights, int step) {
        NDList seen = Tape.differentiate(w, v -> {
            NDArray x = image(v);
            NDArray logits = Predictions.logits(victim, x);
            NDArray change = x.sub(clean);
            NDArray distance = change.mul(change).sum(new int[] {1, 2, 3});
            NDArray hinge = Losses.carliniWagner(logits, labels, kappa).neg();
            return new NDList(distance.add(hinge.mul(weights)), logits, distance, x);
        });
        loss = renew(loss, seen.get(1));
        note(seen.get(2), seen.get(3), seen.get(4));
        NDArray gradient = seen.get(0);
        mean = renew(mean, mean.mul(constant(0.9)).add(gradient.mul(constant(0.1))));
        square = renew(
                square, square.mul(constant(0.999)).add(gradient.mul(gradient).mul(constant(0.001))));
        double length = rate * Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step));
        try (NDArray size = Torch.array(new float[] {(float) length}, new Shape(1))) {
            NDArray change = mean.mul(size).div(square.sqrt().add(constant(1e-8)));
            w = renew(w, Rows.choose(active, w.sub(change), w));
        }
    }

    /** Notes images that are wrong by more than κ, the closest of each. */
    private void note(NDArray logits, NDArray distance, NDArray x) {
        NDArray raised =
                logits.add(Losses.oneHot(labels, logits.getShape().get(1)).mul(constant(kappa)));
        NDArray wrong = Rows.right(raised, labels).logicalNot();
        broken = renew(broken, broken.logicalOr(wrong));
        NDArray closer = wrong.logicalAnd(distance.lt(bestDistance));
        best = renew(best, Rows.choose(closer, x, best));
        bestDistance = renew(bestDistance, Rows.choose(closer, distance, bestDistance));
    }

    public NDArray best() {
        return best;
    }

    /** Stops images whose loss has hardly fallen since the last call; whether all have stopped. */
    private boolean stalled() {
        return Tape.read(() -> {
            active = renew(active, active.logicalAnd(loss.lte(before.mul(constant(STALLED)))));
            before = renew(before, loss.duplicate());
            return !active.any().getBoolean();
        });
    }
}
