package ardent.run.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.method.BMtard;
import ardent.method.Compensation;
import ardent.method.Crdnd;
import ardent.method.Igdm;
import ardent.method.Method;
import ardent.method.Mtard;
import ardent.method.Objective;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Step;
import ardent.method.Terms;
import ardent.method.Trajectory;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.network.TorchScript;
import ardent.network.Weights;
import ardent.network.WideResNet;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.provenance.Seal;
import ardent.run.OftenKept;
import ardent.run.RunParts;
import ardent.run.RunState;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.tensor.Losses;
import ardent.tensor.Torch;
import ardent.train.Averaging;
import ardent.train.Epoch;
import ardent.train.Perturbation;
import ardent.train.Plan;
import ardent.train.Run;
import ardent.train.Tasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A run that was interrupted, or whose folder was damaged, ends as if nothing had happened, or says what is wrong. */
class ResumeTest {
    private static final Images DATA = Tiny.images(50, 1);
    private static final Linf BALL = new Linf(0.05f);
    private static final Plan PLAN =
            Plan.quick().epochs(3).batchSize(15).rate(0.05).validation(10);
    private static final OftenKept EVERY_EPOCH = new OftenKept(
            new CheckpointWriter.Interval(0, CheckpointWriter.Interval.usual().longest()));
    private static final Classifier TEACHER = Classifier.of(new SmallCnn(4), DATA.shape(), 4, 9);
    private static int threads;

    @TempDir
    Path runs;

    @BeforeAll
    static void alone() {
        threads = Torch.threads();
        Torch.threads(1);
    }

    @AfterAll
    static void close() {
        Torch.threads(threads);
        TEACHER.close();
    }

    private static RunParts parts(Method method, Plan plan) {
        return new RunParts(new WideResNet(10, 1), method, DATA, plan);
    }

    private static Run train(RunParts parts, @org.jspecify.annotations.Nullable Path root, Work.Task task) {
        var run = new AtomicReference<Run>();
        EVERY_EPOCH.train(parts, root, task, run::set);
        return run.get();
    }

    private static Run resume(Path folder, Work.Task task) {
        return resume(folder, new RunParts.Given(null, null, DATA), task);
    }

    private static Run resume(Path folder, RunParts.Given given, Work.Task task) {
        var run = new AtomicReference<Run>();
        EVERY_EPOCH.resume(folder, given, task, run::set);
        return run.get();
    }

    private static Path folder(Run run) {
        Path folder = run.folder();
        assertThat(folder).as("folder; notes: %s", run.notes()).isNotNull();
        return folder;
    }

    private static String sha(Classifier network) {
        return Weights.sha256(network.layers().all());
    }

    private static void assertSame(Run run, Run whole) {
        assertThat(sha(run.last())).as("last weights").isEqualTo(sha(whole.last()));
        assertThat(sha(run.student())).as("best weights").isEqualTo(sha(whole.student()));
        assertThat(Description.of(run.student()).essence())
                .isEqualTo(Description.of(whole.student()).essence());
        assertThat(run.best()).isEqualTo(whole.best());
        assertThat(untimed(run.history())).isEqualTo(untimed(whole.history()));
    }

    private static List<Epoch> untimed(List<Epoch> history) {
        return history.stream()
                .map(e -> new Epoch(e.number(), e.loss(), e.terms(), e.clean(), e.robust(), e.rate(), 0))
                .toList();
    }

    /** Three versions, of which a student reaches the last in the middle of its training. */
    private static Trajectory along(int seed, boolean eachClass) {
        List<Classifier> versions = IntStream.range(seed, seed + 3)
                .mapToObj(i -> Classifier.of(new SmallCnn(2), DATA.shape(), 4, i))
                .toList();
        return new Trajectory(versions, eachClass, 8, 1);
    }

    /** Of a network that has batch normalisation too, and trains in a tenth of the time. */
    private static RunParts small(Method method, Plan plan) {
        return new RunParts(new SmallCnn(4), method, DATA, plan);
    }

    @TestFactory
    Stream<DynamicTest> interruptedAtEveryStepItEndsTheSame() {
        var learned = Crdnd.residualRelation(TEACHER, BALL);
        Plan averaged = PLAN.averaging(Averaging.ema(0.9)).perturbation(Perturbation.awp(0.01));
        return Stream.of(
                        small(new Sat(BALL).smoothing(0.1), averaged),
                        small(new BMtard(TEACHER, TEACHER, BALL), PLAN.validation(0)),
                        small(learned, PLAN.averaging(Averaging.swa(2))),
                        small(learned.compensation(Compensation.transition()), averaged.validation(0)),
                        small(new Mtard(along(4, false), along(5, true), BALL), PLAN.versions(3)),
                        small(new Igdm(new Rslad(TEACHER, BALL), TEACHER), PLAN.patience(2)))
                .map(parts -> dynamicTest(
                        parts.method().label() + " · " + parts.plan().averaging(), () -> everywhere(parts)));
    }

    /** At every step of the first epoch and a half, in a validation, and at the very end. */
    private static final int[] STOPS = {0, 2, 3, 4, 8, 12};

    private void everywhere(RunParts parts) {
        Run whole = train(parts, runs, Tasks.silent());
        String steps = text(folder(whole).resolve("steps.csv"));
        for (int stop : STOPS) {
            Run run = train(parts, runs, Tasks.stoppingAfter(stop));
            Path folder = folder(run);
            assertThat(Runs.check(folder)).isEmpty();
            if (run.stopped()) {
                assertThat(RunState.read(folder).phase()).isEqualTo(RunState.Phase.PAUSED);
                run = resume(folder, Tasks.stoppingAfter(stop % 3)); // and again, before or after a step
                run = run.stopped() ? resume(folder, Tasks.silent()) : run;
            }
            assertThat(run.notes()).isEqualTo(whole.notes());
            assertSame(run, whole);
            assertThat(RunState.read(folder).phase()).isEqualTo(RunState.Phase.FINISHED);
            assertThat(Runs.check(folder)).isEmpty();
            assertThat(text(folder.resolve("steps.csv"))).isEqualTo(steps);
            run.student().close();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keepingChangesNothingAndAFinishedRunGivesItsResultAgain() throws IOException {
        RunParts parts = parts(new Rslad(TEACHER, BALL), PLAN);
        Run bare = train(parts, null, Tasks.silent());
        assertThat(bare.folder()).isNull();
        Run run = train(parts, runs, Tasks.silent());
        assertSame(run, bare);
        assertSame(resume(folder(run), Tasks.silent()), bare);
        try (Classifier saved = Classifier.load(folder(run).resolve("student.safetensors"))) {
            assertThat(sha(saved)).isEqualTo(sha(bare.student()));
        }
        try (Stream<Path> files = Files.list(folder(run))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .map(name -> name.replaceAll("\\d{5}-\\d{6}", "N")))
                    .containsExactlyInAnyOrder(
                            ".lock",
                            "run.json",
                            "state.json",
                            "epochs.csv",
                            "steps.csv",
                            "report.md",
                            "student.safetensors",
                            "teacher-1.safetensors",
                            "checkpoint-N.safetensors");
        }
        assertThat(text(folder(run).resolve("epochs.csv"))).contains("epoch,loss,clean,robust,rate,seconds,");
        assertThat(text(folder(run).resolve("steps.csv"))).contains("1,1,learning rate,");
        assertThat(text(folder(run).resolve("report.md"))).contains("# WideResNet · RSLAD", "(best)");
    }

    @Test
    void anEverydayRunIsRebuiltFromItsFolderAlone() {
        Images digits = Mnist.load().train().take(55, 3);
        var parts = new RunParts(
                new SmallCnn(2),
                new Rslad(Classifier.of(new SmallCnn(2), digits.shape(), 10, 5), BALL),
                digits,
                PLAN.epochs(2));
        Run whole = train(parts, null, Tasks.silent());
        Run paused = train(parts, runs, Tasks.stoppingAfter(1));
        Run run = resume(folder(paused), RunParts.Given.NOTHING, Tasks.silent());
        assertSame(run, whole);
    }

    @Test
    void theLastTwoCheckpointsStayAndADamagedOneIsSetAside() throws IOException {
        RunParts parts = parts(Crdnd.residualRelation(TEACHER, BALL), PLAN.epochs(5));
        Run whole = train(parts, null, Tasks.silent());
        Run paused = train(parts, runs, Tasks.stoppingAfter(4 * 3 + 1));
        Path folder = folder(paused);
        List<Path> kept = Checkpoint.all(folder);
        assertThat(kept).hasSize(2);
        byte[] bytes = Files.readAllBytes(kept.get(0));
        Files.write(kept.get(0), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThat(Runs.check(folder))
                .singleElement()
                .asString()
                .contains(kept.get(0).getFileName().toString());
        Run run = resume(folder, Tasks.silent());
        assertThat(run.notes())
                .singleElement()
                .asString()
                .contains(kept.get(0).getFileName().toString(), "is damaged");
        assertSame(run, whole);
    }

    /** A pause at the end of an epoch writes the same checkpoint again, and the one before keeps its best weights. */
    @Test
    void eachCheckpointThatStaysHasItsBestWeights() throws IOException {
        RunParts parts = small(new Sat(BALL), PLAN.epochs(5));
        Run whole = train(parts, null, Tasks.silent());
        int paused = 0;
        for (int epoch = 2; epoch < 5; epoch++) {
            Run run = train(parts, runs, Tasks.stoppingAfter(4L * epoch));
            if (run.best() < epoch) {
                continue;
            }
            paused++;
            Path best = folder(run).resolve(Checkpoint.best(epoch));
            Files.write(best, new byte[3]);
            Run resumed = resume(folder(run), Tasks.silent());
            assertThat(resumed.notes())
                    .singleElement()
                    .asString()
                    .contains(best + " is damaged", "The run goes on from before");
            assertSame(resumed, whole);
        }
        assertThat(paused).as("epochs that were the best so far").isPositive();
    }

    @Test
    void withoutAnyCheckpointItBeginsAgain() throws IOException {
        RunParts parts = parts(new Sat(BALL), PLAN);
        Run paused = train(parts, runs, Tasks.stoppingAfter(7));
        for (Path file : Checkpoint.all(folder(paused))) {
            Files.delete(file);
        }
        assertSame(resume(folder(paused), Tasks.silent()), train(parts, null, Tasks.silent()));
    }

    @Test
    void aFinishedRunIsNotTrainedAgainUnasked() throws IOException {
        Run run = train(parts(new Sat(BALL), PLAN), runs, Tasks.silent());
        Path folder = folder(run);
        for (String name : List.of(
                "student.safetensors",
                Checkpoint.all(folder).get(0).getFileName().toString())) {
            Path file = folder.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
            assertThatThrownBy(() -> resume(folder, Tasks.silent()))
                    .hasMessageContaining("is finished and cannot give its result again")
                    .hasMessageContaining(name)
                    .hasMessageContaining("rerun(path)");
            assertThat(file).as("stays where it is").exists();
            Files.write(file, whole);
        }
        byte[] student = Files.readAllBytes(folder.resolve("student.safetensors"));
        assertSame(resume(folder, Tasks.silent()), run);
        assertThat(folder.resolve("student.safetensors"))
                .as("the checkpoint names it, and a kill may come between the two")
                .hasBinaryContent(student);
    }

    @Test
    void whatADeadProgramLeftIsSweptAwayADayLater() throws IOException {
        Path old = Files.createDirectory(runs.resolve(".part-old"));
        Files.writeString(old.resolve("teacher-1.safetensors"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        Path young = Files.createDirectory(runs.resolve(".part-young"));
        train(parts(new Sat(BALL), PLAN), runs, Tasks.stoppingAfter(0));
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        Files.delete(young);
    }

    /** A folder from somebody else may hold links; what they lead to is nobody's to write. */
    @Test
    void nothingIsWrittenThroughALink(@TempDir Path elsewhere) throws IOException {
        var parts = new RunParts(new SmallCnn(2), new ardent.method.Natural(), DATA, PLAN);
        Run whole = train(parts, null, Tasks.silent());
        for (String name : List.of("steps.csv", "epochs.csv", "state.json", "report.md", "student.safetensors")) {
            for (int stop : new int[] {1, 5}) { // before and after the first epoch
                Path folder = folder(train(parts, runs, Tasks.stoppingAfter(stop)));
                Path victim = Files.writeString(elsewhere.resolve("victim"), "a file of somebody");
                Files.deleteIfExists(folder.resolve(name));
                Files.createSymbolicLink(folder.resolve(name), victim);
                Run run = resume(folder, Tasks.silent());
                assertThat(victim).hasContent("a file of somebody");
                assertSame(run, whole);
                assertThat(folder.resolve(name)).isRegularFile();
                assertThat(Files.isSymbolicLink(folder.resolve(name))).isFalse();
                assertThat(Runs.check(folder)).as("%s after %d", name, stop).isEmpty();
                run.student().close();
            }
        }
        Path folder = folder(train(parts, runs, Tasks.stoppingAfter(5)));
        Path nowhere = elsewhere.resolve("nowhere");
        Files.delete(folder.resolve(".lock"));
        Files.createSymbolicLink(folder.resolve(".lock"), nowhere);
        assertThatThrownBy(() -> resume(folder, Tasks.silent()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing is written through it: delete it.");
        assertThat(nowhere).doesNotExist();
        Files.delete(folder.resolve(".lock"));
        assertSame(resume(folder, Tasks.silent()), whole);
    }

    @Test
    void aFolderHasOneWriter() {
        Path folder = folder(train(parts(new Sat(BALL), PLAN), runs, Tasks.stoppingAfter(2)));
        try (RunFolder held = RunFolder.open(folder)) {
            assertThat(held.path()).isEqualTo(folder);
            assertThatThrownBy(() -> resume(folder, Tasks.silent()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is being written by another training");
            assertThatThrownBy(() -> RunFolder.open(folder))
                    .as("a refusal keeps the lock")
                    .isInstanceOf(IllegalStateException.class);
            assertThat(RunState.read(folder).phase())
                    .as("reading is not writing")
                    .isEqualTo(RunState.Phase.PAUSED);
        }
        assertThat(resume(folder, Tasks.silent()).stopped()).isFalse();
    }

    @Test
    void aFolderIsReadWithoutItsWeights() throws IOException {
        RunParts parts = parts(new Rslad(TEACHER, BALL), PLAN);
        assertThat(Runs.folders(runs.resolve("none"))).isEmpty();
        Run first = train(parts, runs, Tasks.silent());
        Run second = train(parts(new Sat(BALL), PLAN.validation(0)), runs, Tasks.stoppingAfter(4));
        assertThat(Runs.folders(runs)).containsExactly(folder(first), folder(second));
        assertThat(Runs.setup(folder(first)).flat())
                .containsEntry("method.inner.ball.radius", "0.05")
                .containsEntry("plan.epochs", "3")
                .containsKeys("method.teacher.weights", "environment.engine", "begun");
        assertThat(untimed(Runs.history(folder(first)))).isEqualTo(untimed(first.history()));
        assertThat(untimed(Runs.history(folder(second))))
                .isEqualTo(untimed(second.history()))
                .hasSize(1);
        RunParts again = Runs.parts(folder(first), new RunParts.Given(null, null, DATA), "rerun");
        assertSame(train(again, null, Tasks.silent()), first);
        Files.writeString(folder(second).resolve("epochs.csv"), "epoch,loss\n1,x\n");
        assertThatThrownBy(() -> Runs.history(folder(second))).hasMessageContaining("is no table of epochs");
    }

    @Test
    void aFolderThatIsDeletedMeanwhileIsNotMadeAgain() {
        RunParts parts = parts(new Sat(BALL), PLAN);
        Run run = train(parts, runs, new Deleting(runs));
        assertThat(run.notes()).singleElement().asString().contains("was deleted or moved. The training went on");
        assertThat(folder(run)).doesNotExist();
        assertSame(run, train(parts, null, Tasks.silent()));
    }

    private record Deleting(Path runs) implements Work.Task {
        @Override
        public void report(String phase, long done, long total, Map<String, String> figures) {
            try {
                for (Path folder : Runs.folders(runs)) {
                    ardent.provenance.Folder.remove(folder);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean stopping() {
            return false;
        }
    }

    @Test
    void aMethodOfACellIsAskedForAndMustBeTheSame() {
        Method cell = step -> () -> Terms.of(
                "clean",
                Losses.crossEntropy(step.learn(step.images()), step.labels()).mean());
        Path folder = folder(train(parts(cell, PLAN), runs, Tasks.stoppingAfter(4)));
        assertThatThrownBy(() -> resume(folder, Tasks.silent()))
                .hasMessageContaining("defined in a notebook cell")
                .hasMessageContaining("resume(path, method)");
        assertThatThrownBy(() -> resume(folder, new RunParts.Given(null, new Sat(BALL), DATA), Tasks.silent()))
                .hasMessageContaining("The method given is Sat, and the run");
        Run run = resume(folder, new RunParts.Given(null, cell, DATA), Tasks.silent());
        assertThat(sha(run.last()))
                .isEqualTo(sha(train(parts(cell, PLAN), null, Tasks.silent()).last()));
    }

    @Test
    void otherPartsAreRefusedInOneSentence() {
        Path folder = folder(train(parts(new Rslad(TEACHER, BALL), PLAN), runs, Tasks.stoppingAfter(4)));
        assertThatThrownBy(() -> resume(folder, RunParts.Given.NOTHING, Tasks.silent()))
                .hasMessageContaining("tiny was given in memory")
                .hasMessageContaining("resume(path, images)");
        assertThatThrownBy(() -> resume(folder, new RunParts.Given(null, null, Tiny.images(100, 2)), Tasks.silent()))
                .hasMessageContaining("tiny: pixels (1, 8, 8) had the SHA-256 ")
                .hasMessageContaining(
                        "bytes, and has " + 100 * DATA.shape().size() + "; the same files and choices are");
        assertThatThrownBy(() -> resume(
                        folder, new RunParts.Given(null, new Rslad(TEACHER, new Linf(0.04f)), DATA), Tasks.silent()))
                .hasMessageContaining("inner.ball.radius was 0.05 and is 0.04");
        try (Classifier other = Classifier.of(new SmallCnn(4), DATA.shape(), 4, 8)) {
            assertThatThrownBy(() ->
                            resume(folder, new RunParts.Given(null, new Rslad(other, BALL), DATA), Tasks.silent()))
                    .hasMessageContaining("teacher.weights was");
        }
        assertThatThrownBy(() -> resume(folder, new RunParts.Given(new SmallCnn(3), null, DATA), Tasks.silent()))
                .hasMessageContaining("The architecture given is SmallCnn[width=3], and the run ")
                .hasMessageContaining(" was begun with WideResNet[depth=10, widen=1].");
        assertThatThrownBy(() -> resume(runs, Tasks.silent())).hasMessageContaining("There is no run in");
    }

    /** 0.1.0 wrote neither the shape of one's own images nor how many classes they have. */
    @Test
    void aRunOfTheFirstVersionTakesItsImagesAgain() throws IOException {
        Path folder = folder(train(small(new Sat(BALL), PLAN), runs, Tasks.stoppingAfter(4)));
        Path file = folder.resolve("run.json");
        String text = text(file)
                .replace("\"pixels (1, 8, 8)\"", "\"pixels\"")
                .replace("\"labels of 4 classes\"", "\"labels\"")
                .replaceFirst("\"seal\": \"[0-9a-f]{64}", "\"seal\": \"" + Seal.OPEN);
        Files.write(file, Seal.close(text.getBytes(StandardCharsets.UTF_8)));
        assertThat(Runs.setup(folder).at("data.files[0].name")).contains("pixels");
        assertThat(resume(folder, Tasks.silent()).stopped()).isFalse();
    }

    /** Teachers are compared one by one; how a file is called does not matter, what is in it does. */
    @Test
    void otherTeachersAreRefused() throws IOException {
        Path files = Files.createDirectory(runs.resolve("files"));
        Path first = Files.copy(fixture("traced.pt"), files.resolve("first.pt"));
        Path renamed = Files.copy(first, files.resolve("renamed.pt"));
        Path other = Files.copy(fixture("scripted.pt"), files.resolve("other.pt"));
        byte[] pixels = new byte[40 * 25];
        new java.util.Random(1).nextBytes(pixels);
        int[] labels = IntStream.range(0, 40).map(i -> i % 3).toArray();
        Shape grey = new Shape(1, 5, 5);
        Images data = Images.of("grey", pixels, labels, grey, List.of("a", "b", "c"));
        try (var teacher = TorchScript.load(first, grey, 3);
                var alike = TorchScript.load(renamed, grey, 3);
                var stranger = TorchScript.load(other, grey, 3)) {
            var begun = new Several(List.of(teacher));
            var parts = new RunParts(new SmallCnn(1), begun, data, PLAN.validation(0));
            Path folder = folder(train(parts, runs, Tasks.stoppingAfter(1)));
            for (var wrong : Map.of(
                            new Several(List.of(stranger)),
                                    "teachers[0].sha256 was " + teacher.origin().sha256(),
                            new Several(List.of(teacher, alike)), "it had no teachers[1]",
                            new Several(List.of()), "its teachers[0] is missing")
                    .entrySet()) {
                assertThatThrownBy(() -> resume(folder, new RunParts.Given(null, wrong.getKey(), data), Tasks.silent()))
                        .hasMessageContaining("The method given differs from the one the run " + folder)
                        .hasMessageContaining(wrong.getValue());
            }
            var same = new Several(List.of(alike));
            assertThat(resume(folder, new RunParts.Given(null, same, data), Tasks.silent())
                            .stopped())
                    .isFalse();
        }
    }

    private static Path fixture(String name) {
        return Path.of("src/test/resources/weights", name);
    }

    private record Several(List<Network> teachers) implements Method {
        @Override
        public Objective prepare(Step step) {
            NDArray soft = teachers.stream()
                    .map(teacher -> step.ask(teacher, step.images()))
                    .reduce(NDArray::add)
                    .orElseThrow();
            return () -> Terms.of(
                    "teachers", Losses.kl(step.learn(step.images()), soft).mean());
        }
    }

    @Test
    void aNetworkOfAProgramOfOnesOwnIsAskedForWithTheRest() {
        var parts = new RunParts(new own.Pixels(), new Sat(BALL), DATA, PLAN);
        Path folder = folder(train(parts, runs, Tasks.stoppingAfter(4)));
        assertThatThrownBy(() -> resume(folder, RunParts.Given.NOTHING, Tasks.silent()))
                .hasMessageContaining("Only records and enums of Ardent are built from a description, not own.Pixels. ")
                .hasMessageContaining("Give the architecture of the run " + folder)
                .hasMessageEndingWith(" again: resume(path, architecture, method, images).");
        assertThatThrownBy(() -> resume(folder, new RunParts.Given(new SmallCnn(2), null, DATA), Tasks.silent()))
                .hasMessageContaining("was begun with Pixels.");
        Run run = resume(folder, new RunParts.Given(new own.Pixels(), new Sat(BALL), DATA), Tasks.silent());
        assertThat(run.stopped()).isFalse();
    }

    /** A loss that is NaN from a share of the training on. */
    private static Method brokenFrom(double progress) {
        return step -> () -> Terms.of(
                "root",
                step.learn(step.images())
                        .mean()
                        .mul(Torch.constant(0))
                        .sub(Torch.constant(step.progress() < progress ? -1 : 1))
                        .sqrt());
    }

    @Test
    void anErrorIsWrittenDownWithItsReason() {
        var run = new AtomicReference<Run>();
        assertThatThrownBy(() -> EVERY_EPOCH.train(parts(brokenFrom(0), PLAN), runs, Tasks.silent(), run::set))
                .isInstanceOf(ArithmeticException.class);
        RunState state = RunState.read(folder(run.get()));
        assertThat(state.phase()).isEqualTo(RunState.Phase.FAILED);
        assertThat(state.reason()).contains("the term \"root\" of the loss is NaN");
    }

    /** Its losses say why it ended. */
    @Test
    void theEpochsBeforeAnErrorAreKept() {
        var rarely = new OftenKept(new CheckpointWriter.Interval(1_000_000, Duration.ofHours(1)));
        var run = new AtomicReference<Run>();
        assertThatThrownBy(() -> rarely.train(parts(brokenFrom(0.6), PLAN), runs, Tasks.silent(), run::set))
                .isInstanceOf(ArithmeticException.class);
        RunSummary kept = RunSummary.of(folder(run.get()));
        assertThat(kept.history()).extracting(Epoch::loss).containsExactly(1.0, 1.0);
        assertThat(run.get().history()).hasSize(2);
        assertThat(kept.unreadable()).isEmpty();
    }

    @Test
    void whatCannotBeKeptIsTrainedAllTheSame() throws IOException {
        RunParts parts = parts(new Sat(BALL), PLAN);
        Run whole = train(parts, null, Tasks.silent());
        Path file = Files.writeString(runs.resolve("file"), "in the way");
        Run homeless = train(parts, file, Tasks.silent());
        assertThat(homeless.folder()).isNull();
        assertThat(homeless.notes()).singleElement().asString().contains("cannot be resumed", file.toString());
        assertSame(homeless, whole);
        Run troubled = train(parts, runs, blocking(runs));
        assertThat(troubled.notes()).isNotEmpty().first().asString().contains("Nothing was saved");
        assertSame(troubled, whole);
        Path folder = folder(troubled);
        Files.delete(folder.resolve("epochs.csv"));
        assertSame(resume(folder, Tasks.silent()), whole);
        assertThat(Runs.check(folder)).isEmpty();
    }

    /** Puts a folder where a table should go, as soon as there is one; writing fails from then on. */
    private static Work.Task blocking(Path runs) {
        return new Work.Task() {
            private boolean blocked;
            private boolean saved;

            @Override
            public void report(String phase, long done, long total, Map<String, String> figures) {
                try (Stream<Path> folders = Files.list(runs)) {
                    Path folder = folders.filter(Files::isDirectory).findFirst().orElseThrow();
                    if (!blocked) {
                        Files.createDirectory(folder.resolve("epochs.csv"));
                        blocked = true;
                    }
                    assertThat(figures.containsKey("run folder")).isEqualTo(saved || !phase.contains("1/"));
                    saved |= done == 3;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public boolean stopping() {
                return false;
            }
        };
    }
}
