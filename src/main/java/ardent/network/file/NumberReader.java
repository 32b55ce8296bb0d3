package ardent.network.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Numbers as they lie in a file. */
public final class NumberReader {
    private static final int MOST_DIMENSIONS = 64;

    /** Most numbers that a file may repeat instead of holding them. */
    private static final long MOST_REPEATED = 1 << 20;

    private final NumberType kind;
    private final long[] shape;
    private final ByteOrder order;
    private final ByteBuffer source;
    private final long offset;
    private final long[] strides;

    /**
     * Numbers anywhere in bytes.
     *
     * @param kind what they are
     * @param shape their shape
     * @param order order of the bytes of one number
     * @param source bytes that hold them, from position to limit
     * @param offset where the first one lies, in numbers
     * @param strides how far apart neighbours along each dimension lie, in numbers
     * @throws IllegalArgumentException with half a sentence, if the numbers do not lie inside the bytes
     */
    public NumberReader(
            NumberType kind, long[] shape, ByteOrder order, ByteBuffer source, long offset, long[] strides) {
        long size = size(shape);
        long held = source.remaining() / kind.size();
        long last = offset;
        for (int d = 0; d < shape.length; d++) {
            if (strides[d] < 0) {
                throw new IllegalArgumentException("an array goes backwards in memory");
            }
            last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[d] - 1), strides[d]));
        }
        if (offset < 0 || (size > 0 && last >= held) || size > held + MOST_REPEATED) {
            throw new IllegalArgumentException("an array of " + size + " values lies outside its " + held);
        }
        if (size > Integer.MAX_VALUE / Math.max(kind.size(), kind.type().getNumOfBytes())) {
            throw new IllegalArgumentException("an array has " + size + " values, which is more than 2 GiB");
        }
        this.kind = kind;
        this.shape = shape;
        this.order = order;
        this.source = source;
        this.offset = offset;
        this.strides = strides;
    }

    /** Numbers one after another, the last dimension fastest. */
    public static NumberReader rows(NumberType kind, long[] shape, ByteOrder order, ByteBuffer source) {
        return new NumberReader(kind, shape, order, source, 0, strides(shape));
    }

    static long[] strides(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            strides[d] = stride;
            stride = Math.multiplyExact(stride, Math.max(1, shape[d]));
        }
        return strides;
    }

    /** How many numbers a shape has; refuses negative dimensions, too many of them, and numbers that overflow. */
    public static long size(long[] shape) {
        if (shape.length > MOST_DIMENSIONS) {
            throw new IllegalArgumentException("an array has " + shape.length + " dimensions");
        }
        long bound = 1;
        boolean empty = false;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("an array has the dimension " + dimension);
            }
            empty |= dimension == 0;
            // An empty array has strides too, which must be countable.
            if (Math.multiplyHigh(bound, Math.max(1, dimension)) != 0 || bound * Math.max(1, dimension) < 0) {
                throw new IllegalArgumentException(
                        "an array has the shape " + Arrays.toString(shape) + ", which is too large");
            }
            bound *= Math.max(1, dimension);
        }
        return empty ? 0 : bound;
    }

    /** The numbers as an array that the manager owns, if that is within what the file may fill. */
    public NDArray array(NDManager manager, ReadingLimits budget) {
        Shape form = new Shape(shape);
        budget.array(form.size() * kind.type().getNumOfBytes());
        if (form.size() == 0) {
            return manager.create(form, kind.type());
        }
        // Memory of a created array is lent by Java; the copy belongs to the engine.
        try (NDArray lent = manager.create(bytes(), form, kind.type())) {
            return lent.duplicate();
        }
    }

    /** The numbers one after another in the machine's order of bytes. */
    private ByteBuffer bytes() {
        if (!kind.isWidened() && isInPlace()) {
            int from = source.position() + Math.toIntExact(offset * kind.size());
            return source.slice(from, Math.toIntExact(size(shape) * kind.size()))
                    .order(ByteOrder.nativeOrder());
        }
        int size = Math.toIntExact(size(shape));
        var bytes =
                ByteBuffer.allocateDirect(size * kind.type().getNumOfBytes()).order(ByteOrder.nativeOrder());
        ByteBuffer from = source.slice().order(order);
        long[] index = new long[shape.length];
        long at = offset;
        for (int i = 0; i < size; i++) {
            put(from, Math.toIntExact(at * kind.size()), bytes);
            for (int d = shape.length - 1; d >= 0; d--) {
                at += strides[d];
                if (++index[d] < shape[d]) {
                    break;
                }
                at -= shape[d] * strides[d];
                index[d] = 0;
            }
        }
        return bytes.flip();
    }

    private boolean isInPlace() {
        long stride = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            if (shape[d] != 1 && strides[d] != stride) {
                return false;
            }
            stride *= shape[d];
        }
        return kind.size() == 1 || order == ByteOrder.nativeOrder();
    }

    private void put(ByteBuffer from, int at, ByteBuffer to) {
        switch (kind) {
            case F64, I64 -> to.putLong(from.getLong(at));
            case F32, I32 -> to.putInt(from.getInt(at));
            case F16 -> to.putShort(from.getShort(at));
            case BF16 -> to.putInt(from.getShort(at) << 16);
            case I16 -> to.putInt(from.getShort(at));
            case I8, U8, BOOL -> to.put(from.get(at));
        }
    }
}
