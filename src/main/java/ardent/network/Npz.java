package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.network.file.FileSignature;
import ardent.network.file.NumberReader;
import ardent.network.file.NumberType;
import ardent.network.file.WeightFit;
import ardent.network.file.ZipArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Arrays by name, to and from the {@code .npz} files of numpy: a zip of {@code .npy}, one for each array.
 *
 * <p>Types are kept: floats of 16, 32 and 64 bits, integers of 8, 32 and 64 bits, unsigned bytes and truth values;
 * integers of 16 bits come as 32. Files hold C or Fortran order, either order of bytes and headers of version 1, 2 or
 * 3; what is written is C order, little-endian, version 1, uncompressed, and equal for equal arrays.
 */
public final class Npz {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MOST_HEADER = 1 << 16;
    private static final int MOST_START = MAGIC.length + 6 + MOST_HEADER;
    private static final int ALIGNMENT = 64;
    private static final BigInteger BEYOND = BigInteger.valueOf(Long.MAX_VALUE);
    private static final String SUFFIX = ".npy";
    private static final Pattern TYPE = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
    private static final Pattern FORTRAN = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

    private Npz() {}

    /**
     * Reads every array of a file.
     *
     * @param file the file, compressed or not
     * @param manager who will own the arrays
     * @return arrays by name, in the order of the file
     * @throws IllegalArgumentException in one sentence, if the file is missing, damaged or holds anything but numbers
     */
    public static Map<String, NDArray> read(Path file, NDManager manager) {
        return read(file, manager, name -> true);
    }

    /**
     * Reads some of the arrays of a file; what the others hold does not matter.
     *
     * @param file the file, compressed or not
     * @param manager who will own the arrays
     * @param wanted says of a name whether its array is read
     * @return arrays by name, in the order of the file
     * @throws IllegalArgumentException as {@link #read(Path, NDManager)}
     */
    public static Map<String, NDArray> read(Path file, NDManager manager, Predicate<String> wanted) {
        return opened(file, archive -> {
            try (var own = manager.newSubManager()) {
                Map<String, NDArray> arrays = read(archive, own, wanted);
                arrays.values().forEach(array -> array.attach(manager));
                return arrays;
            }
        });
    }

    /**
     * What a file says of its arrays, of numbers or not.
     *
     * @param file the file, compressed or not
     * @return shapes by name, in the order of the file
     * @throws IllegalArgumentException in one sentence, if the file is missing or damaged
     */
    public static Map<String, Shape> shapes(Path file) {
        return opened(file, archive -> {
            var shapes = new LinkedHashMap<String, Shape>();
            for (String name : names(archive)) {
                String header = header(name, archive.start(name + SUFFIX, MOST_START));
                Matcher form = SHAPE.matcher(header);
                shapes.put(name, form.find() ? new Shape(shape(form.group(1))) : new Shape());
            }
            return shapes;
        });
    }

    /** What to do with an open file. */
    private interface Use<T> {
        T with(ZipArchive archive) throws IOException;
    }

    private static <T> T opened(Path file, Use<T> use) {
        try (var archive = open(file)) {
            return use.with(archive);
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "The file " + file + " cannot be read as arrays of numpy (.npz): " + FileSignature.why(e) + ".", e);
        }
    }

    private static ZipArchive open(Path file) throws IOException {
        byte[] start = FileSignature.require(file);
        if (start[0] != 'P') {
            throw new IllegalArgumentException(
                    Weights.mayHold(start, file)
                            ? "it is no zip of arrays, but may hold weights; read those with Weights.read(file, manager)"
                            : FileSignature.unknown(start, "arrays come from numpy.savez(file, x=x, y=y)"));
        }
        return new ZipArchive(file);
    }

    static Map<String, NDArray> read(ZipArchive archive, NDManager manager, Predicate<String> wanted)
            throws IOException {
        var arrays = new LinkedHashMap<String, NDArray>();
        for (String name : names(archive)) {
            if (wanted.test(name)) {
                arrays.put(name, decode(name, archive.read(name + SUFFIX)).array(manager, archive.budget()));
            }
        }
        return arrays;
    }

    private static List<String> names(ZipArchive archive) {
        List<String> entries = archive.names();
        if (!entries.stream().allMatch(name -> name.endsWith(SUFFIX))) {
            throw new IllegalArgumentException(
                    "it is a zip of " + WeightFit.some(entries) + "; unpack it and load the file in it");
        }
        return entries.stream()
                .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                .toList();
    }

    /**
     * Writes arrays, whole or not at all.
     *
     * @param file where to, ending in {@code .npz}
     * @param arrays arrays by name; they stay open
     * @throws IllegalArgumentException in one sentence, if it is a folder
     * @throws UncheckedIOException with a sentence, if the folder cannot be written
     */
    public static void write(Path file, Map<String, NDArray> arrays) {
        Weights.save(file, out -> {
            var zip = new ZipOutputStream(out);
            for (var entry : arrays.entrySet()) {
                NDArray array = entry.getValue();
                byte[] header = header(
                        NumberType.of(array.getDataType()), array.getShape().getShape());
                store(zip, entry.getKey() + SUFFIX, ByteBuffer.wrap(header), NumberType.bytes(array));
            }
            zip.finish();
        });
    }

    private static void store(ZipOutputStream zip, String name, ByteBuffer... parts) throws IOException {
        var sum = new CRC32();
        long size = 0;
        for (ByteBuffer part : parts) {
            sum.update(part.duplicate());
            size += part.remaining();
        }
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        entry.setSize(size);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        var channel = Channels.newChannel(zip);
        for (ByteBuffer part : parts) {
            channel.write(part);
        }
        zip.closeEntry();
    }

    private static byte[] header(NumberType kind, long[] shape) {
        String dimensions = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = "{'descr': '" + kind.numpy() + "', 'fortran_order': False, 'shape': (" + dimensions
                + (shape.length == 1 ? "," : "") + "), }";
        int start = MAGIC.length + 4;
        int length = (start + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (length - start));
        bytes.put(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.position() < length - 1) {
            bytes.put((byte) ' ');
        }
        return bytes.put((byte) '\n').array();
    }

    private static NumberReader decode(String name, ByteBuffer bytes) {
        String header = header(name, bytes);
        Matcher type = TYPE.matcher(header);
        Matcher fortran = FORTRAN.matcher(header);
        Matcher form = SHAPE.matcher(header);
        if (!type.find() || !fortran.find() || !form.find()) {
            throw new IllegalArgumentException(
                    "array " + name + " is described by " + header.strip() + ", which is no plain array of numbers");
        }
        String described = type.group(1);
        NumberType kind = NumberType.ofNumpy(described.replaceFirst("^[<>|=]", ""))
                .orElseThrow(() -> new IllegalArgumentException("array " + name + " has the type " + described
                        + "; save it as float32, float64, float16, int64, int32, int8, uint8 or bool"));
        long[] shape = shape(form.group(1));
        if (NumberReader.size(shape) != bytes.remaining() / kind.size() || bytes.remaining() % kind.size() != 0) {
            throw new IllegalArgumentException("array " + name + " of shape " + Arrays.toString(shape) + " and type "
                    + described + " does not fit into its " + bytes.remaining() + " bytes");
        }
        ByteOrder order = described.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return fortran.group(1).equals("True")
                ? new NumberReader(kind, shape, order, bytes, 0, columns(shape))
                : NumberReader.rows(kind, shape, order, bytes);
    }

    /** The text of the header; the position is then at the first number. */
    private static String header(String name, ByteBuffer bytes) {
        byte[] magic = new byte[MAGIC.length];
        long length = -1;
        int version = 0;
        if (bytes.remaining() >= MAGIC.length + 6) {
            version = bytes.get(magic).get();
            bytes.get();
            length = version == 1 ? bytes.getShort() & 0xffff : bytes.getInt() & 0xffff_ffffL;
        }
        if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3) {
            throw new IllegalArgumentException("array " + name + " does not begin as .npy versions 1 to 3 do");
        }
        if (length < 0 || length > Math.min(MOST_HEADER, bytes.remaining())) {
            throw new IllegalArgumentException("the header of array " + name + " is cut off");
        }
        byte[] text = new byte[(int) length];
        bytes.get(text);
        return new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }

    private static long[] shape(String dimensions) {
        return Pattern.compile("[0-9]+")
                .matcher(dimensions)
                .results()
                .mapToLong(number -> new BigInteger(number.group()).min(BEYOND).longValue())
                .toArray();
    }

    private static long[] columns(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int d = 0; d < shape.length; d++) {
            strides[d] = stride;
            stride *= Math.max(1, shape[d]);
        }
        return strides;
    }
}
