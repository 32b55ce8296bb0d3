package ardent.run.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ardent.Tiny;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.evaluate.Evidence;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.method.Crdnd;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Folder;
import ardent.report.RunTable;
import ardent.run.OftenKept;
import ardent.run.RunParts;
import ardent.run.RunState;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.run.Scores;
import ardent.train.Plan;
import ardent.train.Run;
import ardent.train.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every damage to every file of a run folder is noticed and the file named, be it paused or done. */
class DamageTest {
    private static final int DAMAGES = 200;
    private static final Images DATA = Tiny.images(60, 1);

    @TempDir
    private static Path runs;

    private static Path paused = Path.of("");
    private static Path finished = Path.of("");

    @BeforeAll
    static void train() {
        paused = trained(Tasks.stoppingAfter(7));
        finished = trained(Tasks.silent());
    }

    @AfterAll
    static void check() {
        assertThat(Runs.check(paused)).isEmpty();
        assertThat(Runs.check(finished)).isEmpty();
    }

    private static Path trained(ardent.progress.Work.Task task) {
        var run = new AtomicReference<Run>();
        try (var teacher = Classifier.of(new SmallCnn(1), DATA.shape(), 4, 9)) {
            var parts = new RunParts(
                    new SmallCnn(1),
                    Crdnd.residualRelation(teacher, new Linf(0.05f)),
                    DATA,
                    Plan.quick().epochs(3).batchSize(20).validation(20));
            new OftenKept(new CheckpointWriter.Interval(
                            0, CheckpointWriter.Interval.usual().longest()))
                    .train(parts, runs, task, run::set);
        }
        Path folder = run.get().folder();
        assertThat(folder).isNotNull();
        return folder;
    }

    @TestFactory
    Stream<DynamicTest> everyDamageIsNoticedAndTheFileNamed() throws IOException {
        return Stream.concat(files(paused), files(finished)).map(file -> dynamicTest(name(file), () -> damage(file)));
    }

    private static Stream<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all =
                    files.filter(file -> !file.endsWith(".lock")).sorted().toList();
            assertThat(all).hasSizeGreaterThanOrEqualTo(7);
            return all.stream();
        }
    }

    /** What {@code runs} and {@code compare} read: a damage is told, or nothing that they show is another. */
    @TestFactory
    Stream<DynamicTest> tablesTellOfEveryDamage() throws IOException {
        Path killed = copied(paused, "killed"); // nothing but the rows themselves vouches for its epochs
        RunState state = RunState.read(killed);
        SealedRecords.write(
                killed.resolve(RunFolder.STATE),
                new RunState(
                        ardent.provenance.Seal.OPEN,
                        RunState.Phase.RUNNING,
                        "",
                        state.epoch(),
                        state.step(),
                        state.best(),
                        state.updated(),
                        state.process(),
                        Map.of()),
                Described::origin);
        assertThat(RunSummary.of(killed).status()).isEqualTo("killed");
        Path scored = copied(finished, "scored");
        evaluated(scored);
        return Stream.of(killed, scored).flatMap(folder -> {
            RunSummary whole = RunSummary.of(folder);
            assertThat(whole.unreadable()).isEmpty();
            assertThat(whole.epochs()).isPositive();
            return tables(folder)
                    .map(file -> dynamicTest(
                            name(file),
                            () -> damaged(file, DAMAGES, damage -> {
                                RunSummary entry = RunSummary.of(folder);
                                assertThat(RunTable.of(List.of(entry)).rowCount())
                                        .isEqualTo(1);
                                if (entry.unreadable().stream()
                                        .noneMatch(problem -> problem.contains(file.toString()))) {
                                    assertThat(shown(entry)).as(damage).isEqualTo(shown(whole));
                                }
                            })));
        });
    }

    private static String shown(RunSummary entry) {
        Description setup = entry.setup();
        return (setup == null ? "" : setup.json())
                + entry.state()
                + entry.history()
                + entry.scores().stream().map(Description::json).toList();
    }

    private static Stream<Path> tables(Path folder) {
        return Stream.of(java.util.Objects.requireNonNull(folder.toFile().listFiles()))
                .map(java.io.File::toPath)
                .filter(file -> !file.toString().endsWith(".safetensors") && !file.endsWith(".lock"))
                .sorted();
    }

    private static void evaluated(Path folder) {
        try (Classifier student = Classifier.load(folder.resolve(RunFolder.STUDENT))) {
            Robustness robustness = Robustness.measure(
                    List.of(Subject.of(student)),
                    DATA.first(10),
                    List.of(new Fgsm(new Linf(0.05f))),
                    new Protocol(),
                    Tasks.silent());
            var environment = Environment.of("", "", 1);
            Scores.keep(
                    folder,
                    Description.of(
                            Evidence.of(robustness, robustness.outcomes(), environment, java.time.Instant.EPOCH)),
                    robustness.outcomes().get(0).right());
        }
    }

    /** The student of a run that is done loads as it was written, or not at all. */
    @Test
    void aStudentIsLoadedWholeOrNot() throws IOException {
        Path file = finished.resolve(RunFolder.STUDENT);
        String whole = Classifier.origin(file).at("weights").orElseThrow();
        damaged(file, DAMAGES, damage -> {
            try (Classifier student = Classifier.load(file)) {
                assertThat(Weights.sha256(student.layers().all())).as(damage).isEqualTo(whole);
            } catch (IllegalArgumentException e) {
                assertThat(e).as(damage).hasMessageContaining(file.toString());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> resumedAfterSomeDamageItEndsTheSameOrSaysWhy() throws IOException {
        return resumed(2);
    }

    /** {@code mvn -Pfaults verify} */
    @TestFactory
    @Tag("faults")
    Stream<DynamicTest> resumedAfterEveryDamageItEndsTheSameOrSaysWhy() throws IOException {
        return resumed(DAMAGES);
    }

    /** Goes on with a damaged copy: it is refused naming the file, or ends with the weights of the whole. */
    private Stream<DynamicTest> resumed(int damages) throws IOException {
        String whole = Classifier.origin(finished.resolve(RunFolder.STUDENT))
                .at("weights")
                .orElseThrow();
        return Stream.concat(files(paused), files(finished))
                .map(file -> dynamicTest(
                        name(file),
                        () -> damaged(file, damages, damage -> {
                            Path copy = copied(file.getParent(), "resumed");
                            var run = new AtomicReference<Run>();
                            try {
                                Runs.resume(copy, new RunParts.Given(null, null, DATA), Tasks.silent(), run::set);
                                assertThat(Weights.sha256(
                                                run.get().student().layers().all()))
                                        .as(damage)
                                        .isEqualTo(whole);
                                assertThat(Runs.check(copy)).as(damage).isEmpty();
                                run.get().student().close();
                                run.get().last().close();
                            } catch (IllegalArgumentException e) {
                                assertThat(e)
                                        .as(damage)
                                        .hasMessageContaining(file.getFileName().toString());
                            } finally {
                                Folder.remove(copy);
                            }
                        })));
    }

    private static String name(Path file) {
        return file.toString().replaceAll(".*/(.*/.*)", "$1");
    }

    private static Path copied(Path folder, String name) throws IOException {
        Path copy = Files.createDirectory(runs.resolve(folder.getFileName() + "-" + name));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private static void damage(Path file) throws IOException {
        damaged(
                file,
                DAMAGES,
                damage -> assertThat(String.join("\n", Runs.check(file.getParent())))
                        .as(damage)
                        .contains(file.getFileName().toString()));
    }

    /** What is to hold of a damaged file. */
    private interface Claim {
        void holds(String damage) throws IOException;
    }

    private static void damaged(Path file, int damages, Claim claim) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        var random = new SplittableRandom(file.getFileName().toString().length());
        try {
            for (int i = 0; i < damages; i++) {
                byte[] damaged = damaged(whole, random, i);
                Files.write(file, damaged);
                claim.holds("damage " + i);
            }
        } finally {
            Files.write(file, whole);
        }
    }

    /** A flipped bit, or a missing end. */
    private static byte[] damaged(byte[] whole, SplittableRandom random, int i) {
        if (i % 2 == 0) {
            return Arrays.copyOf(whole, random.nextInt(whole.length));
        }
        byte[] copy = whole.clone();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }
}
