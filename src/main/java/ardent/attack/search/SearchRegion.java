package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.tensor.Noise;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where images may move: within a radius of their own, which may be 0, and within the pixel range [0, 1].
 *
 * <p>The arithmetic is that of the AutoAttack reference, operation for operation. Arrays made here belong to the
 * caller's scope.
 */
public final class SearchRegion {
    private static final double TINY = 1e-12;

    private final NDArray centre;
    private final NDArray radius;
    private final @Nullable NDArray low;
    private final @Nullable NDArray high;

    /**
     * A region for each image.
     *
     * @param ball the norm
     * @param centre {@code [N, C, H, W]}
     * @param radii {@code [N]}
     */
    public SearchRegion(Ball ball, NDArray centre, NDArray radii) {
        this.centre = centre;
        this.radius = Rows.upright(radii, centre.getShape());
        boolean linf = ball instanceof Linf;
        low = linf ? centre.sub(radius).maximum(constant(0)) : null;
        high = linf ? centre.add(radius).minimum(constant(1)) : null;
    }

    private SearchRegion(NDArray centre, NDArray radius, @Nullable NDArray low, @Nullable NDArray high) {
        this.centre = centre;
        this.radius = radius;
        this.low = low;
        this.high = high;
    }

    /** This region, its arrays held by an owner who holds the centre. */
    SearchRegion heldBy(OwnedArrays owner) {
        kept().forEach(owner::hold);
        return this;
    }

    /** The region of some of the images, in the place of this one, which the owner holds. */
    SearchRegion narrow(OwnedArrays owner, long... rows) {
        return new SearchRegion(
                owner.narrow(centre, rows),
                owner.narrow(radius, rows),
                low == null ? null : owner.narrow(low, rows),
                high == null ? null : owner.narrow(high, rows));
    }

    /** The arrays made here, to be held where a region outlives a scope. */
    List<NDArray> kept() {
        return low != null && high != null ? List.of(radius, low, high) : List.of(radius);
    }

    NDArray centre() {
        return centre;
    }

    public NDArray radius() {
        return radius;
    }

    /** The projection onto the ball, then onto [0, 1]. */
    public NDArray project(NDArray x) {
        if (low != null && high != null) {
            return x.maximum(low).minimum(high);
        }
        NDArray delta = x.sub(centre);
        NDArray length = length(delta);
        NDArray inside = delta.div(length.add(constant(TINY))).mul(length.minimum(radius));
        return Rows.clamp(centre.add(inside));
    }

    /** Adds to the pixels of a window, for L∞, and clamps them. */
    void move(NDArray x, NDArray change, SquareProposals.Window window) {
        long[] where = {window.row(), window.column(), window.side()};
        FusedSteps.move(x, change, Objects.requireNonNull(low), Objects.requireNonNull(high), where);
    }

    /** A step of APGD from points whose predecessors are {@code old}, or, if that is null, the first one. */
    NDArray swing(NDArray x, @Nullable NDArray old, NDArray gradient, NDArray stride) {
        if (low != null && high != null) {
            return old == null
                    ? FusedSteps.first(gradient, x, low, high, stride)
                    : FusedSteps.swing(gradient, x, low, high, stride, old);
        }
        NDArray aim = project(x.add(stride.mul(unit(gradient))));
        if (old == null) {
            return project(x.add(aim.sub(x)));
        }
        NDArray momentum = x.sub(old).mul(constant(0.25));
        return project(x.add(aim.sub(x).mul(constant(0.75))).add(momentum));
    }

    /** Arrays scaled to length 1; zeros stay. */
    NDArray unit(NDArray values) {
        return values.div(length(values).add(constant(TINY)));
    }

    /** The length {@code [N, 1, …]} of each row. */
    NDArray length(NDArray values) {
        return Rows.upright(norm(low != null, values), values.getShape());
    }

    /** A random direction of length 1. */
    public NDArray direction(Noise noise) {
        return unit(draw(noise));
    }

    /** Random numbers of no particular length, drawn as the reference draws them. */
    NDArray draw(Noise noise) {
        Shape shape = centre.getShape();
        return low != null ? noise.uniform(0, 1, shape).mul(constant(2)).sub(constant(1)) : noise.normal(shape);
    }

    /** The length {@code [N]} of each row of an array. */
    public static NDArray norm(boolean linf, NDArray values) {
        NDArray flat = values.reshape(values.getShape().get(0), -1);
        return linf
                ? flat.abs().max(new int[] {1})
                : flat.mul(flat).sum(new int[] {1}).sqrt();
    }
}
