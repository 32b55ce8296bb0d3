package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ardent.attack.search.CountingNetwork;
import ardent.attack.search.FabState;
import ardent.attack.search.Rows;
import ardent.attack.search.SearchRegion;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;

/**
 * DeepFool (Moosavi-Dezfooli et al., CVPR 2016) for L2, all images at once: steps to the nearest linearised decision
 * boundary until the class changes, r ← r + (|f|/‖w‖ + 1e-4)·w/‖w‖, x = clamp(x₀ + (1 + overshoot)·r). It searches a short
 * perturbation and keeps to no radius; compare distances, or {@link Curve#ofDistances}.
 *
 * @param steps number of steps, at least 1
 * @param candidates how many of the largest clean logits are considered, at least 2
 * @param overshoot at least 0
 */
public record DeepFool(int steps, int candidates, float overshoot) implements Attack {
    private static final double FAR =
            1e30; // a class that cannot be reached is at no infinite distance: 0 · ∞ is no number

    /** Validates its arguments. */
    public DeepFool {
        Arguments.atLeastOne("step", steps);
        if (candidates < 2 || !(overshoot >= 0) || Float.isInfinite(overshoot)) {
            throw new IllegalArgumentException("DeepFool considers at least 2 classes with an overshoot of at least 0,"
                    + " not " + candidates + " with " + overshoot + ".");
        }
    }

    /** 50 steps, 10 candidates, overshoot 0.02. */
    public DeepFool() {
        this(50, 10, 0.02f);
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return AttackInputs.search(
                victim,
                images,
                labels,
                () -> Precision.FLOAT32.during(() -> Tape.quiet(() -> Tape.scope(() -> {
                    NDArray excluded = excluded(Predictions.logits(victim, images), labels);
                    NDArray change = images.zerosLike();
                    for (int i = 0; i < steps; i++) {
                        NDArray last = change;
                        change = Tape.scope(() -> step(victim, images, labels, last, excluded));
                        last.close();
                    }
                    return moved(images, change);
                }))));
    }

    private NDArray moved(NDArray images, NDArray change) {
        return Rows.clamp(images.add(change.mul(constant(1 + overshoot))));
    }

    /** 1 at the label and at classes that are no candidates, {@code [N, K]}. */
    private NDArray excluded(NDArray logits, NDArray labels) {
        long classes = logits.getShape().get(1);
        NDArray place = logits.argSort(1, true).argSort(1, true).toType(DataType.FLOAT32, false);
        NDArray low = Rows.floats(place.lt(constant((double) classes - candidates)));
        return low.maximum(Losses.oneHot(labels, classes));
    }

    private NDArray step(Network victim, NDArray images, NDArray labels, NDArray change, NDArray excluded) {
        NDArray x = moved(images, change);
        NDList seen = Tape.jacobian(x, z -> Predictions.logits(victim, z));
        CountingNetwork.more(victim, excluded);
        var plane = FabState.nearest(false, seen, labels, excluded);
        NDArray length = SearchRegion.norm(false, plane.normal()).add(constant(1e-8));
        NDArray distance = plane.difference().abs().div(length).add(constant(1e-4));
        NDArray step = plane.normal()
                .mul(distance.div(length).minimum(constant(FAR)).expandDims(1))
                .reshape(images.getShape());
        NDArray right = Rows.right(seen.get(1), labels);
        return Rows.choose(right, change.add(step), change.duplicate());
    }
}
