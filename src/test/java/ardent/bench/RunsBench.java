package ardent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.Ardent;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.method.Crdnd;
import ardent.method.Trades;
import ardent.network.SmallCnn;
import ardent.progress.Listener;
import ardent.progress.Work;
import ardent.train.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** How long it takes to look at many runs: {@code mvn -Pbench -Dtest=RunsBench}. */
class RunsBench {
    private static final int FOLDERS = 500;
    private static final int REPEATS = 5;
    private static final double SECONDS = 2;

    @TempDir
    Path scratch;

    @Test
    void table() throws IOException {
        Work.listener(Listener.none());
        var ball = new Linf(0.1f);
        Images digits = Mnist.load().train().take(60, 3);
        Plan plan = Plan.quick().epochs(10).batchSize(40).validation(20);
        System.setProperty("ardent.runs", scratch.resolve("one").toString());
        Path run;
        try (var teacher = Ardent.train(new SmallCnn(2), new Trades(ball), digits, plan);
                var student = Ardent.train(new SmallCnn(2), Crdnd.residualRelation(teacher, ball), digits, plan)) {
            run = Objects.requireNonNull(Ardent.lastRun().folder());
            Ardent.evaluate(student, Mnist.load().test().take(20), new Fgsm(ball));
        } finally {
            System.clearProperty("ardent.runs");
        }
        Path root = Files.createDirectory(scratch.resolve("many"));
        for (int i = 0; i < FOLDERS; i++) {
            copy(run, Files.createDirectory(root.resolve(run.getFileName() + "-" + i)));
        }
        double[] seconds = new double[REPEATS];
        for (int i = 0; i < REPEATS; i++) {
            long begin = System.nanoTime();
            Table table = Ardent.runs(root);
            seconds[i] = (System.nanoTime() - begin) / 1e9;
            assertThat(table.rowCount()).isEqualTo(FOLDERS);
        }
        double first = seconds[0];
        Arrays.sort(seconds);
        System.out.printf(
                "%nruns() over %d folders with teacher and scores: %.2f s at first, %.2f s as a median of %d%n",
                FOLDERS, first, seconds[REPEATS / 2], REPEATS);
        assertThat(seconds[REPEATS / 2]).isLessThan(SECONDS);
    }

    private static void copy(Path folder, Path to) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
