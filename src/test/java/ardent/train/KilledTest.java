package ardent.train;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs are killed at random moments and begun again until they end; their weights are those of one that was left alone. */
class KilledTest {
    private static final long MINUTES = 5;

    @TempDir
    Path scratch;

    @Test
    void killedAFewTimesItEndsTheSame() throws IOException, InterruptedException {
        survive(2, new SplittableRandom(1));
    }

    /** {@code mvn -Pfaults verify} */
    @Test
    @Tag("faults")
    void killedAHundredTimesItEndsTheSame() throws IOException, InterruptedException {
        survive(Integer.getInteger("faults.kills", 100), new SplittableRandom(2));
    }

    /** Files longer than 200 or 400 KB, by shell, are refused by the system: the checkpoints, and nothing else. */
    @Test
    void onAFullDiskItTrainsToTheEndAndGoesOnLater() throws IOException, InterruptedException {
        String whole = whole();
        Path root = Files.createDirectory(scratch.resolve("full"));
        String told = live(root, Long.MAX_VALUE, "ulimit -f 400 && ").orElseThrow();
        assertThat(told).contains("File too large", "free its disk", "The training went on");
        assertThat(sha(told)).isEqualTo(whole);
        Path folder = KilledChild.folder(root).orElseThrow();
        assertThat(Checkpoint.all(folder)).isEmpty();
        assertThat(sha(live(root, Long.MAX_VALUE, "").orElseThrow())).isEqualTo(whole);
        assertThat(Runs.standing(folder).phase()).isEqualTo(Standing.Phase.FINISHED);
        assertThat(Runs.check(folder)).isEmpty();
    }

    private void survive(int wanted, SplittableRandom random) throws IOException, InterruptedException {
        String whole = whole();
        int kills = 0;
        int runs = 0;
        long usual = 0;
        while (kills < wanted) {
            Path root = Files.createDirectory(scratch.resolve("runs-" + ++runs));
            Optional<String> result = Optional.empty();
            for (int lives = 0; result.isEmpty(); lives++) {
                // The first program of all is left alone, to see how long one takes.
                boolean spare = usual == 0 || kills >= wanted || lives == 12;
                long begin = System.nanoTime();
                result = live(root, spare ? Long.MAX_VALUE : random.nextLong(usual / 20, usual), "");
                usual = usual == 0 ? System.nanoTime() - begin : usual;
                if (result.isEmpty()) {
                    kills++;
                    readable(root, kills);
                }
            }
            assertThat(sha(result.get())).isEqualTo(whole);
            assertThat(Runs.check(KilledChild.folder(root).orElseThrow())).isEmpty();
        }
        System.out.printf(
                "%d kills in %d runs; every run ended with the weights of one that was left alone%n", kills, runs);
    }

    private static String whole() throws IOException {
        int threads = Torch.threads();
        Torch.threads(1);
        try {
            return KilledChild.sha(KilledChild.run(null));
        } finally {
            Torch.threads(threads);
        }
    }

    /** No file that was there when the program died is half a file. */
    private static void readable(Path root, int kill) throws IOException {
        Optional<Path> folder = KilledChild.folder(root);
        String state = "no folder yet";
        if (folder.isPresent()) {
            assertThat(Runs.check(folder.get())).isEmpty();
            state = Checkpoint.all(folder.get()).size() + " checkpoints";
        }
        System.out.println("kill " + kill + ": " + state);
    }

    private static String sha(String told) {
        return told.lines()
                .filter(line -> line.startsWith("sha "))
                .map(line -> line.substring(4))
                .findFirst()
                .orElseThrow(() -> new AssertionError(told));
    }

    /** Lets a program live so many nanoseconds; what it told, if it came to its end. */
    private Optional<String> live(Path root, long nanoseconds, String before) throws IOException, InterruptedException {
        Path output = Files.createTempFile(scratch, "child", ".txt");
        var command = List.of(
                "sh",
                "-c",
                before + "exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                KilledChild.class.getName(),
                root.toString());
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process child = builder.start();
        try {
            long wait = Math.min(nanoseconds, TimeUnit.MINUTES.toNanos(MINUTES));
            if (!child.waitFor(wait, TimeUnit.NANOSECONDS)) {
                return Optional.empty();
            }
            String told = Files.readString(output);
            assertThat(child.exitValue()).as(told).isZero();
            return Optional.of(told);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }
}
