package ardent.network.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A zip file whose entries are read one at a time, each checked against its sum. */
public final class ZipArchive implements AutoCloseable {
    /** A deflated stream grows at most 1032-fold. */
    private static final long MOST_GROWTH = 1032;

    private final ZipFile zip;
    private final long length;
    private final ReadingLimits budget;

    public ZipArchive(Path file) throws IOException {
        length = Files.size(file);
        budget = new ReadingLimits(length);
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new IllegalArgumentException(
                    "it is cut off or damaged: its zip has no sound list of contents; fetch or copy it again", e);
        }
        var names = new HashSet<String>();
        for (String name : names()) {
            if (!names.add(name)) {
                zip.close();
                throw new IllegalArgumentException("it has " + PickleNames.shortened(name) + " twice");
            }
        }
    }

    /** What reading this file may take. */
    public ReadingLimits budget() {
        return budget;
    }

    public List<String> names() {
        return zip.stream().map(ZipEntry::getName).toList();
    }

    boolean has(String name) {
        return zip.getEntry(name) != null;
    }

    /** The first bytes of an entry, not held against its sum, which is that of all. */
    public ByteBuffer start(String name, int most) throws IOException {
        try (InputStream in = zip.getInputStream(entry(name))) {
            return ByteBuffer.wrap(in.readNBytes(most)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (ZipException | EOFException e) {
            throw new IllegalArgumentException(name + " is damaged: it cannot be unpacked", e);
        }
    }

    private ZipEntry entry(String name) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return entry;
    }

    /** The whole entry, outside of Java's heap; refuses one that is missing, damaged or longer than it can be. */
    public ByteBuffer read(String name) throws IOException {
        ZipEntry entry = entry(name);
        long size = entry.getSize();
        if (size < 0 || entry.getCompressedSize() > length || size > MOST_GROWTH * (entry.getCompressedSize() + 1)) {
            throw new IllegalArgumentException("the length of " + name + " cannot be right");
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(name + " is longer than 2 GiB");
        }
        budget.fill(size);
        var bytes = ByteBuffer.allocateDirect((int) size).order(ByteOrder.LITTLE_ENDIAN);
        var sum = new CRC32();
        try (InputStream in = zip.getInputStream(entry);
                var channel = Channels.newChannel(new CheckedInputStream(in, sum))) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        } catch (ZipException | EOFException e) {
            throw new IllegalArgumentException(name + " is damaged: it cannot be unpacked", e);
        }
        if (bytes.hasRemaining() || sum.getValue() != entry.getCrc()) {
            throw new IllegalArgumentException(name + " is damaged: its bytes do not give its checksum");
        }
        return bytes.flip();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
