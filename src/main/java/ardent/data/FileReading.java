package ardent.data;

import ardent.provenance.Sha256;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** One file read once from front to back, unpacked if it ends in {@code .gz}, and hashed on the way. */
final class FileReading implements Closeable {
    /** What to do with an open file. */
    interface Use<T> {
        T with(FileReading reading) throws IOException;
    }

    /** Hashes what is skipped, too. */
    private static final class Hashing extends DigestInputStream {
        Hashing(InputStream in) {
            super(in, Sha256.digest());
        }

        @Override
        public long skip(long n) throws IOException {
            return readNBytes((int) Math.min(n, 1 << 16)).length;
        }
    }

    private final Path file;
    private final Published published;
    private final DigestInputStream packed;
    private final DigestInputStream content;

    private FileReading(Path file, Published published) throws IOException {
        this.file = file;
        this.published = published;
        packed = new Hashing(Files.newInputStream(file));
        content = file.toString().endsWith(".gz") ? unpack(packed) : packed;
        content.on(content == packed || !published.content().isEmpty());
    }

    private static DigestInputStream unpack(DigestInputStream packed) throws IOException {
        try {
            return new Hashing(new GzipCompressorInputStream(packed, true));
        } catch (IOException e) {
            packed.close();
            throw e;
        }
    }

    /** Opens a file, uses it and closes it; whatever goes wrong becomes one sentence naming the file. */
    static <T> T of(Path file, Published published, Use<T> use) {
        try (var reading = new FileReading(file, published)) {
            return use.with(reading);
        } catch (IOException e) {
            String reason = e instanceof EOFException ? "it ends too early" : DataException.reason(e);
            throw new DataException(
                    "%s cannot be read (%s): put the original file in its place.".formatted(file, reason), e);
        }
    }

    InputStream content() {
        return content;
    }

    /** Refuses bytes after the last record. */
    void end(InputStream rest) throws IOException {
        if (rest.read() >= 0) {
            throw new IOException("more bytes follow after its last record");
        }
    }

    /** Reads what is left and describes the file. */
    SourceFile source() throws IOException {
        content.transferTo(OutputStream.nullOutputStream());
        String packedHash = Sha256.text(packed.getMessageDigest());
        String contentHash = content == packed ? packedHash : Sha256.text(content.getMessageDigest());
        return new SourceFile(
                file.getFileName().toString(),
                Files.size(file),
                packedHash,
                published.standing(packedHash, contentHash));
    }

    @Override
    public void close() throws IOException {
        content.close();
        packed.close();
    }
}
