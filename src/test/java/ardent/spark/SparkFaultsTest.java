package ardent.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ardent.Ardent;
import ardent.ShownSweep;
import ardent.grid.Grid;
import ardent.network.Classifier;
import ardent.report.Comparison;
import ardent.run.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mvn -Pfaults verify}: executors and drivers that are killed, and two drivers at one folder. */
@Tag("faults")
class SparkFaultsTest {
    private static final int CELLS = 6;
    private static final int SEEDS = 2;
    private static final int KILLS = 30;
    private static final int MANY_SEEDS = 15;

    @TempDir
    Path temp;

    /** A driver: its folder, how many executors it has, its result's name, and seeds; with no executor it sweeps by itself. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int executors = Integer.parseInt(args[1]);
        try (Classifier teacher = SparkSweepTest.teacher()) {
            long[] seeds = LongStream.range(0, Long.parseLong(args[3])).toArray();
            Grid grid = SparkSweepTest.grid(teacher).seeds(seeds);
            Comparison result = executors == 0
                    ? Ardent.sweep(folder, grid)
                    : Ardent.sweep(folder, grid, SparkProgram.executors(executors));
            Path shown = folder.resolveSibling(args[2]);
            Files.writeString(shown, ShownSweep.of(result));
            Files.writeString(
                    folder.resolveSibling(args[2] + ".notes"),
                    String.join("\n", result.grid().notes()));
        }
        System.exit(0);
    }

    private String[] arguments(String folder, int executors, String shown, int seeds) {
        return new String[] {
            temp.resolve(folder).toString(), Integer.toString(executors), shown, Integer.toString(seeds)
        };
    }

    private SparkProgram driver(String folder, int executors, String shown, int seeds) throws IOException {
        return SparkProgram.start(temp, SparkFaultsTest.class, arguments(folder, executors, shown, seeds));
    }

    private SparkProgram driver(String folder, int executors, String shown) throws IOException {
        return driver(folder, executors, shown, SEEDS);
    }

    private void alone() throws Exception {
        alone(SEEDS);
    }

    private void alone(int seeds) throws Exception {
        SparkProgram alone = driver("here", 0, "here.txt", seeds);
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

    /** Executors and drivers die one after another while there is work, thirty of them; the sweep ends as if none had. */
    @Test
    void thirtyKillsLoseNothing() throws Exception {
        alone(MANY_SEEDS);
        int executors = 0;
        int drivers = 0;
        while (executors + drivers < KILLS) {
            SparkProgram driver = driver("there", 2, "there.txt", MANY_SEEDS);
            for (int i = 0; i < 2; i++) {
                await(driver, "there", runs("there") + 1);
                for (ProcessHandle each :
                        executors(driver).stream().skip(i).limit(1).toList()) {
                    executors += each.destroyForcibly() ? 1 : 0;
                }
            }
            await(driver, "there", runs("there") + 1);
            assertThat(driver.process().isAlive())
                    .as("there is work left when the driver dies")
                    .isTrue();
            driver.process().destroyForcibly();
            assertThat(driver.end()).isEqualTo(137);
            drivers++;
            assertThat(Runs.folders(temp.resolve("there")))
                    .allSatisfy(run -> assertThat(Runs.check(run)).isEmpty());
        }
        SparkProgram last = driver("there", 2, "there.txt", MANY_SEEDS);
        assertThat(last.end()).as(last::log).isZero();
        System.out.println("KILLED " + executors + " executors and " + drivers + " drivers: " + runs("there") + " of "
                + 3 * MANY_SEEDS + " cells are there and equal");
        assertThat(temp.resolve("there.txt")).hasSameTextualContentAs(temp.resolve("here.txt"));
        assertThat(runs("there")).isEqualTo(3 * MANY_SEEDS);
    }

    /** The disk of all executors is full after some kilobytes: one sentence, and what a well cluster does afterwards is whole. */
    @Test
    void aFullDiskIsToldAndLeavesNothingHalf() throws Exception {
        Path work = Files.createDirectories(temp.resolve("spark/work"));
        Process tried = new ProcessBuilder("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", work.toString()).start();
        assumeTrue(tried.waitFor() == 0, "a small disk can be mounted here");
        SparkProgram driver = SparkProgram.start(
                List.of(
                        "unshare",
                        "-rm",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=40k tmpfs " + work + " && exec \"$@\"",
                        "sh"),
                temp,
                SparkFaultsTest.class,
                arguments("there", 2, "there.txt", SEEDS));
        assertThat(driver.end()).as(driver::log).isNotZero();
        assertThat(driver.log())
                .containsAnyOf("None of the cells could be computed on the cluster: ", " cannot take part: ")
                .contains("No space left on device");
        assertThat(runs("there")).isZero();
        SparkProgram again = driver("there", 2, "there.txt");
        assertThat(again.end()).as(again::log).isZero();
        alone();
        assertThat(temp.resolve("there.txt")).hasSameTextualContentAs(temp.resolve("here.txt"));
    }
}
