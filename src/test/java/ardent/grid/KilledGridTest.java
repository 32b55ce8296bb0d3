package ardent.grid;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.Ardent;
import ardent.JavaProgram;
import ardent.ShownSweep;
import ardent.report.Comparison;
import ardent.run.RunState;
import ardent.run.RunSummary;
import ardent.run.Runs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grid whose program is killed, again and again, ends as if nothing had happened. */
class KilledGridTest {
    private static final int KILLS = 3;
    private static final int LONG = 12;

    @TempDir
    Path temp;

    /** The program that is killed: its folder, and for how many epochs it trains. */
    public static void main(String[] args) throws IOException {
        Comparison comparison = Ardent.sweep(Path.of(args[0]), GridTest.grid(Integer.parseInt(args[1])));
        Files.writeString(Path.of(args[0], "shown.txt"), ShownSweep.of(comparison));
        System.exit(0);
    }

    @Test
    void killedAgainAndAgainItEndsAsIfNot() throws Exception {
        Path whole = temp.resolve("whole");
        assertThat(start(whole).waitFor()).as(() -> log(whole)).isZero();
        Path folder = temp.resolve("killed");
        for (int kill = 0; kill < KILLS; kill++) {
            long before = files(folder);
            Process process = start(folder);
            while (files(folder) < before + 3 && process.isAlive()) {
                Thread.sleep(2);
            }
            process.destroyForcibly();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue())
                    .as("killed in the middle: " + log(folder))
                    .isEqualTo(137);
        }
        long kept = files(folder);
        assertThat(kept).isBetween(3L * KILLS, 27L);
        assertThat(start(folder).waitFor()).as(() -> log(folder)).isZero();
        assertThat(folder.resolve("shown.txt")).hasSameTextualContentAs(whole.resolve("shown.txt"));
        assertThat(files(folder)).isEqualTo(files(whole));
    }

    /** {@code mvn -Pfaults verify} kills trainings between their checkpoints: each cell is still one run, which goes on. */
    @Test
    @Tag("faults")
    void killedInTrainingACellGoesOnFromItsCheckpoint() throws Exception {
        Path whole = temp.resolve("trained");
        assertThat(start(whole, LONG).waitFor()).as(() -> log(whole)).isZero();
        Path folder = temp.resolve("cut");
        var cut = new TreeMap<Path, Integer>();
        while (true) {
            Process process = start(folder, LONG);
            Path run = null;
            while (process.isAlive() && (run == null || epochs(run) <= cut.getOrDefault(run, 0))) {
                Thread.sleep(1);
                run = training(folder);
            }
            process.destroyForcibly();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            if (process.exitValue() == 0) {
                break;
            }
            assertThat(process.exitValue()).as(() -> log(folder)).isEqualTo(137);
            if (run != null && RunSummary.of(run).status().equals("killed")) {
                cut.put(run, epochs(run));
            }
        }
        assertThat(cut).as("runs that were killed after a checkpoint").isNotEmpty();
        assertThat(Runs.folders(folder)).hasSize(4).containsAll(cut.keySet());
        assertThat(RunSummary.all(folder)).allMatch(run -> run.status().equals("finished") && run.epochs() == LONG);
        for (Path run : Runs.folders(folder)) {
            assertThat(Runs.check(run)).isEmpty();
        }
        assertThat(folder.resolve("shown.txt")).hasSameTextualContentAs(whole.resolve("shown.txt"));
    }

    /** The run that is being trained and has a checkpoint, if there is one. */
    private static @Nullable Path training(Path folder) {
        return Runs.unsorted(folder).stream()
                .filter(run -> epochs(run) > 0 && epochs(run) < LONG)
                .findFirst()
                .orElse(null);
    }

    private static int epochs(Path run) {
        try {
            return RunState.read(run).epoch();
        } catch (IllegalArgumentException e) {
            return 0; // not there yet
        }
    }

    /** Three programs at once, of which one is killed: the others do its part. */
    @Test
    void severalAtOnceShareTheWork() throws Exception {
        Path whole = temp.resolve("one");
        assertThat(start(whole).waitFor()).as(() -> log(whole)).isZero();
        Path folder = temp.resolve("several");
        List<Process> programs = List.of(start(folder), start(folder), start(folder));
        while (files(folder) < 2) {
            Thread.sleep(2);
        }
        programs.get(0).destroyForcibly();
        assertThat(programs.get(1).waitFor()).as(() -> log(folder)).isZero();
        assertThat(programs.get(2).waitFor()).as(() -> log(folder)).isZero();
        assertThat(folder.resolve("shown.txt")).hasSameTextualContentAs(whole.resolve("shown.txt"));
        assertThat(files(folder)).isEqualTo(files(whole));
    }

    private Process start(Path folder) throws IOException {
        return start(folder, 1);
    }

    private Process start(Path folder, int epochs) throws IOException {
        var command = JavaProgram.command(KilledGridTest.class.getName(), folder.toString(), Integer.toString(epochs));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(folder, ".txt")));
        builder.environment().remove("ARDENT_SMOKE");
        return builder.start();
    }

    private java.io.File log(Path folder, String end) {
        return temp.resolve(folder.getFileName() + end).toFile();
    }

    private String log(Path folder) {
        try {
            return Files.readString(log(folder, ".txt").toPath());
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Number of results that are kept; a temporary file that is renamed during the walk ends it, so it is begun again. */
    private static long files(Path folder) throws IOException {
        while (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder, 2)) {
                return files.filter(file -> file.toString().matches(".*\\.(json|safetensors)"))
                        .filter(file -> !folder.relativize(file).toString().startsWith(".part"))
                        .count();
            } catch (UncheckedIOException moved) {
                if (!(moved.getCause() instanceof NoSuchFileException)) {
                    throw moved;
                }
            }
        }
        return 0;
    }
}
