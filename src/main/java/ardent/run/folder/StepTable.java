package ardent.run.folder;

import ardent.provenance.Folder;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Set;

/** The loss of every step as rows of a growing file; rows wait in memory until a checkpoint vouches for them. */
final class StepTable {
    private static final String HEAD = "epoch,step,name,value\n";

    /**
     * How far the file is vouched for.
     *
     * @param length in bytes
     * @param sha256 of so many bytes
     */
    record Mark(long length, String sha256) {}

    private final Path file;
    private final StringBuilder waiting = new StringBuilder();
    private final MessageDigest digest = Sha256.digest();
    private long length;

    private StepTable(Path file) {
        this.file = file;
    }

    /** A file with a head and no rows, once it is flushed; a link or a folder in its place is set aside. */
    static StepTable fresh(Path file, Set<String> notes) {
        if (Folder.obstructed(file)) {
            setAside(file, notes);
        }
        var log = new StepTable(file);
        log.waiting.append(HEAD);
        return log;
    }

    /** The file up to a mark; rows after it are made again. A file that does not bear the mark out is set aside. */
    static StepTable at(Path file, Mark mark, Set<String> notes) {
        var log = new StepTable(file);
        try {
            boolean plain = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
            byte[] bytes = plain ? Files.readAllBytes(file) : new byte[0];
            if (mark.length >= 0 && bytes.length >= mark.length) {
                log.digest.update(bytes, 0, Math.toIntExact(mark.length));
                log.length = mark.length;
                if (log.mark().equals(mark)) {
                    return log;
                }
            }
            setAside(file, notes);
            return fresh(file, notes);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " cannot be read: " + e + ".", e);
        }
    }

    /** Takes away what no rows can be added to. */
    private static void setAside(Path file, Set<String> notes) {
        notes.add("The file " + file + " is damaged or was changed: its old rows are now in damaged-"
                + file.getFileName() + " and the table starts again; weights are not affected.");
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Checkpoint.setAside(file);
        }
    }

    void add(int epoch, int step, String name, double value) {
        waiting.append(epoch).append(',').append(step).append(',').append(name).append(',');
        waiting.append(value).append('\n');
    }

    /** Writes the rows that wait and forces them to the disk; if that fails, they go on waiting. */
    Mark flush() {
        byte[] rows = waiting.toString().getBytes(StandardCharsets.UTF_8);
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.truncate(length);
            channel.position(length);
            for (var rest = ByteBuffer.wrap(rows); rest.hasRemaining(); ) {
                channel.write(rest);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " was not written (" + e + ").", e);
        }
        digest.update(rows);
        length += rows.length;
        waiting.setLength(0);
        return mark();
    }

    private Mark mark() {
        return new Mark(length, Sha256.soFar(digest));
    }
}
