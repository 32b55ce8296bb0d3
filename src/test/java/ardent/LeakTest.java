package ardent;

import static ardent.Ardent.attack;
import static ardent.Ardent.evaluate;
import static ardent.Ardent.resume;
import static ardent.Ardent.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.anomaly.Detector;
import ardent.anomaly.ReverseDistillation;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.grid.Grid;
import ardent.method.Crdnd;
import ardent.method.Method;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Terms;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.network.WideResNet;
import ardent.progress.Work;
import ardent.tensor.Torch;
import ardent.train.Averaging;
import ardent.train.Perturbation;
import ardent.train.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fails leaves nothing in the engine, however often. */
class LeakTest {
    private static final Images DATA = Tiny.images(40, 1);
    private static final Linf BALL = new Linf(0.05f);
    private static final Plan PLAN = Plan.quick().epochs(2).batchSize(20).validation(10);
    private static final Classifier TEACHER = Classifier.of(new SmallCnn(1), DATA.shape(), 4, 9);

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

    @AfterAll
    static void close() {
        TEACHER.close();
    }

    /** The first may leave what is made once; those after it nothing. */
    private static void assertNothingStays(ThrowingCallable failing) {
        assertThatThrownBy(failing).isNotNull();
        int before = Torch.manager().getManagedArrays().size();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(failing).isNotNull();
        }
        assertThat(Torch.manager().getManagedArrays().size()).isEqualTo(before);
    }

    /** A method that ends badly in its second epoch. */
    private static Method failing(Method method, Runnable end) {
        return step -> {
            var objective = method.prepare(step);
            return () -> {
                Terms terms = objective.value();
                if (step.progress() >= 0.5) {
                    end.run();
                }
                return terms;
            };
        };
    }

    private static void boom() {
        throw new IllegalStateException("boom");
    }

    private static void overflow() {
        throw new StackOverflowError("boom");
    }

    private static void nan() {
        throw new ArithmeticException("nan");
    }

    static Stream<Runnable> ends() {
        return Stream.of(LeakTest::boom, LeakTest::overflow, LeakTest::nan);
    }

    @ParameterizedTest
    @MethodSource("ends")
    void trainings(Runnable end) {
        Plan plan = PLAN.averaging(Averaging.ema(0.9)).perturbation(Perturbation.awp(0.01));
        Method method = failing(Crdnd.residualRelation(TEACHER, BALL), end);
        assertNothingStays(() -> train(new WideResNet(10, 1), method, DATA, plan));
        System.setProperty("ardent.runs", "off");
        assertNothingStays(() -> train(new SmallCnn(1), failing(new Sat(BALL), end), DATA, PLAN));
    }

    @Test
    void whatIsRefusedOrCannotBeBuilt() {
        assertNothingStays(() -> train(new SmallCnn(1), new Sat(BALL), DATA, PLAN.validation(40)));
        Architecture half = (net, image, classes) -> {
            net.linear("first", 64, 10);
            throw new IllegalArgumentException("no second layer");
        };
        assertNothingStays(() -> train(half, new Sat(BALL), DATA, PLAN));
        assertNothingStays(() -> Classifier.of(half, DATA.shape(), 4, 1));
    }

    @Test
    void goingOn() throws Exception {
        Method cell = failing(new Rslad(TEACHER, BALL), LeakTest::nan);
        assertThatThrownBy(() -> train(new SmallCnn(1), cell, DATA, PLAN)).isNotNull();
        Path folder = Objects.requireNonNull(Ardent.lastRun().folder());
        assertNothingStays(() -> resume(folder, new SmallCnn(1), cell, DATA));
        assertNothingStays(() -> resume(folder));
        assertNothingStays(Ardent::resume);
        train(new SmallCnn(1), new Rslad(TEACHER, BALL), DATA, PLAN).close();
        Path done = Objects.requireNonNull(Ardent.lastRun().folder());
        assertNothingStays(() -> resume(done));
        assertNothingStays(() -> Ardent.rerun(done));
        assertNothingStays(() -> Ardent.reproduce(done));
        try (Stream<Path> files = Files.list(done)) {
            for (Path file :
                    files.filter(each -> each.toString().contains("checkpoint")).toList()) {
                Files.delete(file);
            }
        }
        assertNothingStays(() -> resume(done, DATA));
    }

    @Test
    void detectors() {
        Plan plan = PLAN.validation(0);
        Images normal = DATA.only(1);
        var method = new ReverseDistillation(TEACHER, 1, 0.01f);
        for (Runnable end : List.<Runnable>of(LeakTest::boom, LeakTest::overflow)) {
            assertNothingStays(() -> method.run(normal, plan, new Work.Task() {
                @Override
                public void report(String phase, long done, long total, Map<String, String> figures) {
                    end.run();
                }

                @Override
                public boolean stopping() {
                    return false;
                }
            }));
        }
        assertNothingStays(() -> train(
                new ReverseDistillation(TEACHER, 1, 0.01f), Tiny.images(4, 2).only(9), plan));
        assertNothingStays(() -> new ReverseDistillation(TEACHER, 9, 0.01f));
        Detector broken = images -> {
            images.add(images);
            throw new IllegalStateException("boom");
        };
        assertNothingStays(() -> evaluate(broken, DATA, 1));
    }

    @Test
    void evaluationsAndAttacks() {
        Attack broken = (victim, images, labels, noise) -> {
            NDArray moved = images.add(noise.uniform(0, 0.1, images.getShape()));
            victim.logits(moved);
            throw new IllegalStateException("boom");
        };
        assertNothingStays(() -> evaluate(TEACHER, DATA, broken));
        assertNothingStays(() -> attack(broken, TEACHER, DATA));
        Network mute = images -> {
            TEACHER.logits(images);
            throw new IllegalStateException("boom");
        };
        assertNothingStays(() -> evaluate(mute, DATA, new Pgd(BALL, 2)));
        assertNothingStays(() -> attack(new AutoAttack(BALL), mute, DATA));
        assertNothingStays(() -> Ardent.sweep(List.of(mute), DATA, e -> new Pgd(new Linf(e), 2), 0.1f));
        Images other = Images.of("o", new byte[9 * 2], new int[2], new Shape(1, 3, 3), List.of("a", "b", "c", "d"));
        assertNothingStays(() -> evaluate(TEACHER, other, new Pgd(BALL, 2)));
        assertNothingStays(() -> attack(new AutoAttack(BALL), TEACHER, other));
    }

    @Test
    void grids() {
        var grid = new Grid(new SmallCnn(1), DATA, PLAN, DATA.first(10))
                .methods(failing(new Sat(BALL), LeakTest::boom))
                .seeds(1);
        assertNothingStays(() -> Ardent.sweep(root.resolve("grid"), grid));
    }

    @Test
    void files() {
        Path file = root.resolve("w.safetensors");
        TEACHER.save(file);
        assertNothingStays(() -> Classifier.load(file, new SmallCnn(2), DATA.shape(), 4));
        assertNothingStays(() -> Classifier.load(file, new SmallCnn(1), DATA.shape(), 5));
        assertNothingStays(() -> Classifier.load(file, new SmallCnn(1), new Shape(1, 12, 12), 4));
    }
}
