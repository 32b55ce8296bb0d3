package ardent.attack;

import ardent.attack.Ledger.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The entries of a cascade on disk, each with its length and checksum and forced out before the next batch begins; an
 * entry that was cut off is cut away when the file is opened again.
 */
final class Journal implements AutoCloseable {
    private static final int FRAME = 12;

    private final FileChannel channel;

    private Journal(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens or makes a journal.
     *
     * @param file the file
     * @param run fingerprint of the run that it belongs to
     * @param ledger what takes the entries found
     * @throws IllegalArgumentException if the file belongs to another run
     */
    static Journal open(Path file, String run, Ledger ledger) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            List<byte[]> records = whole(channel);
            if (records.isEmpty()) {
                var journal = new Journal(channel);
                journal.write(run.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                return journal;
            }
            if (!run.equals(new String(records.get(0), java.nio.charset.StandardCharsets.UTF_8))) {
                channel.close();
                throw new IllegalArgumentException("The journal " + file + " belongs to another run: attack, network,"
                        + " images or labels differ. Give another file, or delete this one.");
            }
            for (byte[] record : records.subList(1, records.size())) {
                ledger.apply(decode(record));
            }
            return new Journal(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("The journal " + file + " cannot be opened: " + e.getMessage(), e);
        }
    }

    void append(Entry entry) {
        try {
            write(encode(entry));
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be written: " + e.getMessage(), e);
        }
    }

    private void write(byte[] record) throws IOException {
        var buffer = ByteBuffer.allocate(FRAME + record.length);
        buffer.putInt(record.length).putLong(checksum(record)).put(record).flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(false);
    }

    /** Reads the records up to the first damaged one, from which on it cuts the file. */
    private static List<byte[]> whole(FileChannel channel) throws IOException {
        var records = new ArrayList<byte[]>();
        long end = 0;
        while (true) {
            var frame = ByteBuffer.allocate(FRAME);
            if (!filled(channel, frame, end)) {
                break;
            }
            int length = frame.getInt();
            long sum = frame.getLong();
            if (length < 0 || length > channel.size() - end - FRAME) {
                break;
            }
            var record = ByteBuffer.allocate(length);
            if (!filled(channel, record, end + FRAME) || checksum(record.array()) != sum) {
                break;
            }
            records.add(record.array());
            end += FRAME + (long) length;
        }
        channel.truncate(end);
        channel.position(end);
        return records;
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

    private static byte[] encode(Entry entry) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(entry.stage());
            out.writeLong(entry.position());
            out.writeInt(entry.outside());
            out.writeInt(entry.unstable());
            out.writeLong(entry.cost().forwards());
            out.writeLong(entry.cost().backwards());
            out.writeLong(entry.cost().images());
            out.writeLong(entry.nanos());
            out.writeInt(entry.rows().size());
            for (int i = 0; i < entry.rows().size(); i++) {
                out.writeInt(entry.rows().get(i));
                float[] pixels =
                        entry.images().isEmpty() ? new float[0] : entry.images().get(i);
                out.writeInt(pixels.length);
                for (float pixel : pixels) {
                    out.writeFloat(pixel);
                }
            }
        }
        return bytes.toByteArray();
    }

    private static Entry decode(byte[] record) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(record))) {
            int stage = in.readInt();
            long position = in.readLong();
            int outside = in.readInt();
            int unstable = in.readInt();
            Cost cost = new Cost(in.readLong(), in.readLong(), in.readLong());
            long nanos = in.readLong();
            int count = in.readInt();
            var rows = new ArrayList<Integer>();
            var images = new ArrayList<float[]>();
            for (int i = 0; i < count; i++) {
                rows.add(in.readInt());
                float[] pixels = new float[in.readInt()];
                for (int j = 0; j < pixels.length; j++) {
                    pixels[j] = in.readFloat();
                }
                images.add(pixels);
            }
            return new Entry(stage, position, rows, images, outside, unstable, cost, nanos);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
