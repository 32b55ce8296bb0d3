package ardent.train;

import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.provenance.Seal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Records as readable files that notice when they were damaged. */
final class Sealed {
    private Sealed() {}

    /** Writes a record whose first component is an open seal. */
    static void write(Path file, Record record, Function<Described, Record> origin) {
        byte[] text = Description.of(record, origin).json().getBytes(StandardCharsets.UTF_8);
        byte[] closed = Seal.close(text);
        Folder.write(file, channel -> append(channel, closed));
    }

    static void append(FileChannel channel, byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException in one sentence that names the file, if it is missing or damaged
     */
    static Description read(Path file) {
        return Description.parse(new String(bytes(file), StandardCharsets.UTF_8));
    }

    /** The bytes of a sealed file, whole. */
    static byte[] bytes(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("The file " + file + " cannot be read: " + e + ".", e);
        }
        if (!Seal.intact(bytes)) {
            throw new IllegalArgumentException(
                    "The file " + file + " is damaged or was changed: its SHA-256 is not the one it names.");
        }
        return bytes;
    }
}
