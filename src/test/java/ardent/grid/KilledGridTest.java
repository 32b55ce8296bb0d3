package ardent.grid;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.Ardent;
import ardent.report.Comparison;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grid whose program is killed, again and again, ends as if nothing had happened. */
class KilledGridTest {
    private static final int KILLS = 3;

    @TempDir
    Path temp;

    /** The program that is killed. */
    public static void main(String[] folder) throws IOException {
        Comparison comparison = Ardent.sweep(Path.of(folder[0]), GridTest.grid());
        Files.writeString(Path.of(folder[0], "shown.txt"), shown(comparison));
        System.exit(0);
    }

    private static String shown(Comparison comparison) {
        var weights = comparison.trials().trials().stream()
                .map(trial -> trial.trained().orElseThrow().weights())
                .toList();
        var right = comparison.trials().trials().stream()
                .flatMap(trial -> trial.measures().values().stream().map(Measured::right))
                .toList();
        return comparison + "\n" + comparison.tests().printAll() + weights + right;
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
        assertThat(kept).isBetween(3L * KILLS, 19L);
        assertThat(start(folder).waitFor()).as(() -> log(folder)).isZero();
        assertThat(folder.resolve("shown.txt")).hasSameTextualContentAs(whole.resolve("shown.txt"));
        assertThat(files(folder)).isEqualTo(files(whole));
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
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "-Dai.djl.offline=true",
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                KilledGridTest.class.getName(),
                folder.toString()));
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
