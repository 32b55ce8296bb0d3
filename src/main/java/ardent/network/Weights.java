package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** Weights by name, to and from the safetensors format. */
public final class Weights {
    private static final int MOST_HEADER = 100_000_000;

    private Weights() {}

    /**
     * What a safetensors file holds.
     *
     * @param arrays float arrays by name, owned by the manager given to {@link #read}
     * @param metadata texts by key
     */
    public record Content(Map<String, NDArray> arrays, Map<String, String> metadata) {}

    /**
     * The bytes of a safetensors file.
     *
     * @param arrays float arrays by name
     * @param metadata texts by key, kept in the file's {@code __metadata__}
     * @return the bytes
     */
    public static byte[] encode(Map<String, NDArray> arrays, Map<String, String> metadata) {
        byte[] head = header(arrays, metadata);
        long size = head.length + 4 * floats(arrays);
        var bytes = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(head);
        arrays.values().forEach(array -> bytes.put(values(array)));
        return bytes.array();
    }

    /**
     * Writes a safetensors file array by array; a {@link Seal} in its metadata is closed.
     *
     * @param channel the empty file
     * @param arrays float arrays by name
     * @param metadata texts by key
     * @throws IOException if it cannot be written
     */
    public static void write(FileChannel channel, Map<String, NDArray> arrays, Map<String, String> metadata)
            throws IOException {
        byte[] head = header(arrays, metadata);
        MessageDigest digest = Sha256.digest();
        append(channel, digest, ByteBuffer.wrap(head));
        for (NDArray array : arrays.values()) {
            append(channel, digest, values(array));
        }
        int seal = Seal.position(head);
        if (seal >= 0) {
            byte[] digits = Sha256.text(digest).getBytes(StandardCharsets.US_ASCII);
            channel.write(ByteBuffer.wrap(digits), seal);
        }
    }

    private static void append(FileChannel channel, MessageDigest digest, ByteBuffer bytes) throws IOException {
        digest.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static long floats(Map<String, NDArray> arrays) {
        return arrays.values().stream().mapToLong(NDArray::size).sum();
    }

    private static ByteBuffer values(NDArray array) {
        float[] values = array.toFloatArray();
        var bytes = ByteBuffer.allocate(Math.multiplyExact(4, values.length)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    /** Length and header, padded to a multiple of eight bytes. */
    private static byte[] header(Map<String, NDArray> arrays, Map<String, String> metadata) {
        var header = new JsonObject();
        header.add("__metadata__", new Gson().toJsonTree(metadata));
        long end = 0;
        for (var entry : arrays.entrySet()) {
            var about = new JsonObject();
            about.addProperty("dtype", "F32");
            var shape = new JsonArray();
            for (long dimension : entry.getValue().getShape().getShape()) {
                shape.add(dimension);
            }
            about.add("shape", shape);
            var offsets = new JsonArray();
            offsets.add(end);
            end += 4 * entry.getValue().size();
            offsets.add(end);
            about.add("data_offsets", offsets);
            header.add(entry.getKey(), about);
        }
        String text = header.toString();
        text += " ".repeat((8 - text.getBytes(StandardCharsets.UTF_8).length % 8) % 8);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .put(bytes)
                .array();
    }

    /**
     * Reads a safetensors file of 32-bit floats.
     *
     * @param file the file
     * @param manager who will own the arrays
     * @return arrays and metadata
     * @throws IllegalArgumentException in one sentence, if the file is missing, damaged or holds other types
     */
    public static Content read(Path file, NDManager manager) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("The weight file " + file + " cannot be read: " + e + ".", e);
        }
        try {
            return decode(bytes, manager);
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | IndexOutOfBoundsException
                | NumberFormatException
                | ArithmeticException
                | NullPointerException e) {
            throw damaged(file, "its header does not describe its contents", e);
        } catch (IllegalArgumentException e) {
            throw damaged(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static IllegalArgumentException damaged(Path file, String why, Exception cause) {
        return new IllegalArgumentException(
                "The weight file " + file + " is not a whole safetensors file of 32-bit floats: " + why + ".", cause);
    }

    private static Content decode(byte[] bytes, NDManager manager) {
        var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.length < 8 ? -1 : buffer.getLong();
        if (length < 2 || length > MOST_HEADER || length > bytes.length - 8) {
            throw new IllegalArgumentException("its header is cut off");
        }
        int start = Math.toIntExact(8 + length);
        JsonObject header = JsonParser.parseString(new String(bytes, 8, (int) length, StandardCharsets.UTF_8))
                .getAsJsonObject();
        var metadata = new LinkedHashMap<String, String>();
        var arrays = new LinkedHashMap<String, NDArray>();
        long covered = 0;
        for (var entry : header.entrySet()) {
            JsonObject about = entry.getValue().getAsJsonObject();
            if (entry.getKey().equals("__metadata__")) {
                about.entrySet()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().getAsString()));
                continue;
            }
            if (!about.get("dtype").getAsString().equals("F32")) {
                throw new IllegalArgumentException("tensor " + entry.getKey() + " has type " + about.get("dtype"));
            }
            Shape shape = shape(about.getAsJsonArray("shape"));
            long from = about.getAsJsonArray("data_offsets").get(0).getAsLong();
            long to = about.getAsJsonArray("data_offsets").get(1).getAsLong();
            if (from < 0 || to - from != 4 * shape.size() || to > bytes.length - start) {
                throw new IllegalArgumentException("tensor " + entry.getKey() + " lies outside the file");
            }
            covered += to - from;
            arrays.put(entry.getKey(), array(bytes, Math.toIntExact(start + from), shape, manager));
        }
        if (covered != bytes.length - start) {
            throw new IllegalArgumentException("its length does not fit its header");
        }
        return new Content(arrays, metadata);
    }

    private static Shape shape(JsonArray dimensions) {
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dimensions.get(i).getAsLong();
            if (shape[i] < 0) {
                throw new IllegalArgumentException("a tensor has a negative dimension");
            }
        }
        return new Shape(shape);
    }

    private static NDArray array(byte[] bytes, int from, Shape shape, NDManager manager) {
        float[] values = new float[Math.toIntExact(shape.size())];
        ByteBuffer.wrap(bytes, from, 4 * values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        // Memory of a created array is lent by Java; the copy belongs to the engine.
        try (NDArray lent = manager.create(values, shape)) {
            return lent.duplicate();
        }
    }

    /**
     * SHA-256 over names, shapes and values.
     *
     * @param arrays arrays by name
     * @return 64 hexadecimal digits
     */
    public static String sha256(Map<String, NDArray> arrays) {
        return Sha256.of(encode(arrays, Map.of()));
    }

    /** Refuses weights that do not fit, listing what is missing, unexpected or shaped otherwise. */
    static void requireSame(Map<String, NDArray> expected, Map<String, NDArray> given) {
        var missing = new TreeSet<>(expected.keySet());
        missing.removeAll(given.keySet());
        var unexpected = new TreeSet<>(given.keySet());
        unexpected.removeAll(expected.keySet());
        var misshaped = new TreeSet<String>();
        given.forEach((name, array) -> {
            NDArray wanted = expected.get(name);
            if (wanted != null && !wanted.getShape().equals(array.getShape())) {
                misshaped.add(name + " " + array.getShape() + " instead of " + wanted.getShape());
            }
        });
        if (!missing.isEmpty() || !unexpected.isEmpty() || !misshaped.isEmpty()) {
            throw new IllegalArgumentException("The weights do not fit the architecture: missing " + missing
                    + ", unexpected " + unexpected + ", misshaped " + misshaped + ".");
        }
    }
}
