package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.search.Rows;
import ardent.provenance.Letter;
import ardent.tensor.Noise;
import java.util.function.UnaryOperator;

/**
 * Perturbations whose Euclidean length over all pixels of an image is at most the radius.
 *
 * @param radius ε in pixels of [0, 1], such as {@code 0.5f}
 */
public record L2(@Letter("ε") float radius) implements Ball {
    private static final double TINY = 1e-10;

    /** Checks the radius. */
    public L2 {
        Ball.require(radius);
    }

    @Override
    public UnaryOperator<NDArray> around(NDArray centre, boolean boxed) {
        return x -> {
            NDArray delta = x.sub(centre);
            NDArray shrink = constant(radius).div(length(delta)).minimum(constant(1));
            NDArray inside = centre.add(delta.mul(shrink));
            return boxed ? Rows.clamp(inside) : inside;
        };
    }

    @Override
    public NDArray steepest(NDArray gradient) {
        return gradient.div(length(gradient).add(constant(TINY)));
    }

    /** A normal direction times a radius that is uniform up to ε, as public PGD-L2 code starts. */
    @Override
    public NDArray sample(NDArray centre, Noise noise) {
        NDArray direction = noise.normal(centre.getShape());
        NDArray lengths = noise.uniform(0, 1, new Shape(centre.getShape().get(0), 1, 1, 1));
        return direction.mul(lengths.div(length(direction)).mul(constant(radius)));
    }

    @Override
    public float stride(int steps) {
        return Math.min(radius, 2.5f * radius / steps);
    }

    private static NDArray length(NDArray images) {
        long count = images.getShape().get(0);
        return images.reshape(count, -1).norm(new int[] {1}, true).reshape(count, 1, 1, 1);
    }
}
