package ardent.attack.search;

import ai.djl.ndarray.NDArray;
import ardent.attack.L2;
import ardent.tensor.Script;

/**
 * The shortest way from points of the unit box to hyperplanes ⟨w, v⟩ = b inside the box, or, where the box does not
 * reach the hyperplane, to the corner nearest to it.
 *
 * <p>A coordinate moves towards its bound at a speed (1 for L∞, |w| for L2) until it has no room left, so what is
 * gained grows with the time λ along a concave line of pieces. Newton's method from λ = 0 walks these pieces from below
 * and ends on the right one exactly; the reference sorts all rooms and bisects for the same piece.
 */
final class BoxProjection {
    private static final Script SCRIPT = new Script("""
            def time(self: __torch__.Script, force: Tensor, speed: Tensor, room: Tensor, need: Tensor) -> Tensor:
              most = torch.mul(force, room)
              slope = torch.mul(force, speed)
              endless = torch.full_like(need, 1.0000000000000000e+30)
              reachable = torch.gt(torch.sum(most, [1], True), need)
              start = torch.minimum(torch.div(need, torch.sum(slope, [1], True)), endless)
              time = torch.where(reachable, start, endless)
              free = torch.empty_like(room)
              part = torch.empty_like(room)
              piece = 0
              going = True
              while going:
                _0 = torch.sub(room, torch.mul(speed, time, out=free), out=free)
                _1 = torch.clamp_min_(torch.sign_(free), 0)
                rate = torch.sum(torch.mul(slope, free, out=part), [1], True)
                _2 = torch.add_(torch.neg_(free), 1)
                gained = torch.sum(torch.mul(most, free, out=part), [1], True)
                ahead = torch.maximum(torch.div(torch.sub(need, gained), rate), time)
                next = torch.where(torch.gt(rate, 0), torch.minimum(ahead, endless), endless)
                piece = torch.add(piece, 1)
                if torch.lt(piece, 40):
                  going = torch.__not__(torch.equal(next, time))
                else:
                  going = False
                time = next
              return time
            def way(self: __torch__.Script, t: Tensor, w: Tensor, b: Tensor, linf: bool) -> Tensor:
              part = torch.mul(w, t)
              gap = torch.sub(torch.sum(part, [1], True), b)
              side = torch.sub(torch.mul(torch.to(torch.ge(gap, 0), 6), 2), 1)
              normal = torch.mul(w, side)
              rising = torch.clamp_min_(torch.sign_(torch.neg(normal)), 0)
              direction = torch.sub(torch.mul(rising, 2), 1)
              room = torch.sub(rising, torch.mul(t, direction, out=part), out=rising)
              size = torch.abs_(normal)
              if linf:
                speed = torch.sign(size)
                force = size
              else:
                usable = torch.clamp_min_(torch.sign_(torch.sub(size, 1.0000000000000000e-08)), 0)
                force = torch.mul(size, usable)
                speed = force
              time = (self).time(force, speed, room, torch.abs(gap), )
              moved = torch.minimum(torch.mul(speed, time, out=part), room, out=part)
              return torch.mul_(moved, direction)
            def linf(self: __torch__.Script, t: Tensor, w: Tensor, b: Tensor) -> Tensor:
              return (self).way(t, w, b, True, )
            def l2(self: __torch__.Script, t: Tensor, w: Tensor, b: Tensor) -> Tensor:
              return (self).way(t, w, b, False, )
            """);
    private static final NDArray LINF = SCRIPT.method("linf");
    private static final NDArray L2 = SCRIPT.method("l2");

    private BoxProjection() {}

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
        return SCRIPT.call(linf ? LINF : L2, t, w, b.expandDims(1));
    }
}
