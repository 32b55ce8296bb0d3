package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ardent.Tiny;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A teacher as the versions of its training, in the place of a teacher. */
class TrajectoryTest {
    private static final Images DATA = Tiny.images(40, 1);
    private static final Ball BALL = new Linf(0.05f);
    private static final Plan PLAN =
            Plan.quick().epochs(5).batchSize(8).rate(0.05).validation(0);
    private static final List<Classifier> VERSIONS = List.of(version(1), version(2), version(3));

    private static Classifier version(long seed) {
        return Classifier.of(new SmallCnn(2), DATA.shape(), 4, seed);
    }

    @AfterAll
    static void close() {
        VERSIONS.forEach(Classifier::close);
    }

    /** The first look measures; later ones move whoever came nearer by more than a twentieth, went away, or has arrived. */
    @Test
    void learnersMoveOnByHetCompsRule() {
        var position = new Trajectory.Position(4, 3);
        double[][] distances = {{0.8, 0.8, 0.8, 0.8}, {0.79, 0.7, 0.9, 0}, {0.78, 0.69, 0.6, 0}};
        int[][] reached = {{0, 0, 0, 0}, {0, 1, 1, 1}, {0, 1, 2, 2}};
        for (int k = 0; k < reached.length; k++) {
            int look = k;
            position.look(1.05, (learner, version) -> distances[look][learner]);
            assertThat(position.reached()).as("look " + k).containsExactly(box(reached[k]));
        }
        var copy = new Trajectory.Position(4, 3);
        copy.set(position.numbers());
        assertThat(copy.numbers()).isEqualTo(position.numbers());
    }

    private static Integer[] box(int... values) {
        return Arrays.stream(values).boxed().toArray(Integer[]::new);
    }

    @Test
    void eachClassIsToldByItsOwnVersion() {
        var trajectory = new Trajectory(VERSIONS).eachClass(true);
        try (Classifier student = version(9);
                var companion = new Companion(DATA, Noise.of(0));
                var manager = Torch.manager().newSubManager()) {
            int[] batch = {0, 1, 2, 3, 4, 5, 6, 7};
            NDArray images = DATA.pixels(manager, batch);
            var step = new Step(student, images, DATA.labels(manager, batch), 0, Noise.of(1), companion);
            float[][] all = new float[3][];
            for (int v = 0; v < 3; v++) {
                int version = v;
                all[v] = Tape.read(() -> VERSIONS.get(version).logits(images).toFloatArray());
            }
            float[] first = Tape.read(() -> step.ask(trajectory, images).toFloatArray());
            assertThat(first).isEqualTo(all[0]);
            companion.memories().values().iterator().next().set(0, 2, 1, 0, 1, 0, 0, 0, 0);
            float[] mixed = Tape.read(() -> step.follow(trajectory, images).toFloatArray());
            int[] versions = {2, 1, 0, 1};
            for (int i = 0; i < batch.length; i++) {
                assertThat(Arrays.copyOfRange(mixed, 4 * i, 4 * i + 4))
                        .isEqualTo(Arrays.copyOfRange(all[versions[i % 4]], 4 * i, 4 * i + 4));
            }
            assertThatThrownBy(() -> step.ask(trajectory, DATA.pixels(manager, new int[] {8, 9, 10})))
                    .hasMessage(
                            "A trajectory with a version for each class knows the classes of the step's 8 images, and is"
                                    + " asked about 3: take trajectory.eachClass(false), or ask it in a step of those images and"
                                    + " their labels.");
        }
    }

    private static String trained(Method method) {
        return Trained.weights(method, DATA, PLAN);
    }

    @Test
    void oneVersionIsThatTeacherToTheLastBitAndMoreAreNot() {
        String alone = trained(new Rslad(VERSIONS.get(2), BALL));
        assertThat(trained(new Rslad(new Trajectory(VERSIONS.subList(2, 3)), BALL)))
                .isEqualTo(alone);
        assertThat(trained(new Rslad(new Trajectory(VERSIONS), BALL))).isNotEqualTo(alone);
    }

    @Test
    void everyMethodTakesOneInThePlaceOfATeacher() throws ReflectiveOperationException {
        var trajectory = new Trajectory(VERSIONS, true, 4, 1);
        int tried = 0;
        for (Class<?> type : MethodContractTest.types()) {
            for (Constructor<?> constructor : type.getConstructors()) {
                List<Class<?>> takes = List.of(constructor.getParameterTypes());
                if (takes.contains(Network.class)
                        && takes.stream().allMatch(each -> each == Network.class || each == Ball.class)
                        && (takes.contains(Ball.class) || type == Ckl.class)) {
                    Object[] arguments = takes.stream()
                            .map(each -> each == Ball.class
                                    ? BALL
                                    : type == SelfTraining.class ? trajectory.eachClass(false) : trajectory)
                            .toArray();
                    Method method = (Method) constructor.newInstance(arguments);
                    assertThat(trained(method)).as(type.getSimpleName()).isNotBlank();
                    assertThat(Description.of(method).repeatable()).isTrue();
                    tried++;
                }
            }
        }
        assertThat(tried).isGreaterThan(15);
        Crdnd crdnd = Crdnd.residualRelation(trajectory, BALL);
        assertThat(trained(crdnd)).isNotBlank();
        assertThat(trained(crdnd.compensation(new Compensation.Transition(0.01f))))
                .as("the teacher is measured on other images than those of the step")
                .isNotBlank();
    }

    /** The first look, after a third, only measures; at the second the student can move on. */
    @Test
    void threePartsAreTheFewestInWhichAStudentMovesOn() {
        var twice = List.of(VERSIONS.get(0), VERSIONS.get(1));
        String first = trained(new Rslad(VERSIONS.get(0), BALL));
        assertThat(trained(new Rslad(new Trajectory(twice, false, 3, 1), BALL))).isNotEqualTo(first);
    }

    @Test
    void whatIsNoTrajectoryIsRefused() {
        assertThatThrownBy(() -> new Trajectory(List.of())).hasMessageContaining("At least 1 version");
        for (int looks : new int[] {0, 1, 2}) {
            assertThatThrownBy(() -> new Trajectory(VERSIONS, false, looks, 1))
                    .hasMessage("A trajectory needs at least 3 parts, such as 10, not " + looks
                            + ": with fewer, the student stays at the first version.");
        }
        assertThatThrownBy(() -> new Trajectory(VERSIONS, false, 3, 0.9)).hasMessageContaining("at least 1, not 0.9");
        try (Classifier other = Classifier.of(new SmallCnn(3), DATA.shape(), 4, 0)) {
            assertThatThrownBy(() -> new Trajectory(List.of(other, VERSIONS.get(0))))
                    .hasMessageContaining("versions of one network");
        }
    }
}
