package ardent.data;

import ardent.provenance.Arguments;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * Downloads published files over HTTP; a file appears under its name only when it is whole and its checksum right. No more is
 * read than a file has, a server that sends next to nothing for 30 seconds is given up, and an interrupt ends a download at
 * once.
 */
public final class Download {
    /** Receives the progress of a download; called on the downloading thread. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Called after each piece, at least once per file.
         *
         * @param file name of the file
         * @param done bytes fetched so far
         * @param total size in bytes, −1 if the server does not tell
         */
        void at(String file, long done, long total);
    }

    static final Progress SILENT = (file, done, total) -> {};

    /** How long a server may take to answer, and for each piece of its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Download() {}

    /**
     * Fetches the files that are not yet in a folder with the right checksum.
     *
     * @param base address (http or https) of the folder that holds the files
     * @param files what to fetch
     * @param folder folder to fill, made if need be
     * @param progress told how far each file is
     * @throws DataException if a file cannot be fetched whole or has another checksum; nothing of it is kept
     */
    public static void fetch(URI base, List<Published> files, Path folder, Progress progress) {
        fetch(base, files, folder, progress, PATIENCE);
    }

    static void fetch(URI base, List<Published> files, Path folder, Progress progress, Duration patience) {
        Arguments.given("address", base);
        Arguments.given("folder", folder);
        Arguments.given("progress", progress);
        if (!"http".equals(base.getScheme()) && !"https".equals(base.getScheme())) {
            throw new IllegalArgumentException("The address %s is not one of http or https.".formatted(base));
        }
        URI slashed = base.toString().endsWith("/") ? base : URI.create(base + "/");
        var client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        for (Published file : Arguments.all("files", files)) {
            try {
                fetch(client, slashed.resolve(file.name()), file, folder, progress, patience);
            } catch (ClosedByInterruptException e) {
                throw failure(file, slashed, folder, "interrupted", e);
            } catch (IOException e) {
                throw failure(file, slashed, folder, DataException.reason(e), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failure(file, slashed, folder, "interrupted", e);
            }
        }
    }

    private static DataException failure(Published file, URI base, Path folder, String reason, Exception cause) {
        return new DataException(
                "%s cannot be fetched from %s into %s (%s): try again, or put the file there yourself."
                        .formatted(file.name(), base, folder.toAbsolutePath(), reason),
                cause);
    }

    private static void fetch(
            HttpClient client, URI address, Published file, Path folder, Progress progress, Duration patience)
            throws IOException, InterruptedException {
        Path target = folder.resolve(file.name());
        if (isThere(target, file)) {
            progress.at(file.name(), Files.size(target), Files.size(target));
            return;
        }
        Files.createDirectories(folder);
        Path part = folder.resolve(
                "%s.%d.part".formatted(file.name(), ProcessHandle.current().pid()));
        try {
            var request = HttpRequest.newBuilder(address).timeout(patience).build();
            HttpResponse<HttpBody> response = client.send(request, answer -> new HttpBody(patience));
            try (HttpBody body = response.body();
                    OutputStream out = Files.newOutputStream(part)) {
                if (response.statusCode() != 200) {
                    throw new IOException("the server answers " + response.statusCode());
                }
                String sha256 = copy(file, response.headers().firstValueAsLong("Content-Length"), body, out, progress);
                if (!sha256.equals(file.sha256())) {
                    throw new IOException("its SHA-256 is %s, not %s".formatted(sha256, file.sha256()));
                }
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Whether the published content is there already, in the original file or packed again. */
    private static boolean isThere(Path target, Published file) throws IOException {
        try {
            return Files.isRegularFile(target)
                    && (Sha256.of(target).equals(file.sha256())
                            || FileReading.of(target, file, FileReading::source).official());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (DataException e) {
            return false;
        }
    }

    private static String copy(
            Published file, OptionalLong announced, HttpBody from, OutputStream to, Progress progress)
            throws IOException, InterruptedException {
        long total = announced.orElse(-1);
        long most = file.bytes() < 0 ? Long.MAX_VALUE : file.bytes();
        if (total > most) {
            throw new IOException("the server offers %d bytes, not %d".formatted(total, most));
        }
        MessageDigest digest = Sha256.digest();
        long done = 0;
        for (ByteBuffer piece = from.next(); piece != null; piece = from.next()) {
            done += piece.remaining();
            if (done > most) {
                throw new IOException("the server sends more than its %d bytes".formatted(most));
            }
            var bytes = new byte[piece.remaining()];
            piece.get(bytes);
            to.write(bytes);
            digest.update(bytes);
            progress.at(file.name(), done, total);
        }
        return Sha256.text(digest);
    }
}
