package ardent;

import static ardent.Ardent.evaluate;
import static ardent.Ardent.lastRun;
import static ardent.Ardent.reproduce;
import static ardent.Ardent.rerun;
import static ardent.Ardent.resume;
import static ardent.Ardent.sweep;
import static ardent.Ardent.train;
import static ardent.Ardent.trajectory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.grid.Grid;
import ardent.method.Method;
import ardent.method.Sat;
import ardent.method.Terms;
import ardent.method.Trajectory;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import ardent.tensor.Losses;
import ardent.train.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import own.Pixels;

/** Who does what a sentence advises is helped: each call that is named is made right after it. */
class AdviceTest {
    private static final Images OWN = Tiny.images(60, 1);
    private static final Images TEST = Tiny.images(20, 2);
    private static final Linf BALL = new Linf(0.05f);
    private static final Plan PLAN = Plan.quick().epochs(1).batchSize(20).validation(10);
    private static final Method CELL_METHOD = step -> () -> Terms.of(
            "clean",
            Losses.crossEntropy(step.learn(step.images()), step.labels()).mean());
    private static final Architecture CELL_NET = (net, image, classes) -> new SmallCnn(1).build(net, image, classes);

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

    private static Path trained(Architecture architecture, Method method, Images data) {
        train(architecture, method, data, PLAN).close();
        return folder();
    }

    private static Path folder() {
        return Objects.requireNonNull(lastRun().folder());
    }

    private static void assertAdvice(ThrowingCallable call, String advice) {
        assertThatIllegalArgumentException()
                .isThrownBy(call)
                .withMessageContaining(advice)
                .withMessageMatching("[^\n]*[.]");
    }

    @Test
    void imagesInMemory() {
        Path path = trained(new SmallCnn(1), new Sat(BALL), OWN.first(50));
        assertAdvice(() -> resume(path), "resume(path, images)");
        resume(path, OWN).close();
        assertAdvice(() -> reproduce(path), "reproduce(path, images)");
        assertThat(reproduce(path, OWN.first(50)).identical()).isTrue();
        assertAdvice(() -> rerun(path), "rerun(path, images)");
        rerun(path, OWN, run -> run.plan(run.plan().seed(3))).close();
        assertThat(folder()).isNotEqualTo(path);
        rerun(path, run -> run.data(TEST)).close();
        assertAdvice(() -> resume(path, TEST), "the same files and choices are needed");
    }

    @Test
    void imagesInMemoryOfAnEvaluation() {
        Classifier student =
                train(new SmallCnn(1), new Sat(BALL), Mnist.load().train().take(40), PLAN);
        Images test = Mnist.load().test().take(200);
        Images own = Images.of("own", new byte[20 * 784], new int[20], new Shape(1, 28, 28), test.classes());
        Path path = folder();
        evaluate(student, own);
        evaluate(student, own.first(5));
        student.close();
        assertAdvice(() -> reproduce(path), "reproduce(path, images, test)");
        var again = reproduce(path, Mnist.load().train(), own);
        assertThat(again.toString()).isEqualTo(again.sentence());
        assertThat(again.scores()).isEqualTo(2);
        assertAdvice(() -> reproduce(path, Mnist.load().train()), "reproduce(path, images, test)");
        byte[] changed = new byte[20 * 784];
        changed[0] = 1;
        Images other = Images.of("own", changed, new int[20], new Shape(1, 28, 28), test.classes());
        assertAdvice(
                () -> reproduce(path, Mnist.load().train(), other),
                "The images given are not those that the student of the run " + path + " was evaluated on, own");
        assertAdvice(() -> reproduce(path, Mnist.load().train(), other), "had the SHA-256");
    }

    @Test
    void aMethodOfACell() {
        Path path = trained(new SmallCnn(1), CELL_METHOD, Mnist.load().train().take(40));
        assertAdvice(() -> resume(path), "resume(path, method)");
        resume(path, CELL_METHOD).close();
        assertAdvice(() -> reproduce(path), "reproduce(path, method)");
        assertThat(reproduce(path, CELL_METHOD).identical()).isTrue();
        assertAdvice(() -> rerun(path), "rerun(path, run -> run.method(method))");
        rerun(path, run -> run.method(CELL_METHOD)).close();
    }

    @Test
    void severalThingsAtOnceAreAskedForAtOnce() {
        Path path = trained(new SmallCnn(1), CELL_METHOD, OWN);
        String all = "(path, architecture, method, images)";
        assertAdvice(() -> resume(path), "resume" + all);
        assertAdvice(() -> resume(path, CELL_METHOD), "resume" + all);
        assertAdvice(() -> resume(path, OWN), "resume" + all);
        resume(path, new SmallCnn(1), CELL_METHOD, OWN).close();
        assertAdvice(() -> reproduce(path, CELL_METHOD), "reproduce" + all);
        assertAdvice(() -> reproduce(path, OWN), "reproduce" + all);
        assertThat(reproduce(path, new SmallCnn(1), CELL_METHOD, OWN).identical())
                .isTrue();
        assertAdvice(() -> rerun(path), "rerun" + all);
        rerun(path, new SmallCnn(1), CELL_METHOD, OWN).close();
        rerun(path, OWN, run -> run.method(CELL_METHOD)).close();
        Path net = trained(CELL_NET, new Sat(BALL), Mnist.load().train().take(40));
        assertAdvice(() -> resume(net), "resume" + all);
        assertAdvice(() -> reproduce(net), "reproduce" + all);
        resume(net, CELL_NET, new Sat(BALL), Mnist.load().train()).close();
        rerun(net, run -> run.architecture(CELL_NET)).close();
    }

    @Test
    void anAttackOfACell() {
        Classifier student = train(new SmallCnn(1), new Sat(BALL), OWN, PLAN);
        Path path = folder();
        Attack cell = (victim, images, labels, noise) -> images.duplicate();
        evaluate(student, TEST, cell);
        student.close();
        assertAdvice(() -> reproduce(path, OWN, TEST), "rerun(path)");
        Classifier again = rerun(path, OWN);
        evaluate(again, TEST, cell);
        again.close();
    }

    /** The architecture of a cell is given again, and the file still tells how its weights came about. */
    @Test
    void aStudentOfACellsArchitecture() throws Exception {
        train(CELL_NET, new Sat(BALL), OWN, PLAN).close();
        Path path = folder();
        Path file = path.resolve("student.safetensors");
        assertAdvice(() -> Classifier.load(file), "Classifier.load(file, architecture).");
        try (Classifier loaded = Classifier.load(file, CELL_NET)) {
            assertThat(Description.of(loaded)).isEqualTo(Classifier.origin(file));
            assertThat(loaded.name()).endsWith("· SAT");
            evaluate(loaded, TEST);
            try (var files = Files.list(path)) {
                assertThat(files.filter(each -> each.getFileName().toString().startsWith("scores-")))
                        .as("its run has the scores")
                        .hasSize(1);
            }
        }
        Path known = root.resolve("known.safetensors");
        try (Classifier network = Classifier.of(new SmallCnn(1), new Shape(1, 8, 8), 4, 1)) {
            network.save(known);
        }
        assertAdvice(() -> Classifier.load(known, CELL_NET, new Shape(1, 8, 8), 4), "Classifier.load(file)");
        assertAdvice(() -> Classifier.load(known, CELL_NET), "Classifier.load(file)");
        Classifier.load(known).close();
    }

    /** Versions of a network of a user's own program, which no file builds. */
    @Test
    void aTrajectoryOfANetworkOfOnesOwn() {
        train(new Pixels(), new Sat(BALL), OWN, PLAN.epochs(4).validation(0).versions(2))
                .close();
        Path path = folder();
        assertAdvice(() -> trajectory(path), "trajectory(folder, architecture)");
        Trajectory versions = trajectory(path, new Pixels());
        assertThat(versions.versions()).hasSize(2);
        versions.versions().forEach(Classifier::close);
        train(new SmallCnn(1), CELL_METHOD, OWN, PLAN.epochs(4).rate(1e-9).versions(2))
                .close();
        Path early = folder();
        assertAdvice(() -> trajectory(early), "whose best epoch comes later, as plan.validation(0)");
        assertAdvice(
                () -> trajectory(path, new SmallCnn(1)),
                "another architecture than SmallCnn[width=1], namely Pixels; give that one");
    }

    @Test
    void aTeacherThatIsGoneIsGivenWithTheMethod() throws Exception {
        try (Classifier teacher = Classifier.of(new SmallCnn(1), OWN.shape(), 4, 5)) {
            var method = new ardent.method.Rslad(teacher, BALL);
            Path path = trained(new SmallCnn(1), method, OWN);
            Files.delete(path.resolve("teacher-1.safetensors"));
            assertAdvice(() -> resume(path, OWN), "resume(path, architecture, method, images)");
            resume(path, new SmallCnn(1), method, OWN).close();
        }
    }

    /** The labels of MNIST are unpacked between two calls; all that was there before them is still taken for the same. */
    @Test
    void dataThatWereRepackedMeanwhileAreTheSame() throws IOException {
        Images digits = Mnist.load().train().take(40);
        Images test = Mnist.load().test().take(10);
        Classifier student = train(new SmallCnn(1), new Sat(BALL), digits, PLAN);
        Path path = folder();
        evaluate(student, test);
        student.close();
        var grid = new Grid(new SmallCnn(1), digits, PLAN, test)
                .baselines(new Sat(BALL))
                .seeds(1);
        Path cells = root.resolve("cells");
        String before = sweep(cells, grid).toString();
        Path mnist = Files.createDirectories(root.resolve("data/mnist"));
        try (var files = Files.list(Path.of("datasets/mnist"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.contains("labels")) {
                    try (var in = new GZIPInputStream(Files.newInputStream(file))) {
                        Files.copy(in, mnist.resolve(name.replace(".gz", "")));
                    }
                } else {
                    Files.createSymbolicLink(mnist.resolve(name), file.toAbsolutePath());
                }
            }
        }
        System.setProperty("ARDENT_DATASETS", root.resolve("data").toString());
        try {
            Images again = Mnist.load().train();
            assertThat(again.origin()).isNotEqualTo(digits.origin()).matches(origin -> origin.official());
            resume(path).close();
            resume(path, again.take(40)).close();
            assertThat(reproduce(path).identical()).isTrue();
            rerun(path, again).close();
            var same = new Grid(
                            new SmallCnn(1),
                            again.take(40),
                            PLAN,
                            Mnist.load().test().take(10))
                    .baselines(new Sat(BALL))
                    .seeds(1);
            List<FileTime> written = times(cells);
            assertThat(sweep(cells, same).toString()).isEqualTo(before);
            assertThat(times(cells)).as("nothing is computed again").isEqualTo(written);
        } finally {
            System.clearProperty("ARDENT_DATASETS");
        }
    }

    private static List<FileTime> times(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            var times = new ArrayList<FileTime>();
            for (Path file : files.filter(each -> each.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                times.add(Files.getLastModifiedTime(file));
            }
            return times;
        }
    }
}
