package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.provenance.Sha256;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
    private static final byte[] CONTENT = new byte[300_000];
    private static final Published FILE = new Published("tiny.gz", Sha256.of(CONTENT), "");

    @TempDir
    Path temporary;

    private Path folder;
    private HttpServer server;
    private URI base;
    private volatile int requests;
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong sent = new AtomicLong();

    @BeforeEach
    void start() throws IOException {
        folder = temporary.resolve("made/on/demand");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/data");
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    /** Answers with a status, an announced length (0: in chunks) and as much of the body as there is. */
    private void serve(int status, long length, byte[] body) {
        server.createContext("/data/tiny.gz", exchange -> {
            requests++;
            try (exchange) {
                exchange.sendResponseHeaders(status, length);
                exchange.getResponseBody().write(body);
                exchange.getResponseBody().flush();
            }
        });
    }

    private void fetch() {
        Download.fetch(base, List.of(FILE), folder, Download.SILENT);
    }

    private void refused(String reason) throws IOException {
        assertThatThrownBy(this::fetch)
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("tiny.gz cannot be fetched from %s/ into %s (".formatted(base, folder))
                .hasMessageContaining(reason)
                .hasMessageEndingWith("): try again, or put the file there yourself.");
        if (Files.exists(folder)) {
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void fetchesOnceAndTellsHowFar() throws IOException {
        serve(200, CONTENT.length, CONTENT);
        var steps = new ArrayList<Long>();
        Download.fetch(base, List.of(FILE), folder, (file, done, total) -> {
            assertThat(file).isEqualTo("tiny.gz");
            assertThat(total).isEqualTo(CONTENT.length);
            steps.add(done);
        });
        assertThat(steps).isSorted().endsWith((long) CONTENT.length);
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
        assertThat(folder.resolve("tiny.gz")).hasBinaryContent(CONTENT);
        fetch();
        assertThat(requests).isOne();
    }

    @Test
    void replacesADamagedFile() throws IOException {
        serve(200, 0, CONTENT);
        Files.createDirectories(folder);
        Files.write(folder.resolve("tiny.gz"), new byte[] {1, 2, 3});
        fetch();
        assertThat(folder.resolve("tiny.gz")).hasBinaryContent(CONTENT);
    }

    @Test
    void keepsNothingWithAWrongChecksum() throws IOException {
        serve(200, 5, new byte[5]);
        refused("its SHA-256 is 8855508aade16ec573d21e6a485dfd0a7624085c1a14b5ecdd6485de0c6839a4, not ");
    }

    @Test
    void keepsNothingOfAnErrorPage() throws IOException {
        refused("the server answers 404");
        serve(500, CONTENT.length, CONTENT);
        refused("the server answers 500");
    }

    @Test
    void keepsNothingWhenTheConnectionIsCut() throws IOException {
        serve(200, CONTENT.length, Arrays.copyOf(CONTENT, 100_000));
        refused("");
        server.removeContext("/data/tiny.gz");
        serve(200, 0, Arrays.copyOf(CONTENT, 100_000));
        refused("");
        server.stop(0);
        refused("");
    }

    @Test
    void saysThatTheFolderCannotBeMade() throws IOException {
        serve(200, CONTENT.length, CONTENT);
        Files.write(temporary.resolve("made"), new byte[1]);
        assertThatThrownBy(this::fetch)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("tiny.gz cannot be fetched");
    }

    @Test
    void stopsWhenInterrupted() throws IOException {
        serve(200, CONTENT.length, CONTENT);
        Thread.currentThread().interrupt();
        refused("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    /** Answers without end, a piece at a time, until the other side hangs up or the test is over. */
    private void serve(byte[] piece, Duration pause) {
        serve("/data/tiny.gz", 0, piece, pause);
    }

    private void serve(String place, long length, byte[] piece, Duration pause) {
        server.createContext(place, exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, length);
                for (int i = 0; i < 4096 && !over.await(pause.toNanos(), TimeUnit.NANOSECONDS); i++) {
                    exchange.getResponseBody().write(piece);
                    exchange.getResponseBody().flush();
                    sent.addAndGet(piece.length);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void refused(Published file, Duration patience, String reason) {
        assertThatThrownBy(() -> Download.fetch(base, List.of(file), folder, Download.SILENT, patience))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("(" + reason);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void readsNoMoreThanTheFileHas() {
        var known = new Published("tiny.gz", Sha256.of(CONTENT), "", CONTENT.length);
        serve(new byte[1 << 16], Duration.ZERO);
        refused(known, Duration.ofSeconds(30), "the server sends more than its 300000 bytes");
        assertThat(sent.get()).isLessThan(64 << 20); // of 256 MB; what is under way in the sockets counts
    }

    @Test
    void everyPublishedFileHasASize() throws IOException {
        serve("/", 1L << 40, new byte[1 << 16], Duration.ofMillis(1));
        for (BiConsumer<Path, URI> download : List.<BiConsumer<Path, URI>>of(
                (to, from) -> Mnist.download(to, from, Download.SILENT),
                (to, from) -> FashionMnist.download(to, from, Download.SILENT),
                (to, from) -> Cifar10.download(to, from, Download.SILENT),
                (to, from) -> Cifar100.download(to, from, Download.SILENT))) {
            assertThatThrownBy(() -> download.accept(folder, base))
                    .isInstanceOf(DataException.class)
                    .hasMessageMatching(".*\\(the server offers 1099511627776 bytes, not \\d{7,9}\\).*");
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void leavesAServerThatFallsSilent() {
        serve(new byte[1000], Duration.ofHours(1));
        refused(FILE, Duration.ofMillis(300), "the server fell silent for 0.3 seconds");
        server.removeContext("/data/tiny.gz");
        serve(new byte[1], Duration.ofMillis(20));
        refused(FILE, Duration.ofMillis(300), "the server fell silent");
    }

    @Test
    void anInterruptEndsADownloadThatHangs() throws InterruptedException {
        serve(new byte[1000], Duration.ofMillis(20));
        var thrown = new CompletableFuture<Throwable>();
        var thread = new Thread(() -> {
            try {
                fetch();
            } catch (DataException e) {
                thrown.complete(e);
            }
        });
        thread.start();
        while (sent.get() < 2000) {
            Thread.sleep(5);
        }
        thread.interrupt();
        thread.join(5000);
        assertThat(thrown).isCompletedWithValueMatching(e -> e.getMessage().contains("(interrupted)"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void keepsOfficialContentThatIsPackedAnew() throws IOException {
        byte[] packed = Tiny.gzip(CONTENT);
        Files.createDirectories(folder);
        Files.write(folder.resolve("tiny.gz"), packed);
        var official = new Published("tiny.gz", Sha256.of(new byte[1]), Sha256.of(CONTENT));
        Download.fetch(base, List.of(official), folder, Download.SILENT);
        assertThat(folder.resolve("tiny.gz")).hasBinaryContent(packed);
    }

    @Test
    void refusesAnAddressThatIsNotHttp() {
        assertThatThrownBy(() -> Mnist.download(folder, URI.create("file:///tmp"), Download.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The address file:///tmp is not one of http or https.");
    }
}
