package ardent.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;

/**
 * Operations of libtorch that the engine's Java interface lacks.
 *
 * <p>{@code grad} is {@code torch.autograd.grad}: the gradient with respect to one array, and none for the weights.
 * The optimiser steps are PyTorch's own arithmetic, operation for operation.
 */
final class Ops {
    private static final String SOURCE = """
            def grad(self: __torch__.Script, y: Tensor, x: Tensor) -> Tensor:
              g = (torch.autograd.grad([torch.sum(y)], [x]))[0]
              return torch.contiguous(unchecked_cast(Tensor, g))
            def slope(self: __torch__.Script, y: Tensor, x: Tensor) -> Tensor:
              g = (torch.autograd.grad([torch.sum(y)], [x], None, True, True))[0]
              return unchecked_cast(Tensor, g)
            def columns(self: __torch__.Script, y: Tensor, x: Tensor) -> Tensor:
              gs = annotate(List[Tensor], [])
              for i in range(torch.size(y, 1)):
                z = torch.sum(torch.select(y, 1, i))
                g = (torch.autograd.grad([z], [x], None, True))[0]
                _0 = torch.append(gs, unchecked_cast(Tensor, g))
              return torch.stack(gs, 1)
            def tracks(self: __torch__.Script, y: Tensor) -> bool:
              return ops.prim.requires_grad(y)
            def sgd(self: __torch__.Script, w: Tensor, g: Tensor, v: Tensor, rate: float,
                momentum: float, decay: float, nesterov: bool) -> Tensor:
              d = torch.add(g, w, alpha=decay)
              b = torch.add_(torch.mul_(v, momentum), d)
              if nesterov:
                s = torch.add(d, b, alpha=momentum)
              else:
                s = b
              return torch.add_(w, s, alpha=torch.neg(rate))
            def adam(self: __torch__.Script, w: Tensor, g: Tensor, m: Tensor, v: Tensor, beta: float,
                rest: float, step: float, root: float) -> Tensor:
              a = torch.add_(torch.mul_(m, beta), g, alpha=rest)
              b = torch.addcmul_(torch.mul_(v, 0.999), g, g, value=0.001)
              d = torch.add_(torch.div(torch.sqrt(b), root), 1e-08)
              return torch.addcdiv_(w, a, d, value=torch.neg(step))
            """;

    private static final Script SCRIPT = new Script(SOURCE);
    private static final NDArray GRAD = SCRIPT.method("grad");
    private static final NDArray SLOPE = SCRIPT.method("slope");
    private static final NDArray COLUMNS = SCRIPT.method("columns");

    private Ops() {}

    /** The gradient of the sum of {@code y} with respect to {@code x}, never a view of one number for many pixels. */
    static NDArray grad(NDArray y, NDArray x) {
        return SCRIPT.call(GRAD, y, x);
    }

    /** As {@link #grad}, itself differentiable. */
    static NDArray slope(NDArray y, NDArray x) {
        return SCRIPT.call(SLOPE, y, x);
    }

    /** The gradients of the columns of {@code y}, each summed over the rows, with respect to {@code x}. */
    static NDArray columns(NDArray y, NDArray x) {
        return SCRIPT.call(COLUMNS, y, x);
    }

    /** Whether gradients can pass through an array; the engine's own method asks about leaves only. */
    static boolean tracks(NDArray y) {
        return SCRIPT.ask("tracks", y);
    }

    static void sgd(NDArray w, NDArray g, NDArray v, double rate, double momentum, double decay, boolean nesterov) {
        SCRIPT.run(
                "sgd",
                Script.tensor(w),
                Script.tensor(g),
                Script.tensor(v),
                IValue.from(rate),
                IValue.from(momentum),
                IValue.from(decay),
                IValue.from(nesterov));
    }

    static void adam(NDArray w, NDArray g, NDArray m, NDArray v, double beta, double step, double root) {
        SCRIPT.run(
                "adam",
                Script.tensor(w),
                Script.tensor(g),
                Script.tensor(m),
                Script.tensor(v),
                IValue.from(beta),
                IValue.from(1 - beta),
                IValue.from(step),
                IValue.from(root));
    }
}
