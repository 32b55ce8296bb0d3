package ardent.provenance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Writes files so that nobody ever sees half of one. */
public final class Folder {
    private static final String PART = ".part";

    private Folder() {}

    /**
     * Writes files into a folder, which is made if it is missing: first all of them beside their places, then each into
     * its place in one move. If a file cannot be written, the folder is left as it was.
     *
     * @param folder where to
     * @param files contents by file name
     * @throws UncheckedIOException with a sentence that names the folder, if it cannot be written or the disk is full
     */
    public static void write(Path folder, Map<String, byte[]> files) {
        boolean existed = Files.exists(folder);
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempDirectory(folder, PART);
            try {
                var places = new LinkedHashMap<Path, Path>();
                for (var file : files.entrySet()) {
                    places.put(write(part.resolve(file.getKey()), file.getValue()), folder.resolve(file.getKey()));
                }
                for (var place : places.entrySet()) {
                    Files.move(place.getKey(), place.getValue(), StandardCopyOption.ATOMIC_MOVE);
                }
                force(folder);
            } finally {
                remove(part);
            }
        } catch (IOException e) {
            if (!existed) {
                folder.toFile().delete();
            }
            throw new UncheckedIOException(
                    "Nothing was saved, because the folder " + folder + " cannot be written (" + reason(e)
                            + "): free its disk or name another folder.",
                    e);
        }
    }

    /** What goes into a file, piece by piece. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes it.
         *
         * @param channel the empty file
         * @throws IOException if it cannot be written
         */
        void to(FileChannel channel) throws IOException;
    }

    /**
     * Writes one file of an existing folder, whole or not at all: beside its place, forced to the disk, then into its place
     * in one move.
     *
     * @param file where to
     * @param content what goes into it
     * @throws UncheckedIOException with a sentence that names the file, if the folder cannot be written or the disk is full
     */
    public static void write(Path file, Content content) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        Path part = folder.resolve(PART + file.getFileName());
        try {
            try (var channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                content.to(channel);
                channel.force(true);
            } catch (IOException e) {
                Files.deleteIfExists(part);
                throw e;
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            force(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The file " + file + " was not written (" + reason(e)
                            + "): free its disk or let its folder be written.",
                    e);
        }
    }

    /** Forces the names in a folder to the disk, where the system lets folders be opened. */
    static void force(Path folder) {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no folders; names are safe there once the file is.
        }
    }

    /**
     * Deletes what writers that were killed left behind.
     *
     * @param folder that nobody writes
     * @throws UncheckedIOException with a sentence, if it cannot be deleted
     */
    public static void sweep(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.filter(
                            path -> String.valueOf(path.getFileName()).startsWith(PART))
                    .toList()) {
                remove(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The folder " + folder + " cannot be tidied (" + reason(e) + "): let it be written.", e);
        }
    }

    private static Path write(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return file;
    }

    /**
     * Deletes a file, or a folder with all that is in it, if it is there.
     *
     * @param part what to delete
     * @throws IOException if it cannot be deleted
     */
    public static void remove(Path part) throws IOException {
        if (!Files.exists(part)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(part)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        String kind = e.getClass().getSimpleName().replace("Exception", "");
        return message == null || message.isBlank() ? kind : kind + ": " + message;
    }
}
