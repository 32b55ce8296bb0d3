package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
    private static final byte[] CONTENT = new byte[300_000];
    private static final Published FILE = new Published("tiny.gz", Hash.of(CONTENT), "");

    @TempDir
    Path temporary;

    private Path folder;
    private HttpServer server;
    private URI base;
    private int requests;

    @BeforeEach
    void start() throws IOException {
        folder = temporary.resolve("made/on/demand");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/data");
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
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

    @Test
    void refusesAnAddressThatIsNotHttp() {
        assertThatThrownBy(() -> Mnist.download(folder, URI.create("file:///tmp"), Download.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The address file:///tmp is not one of http or https.");
    }
}
