package ardent.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.io.Serial;
import java.util.ArrayList;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The gradient tape, and the scope that frees what a computation leaves behind.
 *
 * <p>Whether operations are recorded is a property of the thread, and threads of the engine start in either state; so
 * every entry here sets it and puts it back.
 */
public final class Tape {
    private static final ThreadLocal<Followed> NOW = ThreadLocal.withInitial(() -> Followed.NOTHING);

    private static final ThreadLocal<long[]> COUNT = ThreadLocal.withInitial(() -> new long[1]);

    /** What gradients are taken of. */
    private enum Followed {
        NOTHING,
        IMAGES,
        WEIGHTS
    }

    /** A gradient was requested where there is none. */
    public static final class Detached extends IllegalArgumentException {
        @Serial
        private static final long serialVersionUID = 1;

        private static final String ADVICE = " no gradient with respect to the images, which an attack by gradients"
                + " follows: leave stopGradient, detach and no_grad out of its forward pass, or attack it with Square or"
                + " Transfer.";

        /**
         * Says so.
         *
         * @param start the beginning of the sentence: what carries
         */
        public Detached(String start) {
            super(start + ADVICE);
        }

        private Detached(Throwable cause) {
            super("The network answers with logits that carry" + ADVICE, cause);
        }
    }

    static {
        Torch.manager(); // loads the native library before the first call into it
    }

    private Tape() {}

    /**
     * The gradient of the sum of an objective with respect to images; weights get none, and nothing else stays alive.
     *
     * @param x where to take the gradient; left as it is
     * @param objective from (a tracked copy of) {@code x} to values of any shape
     * @return a new array shaped like {@code x}
     */
    public static NDArray gradient(NDArray x, UnaryOperator<NDArray> objective) {
        return scope(() -> recording(Followed.IMAGES, () -> {
            NDArray leaf = leaf(x);
            return followed(Ops::grad, objective.apply(leaf), leaf);
        }));
    }

    /**
     * The gradient of the sum of a function's first result, and all its results, from one forward pass.
     *
     * @param x where to take the gradient; left as it is
     * @param function from (a tracked copy of) {@code x} to arrays
     * @return the gradient, shaped like {@code x}, and then the results, no longer tracked
     */
    public static NDList differentiate(NDArray x, Function<NDArray, NDList> function) {
        return differentiate(x, function, Ops::grad);
    }

    /**
     * The gradients of every column of a function's result, and the result, from one forward pass.
     *
     * @param x {@code [N, …]}, left as it is
     * @param function from (a tracked copy of) {@code x} to {@code [N, K]}, row by row
     * @return the gradients {@code [N, K, …]} and the result {@code [N, K]}, no longer tracked
     */
    public static NDList jacobian(NDArray x, UnaryOperator<NDArray> function) {
        return differentiate(x, leaf -> new NDList(function.apply(leaf)), Ops::columns);
    }

    /**
     * As {@link #differentiate}, but gradient and results stay on the open tape: a loss of the gradient can be
     * differentiated with respect to the weights. To be called inside {@link #record}.
     *
     * @param x where to take the gradient; left as it is
     * @param function from (a tracked copy of) {@code x} to arrays
     * @return the gradient of the sum of the first result, shaped like {@code x}, and then the results, all tracked
     */
    public static NDList slope(NDArray x, Function<NDArray, NDList> function) {
        return scopeAll(() -> {
            NDArray leaf = leaf(x);
            NDList values = function.apply(leaf);
            NDList results = new NDList(followed(Ops::slope, values.head(), leaf));
            results.addAll(values);
            return results;
        });
    }

    private static NDList differentiate(
            NDArray x, Function<NDArray, NDList> function, BinaryOperator<NDArray> gradient) {
        return scopeAll(() -> recording(Followed.IMAGES, () -> {
            NDArray leaf = leaf(x);
            NDList values = function.apply(leaf);
            NDList results = new NDList(followed(gradient, values.head(), leaf));
            values.forEach(value -> results.add(value.stopGradient()));
            return results;
        }));
    }

    private static NDArray followed(BinaryOperator<NDArray> gradient, NDArray value, NDArray leaf) {
        try {
            return gradient.apply(value, leaf);
        } catch (EngineException e) {
            String reason = String.valueOf(e.getMessage());
            boolean detached =
                    reason.contains("does not require grad") || reason.contains("not have been used in the graph");
            throw detached ? new Detached(e) : e;
        }
    }

    /** A tracked array that shares the memory of another. */
    private static NDArray leaf(NDArray x) {
        NDArray leaf = x.stopGradient();
        leaf.setName(""); // a name with a dot would be taken for a dictionary key
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /**
     * Computes a scalar loss and adds its gradient to every weight that is not frozen; frees every intermediate.
     *
     * @param loss computes a scalar
     * @return the loss
     */
    public static float record(Supplier<NDArray> loss) {
        try (var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return recording(Followed.WEIGHTS, () -> {
                NDArray value = loss.get();
                NDArray one = value.getManager().ones(value.getShape());
                try {
                    JniUtils.backward((PtNDArray) value, (PtNDArray) one, false, false);
                } catch (EngineException e) {
                    throw String.valueOf(e.getMessage()).contains("does not require grad") ? still(e) : e;
                }
                return value.stopGradient().getFloat();
            });
        }
    }

    /**
     * Runs a computation without recording it.
     *
     * @param <T> what it returns
     * @param computation what to run
     * @return its result
     */
    public static <T> T quiet(Supplier<T> computation) {
        return recording(Followed.NOTHING, computation);
    }

    /**
     * Runs a computation and closes every array made in it but the result, which the enclosing scope, if there is one,
     * closes in its turn.
     *
     * @param computation what to run
     * @return its result
     */
    public static NDArray scope(Supplier<NDArray> computation) {
        return scopeAll(() -> new NDList(computation.get())).head();
    }

    /**
     * As {@link #scope}, with several results.
     *
     * @param computation what to run
     * @return its results
     */
    public static NDList scopeAll(Supplier<NDList> computation) {
        NDList results;
        try (var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            results = computation.get();
            NDScope.unregister(results);
        }
        results.forEach(NDScope::register);
        return results;
    }

    /**
     * Runs a computation without recording it and closes every array made in it.
     *
     * @param computation what to run
     */
    public static void free(Runnable computation) {
        quiet(() -> scopeAll(() -> {
            computation.run();
            return new NDList();
        }));
    }

    /**
     * Reads an array from Java and closes every array made on the way: on a GPU the engine copies it to the processor
     * first, and keeps the copy.
     *
     * @param <T> what is read
     * @param reading what to run, such as {@code array::getFloat}
     * @return its result
     */
    public static <T> T read(Supplier<T> reading) {
        var read = new ArrayList<T>();
        free(() -> read.add(reading.get()));
        return read.get(0);
    }

    /**
     * Whether operations on this thread are being recorded by this class.
     *
     * @return true inside {@link #gradient} and {@link #record}
     */
    public static boolean isOpen() {
        return NOW.get() != Followed.NOTHING;
    }

    /**
     * Whether gradients of weights are being taken on this thread.
     *
     * @return true inside {@link #record}, but not in a search within it
     */
    public static boolean followsWeights() {
        return NOW.get() == Followed.WEIGHTS;
    }

    /**
     * Whether gradients can pass through an array, of images or of weights.
     *
     * @param array any array
     * @return false for a constant
     */
    public static boolean tracks(NDArray array) {
        return Ops.tracks(array);
    }

    /**
     * How many tapes this thread has opened so far; a network that opens one in its forward pass computes more than it
     * says.
     *
     * @return a count that only grows
     */
    public static long opened() {
        return COUNT.get()[0];
    }

    private static IllegalArgumentException still(EngineException e) {
        return new IllegalArgumentException(
                "The loss does not depend on the weights that are trained: compute it with step.learn(images) in the"
                        + " objective that prepare returns, and detach nothing.",
                e);
    }

    /** A clear sentence in place of the engine's message where a mean over several axes is asked for. */
    private static IllegalArgumentException oneAxis(UnsupportedOperationException e) {
        return new IllegalArgumentException(
                "The engine takes a mean, a maximum or a minimum over one axis at a time: write"
                        + " x.reshape(x.getShape().get(0), -1).mean(new int[] {1}) in the place of"
                        + " x.mean(new int[] {1, 2, 3}).",
                e);
    }

    private static <T> T recording(Followed followed, Supplier<T> computation) {
        boolean before = JniUtils.isGradMode();
        Followed outside = NOW.get();
        boolean on = followed != Followed.NOTHING;
        JniUtils.setGradMode(on);
        NOW.set(followed);
        if (on) {
            COUNT.get()[0]++;
        }
        try {
            return computation.get();
        } catch (UnsupportedOperationException e) {
            throw String.valueOf(e.getMessage()).contains("Only 1 axis") ? oneAxis(e) : e;
        } finally {
            JniUtils.setGradMode(before);
            NOW.set(outside);
        }
    }
}
