package ardent.train;

import ai.djl.ndarray.NDArray;
import ardent.method.Companion;
import ardent.network.Layers;
import ardent.tensor.Optimiser;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** One adversarial perturbation of weights, see {@link Perturbation.Awp}; its arrays belong to the open scope. */
final class WeightPerturbation {
    /** An array and what it was. */
    record Kept(NDArray array, NDArray before) {
        Kept(NDArray array) {
            this(array, array.duplicate());
        }
    }

    private final List<Kept> moved = new ArrayList<>();

    private WeightPerturbation() {}

    /**
     * Moves weights to where a loss is higher and forgets everything else that computing its gradient did.
     *
     * @param student the layers to move
     * @param gamma γ
     * @param companion what the method keeps; put back
     * @param gradient computes the loss and leaves gradients in the weights
     * @param optimisers gives those that hold the gradients, once they are computed
     * @return what puts the weights back
     */
    static WeightPerturbation perturb(
            Layers student,
            double gamma,
            Companion companion,
            Runnable gradient,
            Supplier<Collection<Optimiser>> optimisers) {
        List<Kept> buffers = Tape.quiet(
                () -> student.buffers().values().stream().map(Kept::new).toList());
        companion.restoring(gradient);
        var awp = new WeightPerturbation();
        student.learnable().values().stream()
                .filter(weight -> weight.getShape().dimension() > 1)
                .forEach(weight -> awp.move(weight, gamma));
        optimisers.get().forEach(Optimiser::forget);
        restore(buffers);
        return awp;
    }

    private void move(NDArray weight, double gamma) {
        moved.add(Tape.quiet(() -> new Kept(weight)));
        Tape.free(() -> {
            NDArray gradient = weight.getGradient();
            NDArray length = norm(gradient);
            NDArray still = length.eq(Torch.constant(0)).toType(length.getDataType(), false);
            NDArray factor = norm(weight).mul(Torch.constant(gamma)).div(length.add(still));
            weight.set(Layers.EVERYTHING, weight.add(gradient.mul(factor)));
        });
    }

    private static NDArray norm(NDArray array) {
        return array.mul(array).sum().sqrt();
    }

    /** Puts the weights back, bit for bit. */
    void undo() {
        restore(moved);
    }

    private static void restore(List<Kept> values) {
        Tape.free(() -> values.forEach(kept -> kept.array.set(Layers.EVERYTHING, kept.before)));
    }

    /** The weights that were moved, with what they were before. */
    List<Kept> moved() {
        return moved;
    }
}
