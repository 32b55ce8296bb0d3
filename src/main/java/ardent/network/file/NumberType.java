package ardent.network.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** How numbers lie in weight files; named as safetensors names them. */
public enum NumberType {
    F64("f8", 8, DataType.FLOAT64),
    F32("f4", 4, DataType.FLOAT32),
    F16("f2", 2, DataType.FLOAT16),
    /** The upper half of a 32-bit float; the engine's interface has no such arrays, so they are widened. */
    BF16("", 2, DataType.FLOAT32),
    I64("i8", 8, DataType.INT64),
    I32("i4", 4, DataType.INT32),
    /** Widened as {@link #BF16} is, for the same reason. */
    I16("i2", 2, DataType.INT32),
    I8("i1", 1, DataType.INT8),
    U8("u1", 1, DataType.UINT8),
    BOOL("b1", 1, DataType.BOOLEAN);

    private final String numpy;
    private final int size;
    private final DataType type;

    NumberType(String numpy, int size, DataType type) {
        this.numpy = numpy;
        this.size = size;
        this.type = type;
    }

    /** Bytes of one number in the file. */
    public int size() {
        return size;
    }

    /** The type of the array that holds such numbers. */
    DataType type() {
        return type;
    }

    /** Whether there is another sign to its numbers. */
    boolean isSigned() {
        return this != U8 && this != BOOL;
    }

    boolean isWidened() {
        return size != type.getNumOfBytes();
    }

    /** What numpy calls it, with the order of its bytes, for example {@code <f4}. */
    public String numpy() {
        return (size == 1 ? "|" : "<") + numpy;
    }

    /** The kind that numpy calls so, without the sign of the byte order. */
    public static Optional<NumberType> ofNumpy(String name) {
        return Arrays.stream(values())
                .filter(kind -> !name.isEmpty() && kind.numpy.equals(name))
                .findFirst();
    }

    /** The kind that safetensors calls so. */
    static Optional<NumberType> ofName(String name) {
        return Arrays.stream(values()).filter(kind -> kind.name().equals(name)).findFirst();
    }

    /** The kind of an array of the engine. */
    public static NumberType of(DataType type) {
        return Arrays.stream(values())
                .filter(kind -> kind.type == type && !kind.isWidened())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Arrays of type " + type + " have no place in a weight file; convert them to floats first."));
    }

    /** The numbers of an array, the last dimension fastest, little-endian. */
    public static ByteBuffer bytes(NDArray array) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("Weights are written on little-endian machines only.");
        }
        return array.toByteBuffer();
    }
}
