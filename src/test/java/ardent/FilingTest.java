package ardent;

import static ardent.Ardent.evaluate;
import static ardent.Ardent.lastRun;
import static ardent.Ardent.resume;
import static ardent.Ardent.train;
import static org.assertj.core.api.Assertions.assertThat;

import ardent.attack.Linf;
import ardent.data.Images;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.run.RunParts;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.train.Plan;
import ardent.train.Run;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores lie with the run of the very network that was measured, and nowhere else. */
class FilingTest {
    private static final Images DATA = Tiny.images(40, 1);
    private static final Images TEST = Tiny.images(20, 2);
    private static final Linf BALL = new Linf(0.05f);
    private static final Plan PLAN = Plan.quick().epochs(1).batchSize(20).validation(10);

    @TempDir
    Path root;

    @BeforeEach
    void keep() {
        System.setProperty("ardent.runs", root.resolve("runs").toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty("ardent.runs");
    }

    private static Path trained() {
        train(new SmallCnn(1), new Sat(BALL), DATA, PLAN).close();
        return folder();
    }

    private static Path folder() {
        return Objects.requireNonNull(lastRun().folder());
    }

    private static int scores(Path folder) {
        return RunSummary.of(folder).scores().size();
    }

    private static Classifier load(Path folder) {
        return Classifier.load(folder.resolve("student.safetensors"));
    }

    /** What is told while something is evaluated. */
    private static String told(Classifier network) {
        PrintStream before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertThat(evaluate(network, TEST).toString()).contains("clean");
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void ofTwoEqualTrainingsTheOneThatWasMeasuredHasTheScores() {
        Classifier first = train(new SmallCnn(1), new Sat(BALL), DATA, PLAN);
        Path one = folder();
        Classifier second = train(new SmallCnn(1), new Sat(BALL), DATA, PLAN);
        Path two = folder();
        assertThat(Description.of(second).at("weights"))
                .isEqualTo(Description.of(first).at("weights"));
        evaluate(first, TEST);
        assertThat(List.of(scores(one), scores(two))).containsExactly(1, 0);
        evaluate(List.of(second.as("another name", second.origin()), first), TEST);
        assertThat(List.of(scores(one), scores(two))).containsExactly(1, 1);
        assertThat(Description.of(first).at("run")).contains(one.getFileName().toString());
        assertThat(Description.of(first).essence())
                .isEqualTo(Description.of(second).essence());
        first.close();
        second.close();
    }

    @Test
    void aStudentFromAFileKnowsItsRunAlsoAfterAMove() throws IOException {
        Path one = trained();
        Path copy = Folders.copied(one, root.resolve("copy"));
        try (Classifier loaded = load(copy)) {
            evaluate(loaded, TEST);
        }
        assertThat(List.of(scores(one), scores(copy))).containsExactly(0, 1);
        Path moved = Files.move(one, root.resolve("renamed"));
        Path link = Files.createSymbolicLink(root.resolve("link.safetensors"), moved.resolve("student.safetensors"));
        try (Classifier loaded = Classifier.load(link);
                Classifier twin = loaded.copy()) {
            assertThat(told(twin)).isEmpty();
        }
        assertThat(scores(moved)).isEqualTo(1);
    }

    @Test
    void goingOnAndTheLastRunOfAnotherProgramKnowItToo() {
        Path one = trained();
        try (Classifier again = resume(one, DATA)) {
            evaluate(again, TEST);
            assertThat(scores(one)).isEqualTo(1);
        }
        Run seen = Runs.look(one, new RunParts.Given(null, null, DATA));
        evaluate(seen.student(), TEST.first(10));
        seen.student().close();
        assertThat(scores(one)).isEqualTo(2);
    }

    @Test
    void aCopyOfTheFileIsTheStudentOfTheRunThatItNames() throws IOException {
        Path one = trained();
        Path file = Files.copy(one.resolve("student.safetensors"), root.resolve("sent.safetensors"));
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                .as("no place of this machine")
                .doesNotContain(root.toString());
        try (Classifier sent = Classifier.load(file)) {
            assertThat(told(sent)).isEmpty();
            assertThat(scores(one)).isEqualTo(1);
            System.setProperty("ardent.runs", "off");
            assertThat(told(sent)).as("it belongs to a run of somebody else").isEmpty();
        }
        try (var files = Files.list(root)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("runs", "sent.safetensors");
        }
    }

    @Test
    void otherNetworksLeaveTheFolderAlone() {
        Path first = trained();
        try (Classifier teacher = load(first)) {
            train(new SmallCnn(1), new Rslad(teacher, BALL), DATA, PLAN).close();
            Path second = folder();
            try (Classifier kept = Classifier.load(second.resolve("teacher-1.safetensors"))) {
                assertThat(told(kept)).isEmpty();
                assertThat(List.of(scores(first), scores(second)))
                        .as("a teacher is its own run's student")
                        .containsExactly(1, 0);
            }
            try (Classifier student = load(second);
                    Classifier folded = student.folded()) {
                evaluate(folded, TEST);
                assertThat(Description.of(folded).at("network.weights"))
                        .isEqualTo(Description.of(student).at("weights"));
                try (Classifier other = Classifier.of(new SmallCnn(1), DATA.shape(), 4, 5)) {
                    student.layers().set(other.layers().all());
                }
                evaluate(student, TEST);
                assertThat(scores(second)).isZero();
            }
        }
    }

    @Test
    void aFolderThatIsGoneOrTakesNothingIsToldInOneSentence() throws IOException {
        Classifier student = train(new SmallCnn(1), new Sat(BALL), DATA, PLAN);
        Path one = folder();
        evaluate(student, TEST);
        Path file;
        try (var files = Files.list(one)) {
            file = files.filter(each -> each.getFileName().toString().startsWith("scores-"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.delete(file);
        Files.createDirectories(file.resolve("in the way"));
        assertThat(told(student).lines())
                .singleElement()
                .asString()
                .startsWith("The scores of SmallCnn · SAT are not kept with their run: Nothing was saved");
        Folder.remove(file);
        Files.delete(one.resolve("student.safetensors"));
        assertThat(told(student).lines()).singleElement().asString().contains("has no intact student any more");
        Folder.remove(one);
        assertThat(told(student).lines()).singleElement().asString().contains(one.toString(), "was deleted or moved");
        assertThat(one).doesNotExist();
        student.close();
    }

    /** Where and when it was trained does not tell two equal teachers apart. */
    @Test
    void aTeacherThatWasTrainedOnceMoreIsTheSame() {
        Classifier teacher = train(new SmallCnn(1), new Sat(BALL), DATA, PLAN);
        train(new SmallCnn(1), new Rslad(teacher, BALL), DATA, PLAN).close();
        Path student = folder();
        Classifier again = train(new SmallCnn(1), new Sat(BALL), DATA, PLAN);
        resume(student, new SmallCnn(1), new Rslad(again, BALL), DATA).close();
        assertThat(folder()).isEqualTo(student);
        teacher.close();
        again.close();
    }

    @Test
    void withoutFoldersNothingIsKept() {
        System.setProperty("ardent.runs", "off");
        try (Classifier student = train(new SmallCnn(1), new Sat(BALL), DATA, PLAN)) {
            assertThat(told(student)).isEmpty();
            assertThat(student.folder()).isEmpty();
            assertThat(root.resolve("runs")).doesNotExist();
        }
    }
}
