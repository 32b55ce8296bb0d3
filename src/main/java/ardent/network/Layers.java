package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import ardent.network.file.WeightFit;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a network under the names PyTorch gives them, and the layers that use them.
 *
 * <p>A layer is a function of an array and of the mode; making one registers its weights. Weights begin as PyTorch's
 * defaults do (uniform within 1/√fan-in), each drawn from its own stream of the seed, in the order of making.
 */
public final class Layers implements AutoCloseable {
    /** How the weights of convolutions begin. */
    public enum Init {
        /** PyTorch's default: uniform within 1/√(inputs of one output). */
        PYTORCH,
        /** He et al. (2015) by outputs: normal with deviation √(2/(k²·out)), as in the WideResNet of TRADES; biases of linear layers begin at 0. */
        FAN_OUT
    }

    /** One step of a network. */
    @FunctionalInterface
    public interface Layer {
        /**
         * Applies the layer.
         *
         * @param x the input
         * @param training true where batch normalisation uses and updates batch statistics
         * @return the output
         */
        NDArray apply(NDArray x, boolean training);
    }

    /** The index of a whole array, to overwrite it in its place. */
    public static final NDIndex EVERYTHING = new NDIndex("...");

    private static final long MEMORY =
            ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                    ? system.getTotalMemorySize()
                    : Long.MAX_VALUE;

    private final NDManager manager = Torch.manager().newSubManager();
    private final Map<String, NDArray> all = new LinkedHashMap<>();
    private final Set<String> buffers = new LinkedHashSet<>();
    private final List<FoldedLayers.Pair> pairs = new ArrayList<>();
    private final Noise noise;
    private final @Nullable Map<String, Shape> only;
    private final boolean flows;
    private final Set<String> reserved = new HashSet<>();
    private double bytes;
    private Init init = Init.PYTORCH;
    private double adamRate;
    private double pace = 0.1;
    private boolean closed;

    /**
     * No layers yet.
     *
     * @param seed where the weights are drawn from
     */
    public Layers(long seed) {
        this(seed, null, false);
    }

    /**
     * No layers yet, and only such as a file has weights for.
     *
     * @param seed where the weights are drawn from
     * @param only the shape of each weight that there may be, by name; null for any
     * @param flows whether every layer between these takes arrays in bfloat16
     */
    Layers(long seed, @Nullable Map<String, Shape> only, boolean flows) {
        noise = Noise.of(seed);
        this.only = only;
        this.flows = flows;
    }

    /**
     * Sets how layers made from now on begin.
     *
     * @param init how
     */
    public void init(Init init) {
        this.init = init;
    }

    /**
     * Asks for Adam with this rate instead of the plan's optimiser; for companion layers with a pace of their own.
     *
     * @param rate learning rate, greater than 0
     */
    public void adam(double rate) {
        adamRate = rate;
    }

    /**
     * The rate of Adam if these layers asked for it.
     *
     * @return the rate, or 0 where the plan's optimiser serves
     */
    public double adamRate() {
        return adamRate;
    }

    /**
     * A 2-dimensional convolution.
     *
     * @param name prefix of its weights' names
     * @param in input channels
     * @param out output channels
     * @param kernel height and width of the kernel
     * @param stride step in pixels
     * @param padding zeros added on each side
     * @param groups groups of channels
     * @param bias whether it adds a bias
     * @return the layer
     */
    public Layer conv(String name, int in, int out, int kernel, int stride, int padding, int groups, boolean bias) {
        return conv(name, new Convolution(in, out, kernel, stride, padding, groups, bias));
    }

    /**
     * A 2-dimensional convolution, such as {@code net.conv("conv1", new Convolution(3, 16, 3).padding(1))}.
     *
     * @param name prefix of its weights' names
     * @param plan channels, kernel and the rest
     * @return the layer
     */
    public Layer conv(String name, Convolution plan) {
        int in = plan.in();
        int out = plan.out();
        int kernel = plan.kernel();
        int groups = plan.groups();
        Shape shape = reserve(name + ".weight", out, in / groups, kernel, kernel);
        double bound = 1 / Math.sqrt((double) in / groups * kernel * kernel);
        double deviation = Math.sqrt(2 / ((double) out * kernel * kernel));
        NDArray weight =
                parameter(name + ".weight", init == Init.FAN_OUT ? normal(shape, deviation) : uniform(shape, bound));
        NDArray shift = plan.bias() ? parameter(name + ".bias", uniform(reserve(name + ".bias", out), bound)) : null;
        return new FoldedLayers.Conv(
                this,
                name,
                weight,
                shift,
                new Shape(plan.stride(), plan.stride()),
                new Shape(plan.padding(), plan.padding()),
                groups);
    }

    /**
     * A 3×3 or 1×1 convolution that keeps the size at stride 1 and has no bias, as residual networks use it.
     *
     * @param name prefix of its weight's name
     * @param in input channels
     * @param out output channels
     * @param kernel 1 or 3
     * @param stride step in pixels
     * @return the layer
     */
    public Layer conv(String name, int in, int out, int kernel, int stride) {
        return conv(name, in, out, kernel, stride, kernel / 2, 1, false);
    }

    /**
     * Batch normalisation with PyTorch's momentum 0.1 and epsilon 1e-5.
     *
     * @param name prefix of its weights' names
     * @param channels channels of its input
     * @return the layer
     */
    public Layer batchNorm(String name, int channels) {
        Shape shape = reserve(name + ".weight", channels);
        NDArray scale = parameter(name + ".weight", manager.ones(shape));
        NDArray shift = parameter(name + ".bias", manager.zeros(shape));
        NDArray mean = buffer(name + ".running_mean", manager.zeros(shape));
        NDArray variance = buffer(name + ".running_var", manager.ones(shape));
        return new FoldedLayers.Norm(this, name, mean, variance, scale, shift);
    }

    /**
     * A linear layer.
     *
     * @param name prefix of its weights' names
     * @param in input features
     * @param out output features
     * @return the layer
     */
    public Layer linear(String name, int in, int out) {
        double bound = 1 / Math.sqrt(in);
        NDArray weight = parameter(name + ".weight", uniform(reserve(name + ".weight", out, in), bound));
        Shape outputs = reserve(name + ".bias", out);
        NDArray shift =
                parameter(name + ".bias", init == Init.FAN_OUT ? manager.zeros(outputs) : uniform(outputs, bound));
        return (x, training) -> {
            Shape given = x.getShape();
            if (given.dimension() < 2 || given.get(given.dimension() - 1) != in) {
                throw new IllegalArgumentException(
                        "the linear layer " + name + " takes rows of " + in + " features, not " + given);
            }
            return Folding.linear(this, x, weight, shift, training);
        };
    }

    /**
     * Layers one after another; a convolution right before batch normalisation can be folded with it.
     *
     * @param layers the layers in order
     * @return one layer
     */
    public static Layer chain(Layer... layers) {
        List<Layer> joined = FoldedLayers.join(layers);
        return (x, training) -> {
            NDArray y = x;
            for (Layer layer : joined) {
                y = layer.apply(y, training);
            }
            return y;
        };
    }

    /**
     * The rectifier max(x, 0).
     *
     * @return the layer
     */
    public static Layer relu() {
        return (x, training) -> Activation.relu(x);
    }

    /**
     * The activation x·σ(x), also known as SiLU.
     *
     * @return the layer
     */
    public static Layer swish() {
        return (x, training) -> x.mul(Activation.sigmoid(x));
    }

    /**
     * The mean over all pixels of each channel.
     *
     * @return a layer from {@code [N, C, H, W]} to {@code [N, C]}
     */
    public static Layer globalAverage() {
        return (x, training) -> Pool.globalAvgPool2d(x);
    }

    /**
     * The mean over non-overlapping squares.
     *
     * @param size side of a square in pixels
     * @return the layer
     */
    public static Layer averagePool(int size) {
        Shape square = new Shape(size, size);
        return pool(size, (x, training) -> Pool.avgPool2d(x, square, square, new Shape(0, 0), false, true));
    }

    /** Refuses maps that hold no square. */
    private static Layer pool(int size, Layer pool) {
        LayerSizes.require(size, "pools over squares with sides");
        return (x, training) -> {
            Shape maps = x.getShape();
            if (maps.dimension() != 4 || maps.get(2) < size || maps.get(3) < size) {
                throw new IllegalArgumentException(
                        "the pool of " + size + "×" + size + " pixels is larger than its maps " + maps);
            }
            return pool.apply(x, training);
        };
    }

    /**
     * The largest value of non-overlapping squares. On a constant background every maximum is a tie that rounding decides, so
     * that attacks on such a network may differ in their last digits from machine to machine.
     *
     * @param size side of a square in pixels
     * @return the layer
     */
    public static Layer maxPool(int size) {
        Shape square = new Shape(size, size);
        return pool(size, (x, training) -> Pool.maxPool2d(x, square, square, new Shape(0, 0), false));
    }

    /**
     * Dropout (Srivastava et al., JMLR 2014): in training mode, each value is set to 0 with this probability and the others
     * are divided by the rest; in evaluation mode nothing happens. Which ones are drawn follows from the values alone, so that
     * a training that was cut off goes on as if it had not been.
     *
     * @param rate probability of 0, at least 0 and less than 1
     * @return the layer
     * @throws IllegalArgumentException if the rate is not in [0, 1)
     */
    public static Layer dropout(double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("The rate of dropout is " + rate + ": give a number in [0, 1).");
        }
        return (x, training) -> {
            if (!training || rate == 0) {
                return x;
            }
            NDArray kept = Noise.of(seed(x)).uniform(0, 1, x.getShape()).gte(Torch.constant(rate));
            return x.mul(kept.toType(DataType.FLOAT32, false)).mul(Torch.constant(1 / (1 - rate)));
        };
    }

    private static long seed(NDArray x) {
        float[] values = Tape.read(() -> x.stopGradient().toFloatArray());
        long seed = values.length;
        for (float value : values) {
            seed = 6364136223846793005L * seed + Float.floatToIntBits(value);
        }
        return Noise.mix(seed, 0);
    }

    /**
     * All values of an image in one row.
     *
     * @return a layer from {@code [N, C, H, W]} to {@code [N, C·H·W]}
     */
    public static Layer flatten() {
        return (x, training) -> x.reshape(x.getShape().get(0), -1);
    }

    /**
     * Registers a weight that training changes.
     *
     * @param name its name
     * @param value its first value, which these layers own from now on
     * @return the weight
     */
    public NDArray parameter(String name, NDArray value) {
        NDArray weight = own(name, value);
        weight.setRequiresGradient(true);
        return weight;
    }

    /**
     * Registers an array that is saved with the weights but not trained, such as a running mean.
     *
     * @param name its name
     * @param value its first value, which these layers own from now on
     * @return the array
     */
    public NDArray buffer(String name, NDArray value) {
        buffers.add(name);
        return own(name, value);
    }

    void foldable(FoldedLayers.Pair pair) {
        pairs.add(pair);
    }

    /** Folds every batch normalisation that follows a convolution into it, for good. */
    void fold() {
        pairs.forEach(FoldedLayers.Pair::fold);
    }

    /**
     * Folds while some work is done, for the thread that does it; the weights must not move meanwhile. A batch normalisation
     * that is trained in it is no longer folded from then on.
     */
    <T> T folding(Supplier<T> work) {
        boolean forGood = !pairs.isEmpty() && pairs.get(0).isFolded();
        return Folding.during(this, forGood ? List.of() : pairs, work);
    }

    /** Whether every layer between these takes arrays in bfloat16, so that they need not be turned back after each one. */
    boolean flows() {
        return flows;
    }

    /** The convolutions that folding made, in the order of making. */
    List<FoldedLayers.Conv> folded() {
        return pairs.stream().map(FoldedLayers.Pair::folded).toList();
    }

    /** The share of a batch in the running statistics it updates: 0.1 as in PyTorch, but while they are measured anew. */
    double pace() {
        return pace;
    }

    void pace(double pace) {
        this.pace = pace;
    }

    NDArray constant(NDArray value) {
        Torch.keep(value).attach(manager);
        return value;
    }

    /** The shape of a weight, before memory is taken for it: it must fit into the machine, and be one that the file has. */
    private Shape reserve(String name, long... dimensions) {
        if (name.isBlank() || name.startsWith(".") || name.contains("..")) {
            throw new IllegalArgumentException(
                    "A weight would be named \"" + name + "\": give each layer a name, such as \"conv1\".");
        }
        double size = Float.BYTES;
        for (long dimension : dimensions) {
            size *= dimension < 1 ? Double.POSITIVE_INFINITY : (double) dimension; // the widths of the plan overflowed
        }
        Shape shape = size > Long.MAX_VALUE ? new Shape() : new Shape(dimensions);
        if (only != null && !shape.equals(only.get(name))) {
            throw new IllegalArgumentException("It is described as a network whose " + name + " has the shape " + shape
                    + ", and it holds " + (only.containsKey(name) ? "one of shape " + only.get(name) : "none") + ".");
        }
        bytes += size;
        if (bytes > MEMORY) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "With %s of shape %s the weights take %.1f GiB, and this machine has %.1f GiB of memory; take a smaller"
                            + " width, image or number of classes.",
                    name,
                    Arrays.toString(dimensions),
                    bytes / (1L << 30),
                    (double) MEMORY / (1L << 30)));
        }
        reserved.add(name);
        return shape;
    }

    private NDArray own(String name, NDArray value) {
        if (!reserved.contains(name)) {
            reserve(name, value.getShape().getShape());
        }
        if (all.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("Two weights are named " + name + "; give each layer its own name.");
        }
        Torch.keep(value).attach(manager);
        return value;
    }

    /**
     * Everything that is saved, in the order of making.
     *
     * @return weights and buffers by name; the arrays stay owned by these layers
     */
    public Map<String, NDArray> all() {
        return Collections.unmodifiableMap(all);
    }

    /**
     * Which weights and statistics are NaN or infinite.
     *
     * @return the first array that has such values, and how many arrays do; empty if all are finite
     */
    public String notFinite() {
        return WeightFit.notFinite(all);
    }

    /**
     * What training changes.
     *
     * @return weights by name, without buffers
     */
    public Map<String, NDArray> learnable() {
        var learnable = new LinkedHashMap<>(all);
        learnable.keySet().removeAll(buffers);
        return learnable;
    }

    /**
     * What is saved with the weights but not trained.
     *
     * @return buffers by name, such as running means
     */
    public Map<String, NDArray> buffers() {
        var untrained = new LinkedHashMap<>(all);
        untrained.keySet().retainAll(buffers);
        return untrained;
    }

    /**
     * Moves every weight and buffer a towards another one b: a + share·(b − a), with the arithmetic of PyTorch's
     * {@code lerp}, so that a share of 1 gives b to the bit and equal arrays stay as they are.
     *
     * @param values arrays by name
     * @param share from 0 to 1
     */
    public void blend(Map<String, NDArray> values, double share) {
        WeightFit.require(all, values, "The weights do not fit the architecture");
        Tape.free(() -> {
            // Not a kept constant: a mean over n epochs would keep n of them.
            NDArray part = manager.create((float) (share < 0.5 ? share : 1 - share));
            all.forEach((name, array) -> {
                NDArray goal = Objects.requireNonNull(values.get(name));
                NDArray way = goal.sub(array).mul(part);
                array.set(EVERYTHING, share < 0.5 ? array.add(way) : goal.sub(way));
            });
        });
    }

    /**
     * Overwrites weights and buffers, keeping each where it is.
     *
     * @param values arrays by name
     * @throws IllegalArgumentException if a name is missing or unknown or a shape differs; nothing is changed then
     */
    public void set(Map<String, NDArray> values) {
        WeightFit.require(all, values, "The weights do not fit the architecture");
        Tape.free(() -> all.forEach((name, array) -> array.set(EVERYTHING, values.get(name))));
    }

    /**
     * A copy of every weight and buffer.
     *
     * @return copies by name, each owned by the given manager
     * @param owner the manager that will close the copies
     */
    public Map<String, NDArray> copy(NDManager owner) {
        var copies = new LinkedHashMap<String, NDArray>();
        Tape.quiet(() -> {
            all.forEach((name, array) -> {
                NDArray copy = Torch.keep(array.duplicate());
                copy.attach(owner);
                copies.put(name, copy);
            });
            return copies;
        });
        return copies;
    }

    /**
     * Turns the tracking of weights off or on; buffers are never tracked.
     *
     * @param frozen true to turn it off
     */
    public void freeze(boolean frozen) {
        learnable().values().forEach(weight -> weight.setRequiresGradient(!frozen));
    }

    private NDArray uniform(Shape shape, double bound) {
        return noise.fork(all.size()).uniform(-bound, bound, shape);
    }

    private NDArray normal(Shape shape, double deviation) {
        try (NDArray unit = noise.fork(all.size()).normal(shape)) {
            return unit.mul(Torch.constant(deviation));
        }
    }

    /**
     * Does what fills these layers, and closes them if it fails.
     *
     * @param work what fills them
     * @param <T> type of what it gives
     * @return what it gives
     */
    public <T> T filled(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Refuses to compute with weights that are freed.
     *
     * @param name of the network
     * @throws IllegalStateException in one sentence, if these layers are closed
     */
    public void requireOpen(String name) {
        if (closed) {
            throw new IllegalStateException(
                    name + " is closed, and its weights are freed: close it later, or train, load or resume it again.");
        }
    }

    @Override
    public void close() {
        closed = true;
        manager.close();
    }
}
