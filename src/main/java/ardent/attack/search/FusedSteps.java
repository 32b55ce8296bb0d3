package ardent.attack.search;

import ai.djl.ndarray.NDArray;
import ardent.tensor.Script;

/**
 * Steps of the attacks' inner loops in one call each, which overwrite an array instead of making one for each operation:
 * beside a small network every array of the size of a batch counts. Each is the written arithmetic, operation for
 * operation, so that results are those of the plain form to the last bit.
 */
public final class FusedSteps {
    private static final Script SCRIPT = new Script("""
            def climb(self: __torch__.Script, g: Tensor, x: Tensor, low: Tensor, high: Tensor, stride: Tensor) -> Tensor:
              s = torch.add_(torch.mul_(torch.sign(g), stride), x)
              return torch.clamp_(s, low, high)
            def first(self: __torch__.Script, g: Tensor, x: Tensor, low: Tensor, high: Tensor, stride: Tensor) -> Tensor:
              s = torch.clamp_(torch.add_(torch.mul_(torch.sign(g), stride), x), low, high)
              return torch.clamp_(torch.add_(torch.sub_(s, x), x), low, high)
            def swing(self: __torch__.Script, g: Tensor, x: Tensor, low: Tensor, high: Tensor, stride: Tensor,
                old: Tensor) -> Tensor:
              s = torch.clamp_(torch.add_(torch.mul_(torch.sign(g), stride), x), low, high)
              t = torch.add_(torch.mul_(torch.sub_(s, x), 0.75), x)
              m = torch.mul_(torch.sub(x, old), 0.25)
              return torch.clamp_(torch.add_(t, m), low, high)
            def choose(self: __torch__.Script, condition: Tensor, yes: Tensor, no: Tensor) -> Tensor:
              return torch.where(condition, yes, no, out=no)
            def move(self: __torch__.Script, x: Tensor, change: Tensor, low: Tensor, high: Tensor,
                row: int, column: int, side: int) -> Tensor:
              w = torch.narrow(torch.narrow(x, 2, row, side), 3, column, side)
              l = torch.narrow(torch.narrow(low, 2, row, side), 3, column, side)
              h = torch.narrow(torch.narrow(high, 2, row, side), 3, column, side)
              return torch.clamp_(torch.add_(w, change), l, h)
            """);
    private static final NDArray CLIMB = SCRIPT.method("climb");
    private static final NDArray FIRST = SCRIPT.method("first");
    private static final NDArray SWING = SCRIPT.method("swing");

    private FusedSteps() {}

    /**
     * A step along the signs of a gradient: clamp(x + stride · sign(gradient)).
     *
     * @param gradient {@code [N, …]}
     * @param x points of the same shape
     * @param low least values, of the same shape
     * @param high greatest values, of the same shape
     * @param stride length of the step, a number or {@code [N, 1, …]}
     * @return new points
     */
    public static NDArray climb(NDArray gradient, NDArray x, NDArray low, NDArray high, NDArray stride) {
        return SCRIPT.call(CLIMB, gradient, x, low, high, stride);
    }

    /**
     * The first step of APGD, without momentum: as {@link #climb}, then clamp(x + (aim − x)).
     *
     * @param gradient {@code [N, …]}
     * @param x points of the same shape
     * @param low least values, of the same shape
     * @param high greatest values, of the same shape
     * @param stride length of the step, {@code [N, 1, …]}
     * @return new points
     */
    static NDArray first(NDArray gradient, NDArray x, NDArray low, NDArray high, NDArray stride) {
        return SCRIPT.call(FIRST, gradient, x, low, high, stride);
    }

    /**
     * A step of APGD with momentum: clamp(x + ¾(aim − x) + ¼(x − old)), where the aim is that of {@link #climb}.
     *
     * @param gradient {@code [N, …]}
     * @param x points of the same shape
     * @param low least values, of the same shape
     * @param high greatest values, of the same shape
     * @param stride length of the step, {@code [N, 1, …]}
     * @param old points before {@code x}
     * @return new points
     */
    static NDArray swing(NDArray gradient, NDArray x, NDArray low, NDArray high, NDArray stride, NDArray old) {
        return SCRIPT.call(SWING, gradient, x, low, high, stride, old);
    }

    /**
     * Overwrites rows of an array.
     *
     * @param condition {@code [N, 1, …]}, where to overwrite
     * @param yes {@code [N, …]}, with what
     * @param kept {@code [N, …]}, overwritten
     */
    static void choose(NDArray condition, NDArray yes, NDArray kept) {
        SCRIPT.run("choose", condition, yes, kept);
    }

    /**
     * Adds to the pixels of a window, in place, and clamps them.
     *
     * @param x {@code [N, C, H, W]}, overwritten
     * @param change {@code [N, C, 1, 1]}
     * @param low least values, shaped like {@code x}
     * @param high greatest values, shaped like {@code x}
     * @param where first row, first column and side of the window
     */
    static void move(NDArray x, NDArray change, NDArray low, NDArray high, long... where) {
        SCRIPT.run("move", where, x, change, low, high);
    }
}
