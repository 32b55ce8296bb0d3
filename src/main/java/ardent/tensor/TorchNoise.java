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
 * PyTorch's stream of the processor.
 *
 * <p>The engine has one generator for all. Each stream remembers what it drew, and where another stream drew in
 * between, it seeds the generator again and repeats its draws first; streams of few draws, forked for each batch, keep
 * that free of cost. Draws are made on the CPU and moved to the device, as the field's reference code does.
 */
non-sealed class TorchNoise extends Noise {
    private static @Nullable TorchNoise current;

    private final List<Draw> drawn = new ArrayList<>();

    private record Draw(boolean normal, double low, double high, Shape shape) {
        NDArray from(NDManager manager) {
            return normal
                    ? manager.randomNormal((float) low, (float) high, shape, DataType.FLOAT32)
                    : manager.randomUniform((float) low, (float) high, shape, DataType.FLOAT32);
        }
    }

    TorchNoise(long seed) {
        super(seed);
    }

    @Override
    public boolean perImage() {
        return false;
    }

    @Override
    public Noise fork(long part) {
        return new TorchNoise(mix(seed(), part));
    }

    @Override
    public Noise restart() {
        return new TorchNoise(seed());
    }

    @Override
    public Noise rows(long... rows) {
        return this;
    }

    @Override
    public NDArray uniform(double low, double high, Shape shape) {
        return placed(new Draw(false, low, high, shape));
    }

    @Override
    public NDArray normal(Shape shape) {
        return placed(new Draw(true, 0, 1, shape));
    }

    @Override
    public float[] shared(int count) {
        Draw draw = new Draw(false, 0, 1, new Shape(count));
        try (NDArray host = draw(draw)) {
            return host.toFloatArray();
        }
    }

    private NDArray placed(Draw draw) {
        return Tape.quiet(() -> Tape.scope(() -> {
            NDArray values = draw(draw).toDevice(Torch.device(), false);
            values.attach(Torch.manager());
            return values;
        }));
    }

    private NDArray draw(Draw draw) {
        synchronized (TorchNoise.class) {
            return Tape.quiet(() -> {
                NDManager manager = Cpu.MANAGER;
                if (current != this) {
                    JniUtils.setSeed(seed());
                    drawn.forEach(d -> d.from(manager).close());
                    current = this;
                }
                drawn.add(draw);
                return draw.from(manager);
            });
        }
    }

    private static final class Cpu {
        static final NDManager MANAGER = Torch.manager().newSubManager(Device.cpu());
    }
}
