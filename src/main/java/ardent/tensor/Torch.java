package ardent.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The engine: where arrays live, on which device, with how many threads.
 *
 * <p>Arrays of the PyTorch engine are never freed by garbage collection. Short-lived ones are made inside
 * {@link Tape#scope}, long-lived ones in a manager that is closed explicitly.
 */
public final class Torch {
    /**
     * System property that names the device before the first array is made, such as {@code gpu1} or {@code cpu}; without it
     * the first GPU is taken if the engine sees one.
     */
    public static final String DEVICE = "ardent.device";

    private static final String FIX =
            "On Linux x86_64 or aarch64, macOS aarch64 and Windows x86_64 the build brings the"
                    + " CPU library; elsewhere set PYTORCH_LIBRARY_PATH to a folder with libtorch 2.7.1 and PYTORCH_FLAVOR to"
                    + " cpu or cu128.";
    private static final NDManager ROOT = start();
    private static final Object THREADS = new Object();
    private static final Map<Float, NDArray> CONSTANTS = new ConcurrentHashMap<>();

    private Torch() {}

    private static NDManager start() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        try {
            Engine engine = Engine.getEngine("PyTorch");
            String named = System.getProperty(DEVICE);
            NDManager root = named == null
                    ? engine.newBaseManager()
                    : engine.newBaseManager(device(named, engine.getGpuCount()));
            root.setName("ardent");
            return root;
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException(refusal(e), e);
        }
    }

    private static Device device(String name, int gpus) {
        Device device = Device.fromName(name);
        if (device.isGpu() && device.getDeviceId() >= gpus) {
            throw new IllegalStateException(
                    "the property " + DEVICE + " asks for " + name + ", and the engine sees " + gpus + " GPUs");
        }
        return device;
    }

    static String refusal(Throwable cause) {
        return "The PyTorch engine does not start on " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + " (" + cause.getMessage() + "). " + FIX;
    }

    /**
     * The manager of arrays that live as long as the program; others belong in a sub-manager that is closed.
     *
     * @return the root manager, on {@link #device()}
     */
    public static NDManager manager() {
        return ROOT;
    }

    /**
     * Where networks and batches live: what {@link #DEVICE} names, else the first GPU if the engine sees one, else the CPU.
     *
     * @return the device
     */
    public static Device device() {
        return ROOT.getDevice();
    }

    /**
     * A kept number that gradients may pass: never use the {@code Number} overloads of an array operation there, their
     * memory can be gone before the backward pass reads it.
     *
     * @param value the number
     * @return a 0-dimensional float array that must not be closed
     */
    public static NDArray constant(double value) {
        return CONSTANTS.computeIfAbsent((float) value, Torch::full);
    }

    private static NDArray full(float value) {
        return keep(ROOT.full(new Shape(), value, DataType.FLOAT32));
    }

    /**
     * An array of given values whose memory the engine owns, on the device.
     *
     * @param values the values
     * @param shape their shape
     * @return a new array
     */
    public static NDArray array(float[] values, Shape shape) {
        // Memory of a created array is lent by Java; the copy belongs to the engine.
        try (NDArray lent = ROOT.create(values, shape)) {
            return lent.duplicate();
        }
    }

    /**
     * Takes an array out of every open scope, so that only its manager closes it.
     *
     * @param array an array made inside a scope
     * @return the same array
     */
    public static NDArray keep(NDArray array) {
        ai.djl.ndarray.NDScope.unregister(array);
        return array;
    }

    /**
     * An array of given whole numbers whose memory the engine owns, on the device.
     *
     * @param values the values
     * @param shape their shape
     * @return a new array, int64
     */
    public static NDArray array(long[] values, Shape shape) {
        try (NDArray lent = ROOT.create(values, shape)) {
            return lent.duplicate();
        }
    }

    /**
     * The rows of a table that numbers name, differentiable in the table.
     *
     * @param table {@code [R, D]}
     * @param numbers {@code [B]} int64
     * @return {@code [B, D]}
     */
    public static NDArray rows(NDArray table, NDArray numbers) {
        return table.gather(numbers.expandDims(1).repeat(1, table.getShape().get(1)), 0);
    }

    /**
     * Sets how many processor threads one operation may use, on this thread and on threads started from now on.
     *
     * @param threads at least 1
     */
    public static void threads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("An operation needs at least 1 thread, not " + threads + ".");
        }
        synchronized (THREADS) {
            JniUtils.setNumThreads(threads);
        }
    }

    /**
     * How many processor threads one operation may use on this thread.
     *
     * @return the number of threads
     */
    public static int threads() {
        synchronized (THREADS) {
            return JniUtils.getNumThreads();
        }
    }

    /**
     * Lets operations on this thread use one processor thread from now on, and leaves the number of all other threads as it
     * is, also of those that are started later. For threads that share work among themselves.
     */
    public static void alone() {
        synchronized (THREADS) {
            int others = elsewhere(JniUtils::getNumThreads);
            JniUtils.setNumThreads(1);
            // A thread takes the number of the process at its first operation: this one now, while that is 1.
            JniUtils.getNumThreads();
            elsewhere(() -> {
                JniUtils.setNumThreads(others);
                return others;
            });
        }
    }

    /** The engine keeps a number for each thread and one for threads to come, which only a new thread shows. */
    private static int elsewhere(Supplier<Integer> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task, "ardent-threads").start())
                .join();
    }

    /**
     * Name and version of the engine, for provenance.
     *
     * @return for example {@code PyTorch 2.7.1}
     */
    public static String version() {
        Engine engine = ROOT.getEngine();
        return engine.getEngineName() + " " + engine.getVersion();
    }
}
