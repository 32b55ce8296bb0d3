package ardent.network.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.network.WeightContent;
import ardent.network.file.PickleNames.Storage;
import ardent.network.file.PickleNames.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Files of {@code torch.save}: the zip of PyTorch 1.6 and later, and the row of pickles of earlier versions.
 *
 * <p>The zip holds {@code NAME/data.pkl}, in which a tensor refers to its numbers as {@code ('storage', type, key,
 * location, size)}, and the numbers in {@code NAME/data/KEY}. The earlier form is five pickles (a magic number, a version,
 * the machine, the value, the keys in order) and then for each key the count in eight bytes and the numbers.
 */
public final class TorchFile {
    private static final String PICKLE = "data.pkl";
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    /** Bytes of one number where it is not one. */
    private static final Map<String, Integer> UNREAD_SIZES = Map.of("complex64", 8, "complex128", 16, "qint32", 4);

    private TorchFile() {}

    /** Whether the first bytes are those of the earlier form: protocol 2, then an integer of ten bytes. */
    public static boolean isEarlier(byte[] start) {
        return start.length >= 4 && start[0] == (byte) 0x80 && start[2] == (byte) 0x8a && start[3] == 10;
    }

    /** The name of the pickle of a zip, or nothing where there is none. */
    public static String pickle(ZipArchive archive) {
        return archive.names().stream()
                .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
                .min((one, two) -> Integer.compare(one.length(), two.length()))
                .orElse("");
    }

    /** Whether a zip is a TorchScript program rather than weights. */
    public static boolean isProgram(ZipArchive archive) {
        String pickle = pickle(archive);
        String folder = pickle.isEmpty() ? "" : pickle.substring(0, pickle.length() - PICKLE.length());
        return !pickle.isEmpty()
                && archive.has(folder + "constants.pkl")
                && archive.names().stream().anyMatch(name -> name.startsWith(folder + "code/"));
    }

    public static WeightContent zip(ZipArchive archive, String part, NDManager manager) throws IOException {
        String pickle = pickle(archive);
        String folder = pickle.substring(0, pickle.length() - PICKLE.length());
        Object root = new PickleReader(archive.read(pickle), TorchFile::storage, archive.budget()).next();
        StateDict state = StateDict.in(root, part);
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        if (archive.has(folder + "byteorder")) {
            order = order(StandardCharsets.US_ASCII
                    .decode(archive.read(folder + "byteorder"))
                    .toString());
        }
        return content(
                "PyTorch zip", state, key -> archive.read(folder + "data/" + key), order, manager, archive.budget());
    }

    public static WeightContent earlier(Path file, String part, NDManager manager) throws IOException {
        try (var channel = FileChannel.open(file)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("it is of PyTorch before 1.6 and longer than 2 GiB; save it again");
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            var sizes = new HashMap<String, Storage>();
            var budget = new ReadingLimits(channel.size());
            var reader = new PickleReader(
                    bytes,
                    id -> {
                        Storage storage = storage(id);
                        sizes.putIfAbsent(storage.key(), storage);
                        return storage;
                    },
                    budget);
            Object magic = reader.next();
            Object version = reader.next();
            if (!MAGIC.equals(magic) || !Long.valueOf(VERSION).equals(version)) {
                throw new IllegalArgumentException("it does not begin as files of torch.save do");
            }
            boolean little = !(reader.next() instanceof Map<?, ?> machine)
                    || !Boolean.FALSE.equals(machine.get("little_endian"));
            StateDict state = StateDict.in(reader.next(), part);
            var places = places(bytes, reader.next(), sizes);
            ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            return content("PyTorch before 1.6", state, key -> found(places, key), order, manager, budget);
        }
    }

    private static ByteBuffer found(Map<String, ByteBuffer> places, String key) {
        ByteBuffer place = places.get(key);
        if (place == null) {
            throw new IllegalArgumentException("it lacks the numbers of a tensor");
        }
        return place;
    }

    /** Where the numbers of each key lie, one after another behind the pickles. */
    private static Map<String, ByteBuffer> places(ByteBuffer bytes, Object keys, Map<String, Storage> sizes) {
        var places = new HashMap<String, ByteBuffer>();
        for (Object key : keys instanceof List<?> list ? list : List.of()) {
            Storage storage = sizes.get(key instanceof String text ? text : "");
            if (storage == null || bytes.remaining() < Long.BYTES) {
                throw new IllegalArgumentException("its numbers are cut off");
            }
            long size = bytes.getLong();
            int each = storage.kind() != null ? storage.kind().size() : UNREAD_SIZES.getOrDefault(storage.type(), 1);
            if (size < 0 || size > bytes.remaining() / each) {
                throw new IllegalArgumentException("its numbers are cut off");
            }
            int length = Math.toIntExact(size * each);
            places.put(storage.key(), bytes.slice(bytes.position(), length));
            bytes.position(bytes.position() + length);
        }
        return places;
    }

    private static ByteOrder order(String name) {
        return switch (name) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw new IllegalArgumentException("its order of bytes is " + PickleNames.shortened(name));
        };
    }

    /** What a tensor refers to: {@code ('storage', type, key, location, size)} and perhaps {@code (key, offset, size)}. */
    private static Storage storage(List<?> id) {
        String what = PickleNames.as(String.class, id, 0);
        if (!what.equals("storage")) {
            throw new IllegalArgumentException(
                    "it holds a whole model; load it in Python and save the weights alone with"
                            + " torch.save(model.state_dict(), file)");
        }
        PickleNames.Global type = PickleNames.as(PickleNames.Global.class, id, 1);
        if (type.type().isEmpty()) {
            throw new IllegalArgumentException("a tensor has numbers of an unknown type");
        }
        String key = PickleNames.as(String.class, id, 2);
        if (id.size() > 5 && id.get(5) instanceof List<?> view) {
            return new Storage(type.type(), type.kind(), key, PickleNames.count(view, 1), PickleNames.count(view, 2));
        }
        return new Storage(type.type(), type.kind(), key, 0, PickleNames.count(id, 4));
    }

    /** From a key to the numbers under it. */
    @FunctionalInterface
    private interface Numbers {
        ByteBuffer under(String key) throws IOException;
    }

    /** Reads the numbers of each key once, and lets them go before the next. */
    private static WeightContent content(
            String format, StateDict state, Numbers numbers, ByteOrder order, NDManager manager, ReadingLimits budget)
            throws IOException {
        Map<String, List<Map.Entry<String, Tensor>>> sharing = state.tensors().entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getValue().storage().key()));
        var read = new HashMap<String, NDArray>();
        for (var entry : sharing.entrySet()) {
            ByteBuffer bytes = numbers.under(entry.getKey());
            for (var tensor : entry.getValue()) {
                NDArray array =
                        values(tensor.getKey(), tensor.getValue(), bytes, order).array(manager, budget);
                read.put(tensor.getKey(), tensor.getValue().negated() ? array.negi() : array);
            }
        }
        var arrays = new LinkedHashMap<String, NDArray>();
        state.tensors().keySet().forEach(name -> arrays.put(name, Objects.requireNonNull(read.get(name))));
        Map<String, String> about = state.part().isEmpty() ? Map.of() : Map.of("part", state.part());
        return new WeightContent(arrays, about, format, state.unread(), state.others());
    }

    private static NumberReader values(String name, Tensor tensor, ByteBuffer bytes, ByteOrder order) {
        Storage storage = tensor.storage();
        try {
            long last = Math.addExact(storage.offset(), storage.size());
            if (last > bytes.remaining() / tensor.kind().size()) {
                throw new IllegalArgumentException(storage.size() + " values lie outside the file");
            }
            return new NumberReader(
                    tensor.kind(),
                    longs(tensor.shape()),
                    order,
                    bytes,
                    Math.addExact(storage.offset(), tensor.offset()),
                    longs(tensor.strides()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException("tensor " + PickleNames.shortened(name) + ": " + e.getMessage(), e);
        }
    }

    private static long[] longs(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }
}
