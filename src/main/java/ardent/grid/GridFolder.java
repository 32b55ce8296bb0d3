package ardent.grid;

import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The folder in which a grid keeps its results: one folder per cell, in it the student's weights and one file per result,
 * each whole or not there, with a checksum. File names carry the start of a hash of what determines the content; the
 * content repeats it in full. Several programs may work in one folder, each on cells that it has claimed.
 */
final class GridFolder implements AutoCloseable {
    private static final int SHORT = 12;
    private static final String LOCK = ".lock";
    private static final int PLACE = 15;
    private static final int HEXADECIMAL = 16;

    /** A file: a record and the hash of its description. */
    private record Sealed(String sha256, Description content) {}

    private final Path folder;
    private final FileChannel lock;
    private final Set<String> notes = new LinkedHashSet<>();

    /** The right to fill a cell, until it is closed or the program ends, however it ends. */
    interface Claim extends AutoCloseable {
        @Override
        void close();
    }

    GridFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            lock = FileChannel.open(
                    folder.resolve(LOCK),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The folder " + folder + " cannot be written, so that no result could be kept: name another.", e);
        }
    }

    /** Claims a cell for this program; empty while another one is at it. */
    Optional<Claim> claim(Candidates.Cell cell) {
        // Each cell is one byte of the lock file, whose place is a hash of the cell's name; the file stays empty.
        String place = Sha256.of(String.valueOf(of(cell).getFileName()));
        try {
            FileLock held = lock.tryLock(Long.parseLong(place.substring(0, PLACE), HEXADECIMAL), 1, false);
            return Optional.ofNullable(held).map(one -> () -> release(one));
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(() -> {}); // a file system without locks
        }
    }

    private static void release(FileLock held) {
        try {
            held.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    /** What happened, one sentence each. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    /** The folder of a cell. */
    Path of(Candidates.Cell cell) {
        return folder.resolve(named(cell.entrant().label() + "-seed" + cell.seed(), cell.setup()));
    }

    /** A name for people, made unique by what determines the content. */
    static String named(String name, Description key) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return plain + "-" + Sha256.of(key.json()).substring(0, SHORT);
    }

    /** Reads a record that {@link #write} wrote; a damaged file counts as missing and is noted. */
    <T extends Record> Optional<T> read(Path file, Class<T> type) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            if (Description.parse(Files.readString(file)).rebuild() instanceof Sealed sealed
                    && sealed.sha256().equals(Sha256.of(sealed.content().json()))) {
                return Optional.of(type.cast(sealed.content().rebuild()));
            }
        } catch (IOException | IllegalArgumentException | ClassCastException e) {
            // said below
        }
        damaged(file);
        return Optional.empty();
    }

    void damaged(Path file) {
        notes.add("The file " + folder.relativize(file) + " is damaged; what it held is computed again.");
    }

    static void write(Path file, Record content) {
        Description description = Description.of(content);
        String text = Description.of(new Sealed(Sha256.of(description.json()), description))
                .json();
        Folder.write(
                java.util.Objects.requireNonNull(file.toAbsolutePath().getParent()),
                Map.of(String.valueOf(file.getFileName()), text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
