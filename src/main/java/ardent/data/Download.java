package ardent.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;

/** Fetches published files over HTTP; a file appears under its name only when it is whole and its checksum right. */
public final class Download {
    /** Hears how far a download is; called on the downloading thread. */
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

    private static final int PIECE = 1 << 16;

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
        if (!"http".equals(base.getScheme()) && !"https".equals(base.getScheme())) {
            throw new IllegalArgumentException("The address %s is not one of http or https.".formatted(base));
        }
        URI slashed = base.toString().endsWith("/") ? base : URI.create(base + "/");
        var client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        for (Published file : files) {
            try {
                fetch(client, slashed.resolve(file.name()), file, folder, progress);
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

    private static void fetch(HttpClient client, URI address, Published file, Path folder, Progress progress)
            throws IOException, InterruptedException {
        Path target = folder.resolve(file.name());
        if (Files.isRegularFile(target) && hash(target).equals(file.sha256())) {
            progress.at(file.name(), Files.size(target), Files.size(target));
            return;
        }
        Files.createDirectories(folder);
        Path part = folder.resolve(
                "%s.%d.part".formatted(file.name(), ProcessHandle.current().pid()));
        try {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(address)
                            .timeout(Duration.ofMinutes(1))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body();
                    OutputStream out = Files.newOutputStream(part)) {
                if (response.statusCode() != 200) {
                    throw new IOException("the server answers " + response.statusCode());
                }
                long total =
                        response.headers().firstValueAsLong("Content-Length").orElse(-1);
                String sha256 = copy(body, out, done -> progress.at(file.name(), done, total));
                if (!sha256.equals(file.sha256())) {
                    throw new IOException("its SHA-256 is %s, not %s".formatted(sha256, file.sha256()));
                }
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static String copy(InputStream from, OutputStream to, LongConsumer progress) throws IOException {
        MessageDigest digest = Hash.sha256();
        var piece = new byte[PIECE];
        long done = 0;
        for (int read = from.read(piece); read >= 0; read = from.read(piece)) {
            to.write(piece, 0, read);
            digest.update(piece, 0, read);
            done += read;
            progress.accept(done);
        }
        return Hash.hex(digest);
    }

    private static String hash(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return copy(in, OutputStream.nullOutputStream(), done -> {});
        }
    }
}
