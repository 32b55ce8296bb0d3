package ardent.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Operations of libtorch that the engine's Java interface lacks, opened by a small TorchScript archive written here.
 *
 * <p>{@code grad} is {@code torch.autograd.grad}: the gradient with respect to one array, and none for the weights.
 * The optimiser steps are PyTorch's own arithmetic, operation for operation.
 */
final class Ops {
    private static final String SOURCE = """
            class Ops(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.Ops, x: Tensor) -> Tensor:
                return x
              def grad(self: __torch__.Ops, y: Tensor, x: Tensor) -> Tensor:
                g = (torch.autograd.grad([torch.sum(y)], [x]))[0]
                return unchecked_cast(Tensor, g)
              def slope(self: __torch__.Ops, y: Tensor, x: Tensor) -> Tensor:
                g = (torch.autograd.grad([torch.sum(y)], [x], None, True, True))[0]
                return unchecked_cast(Tensor, g)
              def columns(self: __torch__.Ops, y: Tensor, x: Tensor) -> Tensor:
                gs = annotate(List[Tensor], [])
                for i in range(torch.size(y, 1)):
                  z = torch.sum(torch.select(y, 1, i))
                  g = (torch.autograd.grad([z], [x], None, True))[0]
                  _0 = torch.append(gs, unchecked_cast(Tensor, g))
                return torch.stack(gs, 1)
              def sgd(self: __torch__.Ops, w: Tensor, g: Tensor, v: Tensor, rate: float,
                  momentum: float, decay: float, nesterov: bool) -> Tensor:
                d = torch.add(g, w, alpha=decay)
                b = torch.add_(torch.mul_(v, momentum), d)
                if nesterov:
                  s = torch.add(d, b, alpha=momentum)
                else:
                  s = b
                return torch.add_(w, s, alpha=torch.neg(rate))
              def adam(self: __torch__.Ops, w: Tensor, g: Tensor, m: Tensor, v: Tensor, beta: float,
                  rest: float, step: float, root: float) -> Tensor:
                a = torch.add_(torch.mul_(m, beta), g, alpha=rest)
                b = torch.addcmul_(torch.mul_(v, 0.999), g, g, value=0.001)
                d = torch.add_(torch.div(torch.sqrt(b), root), 1e-08)
                return torch.addcdiv_(w, a, d, value=torch.neg(step))
            """;

    /** The pickle of an object of class {@code __torch__.Ops} with {@code training = True}. */
    private static final byte[] DATA = pickle();

    private static final PtSymbolBlock MODULE = load();
    private static final NDArray GRAD = method("grad");
    private static final NDArray SLOPE = method("slope");
    private static final NDArray COLUMNS = method("columns");

    private Ops() {}

    /** The gradient of the sum of {@code y} with respect to {@code x}. */
    static NDArray grad(NDArray y, NDArray x) {
        return IValueUtils.forward(MODULE, new NDList(y, x, GRAD), true).head();
    }

    /** As {@link #grad}, itself differentiable. */
    static NDArray slope(NDArray y, NDArray x) {
        return IValueUtils.forward(MODULE, new NDList(y, x, SLOPE), true).head();
    }

    /** The gradients of the columns of {@code y}, each summed over the rows, with respect to {@code x}. */
    static NDArray columns(NDArray y, NDArray x) {
        return IValueUtils.forward(MODULE, new NDList(y, x, COLUMNS), true).head();
    }

    static void sgd(NDArray w, NDArray g, NDArray v, double rate, double momentum, double decay, boolean nesterov) {
        run(
                "sgd",
                tensor(w),
                tensor(g),
                tensor(v),
                IValue.from(rate),
                IValue.from(momentum),
                IValue.from(decay),
                IValue.from(nesterov));
    }

    static void adam(NDArray w, NDArray g, NDArray m, NDArray v, double beta, double step, double root) {
        run(
                "adam",
                tensor(w),
                tensor(g),
                tensor(m),
                tensor(v),
                IValue.from(beta),
                IValue.from(1 - beta),
                IValue.from(step),
                IValue.from(root));
    }

    private static IValue tensor(NDArray array) {
        return IValue.from((ai.djl.pytorch.engine.PtNDArray) array);
    }

    private static void run(String name, IValue... arguments) {
        IValue answer = IValueUtils.runMethod(MODULE, name, arguments);
        answer.close();
        for (IValue argument : arguments) {
            argument.close();
        }
    }

    private static NDArray method(String name) {
        NDArray array = Torch.keep(Torch.manager().create(0f));
        array.setName("module_method:" + name);
        return array;
    }

    private static PtSymbolBlock load() {
        try {
            return JniUtils.loadModule(
                    (PtNDManager) Torch.manager(), new ByteArrayInputStream(archive()), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] archive() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            store(zip, "ops/data.pkl", DATA);
            store(zip, "ops/code/__torch__.py", SOURCE.getBytes(StandardCharsets.UTF_8));
            store(zip, "ops/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "ops/version", "3\n".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] pickle() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 2});
        out.writeBytes("c__torch__\nOps\n".getBytes(StandardCharsets.UTF_8));
        out.writeBytes(new byte[] {')', (byte) 0x81, '}', 'X', 8, 0, 0, 0});
        out.writeBytes("training".getBytes(StandardCharsets.UTF_8));
        out.writeBytes(new byte[] {(byte) 0x88, 's', 'b', '.'});
        return out.toByteArray();
    }
}
