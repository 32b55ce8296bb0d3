package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;

/**
 * The shortest way from points of the unit box to hyperplanes ⟨w, v⟩ = b inside the box, or, where the box does not
 * reach the hyperplane, to the corner nearest to it.
 *
 * <p>A coordinate moves towards its bound at a speed (1 for L∞, |w| for L2) until it has no room left, so what is
 * gained grows with the time λ along a concave line of pieces. Newton's method from λ = 0 walks these pieces from below
 * and ends on the right one exactly; the reference sorts all rooms and bisects for the same piece.
 */
final class Hyperplane {
    private static final int PIECES = 40;
    private static final double ENDLESS = 1e30;
    private static final double NEGLIGIBLE = 1e-8;

    private Hyperplane() {}

    /**
     * Displacements onto hyperplanes.
     *
     * @param linf whether lengths are L∞, else L2
     * @param t points, {@code [R, D]} in [0, 1]
     * @param w normals, {@code [R, D]}
     * @param b offsets, {@code [R]}
     * @return {@code [R, D]}
     */
    static NDArray displacement(boolean linf, NDArray t, NDArray w, NDArray b) {
        NDArray gap = w.mul(t).sum(new int[] {1}, true).sub(b.expandDims(1));
        NDArray normal =
                w.mul(Rows.floats(gap.gte(constant(0))).mul(constant(2)).sub(constant(1)));
        NDArray rising = positive(normal.neg()); // 1 where a coordinate goes up to 1, 0 where it goes down to 0
        NDArray direction = rising.mul(constant(2)).sub(constant(1));
        NDArray room = rising.sub(t.mul(direction));
        NDArray size = normal.abs();
        NDArray usable = positive(linf ? size : size.sub(constant(NEGLIGIBLE)));
        NDArray force = size.mul(usable);
        NDArray speed = linf ? usable : force;
        NDArray time = time(force, speed, room, gap.abs());
        return time.mul(speed).minimum(room).mul(direction);
    }

    /** 1 where a value is greater than 0, else 0; several times as fast as comparing and converting. */
    private static NDArray positive(NDArray values) {
        return values.sign().maximum(constant(0));
    }

    /** The least λ at which Σ force · min(λ · speed, room) is what is needed. */
    private static NDArray time(NDArray force, NDArray speed, NDArray room, NDArray need) {
        NDArray most = force.mul(room);
        NDArray slope = force.mul(speed);
        NDArray reachable = total(most).gt(need);
        NDArray endless = need.zerosLike().add(constant(ENDLESS));
        NDArray time = NDArrays.where(reachable, need.div(total(slope)).minimum(endless), endless);
        for (int i = 0; i < PIECES; i++) {
            NDArray free = positive(room.sub(time.mul(speed)));
            NDArray gained = total(most.mul(constant(1).sub(free)));
            NDArray rate = total(slope.mul(free));
            NDArray next = need.sub(gained).div(rate).maximum(time).minimum(endless);
            next = NDArrays.where(rate.gt(constant(0)), next, endless);
            boolean done = next.eq(time).all().getBoolean();
            time = next;
            if (done) {
                break;
            }
        }
        return time;
    }

    private static NDArray total(NDArray values) {
        return values.sum(new int[] {1}, true);
    }
}
