package ardent.spark;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.Ardent;
import ardent.ShownSweep;
import ardent.network.Classifier;
import ardent.report.Comparison;
import ardent.run.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mvn -Pfaults verify}: executors and drivers that are killed, and two drivers at one folder. */
@Tag("faults")
class SparkFaultsTest {
    private static final int CELLS = 6;

    @TempDir
    Path temp;

    /** A driver: its folder, and how many executors it has; with none it sweeps by itself. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int executors = Integer.parseInt(args[1]);
        try (Classifier teacher = SparkSweepTest.teacher()) {
            Comparison result = executors == 0
                    ? Ardent.sweep(folder, SparkSweepTest.grid(teacher))
                    : Ardent.sweep(folder, SparkSweepTest.grid(teacher), SparkProgram.executors(executors));
            Path shown = folder.resolveSibling(args[2]);
            Files.writeString(shown, ShownSweep.of(result));
            Files.writeString(
                    folder.resolveSibling(args[2] + ".notes"),
                    String.join("\n", result.trials().notes()));
        }
        System.exit(0);
    }

    private SparkProgram driver(String folder, int executors, String shown) throws IOException {
        return SparkProgram.start(
                temp, SparkFaultsTest.class, temp.resolve(folder).toString(), Integer.toString(executors), shown);
    }

    private void alone() throws Exception {
        SparkProgram alone = driver("here", 0, "here.txt");
        assertThat(alone.end()).as(alone::log).isZero();
    }

    private int runs(String folder) {
        return Runs.unsorted(temp.resolve(folder)).size();
    }

    private void await(SparkProgram driver, String folder, int runs) throws InterruptedException {
        while (driver.process().isAlive() && runs(folder) < runs) {
            Thread.sleep(20);
        }
    }

    private static List<ProcessHandle> executors(SparkProgram driver) {
        return driver.process()
                .descendants()
                .filter(each -> command(each).contains("CoarseGrainedExecutorBackend"))
                .toList();
    }

    /** Java tells no command that is as long as a class path. */
    private static String command(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
        } catch (IOException e) {
            return ""; // it ended meanwhile
        }
    }

    @Test
    void anExecutorThatIsKilledLosesNoMoreThanItsCell() throws Exception {
        alone();
        SparkProgram driver = driver("there", 2, "there.txt");
        int kills = 0;
        for (int runs = 1; runs < CELLS - 1; runs++) {
            await(driver, "there", runs);
            for (ProcessHandle each :
                    executors(driver).subList(0, Math.min(1, executors(driver).size()))) {
                kills += each.destroyForcibly() ? 1 : 0;
            }
        }
        assertThat(driver.end()).as(driver::log).isZero();
        assertThat(kills).isGreaterThanOrEqualTo(2);
        List<String> there = Files.readAllLines(temp.resolve("there.txt"));
        assertThat(there.stream().filter(line -> !line.startsWith("! "))) // the notes, which say who was killed
                .containsExactlyElementsOf(Files.readAllLines(temp.resolve("here.txt")));
        assertThat(Files.readString(temp.resolve("there.txt.notes")))
                .containsPattern("was begun [2-4] times, on executor ");
        assertThat(runs("there")).isEqualTo(CELLS);
    }

    @Test
    void aDriverThatIsKilledGoesOnWithTheRest() throws Exception {
        alone();
        SparkProgram driver = driver("there", 2, "there.txt");
        await(driver, "there", 2);
        List<ProcessHandle> executors = executors(driver);
        assertThat(executors).hasSize(2);
        driver.process().destroyForcibly();
        assertThat(driver.end()).isEqualTo(137);
        for (ProcessHandle each : executors) {
            each.onExit().get(1, TimeUnit.MINUTES); // no executor outlives its driver
        }
        List<Path> before = Runs.folders(temp.resolve("there"));
        assertThat(before)
                .hasSizeBetween(2, CELLS - 1)
                .allSatisfy(run -> assertThat(Runs.check(run)).isEmpty());
        SparkProgram again = driver("there", 2, "there.txt");
        assertThat(again.end()).as(again::log).isZero();
        assertThat(temp.resolve("there.txt")).hasSameTextualContentAs(temp.resolve("here.txt"));
        assertThat(Runs.folders(temp.resolve("there"))).hasSize(CELLS).containsAll(before);
    }

    @Test
    void twoDriversShareOneFolder() throws Exception {
        alone();
        SparkProgram one = driver("there", 1, "one.txt");
        SparkProgram two = driver("there", 1, "two.txt");
        assertThat(one.end()).as(one::log).isZero();
        assertThat(two.end()).as(two::log).isZero();
        assertThat(temp.resolve("one.txt")).hasSameTextualContentAs(temp.resolve("here.txt"));
        assertThat(temp.resolve("two.txt")).hasSameTextualContentAs(temp.resolve("here.txt"));
        assertThat(runs("there")).isEqualTo(CELLS);
    }
}
