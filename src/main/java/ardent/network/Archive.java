package ardent.network;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A zip file whose entries are read one at a time, each checked against its sum. */
final class Archive implements AutoCloseable {
    /** A deflated stream grows at most 1032-fold. */
    private static final long MOST_GROWTH = 1032;

    private final ZipFile zip;
    private final long length;

    Archive(Path file) throws IOException {
        length = Files.size(file);
        zip = new ZipFile(file.toFile());
    }

    List<String> names() {
        return zip.stream().map(ZipEntry::getName).toList();
    }

    boolean has(String name) {
        return zip.getEntry(name) != null;
    }

    /** The whole entry, outside of Java's heap; refuses one that is missing, damaged or longer than it can be. */
    ByteBuffer read(String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        long size = entry.getSize();
        if (size < 0 || entry.getCompressedSize() > length || size > MOST_GROWTH * (entry.getCompressedSize() + 1)) {
            throw new IllegalArgumentException("the length of " + name + " cannot be right");
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(name + " is longer than 2 GiB");
        }
        var bytes = ByteBuffer.allocateDirect((int) size).order(ByteOrder.LITTLE_ENDIAN);
        var sum = new CRC32();
        try (InputStream in = zip.getInputStream(entry);
                var channel = Channels.newChannel(new CheckedInputStream(in, sum))) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
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
