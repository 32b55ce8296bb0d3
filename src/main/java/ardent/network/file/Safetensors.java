package ardent.network.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.network.WeightContent;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The safetensors format: the length of a header, the header in JSON, the numbers. */
public final class Safetensors {
    private static final int MOST_HEADER = 100_000_000;

    private Safetensors() {}

    public static void write(OutputStream out, Map<String, NDArray> arrays, Map<String, String> metadata)
            throws IOException {
        byte[] head = header(arrays, metadata);
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(head.length)
                .array());
        out.write(head);
        var channel = Channels.newChannel(out);
        for (NDArray array : arrays.values()) {
            channel.write(NumberType.bytes(array));
        }
    }

    private static byte[] header(Map<String, NDArray> arrays, Map<String, String> metadata) {
        var header = new JsonObject();
        header.add("__metadata__", new Gson().toJsonTree(metadata));
        long end = 0;
        for (var entry : arrays.entrySet()) {
            NumberType kind = NumberType.of(entry.getValue().getDataType());
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

    public static WeightContent read(Path file, NDManager manager) throws IOException {
        try (var channel = FileChannel.open(file)) {
            return read(channel, manager);
        }
    }

    private static WeightContent read(FileChannel channel, NDManager manager) throws IOException {
        long length = channel.size() < 8 ? -1 : bytes(channel, 0, 8).getLong();
        if (length < 2 || length > MOST_HEADER || length > channel.size() - 8) {
            throw new IllegalArgumentException("its header is cut off");
        }
        long start = 8 + length;
        SafetensorsHeader header = SafetensorsHeader.parse(bytes(channel, 8, length));
        header.requireWhole(channel.size() - start);
        var arrays = new LinkedHashMap<String, NDArray>();
        var unread = new LinkedHashMap<String, String>();
        var budget = new ReadingLimits(channel.size());
        for (var entry : header.tensors().entrySet()) {
            SafetensorsHeader.Entry about = entry.getValue();
            Optional<NumberType> kind = NumberType.ofName(about.type());
            if (kind.isEmpty()) {
                unread.put(entry.getKey(), about.type());
                continue;
            }
            ByteBuffer bytes = bytes(channel, start + about.from(), about.to() - about.from());
            NumberReader values = NumberReader.rows(kind.get(), about.dimensions(), ByteOrder.LITTLE_ENDIAN, bytes);
            arrays.put(entry.getKey(), values.array(manager, budget));
        }
        return new WeightContent(arrays, header.metadata(), "safetensors", unread, List.of());
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
