package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The safetensors format: the length of a header, the header in JSON, the numbers. */
final class Safetensors {
    private static final int MOST_HEADER = 100_000_000;

    private Safetensors() {}

    static void write(OutputStream out, Map<String, NDArray> arrays, Map<String, String> metadata) throws IOException {
        byte[] head = header(arrays, metadata);
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(head.length)
                .array());
        out.write(head);
        for (NDArray array : arrays.values()) {
            Npz.copy(Npz.bytes(array), out);
        }
    }

    private static byte[] header(Map<String, NDArray> arrays, Map<String, String> metadata) {
        var header = new JsonObject();
        header.add("__metadata__", new Gson().toJsonTree(metadata));
        long end = 0;
        for (var entry : arrays.entrySet()) {
            Kind kind = Kind.of(entry.getValue().getDataType());
            var about = new JsonObject();
            about.addProperty("dtype", kind.name());
            var shape = new JsonArray();
            for (long dimension : entry.getValue().getShape().getShape()) {
                shape.add(dimension);
            }
            about.add("shape", shape);
            var offsets = new JsonArray();
            offsets.add(end);
            end += kind.size() * entry.getValue().size();
            offsets.add(end);
            about.add("data_offsets", offsets);
            header.add(entry.getKey(), about);
        }
        String text = header.toString();
        text += " ".repeat((8 - text.getBytes(StandardCharsets.UTF_8).length % 8) % 8);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Weights.Content read(Path file, NDManager manager) throws IOException {
        try (var channel = FileChannel.open(file)) {
            return read(channel, manager);
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | IndexOutOfBoundsException
                | NumberFormatException
                | NullPointerException e) {
            throw new IllegalArgumentException("its header does not describe its contents", e);
        }
    }

    private static Weights.Content read(FileChannel channel, NDManager manager) throws IOException {
        long length = channel.size() < 8 ? -1 : bytes(channel, 0, 8).getLong();
        if (length < 2 || length > MOST_HEADER || length > channel.size() - 8) {
            throw new IllegalArgumentException("its header is cut off");
        }
        long start = 8 + length;
        String text = StandardCharsets.UTF_8.decode(bytes(channel, 8, length)).toString();
        var metadata = new LinkedHashMap<String, String>();
        var arrays = new LinkedHashMap<String, NDArray>();
        long covered = 0;
        for (var entry : JsonParser.parseString(text).getAsJsonObject().entrySet()) {
            JsonObject about = entry.getValue().getAsJsonObject();
            if (entry.getKey().equals("__metadata__")) {
                about.entrySet()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().getAsString()));
                continue;
            }
            String name = "tensor " + Globals.shortened(entry.getKey());
            String type = about.get("dtype").getAsString();
            Kind kind = Kind.ofName(type).orElseThrow(() -> new IllegalArgumentException(name + " has type " + type));
            long[] shape = shape(about.getAsJsonArray("shape"));
            long from = about.getAsJsonArray("data_offsets").get(0).getAsLong();
            long to = about.getAsJsonArray("data_offsets").get(1).getAsLong();
            long size = Math.multiplyExact(kind.size(), Values.size(shape));
            if (from < 0 || to < from || to - from != size || to > channel.size() - start) {
                throw new IllegalArgumentException(name + " lies outside the file");
            }
            covered += size;
            Values values = Values.rows(kind, shape, ByteOrder.LITTLE_ENDIAN, bytes(channel, start + from, size));
            arrays.put(entry.getKey(), values.array(manager));
        }
        if (covered != channel.size() - start) {
            throw new IllegalArgumentException("its length does not fit its header");
        }
        return new Weights.Content(arrays, metadata, "safetensors");
    }

    private static long[] shape(JsonArray dimensions) {
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dimensions.get(i).getAsLong();
        }
        return shape;
    }

    private static ByteBuffer bytes(FileChannel channel, long from, long length) throws IOException {
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a tensor is longer than 2 GiB");
        }
        var bytes = ByteBuffer.allocateDirect((int) length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new IllegalArgumentException("it is cut off");
            }
        }
        return bytes.flip();
    }
}
