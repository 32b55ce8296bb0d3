package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.network.file.FileSignature;
import ardent.network.file.PickleNames;
import ardent.network.file.Safetensors;
import ardent.network.file.StateDict;
import ardent.network.file.TorchFile;
import ardent.network.file.WeightFit;
import ardent.network.file.WeightSeal;
import ardent.network.file.ZipArchive;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.tensor.Torch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Weights by name: to safetensors, and from safetensors, numpy's {@code .npz} and files of {@code torch.save}. */
public final class Weights {
    private Weights() {}

    /**
     * The bytes of a safetensors file.
     *
     * @param arrays arrays by name
     * @param metadata texts by key, kept in the file's {@code __metadata__}
     * @return the bytes
     */
    public static byte[] encode(Map<String, NDArray> arrays, Map<String, String> metadata) {
        var bytes = new ByteArrayOutputStream();
        try {
            write(bytes, arrays, metadata);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Writes a safetensors file, whole or not at all.
     *
     * @param file where to
     * @param arrays arrays by name
     * @param metadata texts by key, kept in the file's {@code __metadata__}
     * @throws IllegalArgumentException in one sentence, if it is a folder
     * @throws UncheckedIOException with a sentence, if the folder cannot be written
     */
    public static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        save(file, out -> write(out, arrays, metadata));
    }

    /** Writes a file, whole or not at all, where no folder is in its place. */
    static void save(Path file, Folder.Content content) {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(
                    "Nothing was saved, because " + file + " is a folder: name a file, such as one in it.");
        }
        Folder.write(file, content);
    }

    /**
     * Writes what a safetensors file holds, array by array.
     *
     * @param out where to; it stays open
     * @param arrays arrays by name
     * @param metadata texts by key, kept in the file's {@code __metadata__}
     * @throws IOException if it cannot be written
     */
    public static void write(OutputStream out, Map<String, NDArray> arrays, Map<String, String> metadata)
            throws IOException {
        Safetensors.write(out, arrays, metadata);
    }

    /**
     * Reads a weight file of any known format; the content says which, not the name.
     *
     * @param file the file
     * @param manager who will own the arrays
     * @return the arrays in the types of the file, apart from BF16 and I16, which are widened
     * @throws IllegalArgumentException in one sentence, if the file is missing, damaged, holds no weights or asks to run
     *     code, which never happens here
     */
    public static WeightContent read(Path file, NDManager manager) {
        return read(file, "", manager);
    }

    /**
     * Reads weights from among what a training script saved.
     *
     * @param file the file
     * @param part the key or keys under which the weights lie, for example {@code ema} or {@code run.best}, or the word
     *     before the dot with which their names begin; empty to look under the usual keys
     * @param manager who will own the arrays
     * @return as {@link #read(Path, NDManager)}
     */
    public static WeightContent read(Path file, String part, NDManager manager) {
        try (var own = manager.newSubManager()) {
            WeightContent content = open(file, part, own);
            content.arrays().values().forEach(array -> array.attach(manager));
            return content;
        } catch (IOException | ArithmeticException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The weight file " + file + " cannot be read: " + FileSignature.why(e) + ".", e);
        }
    }

    /**
     * The names and shapes in a weight file of any known format.
     *
     * @param file the file
     * @return a list that prints itself
     * @throws IllegalArgumentException as {@link #read(Path, NDManager)}
     */
    public static WeightList list(Path file) {
        return list(file, "");
    }

    /**
     * The names and shapes of one network among what a training script saved.
     *
     * @param file the file
     * @param part as for {@link #read(Path, String, NDManager)}
     * @return a list that prints itself
     * @throws IllegalArgumentException as {@link #read(Path, NDManager)}
     */
    public static WeightList list(Path file, String part) {
        Arguments.given("file, part", file, part);
        try (var manager = Torch.manager().newSubManager()) {
            return WeightList.of(read(file, part, manager));
        }
    }

    private static WeightContent open(Path file, String part, NDManager manager) throws IOException {
        byte[] start = FileSignature.require(file);
        boolean zip = start.length > 1 && start[0] == 'P' && start[1] == 'K';
        if (zip) {
            return zip(file, part, manager);
        }
        requireKnown(start, file);
        if (!isPickle(start)) {
            WeightContent content = Safetensors.read(file, manager);
            return part.isEmpty() ? content : under(content, part);
        }
        if (!TorchFile.isEarlier(start)) {
            throw new IllegalArgumentException("it is a pickle, but not of torch.save; load it in Python and save the"
                    + " weights with torch.save(model.state_dict(), file)");
        }
        return TorchFile.earlier(file, part, manager);
    }

    /** Refuses what is neither a pickle nor safetensors, by its first bytes. */
    static void requireKnown(byte[] start, Path file) throws IOException {
        if (!mayHold(start, file)) {
            throw new IllegalArgumentException(
                    FileSignature.unknown(start, "weights come as safetensors, .npz or from torch.save"));
        }
    }

    /** Whether a file that is no zip may hold weights, by its first bytes. */
    static boolean mayHold(byte[] start, Path file) throws IOException {
        return isPickle(start) || mayBeSafetensors(start, Files.size(file));
    }

    private static boolean isPickle(byte[] start) {
        return start[0] == (byte) 0x80 && !isJson(start);
    }

    /** Whether a header begins where it should, or its length could be one. */
    private static boolean mayBeSafetensors(byte[] start, long length) {
        if (start.length < 9) {
            return false;
        }
        long header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return start[8] == '{' || (header > 1 && header <= length - 8);
    }

    /** Whether a header in JSON begins where safetensors have it. */
    private static boolean isJson(byte[] start) {
        return start.length > 8 && start[8] == '{' && start[7] == 0;
    }

    private static WeightContent zip(Path file, String part, NDManager manager) throws IOException {
        try (var archive = new ZipArchive(file)) {
            if (TorchFile.isProgram(archive)) {
                throw new IllegalArgumentException(
                        "it is a TorchScript program, not weights; open it with TorchScript.load");
            }
            if (!TorchFile.pickle(archive).isEmpty()) {
                return TorchFile.zip(archive, part, manager);
            }
            WeightContent content =
                    new WeightContent(Npz.read(archive, manager, name -> true), Map.of(), "npz", Map.of(), List.of());
            return part.isEmpty() ? content : under(content, part);
        }
    }

    /**
     * Writes the weights of a network that is no classifier, with a name and where they come from, which {@link
     * Classifier#origin(Path)} reads.
     *
     * @param out where to; it stays open
     * @param arrays arrays by name
     * @param name what tables call the network
     * @param origin how the weights came about
     * @throws IOException if it cannot be written
     */
    public static void write(OutputStream out, Map<String, NDArray> arrays, String name, Record origin)
            throws IOException {
        var about = new TreeMap<String, String>();
        about.put(WeightSeal.NAME, name);
        about.put(WeightSeal.ORIGIN, Description.of(origin).json());
        write(out, arrays, WeightSeal.on(arrays, about));
    }

    /**
     * SHA-256 over names, shapes and values.
     *
     * @param arrays arrays by name
     * @return 64 hexadecimal digits
     */
    public static String sha256(Map<String, NDArray> arrays) {
        return WeightSeal.weights(arrays);
    }

    /** Those arrays whose names begin with a word and a dot, without both; the others are closed. */
    private static WeightContent under(WeightContent content, String word) {
        Map<String, NDArray> some = StateDict.beginning(content.arrays(), word);
        if (some.isEmpty()) {
            throw new IllegalArgumentException("it has no part named " + PickleNames.shortened(word)
                    + ", neither a key nor the beginning of a name; its names are "
                    + WeightFit.some(content.arrays().keySet()));
        }
        content.arrays().values().stream()
                .filter(array -> !some.containsValue(array))
                .forEach(NDArray::close);
        return new WeightContent(
                some, Map.of("part", word), content.format(), StateDict.beginning(content.unread(), word), List.of());
    }
}
