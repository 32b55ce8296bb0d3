package ardent.provenance;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes files so that nobody ever sees half of one. */
public final class Folder {
    private static final String PART = ".part";

    private Folder() {}

    /** What a file is to hold. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes it.
         *
         * @param out where to; it is closed by the caller
         * @throws IOException if it cannot be written
         */
        void to(OutputStream out) throws IOException;
    }

    /**
     * Writes one file, which may be longer than memory, as {@link #write(Path, Map)} does.
     *
     * @param file where to; its folder is made if it is missing
     * @param content what to write
     * @throws UncheckedIOException with a sentence that names the folder, if it cannot be written or the disk is full
     */
    public static void write(Path file, Content content) {
        Path place = file.toAbsolutePath();
        Path name = Objects.requireNonNull(place.getFileName(), "a file has a name");
        writeAll(Objects.requireNonNull(place.getParent()), Map.of(name.toString(), content));
    }

    /**
     * Writes files into a folder, which is made if it is missing: first all of them beside their places, then each into
     * its place in one move. If a file cannot be written, the folder is left as it was.
     *
     * @param folder where to
     * @param files contents by file name
     * @throws UncheckedIOException with a sentence that names the folder, if it cannot be written or the disk is full
     */
    public static void write(Path folder, Map<String, byte[]> files) {
        var contents = new LinkedHashMap<String, Content>();
        files.forEach((name, bytes) -> contents.put(name, out -> out.write(bytes)));
        writeAll(folder, contents);
    }

    /**
     * Writes files into a folder as {@link #write(Path, Map)} does. Where their page was there before, what an earlier call left
     * beside them is removed.
     *
     * @param folder where to
     * @param files contents by file name
     * @param names the names of files that belong to these and are not always there
     * @throws UncheckedIOException with a sentence that names the folder, if it cannot be written or the disk is full
     */
    public static void replace(Path folder, Map<String, byte[]> files, Pattern names) {
        boolean again =
                files.keySet().stream().anyMatch(name -> name.endsWith(".html") && Files.exists(folder.resolve(name)));
        write(folder, files);
        if (!again) {
            return; // what lies there is somebody else's
        }
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.toList()) {
                String name = String.valueOf(path.getFileName());
                if (names.matcher(name).matches() && !files.containsKey(name) && Files.isRegularFile(path)) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The folder " + folder + " is written, but has files of an earlier save that cannot be removed ("
                            + reason(e) + "): name another folder.",
                    e);
        }
    }

    /**
     * Writes files into a folder that nobody has yet, also if others look for one at the same moment.
     *
     * @param place the folder; if it is there, the first one that is not, with {@code -2}, {@code -3} … behind its name
     * @param files contents by file name
     * @return the folder
     * @throws UncheckedIOException with a sentence that names the folder, if it cannot be written or the disk is full
     */
    public static Path writeNew(Path place, Map<String, byte[]> files) {
        Path folder = claim(place);
        try {
            write(folder, files);
        } catch (UncheckedIOException e) {
            folder.toFile().delete();
            throw e;
        }
        return folder;
    }

    private static Path claim(Path place) {
        try {
            Files.createDirectories(
                    Objects.requireNonNull(place.toAbsolutePath().getParent()));
            Path free = place;
            for (int i = 2; true; i++) {
                try {
                    return Files.createDirectory(free);
                } catch (FileAlreadyExistsException e) {
                    free = place.resolveSibling(place.getFileName() + "-" + i);
                }
            }
        } catch (IOException e) {
            throw unwritten(place, e);
        }
    }

    /**
     * Writes files, which may be longer than memory, into a folder as {@link #write(Path, Map)} does.
     *
     * @param folder where to
     * @param files contents by file name, moved into their places in this order
     * @throws UncheckedIOException with a sentence that names the folder, if it cannot be written or the disk is full
     */
    public static void writeAll(Path folder, Map<String, Content> files) {
        boolean existed = Files.exists(folder);
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempDirectory(folder, PART);
            try {
                var places = new LinkedHashMap<Path, Path>();
                for (var file : files.entrySet()) {
                    places.put(fill(part.resolve(file.getKey()), file.getValue()), folder.resolve(file.getKey()));
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
            throw unwritten(folder, e);
        }
    }

    private static UncheckedIOException unwritten(Path folder, IOException e) {
        return new UncheckedIOException(
                "Nothing was saved, because the folder " + folder + " cannot be written (" + reason(e)
                        + "): free its disk or name another folder.",
                e);
    }

    private static Path fill(Path file, Content content) throws IOException {
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            content.to(out);
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return file;
    }

    /**
     * A file that is to lie in a folder, though a file of that folder names it or may be a link.
     *
     * @param folder the folder
     * @param name what is named
     * @return the file, which may be missing
     * @throws IllegalArgumentException in one sentence, if the name, or a link that has it, leads out of the folder
     */
    public static Path inside(Path folder, String name) {
        try {
            Path file = folder.resolve(name);
            Path base = folder.toAbsolutePath().normalize(); // people type ../runs
            Path place = base.resolve(name);
            boolean plain = base.equals(place.getParent())
                    && place.equals(place.normalize())
                    && name.equals(String.valueOf(file.getFileName()));
            if (plain && (!Files.isSymbolicLink(file) || file.toRealPath().startsWith(folder.toRealPath()))) {
                return file;
            }
        } catch (InvalidPathException | IOException e) {
            // a link to nowhere leads out too
        }
        throw new IllegalArgumentException("The file \"" + name + "\" points outside the folder " + folder
                + " and is not read: copy the file into the folder.");
    }

    /**
     * Whether there is something that is no plain file, such as a link, where a file is to be written.
     *
     * @param file the place
     * @return false too if nothing is there
     */
    public static boolean obstructed(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Moves a file or folder to a place beside it in one step, so that nobody ever sees half of it there.
     *
     * @param part what is whole
     * @param place where nothing is yet
     * @throws IOException if it cannot be moved
     */
    public static void move(Path part, Path place) throws IOException {
        Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
        force(Objects.requireNonNull(place.toAbsolutePath().getParent()));
    }

    /**
     * Forces the names in a folder to the disk, where the system lets folders be opened.
     *
     * @param folder whose files were made, moved or deleted
     */
    public static void force(Path folder) {
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
     * @throws IOException if it cannot be deleted
     */
    public static void sweep(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.filter(
                            path -> String.valueOf(path.getFileName()).startsWith(PART))
                    .toList()) {
                remove(path);
            }
        }
    }

    /**
     * Deletes a file, or a folder with all that is in it, if it is there.
     *
     * @param part what to delete
     * @throws IOException if it cannot be deleted
     */
    public static void remove(Path part) throws IOException {
        if (!Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
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
