package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.FusedSteps;
import ardent.provenance.Letter;
import ardent.tensor.Noise;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Perturbations that change no pixel by more than the radius.
 *
 * @param radius ε in pixels of [0, 1], such as {@code 8 / 255f}
 */
public record Linf(@Letter("ε") float radius) implements Ball {
    /** Checks the radius; above 1 every image would be allowed. */
    public Linf {
        Ball.require(radius);
        if (radius > 1) {
            throw new IllegalArgumentException("An L∞ radius is in pixels of [0, 1]; write " + radius
                    + "/255f if you meant " + radius + " of 255 grey levels.");
        }
    }

    /** The field's standard for CIFAR: 8/255. */
    public Linf() {
        this(8 / 255f);
    }

    @Override
    public UnaryOperator<NDArray> around(NDArray centre, boolean boxed) {
        NDArray low = low(centre, boxed);
        NDArray high = high(centre, boxed);
        return x -> x.maximum(low).minimum(high);
    }

    @Override
    public BinaryOperator<NDArray> step(NDArray centre, boolean boxed, float stride) {
        NDArray low = low(centre, boxed);
        NDArray high = high(centre, boxed);
        return (x, gradient) -> FusedSteps.climb(gradient, x, low, high, constant(stride));
    }

    private NDArray low(NDArray centre, boolean boxed) {
        NDArray low = centre.sub(constant(radius));
        return boxed ? low.maximum(constant(0)) : low;
    }

    private NDArray high(NDArray centre, boolean boxed) {
        NDArray high = centre.add(constant(radius));
        return boxed ? high.minimum(constant(1)) : high;
    }

    @Override
    public NDArray steepest(NDArray gradient) {
        return gradient.sign();
    }

    @Override
    public NDArray sample(NDArray centre, Noise noise) {
        return noise.uniform(-radius, radius, centre.getShape());
    }

    @Override
    public float stride(int steps) {
        return steps < 4 ? radius / steps : radius / 4;
    }
}
