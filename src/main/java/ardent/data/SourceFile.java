package ardent.data;

import ardent.provenance.Arguments;
import ardent.provenance.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A file (or what was given in memory) that data were read from.
 *
 * @param name file name without any folder
 * @param bytes size in bytes, as it lies on disk
 * @param sha256 SHA-256 in lower-case hex, as it lies on disk
 * @param standing how it compares with the published file, see {@link #official()}
 */
public record SourceFile(String name, long bytes, String sha256, String standing) {
    /** Of a file that is not what was published under its name. */
    public static final String DIFFERENT = "differs from the official file";

    static final String OFFICIAL = "official file";
    static final String OFFICIAL_CONTENT = "official content, packed anew";
    static final String IN_MEMORY = "given in memory";
    static final String OWN = "a file of one's own";
    static final String PIXELS = "pixels";
    static final String LABELS = "labels";

    /** Nothing is null. */
    public SourceFile {
        Arguments.given("name, sha256, standing", name, sha256, standing);
    }

    /**
     * A file of one's own.
     *
     * @param file where it lies
     * @return its name, size and hash
     * @throws DataException in one sentence, if it cannot be read
     */
    public static SourceFile of(Path file) {
        Arguments.given("file", file);
        try {
            return new SourceFile(String.valueOf(file.getFileName()), Files.size(file), Sha256.of(file), OWN);
        } catch (IOException | UncheckedIOException e) {
            throw new DataException("%s cannot be read (%s).".formatted(file, DataException.reason(e)), e);
        }
    }

    /**
     * Data that were given in memory, known by their content.
     *
     * @param what they are, such as {@code pixels}
     * @param content all of them, as bytes
     * @return that name, size and hash
     */
    public static SourceFile inMemory(String what, byte[] content) {
        Arguments.given("what, content", what, content);
        return new SourceFile(what, content.length, Sha256.of(content), IN_MEMORY);
    }

    /**
     * Finds a file in a folder, plain or as {@code .gz}.
     *
     * @param folder where to look
     * @param names what it may be called, without {@code .gz}
     * @return the first that is there
     */
    public static Optional<Path> find(Path folder, String... names) {
        Arguments.given("folder, names", folder, names);
        return Stream.of(names)
                .flatMap(name -> Stream.of(name + ".gz", name))
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /**
     * The lines of a text in UTF-8, unpacked if its name ends in {@code .gz}, without the mark that some programs begin it with and
     * without blank lines at its end.
     *
     * @param file where it lies
     * @return its lines
     * @throws DataException in one sentence, if it cannot be read or is not in UTF-8
     */
    public static List<String> lines(Path file) {
        Arguments.given("file", file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
                var reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()))) {
            List<String> lines = unmarked(reader).lines().toList();
            int end = lines.size();
            while (end > 0 && lines.get(end - 1).isBlank()) {
                end--;
            }
            return lines.subList(0, end);
        } catch (IOException | UncheckedIOException e) {
            boolean encoding =
                    e instanceof CharacterCodingException || e.getCause() instanceof CharacterCodingException;
            throw new DataException(
                    encoding
                            ? file + " is not a text in UTF-8: save it as one."
                            : file + " cannot be read (" + DataException.reason(e) + "): put the data there.",
                    e);
        }
    }

    /** Tells whether the content is, byte for byte, what the authors published. */
    public boolean official() {
        return standing.equals(OFFICIAL) || standing.equals(OFFICIAL_CONTENT);
    }

    /** The same file, whose content is the published one. */
    SourceFile packedAnew() {
        return new SourceFile(name, bytes, sha256, OFFICIAL_CONTENT);
    }

    /** Whether it is the user's: only the user can give it again. */
    boolean own() {
        return standing.equals(IN_MEMORY) || standing.equals(OWN);
    }

    /** A text at its beginning, behind the byte order mark that some programs begin it with. */
    static BufferedReader unmarked(BufferedReader text) throws IOException {
        text.mark(1);
        if (text.read() != '\uFEFF') {
            text.reset();
        }
        return text;
    }

    /** As 0.1.0 described it, without the shape of the pixels and the number of the classes. */
    SourceFile formerly() {
        return Stream.of(PIXELS, LABELS)
                .filter(former -> standing.equals(IN_MEMORY) && name.startsWith(former))
                .findFirst()
                .map(former -> new SourceFile(former, bytes, sha256, standing))
                .orElse(this);
    }
}
