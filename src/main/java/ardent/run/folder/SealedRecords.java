package ardent.run.folder;

import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Records as readable files that notice when they were damaged. */
public final class SealedRecords {
    private SealedRecords() {}

    /** Writes a record whose first component is an open seal. */
    public static void write(Path file, Record record, Function<Described, Record> origin) {
        byte[] closed = bytes(record, origin);
        Folder.write(file, out -> out.write(closed));
    }

    /** What {@link #write} writes. */
    static byte[] bytes(Record record, Function<Described, Record> origin) {
        return Seal.close(Description.of(record, origin).json().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException in one sentence that names the file, if it is missing or damaged
     */
    public static Description read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            requireIntact(file, new ByteArrayInputStream(bytes));
            return parsed(file, new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException("The file " + file + " cannot be read: " + e + ".", e);
        }
    }

    private static Description parsed(Path file, String text) {
        try {
            return Description.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The file " + file + " cannot be read. " + e.getMessage(), e);
        }
    }

    /**
     * Reads a record that {@link #write} wrote.
     *
     * @throws IllegalArgumentException in one sentence that names the file, if it is missing, damaged or of other content
     */
    public static <T extends Record> T read(Path file, Class<T> type) {
        Description content = read(file);
        try {
            return type.cast(content.rebuild());
        } catch (RuntimeException e) { // a file of other content fails anywhere
            throw new IllegalArgumentException(
                    "The file " + file + " is intact but has other content than its name says (" + e.getMessage()
                            + ").",
                    e);
        }
    }

    /** Refuses a file that is missing or not what it was when it was sealed. */
    static void requireIntact(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            requireIntact(file, in);
        } catch (IOException e) {
            throw new IllegalArgumentException("The file " + file + " cannot be read: " + e + ".", e);
        }
    }

    private static void requireIntact(Path file, InputStream in) throws IOException {
        if (!Seal.intact(in)) {
            throw new IllegalArgumentException(
                    "The file " + file + " is damaged or was changed: its SHA-256 is not the one it names.");
        }
    }

    /** Refuses a file that is missing or not the one that was written. */
    public static void requireHash(Path file, String sha256) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("The file " + file + " is missing.");
        }
        if (!Sha256.of(file).equals(sha256)) {
            throw new IllegalArgumentException(
                    "The file " + file + " is damaged or was changed: its SHA-256 is not the one recorded.");
        }
    }
}
