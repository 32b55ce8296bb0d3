package ardent.spark;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.Ardent;
import ardent.ShownSweep;
import ardent.Tiny;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.evaluate.CorrectImages;
import ardent.grid.Grid;
import ardent.network.Classifier;
import ardent.report.Report;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A standalone cluster: Spark's own master and worker on this machine's loopback, which ask for a secret. */
@Tag("faults")
class SparkStandaloneTest {
    private static final String HOST = "127.0.0.1";
    private static final String SECRET = "known to both";

    @TempDir
    Path temp;

    /** The driver: the master and a folder. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        Spark spark = Spark.at(args[0])
                .with("spark.driver.host", HOST)
                .with("spark.driver.bindAddress", HOST)
                .with("spark.executor.extraClassPath", System.getProperty("java.class.path"));
        Images images = Tiny.images(300, 7);
        try (Classifier teacher = SparkSweepTest.teacher()) {
            Grid grid = SparkSweepTest.grid(teacher).seeds(0);
            Files.writeString(
                    folder.resolve("there.txt"), ShownSweep.of(Ardent.sweep(folder.resolve("there"), grid, spark)));
            Files.writeString(folder.resolve("here.txt"), ShownSweep.of(Ardent.sweep(folder.resolve("here"), grid)));
            Linf ball = new Linf(0.02f);
            Fgsm fast = new Fgsm(ball);
            Pgd slow = new Pgd(ball, 3);
            assertThat(right(Ardent.evaluate(teacher, images, spark, fast, slow)))
                    .isEqualTo(right(Ardent.evaluate(teacher, images, fast, slow)));
        }
        System.exit(0);
    }

    private static List<CorrectImages> right(Report report) {
        return report.robustness().outcomes().get(0).right();
    }

    private SparkProgram driver(String master, String secret) throws IOException {
        return SparkProgram.start(
                List.of("env", SparkSettings.SECRET + "=" + secret),
                temp,
                SparkStandaloneTest.class,
                master,
                temp.toString());
    }

    private static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void itsExecutorsComputeTheSameAndKeepStrangersOut() throws Exception {
        Path settings = Files.writeString(
                temp.resolve("spark.conf"), "spark.authenticate true\nspark.authenticate.secret " + SECRET + "\n");
        String port = Integer.toString(port());
        String address = "spark://" + HOST + ":" + port;
        String[] common = {"--host", HOST, "--webui-port", "0", "--properties-file", settings.toString()};
        SparkProgram master = SparkProgram.start(temp, Master.class, with(common, "--port", port));
        SparkProgram worker =
                SparkProgram.start(temp, Worker.class, with(common, "--cores", "2", "--memory", "2g", address));
        try {
            SparkProgram stranger = driver(address, "another one");
            assertThat(stranger.end()).as(stranger::log).isNotZero();
            assertThat(stranger.log()).contains(address + " did not accept this program", SparkSettings.SECRET);
            SparkProgram driver = driver(address, SECRET);
            assertThat(driver.end()).as(driver::log).isZero();
            assertThat(temp.resolve("there.txt")).hasSameTextualContentAs(temp.resolve("here.txt"));
        } finally {
            worker.process().descendants().forEach(ProcessHandle::destroy);
            worker.process().destroy();
            master.process().destroy();
        }
    }

    private static String[] with(String[] common, String... more) {
        return Stream.concat(Arrays.stream(common), Arrays.stream(more)).toArray(String[]::new);
    }
}
