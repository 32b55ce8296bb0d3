package ardent.data;

import ardent.provenance.Arguments;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Downloads published files over HTTP; a file appears under its name only when it is whole and its checksum right. No more is
 * read than a file has, a server that sends next to nothing for 30 seconds is given up, and an interrupt ends a download at
 * once.
 */
public final class Download {
    /** Receives the progress of a download; called on a thread of the download. */
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

    /** A server that sends less than these bytes in that time is given up. */
    private static final int LEAST = 1 << 16;

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
        Arguments.given("address, folder, progress", base, folder, progress);
        if (!"http".equals(base.getScheme()) && !"https".equals(base.getScheme())) {
            throw new IllegalArgumentException("The address %s is not one of http or https.".formatted(base));
        }
        URI slashed = base.toString().endsWith("/") ? base : URI.create(base + "/");
        var client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE)
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
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body();
                    OutputStream out = Files.newOutputStream(part)) {
                if (response.statusCode() != 200) {
                    throw new IOException("the server answers " + response.statusCode());
                }
                var done = new AtomicLong();
                long total =
                        response.headers().firstValueAsLong("Content-Length").orElse(-1);
                var copying = new FutureTask<>(() -> copy(file, total, body, out, done, progress));
                var thread = new Thread(copying, "ardent-download");
                thread.setDaemon(true);
                thread.start();
                String sha256 = result(copying, done, patience);
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

    /**
     * Waits for a copy in another thread: the stream of an answer waits without end and through an interrupt, until it is
     * closed. A copy that gains next to nothing in the time allowed is given up.
     */
    private static String result(FutureTask<String> copying, AtomicLong done, Duration patience)
            throws IOException, InterruptedException {
        for (long before = 0; ; before = done.get()) {
            try {
                return copying.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (done.get() - before < LEAST) {
                    throw new HttpTimeoutException(
                            "the server fell silent for " + patience.toMillis() / 1000.0 + " seconds");
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException failure) {
                    throw failure;
                }
                throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
            }
        }
    }

    private static String copy(
            Published file, long total, InputStream from, OutputStream to, AtomicLong done, Progress progress)
            throws IOException {
        long most = file.bytes() < 0 ? Long.MAX_VALUE : file.bytes();
        if (total > most) {
            throw new IOException("the server offers %d bytes, not %d".formatted(total, most));
        }
        MessageDigest digest = Sha256.digest();
        var piece = new byte[LEAST];
        for (int length = from.read(piece); length >= 0; length = from.read(piece)) {
            if (done.addAndGet(length) > most) {
                throw new IOException("the server sends more than its %d bytes".formatted(most));
            }
            to.write(piece, 0, length);
            digest.update(piece, 0, length);
            progress.at(file.name(), done.get(), total);
        }
        return Sha256.text(digest);
    }
}
