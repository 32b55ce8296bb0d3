package ardent.attack.search;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Rows of arrays: picking, replacing and choosing between them. */
public final class Rows {
    private Rows() {}

    /** The rows of an array that an index names. */
    public static NDArray pick(NDArray array, long... rows) {
        return Tape.scope(() -> array.get(new NDIndex("{}", index(rows))));
    }

    /** Overwrites rows of an array. */
    public static void put(NDArray array, long[] rows, NDArray values) {
        if (rows.length > 0) {
            Tape.free(() -> array.set(new NDIndex("{}", index(rows)), values));
        }
    }

    /** An index on the device. */
    public static NDArray index(long... rows) {
        return Torch.array(rows, new Shape(rows.length));
    }

    /** Rows of one array where a condition {@code [N]} holds, of another elsewhere. */
    public static NDArray choose(NDArray condition, NDArray yes, NDArray no) {
        Shape shape = yes.getShape();
        return NDArrays.where(condition.reshape(column(shape)).broadcast(shape), yes, no);
    }

    /** As {@link #choose}, written into the array whose rows are kept elsewhere. */
    static void replace(NDArray condition, NDArray yes, NDArray kept) {
        FusedSteps.choose(condition.reshape(column(yes.getShape())), yes, kept);
    }

    /** Values {@code [N]} as {@code [N, 1, …]}, to be combined with arrays of a shape. */
    public static NDArray upright(NDArray values, Shape shape) {
        return values.reshape(column(shape));
    }

    private static Shape column(Shape shape) {
        long[] column = new long[shape.dimension()];
        Arrays.fill(column, 1);
        column[0] = shape.get(0);
        return new Shape(column);
    }

    /** Where a flag is what it should be. */
    public static long[] where(boolean[] flags, boolean wanted) {
        return LongStream.range(0, flags.length)
                .filter(i -> flags[(int) i] == wanted)
                .toArray();
    }

    /** The elements of an index that another index names. */
    public static long[] of(long[] index, long[] rows) {
        return LongStream.of(rows).map(row -> index[(int) row]).toArray();
    }

    /** Pixels clamped to [0, 1]. */
    public static NDArray clamp(NDArray images) {
        return images.maximum(Torch.constant(0)).minimum(Torch.constant(1));
    }

    public static NDArray floats(NDArray condition) {
        return condition.toType(DataType.FLOAT32, false);
    }

    /**
     * Whether each row of logits has its largest entry, the first one if several tie, at the label; rows with a NaN are
     * not right, so that they are predicted again and refused ({@link ardent.network.Predictions}).
     */
    public static NDArray right(NDArray logits, NDArray labels) {
        NDArray most = logits.max(new int[] {1});
        return logits.argMax(1).eq(labels).logicalAnd(most.eq(most));
    }

    /** Which rows hold finite numbers only. */
    public static boolean[] finite(NDArray array) {
        // A number less itself is 0, all else is NaN.
        return Tape.read(() -> array.sub(array)
                .reshape(array.getShape().get(0), -1)
                .sum(new int[] {1})
                .eq(Torch.constant(0))
                .toBooleanArray());
    }

    /** Images to ask a network about: the clean one where an attack returned pixels that are not finite. */
    public static NDArray finiteOrClean(NDArray changed, Supplier<NDArray> clean) {
        long[] damaged = where(finite(changed), false);
        if (damaged.length == 0) {
            return changed;
        }
        NDArray repaired = changed.duplicate();
        put(repaired, damaged, pick(clean.get(), damaged));
        return repaired;
    }

    static long[] all(long count) {
        return LongStream.range(0, count).toArray();
    }
}
