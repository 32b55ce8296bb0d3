package ardent.run.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ardent.JavaProgram;
import ardent.run.RunState;
import ardent.run.Runs;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs are killed at random moments and begun again until they end; their weights, and what breaks each image, are those
 * of one that was left alone.
 */
class KilledTest {
    private static final int PATIENCE = 5;

    /** Of the kills of one run, so many are aimed at its training, and then so many at its evaluation. */
    private static final int TRAINING = 5;

    private static final int EVALUATION = 3;

    /** What was said by a program that came to its end, or did not. */
    private record Life(String told, boolean ended) {
        String line(String head) {
            return told.lines()
                    .filter(line -> line.startsWith(head))
                    .map(line -> line.substring(head.length()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(told));
        }

        /** The hashes of all weights, and the flags of all images. */
        String result() {
            return line("sha ") + " " + line("flags ");
        }
    }

    @TempDir
    Path scratch;

    private int training;
    private int evaluation;
    private int losses;

    /** Name of the file that was cut off last, which may stay so until it is written again. */
    private String cut = "";

    @Test
    void killedAFewTimesItEndsTheSame() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        String whole = whole();
        long time = System.nanoTime() - begin;
        var random = new SplittableRandom(1);
        Path root = Files.createDirectory(scratch.resolve("runs"));
        for (int i = 0; i < 2; i++) {
            live(KilledChild.TRAINING, random.nextLong(time / 5, time), "", root.toString(), "train");
            Optional<Path> folder = KilledChild.folder(root);
            folder.ifPresent(path -> assertThat(Runs.check(path)).isEmpty());
        }
        assertThat(live("", root.toString(), "train").line("sha ")).isEqualTo(whole);
        assertThat(Runs.check(KilledChild.folder(root).orElseThrow())).isEmpty();
    }

    /** {@code mvn -Pfaults verify} */
    @Test
    @Tag("faults")
    void killedAHundredTimesItEndsTheSame() throws IOException, InterruptedException {
        int wanted = Integer.getInteger("faults.kills", 102);
        Path alone = Files.createDirectory(scratch.resolve("alone"));
        Life first = live("", alone.toString());
        assertThat(first.line("sha ")).isEqualTo(whole());
        long[] times = Arrays.stream(first.line("times ").split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
        var random = new SplittableRandom(2);
        for (int run = 1; kills() < wanted; run++) {
            Path root = Files.createDirectory(scratch.resolve("runs-" + run));
            cut = "";
            boolean ended = false;
            for (int i = 0; i < TRAINING + EVALUATION && !ended; i++) {
                String from = i < TRAINING ? KilledChild.TRAINING : KilledChild.EVALUATION;
                long time = times[i < TRAINING ? 0 : 1] * 2 / 3;
                Life life = live(from, random.nextLong(time), "", root.toString());
                ended = life.ended();
                if (!ended) {
                    killed(life, root, i % 3 == 2, random);
                }
            }
            assertThat(live("", root.toString()).result()).as("run " + run).isEqualTo(first.result());
            assertThat(Runs.check(KilledChild.folder(root).orElseThrow())).isEmpty();
            String steps = steps(root);
            if (Files.exists(KilledChild.folder(root).orElseThrow().resolve("damaged-" + RunFolder.STEPS))) {
                // Rows that were cut off are nowhere else: what is left of them was set aside, and the rest is right.
                steps = steps.substring(steps.indexOf('\n') + 1);
                assertThat(steps(alone)).endsWith(steps);
            } else {
                assertThat(steps).isEqualTo(steps(alone));
            }
            System.out.println("run " + run + " ended as the one that was left alone");
        }
        System.out.println(kills() + " kills survived: " + training + " in trainings, " + evaluation
                + " in evaluations, " + losses
                + " of them with the newest file cut off; all weights, all rows of steps that were not cut off and"
                + " the flags of all images are those of a program that was left alone");
    }

    private int kills() {
        return training + evaluation;
    }

    private static String steps(Path root) throws IOException {
        return Files.readString(KilledChild.folder(root).orElseThrow().resolve(RunFolder.STEPS));
    }

    /** Tells where a program was when it was killed, and takes a piece of what it wrote last. */
    private void killed(Life life, Path root, boolean powerLost, SplittableRandom random) throws IOException {
        boolean evaluating = life.told().contains(KilledChild.EVALUATION);
        training += evaluating ? 0 : 1;
        evaluation += evaluating ? 1 : 0;
        Optional<Path> folder = KilledChild.folder(root);
        String state = "no folder yet";
        if (folder.isPresent()) {
            // No file that was there when the program died is half a file, but the one that was cut off.
            assertThat(Runs.check(folder.get())).allMatch(problem -> !cut.isEmpty() && problem.contains(cut));
            List<Path> checkpoints = Checkpoint.all(folder.get());
            state = checkpoints.isEmpty()
                    ? "no checkpoint"
                    : checkpoints.get(0).getFileName().toString();
        }
        Path journal = root.resolve(KilledChild.JOURNAL);
        System.out.println("kill " + kills() + " in "
                + (evaluating
                        ? "evaluation, journal of " + (Files.exists(journal) ? Files.size(journal) : 0) + " bytes"
                        : "training, " + state)
                + (powerLost ? cutOff(root, random) : ""));
    }

    /** Takes an end of random length from the file that was written last. */
    private String cutOff(Path root, SplittableRandom random) throws IOException {
        var files = new ArrayList<Path>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(Files::isRegularFile)
                    .filter(file -> !root.relativize(file).toString().contains(".part"))
                    .filter(file -> !file.endsWith(".lock"))
                    .forEach(files::add);
        }
        if (files.isEmpty()) {
            return "";
        }
        files.sort(Comparator.comparingLong(file -> file.toFile().lastModified()));
        Path newest = files.get(files.size() - 1);
        long length = Files.size(newest);
        long left = length == 0 ? 0 : random.nextLong(length);
        try (var channel = FileChannel.open(newest, StandardOpenOption.WRITE)) {
            channel.truncate(left);
        }
        losses++;
        cut = newest.getFileName().toString();
        String told = ", and " + newest.getFileName() + " is cut from " + length + " to " + left + " bytes";
        if (!newest.endsWith(RunFolder.SETUP)) {
            return told;
        }
        // What the run is was written last, so that it has no step yet: it says so and is begun again.
        assertThat(Runs.check(newest.getParent())).singleElement().asString().contains(newest.toString());
        assertThat(Checkpoint.all(newest.getParent())).isEmpty();
        ardent.provenance.Folder.remove(newest.getParent());
        return told + ": there was no step yet, and it is begun again";
    }

    /** Files longer than 200 or 400 KB, by shell, are refused by the system: the checkpoints, and nothing else. */
    @Test
    void whereCheckpointsCannotBeWrittenItTrainsToTheEndAndGoesOnLater() throws IOException, InterruptedException {
        String whole = whole();
        Path root = Files.createDirectory(scratch.resolve("full"));
        Life full = live("ulimit -f 400 && ", root.toString(), "train");
        assertThat(full.told()).contains("File too large", "free its disk", "The training went on");
        assertThat(full.line("sha ")).isEqualTo(whole);
        Path folder = KilledChild.folder(root).orElseThrow();
        assertThat(Checkpoint.all(folder)).isEmpty();
        assertThat(live("", root.toString(), "train").line("sha ")).isEqualTo(whole);
        assertThat(RunState.read(folder).phase()).isEqualTo(RunState.Phase.FINISHED);
        assertThat(Runs.check(folder)).isEmpty();
    }

    /**
     * A file system of its own, in memory, takes the folder but no checkpoint, or one and not the next, or not even the folder;
     * then it is made larger, and the run goes on.
     */
    @ParameterizedTest
    @ValueSource(strings = {"100k", "500k", "1200k"})
    @Tag("faults")
    void onAFullDiskItTrainsToTheEndAndGoesOnLater(String size) throws IOException, InterruptedException {
        Path disk = Files.createDirectory(scratch.resolve("disk"));
        Path full = scratch.resolve("full");
        Path room = scratch.resolve("room");
        String mount = "mount -t tmpfs -o size=" + size + " tmpfs " + disk;
        var probe = new ProcessBuilder("unshare", "-rm", "sh", "-c", mount).redirectErrorStream(true);
        assumeTrue(succeeds(probe), "no file system can be mounted here: unshare -rm mount -t tmpfs");
        // The disk is seen by these commands alone and gone with them.
        String commands = mount + " && \"$@\" && cp -r " + disk + " " + full + " && mount -o remount,size=16m " + disk
                + " && \"$@\" && cp -r " + disk + " " + room + "; exit $?; ";
        Life life = live(
                "", TimeUnit.MINUTES.toNanos(PATIENCE), List.of("unshare", "-rm"), commands, disk.toString(), "train");
        assertThat(life.ended()).as(life.told()).isTrue();
        assertThat(life.told()).contains("No space left on device");
        assertThat(life.told().lines().filter(line -> line.startsWith("sha ")).toList())
                .as(life.told())
                .hasSize(2)
                .containsOnly("sha " + whole());
        Optional<Path> kept = KilledChild.folder(full);
        System.out.println("disk of " + size + ": "
                + kept.map(folder -> Checkpoint.all(folder).size() + " checkpoints")
                        .orElse("no folder")
                + " when it was full, and the run ended the same when there was room");
        kept.ifPresent(folder -> assertThat(Runs.check(folder)).isEmpty());
        Path folder = KilledChild.folder(room).orElseThrow();
        assertThat(Runs.check(folder)).isEmpty();
        assertThat(RunState.read(folder).phase()).isEqualTo(RunState.Phase.FINISHED);
    }

    private static boolean succeeds(ProcessBuilder builder) throws InterruptedException {
        try {
            return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such command, as on macOS
        }
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

    /** Lets a program live to its end. */
    private Life live(String before, String... arguments) throws IOException, InterruptedException {
        Life life = live("", TimeUnit.MINUTES.toNanos(PATIENCE), before, arguments);
        assertThat(life.ended()).as(life.told()).isTrue();
        return life;
    }

    /** Lets a program live so many nanoseconds after it said that it begins with something. */
    private Life live(String from, long nanoseconds, String before, String... arguments)
            throws IOException, InterruptedException {
        return live(from, nanoseconds, List.of(), before, arguments);
    }

    private Life live(String from, long nanoseconds, List<String> within, String before, String... arguments)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(scratch, "child", ".txt");
        var command = new ArrayList<>(within);
        command.addAll(List.of("sh", "-c", before + "exec \"$@\"", "sh"));
        command.addAll(JavaProgram.command("-Xmx512m", KilledChild.class.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process child = builder.start();
        try {
            while (child.isAlive() && !Files.readString(output).contains(from)) {
                child.waitFor(5, TimeUnit.MILLISECONDS);
            }
            boolean ended = child.waitFor(nanoseconds, TimeUnit.NANOSECONDS);
            String told = Files.readString(output);
            if (ended) {
                assertThat(child.exitValue()).as(told).isZero();
            }
            return new Life(told, ended);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }
}
