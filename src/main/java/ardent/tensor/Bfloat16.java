package ardent.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.lang.management.ManagementFactory;

/**
 * Arrays in bfloat16: 16 bits with the range of float32 and 8 significant bits. The engine's Java interface has no such type. Give
 * these arrays to convolutions, pools, batch normalisation in evaluation mode and arithmetic alone: what asks for their type ends the program.
 */
public final class Bfloat16 {
    private static final Script SCRIPT = new Script("""
            def to(self: __torch__.Script, x: Tensor) -> Tensor:
              return torch.to(x, 15)
            def kernel(self: __torch__.Script, x: Tensor) -> Tensor:
              return torch.contiguous(torch.to(x, 15), memory_format=2)
            def back(self: __torch__.Script, x: Tensor) -> Tensor:
              return torch.to(x, 6)
            """);
    private static final NDArray TO = SCRIPT.method("to");
    private static final NDArray KERNEL = SCRIPT.method("kernel");
    private static final NDArray BACK = SCRIPT.method("back");
    private static final int CHANNELS_LAST = 3;

    private Bfloat16() {}

    /**
     * An array in bfloat16; differentiable.
     *
     * @param x in float32 or bfloat16
     * @return the rounded array, or {@code x} itself where it is not in float32
     */
    public static NDArray of(NDArray x) {
        return x.getDataType() == DataType.FLOAT32 ? SCRIPT.call(TO, x) : x;
    }

    /**
     * Weights of a convolution in bfloat16. Those of at most 3×3 pixels lie in memory with their channels last, which makes
     * their convolutions faster; larger ones were slower so.
     *
     * @param weight {@code [out, in, height, width]} in float32
     * @return the rounded weights
     */
    public static NDArray kernel(NDArray weight) {
        return SCRIPT.call(weight.getShape().get(2) <= CHANNELS_LAST ? KERNEL : TO, weight);
    }

    /**
     * An array in float32; differentiable.
     *
     * @param x any array
     * @return its numbers in float32 where it is in bfloat16, else {@code x}
     */
    public static NDArray back(NDArray x) {
        return x.getDataType() == DataType.UNKNOWN ? SCRIPT.call(BACK, x) : x;
    }

    /**
     * How fast this device computes in bfloat16, found out once by a convolution.
     *
     * @return time of a convolution in bfloat16 as a share of its time in float32; about 0.5 where the device has
     *     instructions for it, more than 1 where it has none
     */
    public static double share() {
        return Measured.SHARE;
    }

    /** Measured when it is first asked for: the least of several times, on a processor that of this thread alone. */
    private static final class Measured {
        private static final int ROUNDS = 15;
        private static final double SHARE = Tape.read(Measured::share);

        private static double share() {
            boolean gpu = Torch.device().isGpu();
            int channels = gpu ? 512 : 64; // so much that a GPU's start of an operation does not count
            NDArray x = Noise.of(0).uniform(0, 1, new Shape(8, channels, 16, 16));
            NDArray weight = Noise.of(1).uniform(-1, 1, new Shape(channels, channels, 3, 3));
            NDArray low = of(x);
            NDArray kernel = kernel(weight);
            double full = Double.POSITIVE_INFINITY;
            double half = Double.POSITIVE_INFINITY;
            for (int i = 0; i < ROUNDS; i++) {
                full = Math.min(full, (double) nanoseconds(gpu, x, weight));
                half = Math.min(half, (double) nanoseconds(gpu, low, kernel));
            }
            return half / full;
        }

        private static long nanoseconds(boolean gpu, NDArray x, NDArray weight) {
            var threads = ManagementFactory.getThreadMXBean();
            long start = gpu ? System.nanoTime() : threads.getCurrentThreadCpuTime();
            NDArray y = Conv2d.conv2d(x, weight, null, new Shape(1, 1), new Shape(1, 1), new Shape(1, 1), 1)
                    .head();
            if (gpu) {
                back(y).sum().getFloat(); // waits for it
            }
            return (gpu ? System.nanoTime() : threads.getCurrentThreadCpuTime()) - start;
        }
    }
}
