package ardent.attack.cascade;

import ardent.attack.cascade.CascadeState.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a cascade on disk, each with its length and checksum and forced out before the next batch begins; an
 * entry that was cut off is cut away when the file is opened again.
 */
final class Journal implements AutoCloseable {
    private static final int FRAME = 12;
    private static final int BLANK = 1 << 16;
    private static final String TITLE = "Ardent journal 1 ";

    private final FileChannel channel;

    private Journal(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens or makes a journal.
     *
     * @param file the file
     * @param run fingerprint of the run that it belongs to
     * @param state what takes the entries found
     * @param renews whether a file that belongs to another run or is no journal is begun anew
     * @throws IllegalArgumentException in one sentence, if it is a folder, a link, or being written, or if it belongs to another run or
     *     is no journal and is not to be begun anew; it is left alone
     */
    static Journal open(Path file, String run, CascadeState state, boolean renews) {
        FileChannel channel = null;
        try {
            channel = channel(file);
            byte[] title = (TITLE + run).getBytes(StandardCharsets.UTF_8);
            var entries = new ArrayList<Entry>();
            List<byte[]> records = whole(channel, entries);
            boolean foreign = !records.isEmpty() && !Arrays.equals(title, records.get(0));
            boolean none = records.isEmpty() && !begun(channel, framed(title));
            if (renews && (foreign || none)) {
                channel.truncate(0);
                records.clear();
                entries.clear();
            } else if (none) {
                throw new IllegalArgumentException(
                        "The file " + file + " is no journal of a cascade and stays as it is; name another file.");
            } else if (foreign) {
                throw new IllegalArgumentException("The journal " + file + " belongs to another run: attack, network,"
                        + " images, labels or radii differ. Give another file, or delete this one.");
            }
            cut(file, channel, records);
            var journal = new Journal(channel);
            if (records.isEmpty()) {
                journal.write(title);
            }
            entries.forEach(state::apply);
            channel = null;
            return journal;
        } catch (IOException e) {
            throw new UncheckedIOException("The journal " + file + " cannot be opened: " + e.getMessage(), e);
        } finally {
            close(channel);
        }
    }

    private static FileChannel channel(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException("The journal " + file + " is a folder; name a file in it.");
        }
        if (Files.isSymbolicLink(file)) {
            throw new IllegalArgumentException("The journal " + file + " is a link, and nothing is written through it:"
                    + " name the file itself.");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // said below, as of a lock of another process
        }
        channel.close();
        throw new IllegalArgumentException(
                "The journal " + file + " is being written by another run; wait for it, or name another file.");
    }

    /**
     * Whether a file without a whole record is empty or begins as a journal whose first write was cut off; a power cut may
     * leave zeros in the place of what was not written.
     */
    private static boolean begun(FileChannel channel, ByteBuffer title) throws IOException {
        if (channel.size() > BLANK) {
            return false;
        }
        var bytes = ByteBuffer.allocate((int) channel.size());
        if (!filled(channel, bytes, 0)) {
            return false;
        }
        int same = Math.max(0, bytes.mismatch(title));
        while (same < bytes.limit() && bytes.get(same) == 0) {
            same++;
        }
        return bytes.mismatch(title) < 0 || same == bytes.limit();
    }

    void append(Entry entry) {
        try {
            write(entry.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be written: " + e.getMessage(), e);
        }
    }

    private static ByteBuffer framed(byte[] record) {
        var buffer = ByteBuffer.allocate(FRAME + record.length);
        return buffer.putInt(record.length)
                .putLong(checksum(record))
                .put(record)
                .flip();
    }

    private void write(byte[] record) throws IOException {
        ByteBuffer buffer = framed(record);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(false);
    }

    /** Reads the records up to the first damaged one, and the entries in all but the first; an empty one is none. */
    private static List<byte[]> whole(FileChannel channel, List<Entry> entries) throws IOException {
        var records = new ArrayList<byte[]>();
        long end = 0;
        while (true) {
            var frame = ByteBuffer.allocate(FRAME);
            if (!filled(channel, frame, end)) {
                break;
            }
            int length = frame.getInt();
            long sum = frame.getLong();
            if (length <= 0 || length > channel.size() - end - FRAME) {
                break;
            }
            var record = ByteBuffer.allocate(length);
            if (!filled(channel, record, end + FRAME) || checksum(record.array()) != sum) {
                break;
            }
            if (!records.isEmpty()) {
                entries.add(Entry.of(record.array()));
            }
            records.add(record.array());
            end += FRAME + (long) length;
        }
        return records;
    }

    /** Cuts away what follows the whole records, with a message, and goes on after them. */
    private static void cut(Path file, FileChannel channel, List<byte[]> records) throws IOException {
        long end = records.stream()
                .mapToLong(record -> FRAME + (long) record.length)
                .sum();
        if (channel.size() > end) {
            System.err.println(
                    "The journal " + file + " ends in " + (channel.size() - end) + " bytes that are no whole"
                            + " record, as a kill or a power cut leaves them: they were cut off, and the work goes on before them.");
        }
        channel.truncate(end);
        channel.position(end);
    }

    private static boolean filled(FileChannel channel, ByteBuffer buffer, long from) throws IOException {
        long at = from;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                return false;
            }
            at += read;
        }
        buffer.flip();
        return true;
    }

    private static long checksum(byte[] record) {
        var crc = new CRC32();
        crc.update(record);
        return crc.getValue();
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
