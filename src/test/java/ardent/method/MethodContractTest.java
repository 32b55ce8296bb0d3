package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ardent.Tiny;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.network.ResNet;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Run;
import ardent.train.Tasks;
import ardent.train.Training;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every method promises. Methods are found by scanning: a new one needs no entry here. */
class MethodContractTest {
    private static final Ball BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(160, 1);
    private static final Plan PLAN =
            Plan.quick().epochs(4).batchSize(40).rate(0.05).validation(0);
    private static final Classifier TEACHER = teacher();

    /** Trained: of a teacher that knows nothing there is nothing to learn. */
    private static Classifier teacher() {
        try (var training = new Training(new SmallCnn(6), new Trades(BALL), DATA, PLAN.epochs(8))) {
            return training.run(Tasks.silent()).student();
        }
    }

    @AfterAll
    static void close() {
        TEACHER.close();
    }

    /** Every method of the kit. */
    static List<Class<?>> types() {
        var types = new ArrayList<Class<?>>();
        for (JavaClass found : new ClassFileImporter().importPackages("ardent.method")) {
            if (found.isAssignableTo(Method.class)
                    && !found.isInterface()
                    && found.getEnclosingClass().isEmpty()) {
                Class<?> type = found.reflect();
                if (!Modifier.isAbstract(type.getModifiers()) && !type.isAnonymousClass() && isProduct(type)) {
                    types.add(type);
                }
            }
        }
        return types;
    }

    private static boolean isProduct(Class<?> type) {
        return type.getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath()
                .endsWith("/classes/");
    }

    /** By the constructor that takes only teachers and a ball, or fewer. */
    static Method make(Class<?> type, Classifier teacher, Ball ball) {
        return make(type, () -> teacher, ball);
    }

    /** As above, with one of these for each teacher. */
    static Method make(Class<?> type, Supplier<Classifier> teachers, Ball ball) {
        Constructor<?> simple = Arrays.stream(type.getConstructors())
                .filter(c -> Arrays.stream(c.getParameterTypes())
                        .allMatch(p -> p == Network.class || p == Classifier.class || p == Ball.class))
                .max((a, b) -> Integer.compare(a.getParameterCount(), b.getParameterCount()))
                .orElseThrow(() -> new AssertionError(type.getSimpleName()
                        + " needs a public constructor of teachers (Network) and a Ball, or of fewer."));
        Object[] arguments = Arrays.stream(simple.getParameterTypes())
                .map(p -> p == Ball.class ? ball : teachers.get())
                .toArray();
        try {
            return (Method) simple.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(
                    type.getSimpleName() + " cannot be made of teachers and a ball: " + e.getCause(), e);
        }
    }

    /** One that cannot be made fails by itself, under its name, and the others are tried. */
    @TestFactory
    Stream<DynamicTest> everyMethodKeepsTheContract() {
        List<Class<?>> types = types();
        assertThat(types).hasSizeGreaterThanOrEqualTo(5);
        return types.stream()
                .map(type -> dynamicTest(type.getSimpleName(), () -> assertContract(make(type, TEACHER, BALL))));
    }

    /** Has no constructor of teachers and a ball. */
    record Unfinished(Pgd inner) implements Method {
        @Override
        public Objective prepare(Step step) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aMethodThatCannotBeMadeIsNamed() {
        assertThatThrownBy(() -> make(Unfinished.class, TEACHER, BALL))
                .hasMessageContaining("Unfinished needs a public constructor of teachers (Network) and a Ball");
    }

    private static void assertContract(Method method) {
        assertThat(method).as("a method is a record").isInstanceOf(Record.class);
        assertThat(method.label()).isNotBlank();
        assertThat(Description.of(method).repeatable())
                .as("its description can be repeated")
                .isTrue();
        Pgd inner = method.inner();
        if (inner != null) {
            assertThat(inner.ball()).as("the ball it was given").isEqualTo(BALL);
        }
        String teacher = Weights.sha256(TEACHER.layers().all());
        try (var training = new Training(new SmallCnn(4), method, DATA, PLAN)) {
            Run run = training.run(Tasks.silent());
            assertThat(run.history()).hasSize(4).allMatch(epoch -> Double.isFinite(epoch.loss()));
            if (!(method instanceof Saad)) { // it weighs images anew at every step: its values are not comparable
                assertThat(run.history().get(3).loss())
                        .as("the loss falls")
                        .isLessThan(run.history().get(0).loss());
            }
            assertThat(accuracy(run.student())).as("better than chance").isGreaterThan(0.3f);
            assertThat(Weights.sha256(TEACHER.layers().all()))
                    .as("the teacher stays")
                    .isEqualTo(teacher);
        }
        try (var student = Classifier.of(new ResNet(18, 2), DATA.shape(), 4, 3);
                var companion = new Companion(DATA, ardent.tensor.Noise.of(0));
                var manager = Torch.manager().newSubManager()) {
            String before = Weights.sha256(student.layers().all());
            NDArray images = DATA.pixels(manager, new int[] {0, 1, 2, 3, 4, 5});
            NDArray labels = DATA.labels(manager, new int[] {0, 1, 2, 3, 4, 5});
            for (Precision precision : Precision.values()) {
                Supplier<Objective> work = () ->
                        method.prepare(new Step(student, images, labels, 0, ardent.tensor.Noise.of(1), companion));
                ardent.tensor.Tape.free(() -> precision.during(() -> Classifier.folding(student, work)));
            }
            assertThat(Weights.sha256(student.layers().all()))
                    .as("the attack leaves weights and batch statistics alone")
                    .isEqualTo(before);
            student.layers()
                    .learnable()
                    .forEach((name, weight) -> assertThat(
                                    weight.getGradient().abs().sum().getFloat())
                            .as("the attack leaves no gradient in %s", name)
                            .isZero());
        }
    }

    private static float accuracy(Classifier student) {
        try (var manager = Torch.manager().newSubManager()) {
            int[] all = IntStream.range(0, DATA.size()).toArray();
            return student.logits(DATA.pixels(manager, all))
                    .argMax(1)
                    .eq(DATA.labels(manager, all))
                    .toType(DataType.FLOAT32, false)
                    .mean()
                    .getFloat();
        }
    }
}
