package ardent.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A seeded stream of random numbers, byte-equal to what {@code torch.manual_seed(seed)} gives on the CPU.
 *
 * <p>The engine has one generator for all. Each stream remembers what it drew, and where another stream drew in
 * between, it seeds the generator again and repeats its draws first; streams of few draws, forked for each batch, keep
 * that free of cost. Draws are made on the CPU and moved to the device, as the field's reference code does.
 */
public final class Noise {
    private static @Nullable Noise current;

    private final long seed;
    private final List<Draw> drawn = new ArrayList<>();

    private record Draw(boolean normal, double low, double high, Shape shape) {
        NDArray from(NDManager manager) {
            return normal
                    ? manager.randomNormal((float) low, (float) high, shape, DataType.FLOAT32)
                    : manager.randomUniform((float) low, (float) high, shape, DataType.FLOAT32);
        }
    }

    private Noise(long seed) {
        this.seed = seed;
    }

    /**
     * A stream at its beginning.
     *
     * @param seed as given to {@code torch.manual_seed}
     * @return a new stream
     */
    public static Noise of(long seed) {
        return new Noise(seed);
    }

    /**
     * An independent stream for one part of the work: an epoch, a batch, an attack.
     *
     * @param part which part
     * @return a new stream whose seed is mixed from this stream's seed and the part
     */
    public Noise fork(long part) {
        long z = seed * 0x9E3779B97F4A7C15L + part + 0x632BE59BD9B4E019L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return new Noise((z ^ (z >>> 31)) >>> 1);
    }

    /**
     * The seed of this stream.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * The same stream from its beginning.
     *
     * @return a new stream with this seed
     */
    public Noise restart() {
        return new Noise(seed);
    }

    /**
     * Uniform numbers, as {@code torch.empty(shape).uniform_(low, high)}.
     *
     * @param low least value
     * @param high bound of the values, not reached
     * @param shape shape of the result
     * @return a new array on the device
     */
    public NDArray uniform(double low, double high, Shape shape) {
        return draw(new Draw(false, low, high, shape));
    }

    /**
     * Normal numbers with mean 0 and deviation 1, as {@code torch.randn(shape)}.
     *
     * @param shape shape of the result
     * @return a new array on the device
     */
    public NDArray normal(Shape shape) {
        return draw(new Draw(true, 0, 1, shape));
    }

    private NDArray draw(Draw draw) {
        synchronized (Noise.class) {
            return Tape.quiet(() -> Tape.scope(() -> {
                NDManager manager = Cpu.MANAGER;
                if (current != this) {
                    JniUtils.setSeed(seed);
                    drawn.forEach(d -> d.from(manager).close());
                    current = this;
                }
                drawn.add(draw);
                NDArray host = draw.from(manager);
                NDArray values = host.toDevice(Torch.device(), false);
                values.attach(Torch.manager());
                return values;
            }));
        }
    }

    private static final class Cpu {
        static final NDManager MANAGER = Torch.manager().newSubManager(Device.cpu());
    }
}
