package ardent.grid;

import ardent.provenance.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Shares the cells of a grid among several programs at one folder, each at work on those that it has claimed. */
final class CellClaims implements AutoCloseable {
    private static final String LOCK = ".lock";
    private static final int PLACE = 15;
    private static final int HEXADECIMAL = 16;

    private final FileChannel lock;

    /** The right to fill a cell, until it is closed or the program ends, however it ends. */
    interface Claim extends AutoCloseable {
        @Override
        void close();
    }

    CellClaims(Path folder) {
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
        // Each cell is one byte of the lock file, whose place is a hash of what it is; the file stays empty.
        String place = Sha256.of(
                cell.setup().json() + (cell.told() ? "" : cell.candidate().name()));
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

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
