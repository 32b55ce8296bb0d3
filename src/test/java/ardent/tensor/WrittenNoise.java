package ardent.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/** PyTorch's stream, with an account of what was drawn in it. */
public final class WrittenNoise extends TorchNoise {
    private final List<Draw> draws = new ArrayList<>();

    /**
     * One draw.
     *
     * @param kind {@code rand} or {@code randn}
     * @param shape its shape; that of numbers all images share is their count
     * @param crc CRC-32 of its little-endian bytes
     */
    public record Draw(String kind, List<Long> shape, String crc) {}

    public WrittenNoise(long seed) {
        super(seed);
    }

    @Override
    public NDArray uniform(double low, double high, Shape shape) {
        NDArray drawn = super.uniform(low, high, shape);
        note("rand", drawn.toFloatArray(), shape.getShape());
        return drawn;
    }

    @Override
    public NDArray normal(Shape shape) {
        NDArray drawn = super.normal(shape);
        note("randn", drawn.toFloatArray(), shape.getShape());
        return drawn;
    }

    @Override
    public float[] shared(int count) {
        float[] drawn = super.shared(count);
        note("rand", drawn, count);
        return drawn;
    }

    private void note(String kind, float[] values, long... shape) {
        draws.add(new Draw(kind, Arrays.stream(shape).boxed().toList(), crc(values)));
    }

    /** What was drawn so far, in order. */
    public List<Draw> draws() {
        return List.copyOf(draws);
    }

    /** As the records' figures: eight hexadecimal digits. */
    public static String crc(float... values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return crc(bytes.array());
    }

    /** As the records sum up a stream: over kind, shape and checksum of each draw. */
    public static String crc(List<Draw> draws) {
        String text =
                draws.stream().map(draw -> draw.kind + draw.shape + draw.crc).collect(Collectors.joining(" "));
        return crc(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String crc(byte[] bytes) {
        var crc = new CRC32();
        crc.update(bytes);
        return String.format("%08x", crc.getValue());
    }
}
