package ardent.tensor;

import ai.djl.ndarray.NDArray;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * PyTorch's {@code pixel_unshuffle}: the s×s pixels of each square become channels, {@code [N, C, H, W]} to
 * {@code [N, C·s², H/s, W/s]}. A convolution with stride s of what was so moved has stride 1. Columns and rows are copied one set
 * after another, there and in the gradient, which takes less time than the engine's own function.
 */
public final class PixelUnshuffle {
    private static final Map<String, PixelUnshuffle> ALL = new ConcurrentHashMap<>();

    private final Script script;
    private final NDArray method;

    private PixelUnshuffle(long padding, long stride) {
        script = new Script(String.format(
                Locale.ROOT, // a reader's own digits are none to the engine
                """
                def unshuffle(self: __torch__.Script, x: Tensor) -> Tensor:
                  y = torch.constant_pad_nd(x, [%1$d, %1$d, %1$d, %1$d], 0)
                  n = torch.size(y, 0)
                  c = torch.size(y, 1)
                  h = torch.floordiv(torch.size(y, 2), %2$d)
                  w = torch.floordiv(torch.size(y, 3), %2$d)
                  columns = torch.stack(torch.unbind(torch.reshape(y, [n, c, h, %2$d, w, %2$d]), -1), 2)
                  pixels = torch.stack(torch.unbind(columns, 4), 2)
                  return torch.reshape(pixels, [n, torch.mul(c, %3$d), h, w])
                """,
                padding,
                stride,
                stride * stride));
        method = script.method("unshuffle");
    }

    /**
     * Moves pixels to channels; differentiable.
     *
     * @param x {@code [N, C, H, W]}
     * @param padding zeros that are put around first
     * @param stride s, a divisor of the padded height and width
     * @return {@code [N, C·s², (H + 2·padding)/s, (W + 2·padding)/s]}
     */
    public static NDArray of(NDArray x, long padding, long stride) {
        PixelUnshuffle made = ALL.computeIfAbsent(padding + " " + stride, none -> new PixelUnshuffle(padding, stride));
        return made.script.call(made.method, x);
    }
}
