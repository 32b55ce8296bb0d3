package ardent.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.Ardent;
import ardent.Tiny;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.method.Natural;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.MobileNetV2;
import ardent.network.Normalised;
import ardent.network.ResNet;
import ardent.network.SmallCnn;
import ardent.network.SmallResNet;
import ardent.network.Weights;
import ardent.network.WideResNet;
import ardent.provenance.Description;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Averaging;
import ardent.train.Perturbation;
import ardent.train.Plan;
import ardent.train.Schedule;
import ardent.train.Tasks;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReverseDistillationTest {
    private static final Plan PLAN = Plan.quick().epochs(3).validation(0);

    /** The teacher has seen the digits 2 to 6; of the others, 1 is normal and 0, 7, 8 and 9 are strange. */
    @Test
    void digitsNeverSeenAreStrange() {
        var mnist = Mnist.load();
        try (Classifier teacher =
                Ardent.train(new SmallCnn(8), new Natural(), digits(mnist.train(), "23456", 1500), PLAN)) {
            String before = Weights.sha256(teacher.layers().all());
            Images others = digits(mnist.test(), "01789", 500);
            try (ReverseStudent student = Ardent.train(
                    new ReverseDistillation(teacher), mnist.train().only(1).first(600), PLAN)) {
                var result = Ardent.evaluate(student, others, 1);
                assertThat(result.auroc()).isGreaterThan(0.8);
            }
            assertThat(Weights.sha256(teacher.layers().all())).isEqualTo(before);
        }
    }

    /** 1 − cos of whole images' maps: 0 for the teacher's own maps at any length, 1 at right angles, 2 for opposites. */
    @Test
    void theLossEqualsItsDefinition() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray e = manager.create(new float[] {1, 0, 0, 1, 2, 0, 0, 0}, new Shape(2, 2, 2, 1));
            NDArray right = manager.create(new float[] {0, 1, 1, 0, 0, 3, 0, 0}, new Shape(2, 2, 2, 1));
            NDArray three = e.mul(Torch.constant(3));
            assertThat(loss(e, three)).isCloseTo(0, within(1e-6f));
            assertThat(loss(e, right)).isCloseTo(1, within(1e-6f));
            assertThat(loss(e, three.neg())).isCloseTo(2, within(1e-6f));
            assertThat(ReverseDistillation.loss(List.of(e, e), List.of(right, three.neg()))
                            .getFloat())
                    .isCloseTo(3, within(1e-6f));
            assertThat(ReverseStudent.gap(e, right).toFloatArray()).containsExactly(1, 1, 1, 1);
        }
    }

    private static float loss(NDArray taught, NDArray decoded) {
        return ReverseDistillation.loss(List.of(taught), List.of(decoded)).getFloat();
    }

    @Test
    void everyArchitectureOfTheKitCanBeATeacher() {
        Images images = Tiny.images(8, 1);
        List<Architecture> plans = List.of(
                new SmallCnn(2),
                new ResNet(18, 2),
                new WideResNet(10, 1),
                new MobileNetV2(),
                new Normalised(new SmallResNet(4), List.of(0.5f), List.of(0.25f)));
        for (Architecture plan : plans) {
            try (Classifier teacher = Classifier.of(plan, images.shape(), 4, 0);
                    NDManager manager = Torch.manager().newSubManager()) {
                int told = ReverseStudent.shapes(teacher).size();
                NDArray pixels = images.pixels(manager);
                try (var student = new ReverseStudent(teacher, told, 1)) {
                    Tape.free(() -> {
                        List<NDArray> taught = student.taught(pixels);
                        List<NDArray> decoded = student.decoded(taught, false);
                        assertThat(taught).hasSize(told);
                        for (int k = 0; k < told; k++) {
                            assertThat(decoded.get(k).getShape())
                                    .isEqualTo(taught.get(k).getShape());
                        }
                        assertThat(student.anomalies(pixels).getShape()).isEqualTo(new Shape(8, 8, 8));
                        float[] scores = student.strangeness(pixels).toFloatArray();
                        for (float score : scores) {
                            assertThat(score).isBetween(0f, 2f * told);
                        }
                    });
                }
                assertThatThrownBy(() -> new ReverseStudent(teacher, told + 1, 1))
                        .hasMessageContaining("has " + told + " stages");
                assertThatThrownBy(() -> new ReverseDistillation(teacher, 0, 0.1f))
                        .hasMessageContaining("not 0");
            }
        }
    }

    @Test
    void equalSeedsGiveEqualDetectorsWhichCanTellWhereTheyComeFrom() {
        Images normal = Tiny.images(40, 1).only(2);
        int before = Torch.threads();
        Torch.threads(1);
        try (Classifier teacher = Classifier.of(new SmallCnn(2), normal.shape(), 4, 0)) {
            var method = new ReverseDistillation(teacher);
            assertThat(method.stages()).isEqualTo(2);
            try (ReverseStudent one = method.run(normal, PLAN.batchSize(5), Tasks.silent());
                    ReverseStudent two = method.run(normal, PLAN.batchSize(5), Tasks.silent());
                    ReverseStudent other = method.run(normal, PLAN.batchSize(5).seed(1), Tasks.silent());
                    ReverseStudent none = method.run(normal, PLAN.batchSize(5), Tasks.stoppingAfter(0))) {
                assertThat(hash(one))
                        .isEqualTo(hash(two))
                        .isNotEqualTo(hash(other))
                        .isNotEqualTo(hash(none));
                assertThat(Description.of(one).repeatable()).isTrue();
                assertThat(none.origin())
                        .isInstanceOfSatisfying(
                                ReverseDistillation.Description.class,
                                origin -> assertThat(origin.stopped()).isTrue());
            }
            assertThatThrownBy(() -> method.run(Mnist.load().test(), PLAN, Tasks.silent()))
                    .hasMessageContaining("takes images of shape");
        } finally {
            Torch.threads(before);
        }
    }

    @Test
    void oneStepTrainsAndAPlanOfNoneIsRefused() {
        Images normal = Tiny.images(40, 1).only(2);
        try (Classifier teacher = Classifier.of(new SmallCnn(2), normal.shape(), 4, 0)) {
            var method = new ReverseDistillation(teacher);
            try (ReverseStudent one = method.run(normal, Plan.quick().epochs(1), Tasks.silent());
                    ReverseStudent none = method.run(normal, Plan.quick(), Tasks.stoppingAfter(0))) {
                assertThat(hash(one)).isNotEqualTo(hash(none));
                assertThat(Weights.sha256(one.layers().learnable()))
                        .isNotEqualTo(Weights.sha256(none.layers().learnable()));
            }
            for (Plan plan : List.of(
                    PLAN.averaging(Averaging.ema(0.5)),
                    PLAN.perturbation(Perturbation.awp(0.005)),
                    PLAN.validation(10).patience(3),
                    PLAN.versions(4),
                    PLAN.decay(0.1),
                    PLAN.rate(0.3))) {
                assertThatThrownBy(() -> method.run(normal, plan, Tasks.silent()))
                        .as(plan.toString())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("The training of RD4AD does not use the ");
            }
            ReverseStudent closed = method.run(normal, Plan.quick().epochs(1), Tasks.silent());
            closed.close();
            assertThatThrownBy(() -> Ardent.evaluate(closed, Tiny.images(8, 1), 2))
                    .hasMessageStartingWith("RD4AD of SmallCnn is closed, and its weights are freed");
            Plan slow = new Plan(1, 40, 0.1f, 0.9f, true, 0, new Schedule.Constant(), 5, 0, 0, true, 0);
            assertThatThrownBy(() -> method.run(normal, slow, Tasks.silent()))
                    .hasMessageStartingWith("Every step of the plan has the rate 0");
        }
    }

    @Test
    void aBatchLargerThanTheDataIsOneBatch() {
        Images normal = Tiny.images(40, 1).only(2);
        try (Classifier teacher = Classifier.of(new SmallCnn(2), normal.shape(), 4, 0)) {
            var method = new ReverseDistillation(teacher);
            Plan plan = PLAN.epochs(2).constant();
            try (ReverseStudent whole = method.run(normal, plan.batchSize(10), Tasks.silent());
                    ReverseStudent larger = method.run(normal, plan.batchSize(Integer.MAX_VALUE), Tasks.silent())) {
                assertThat(hash(larger)).isEqualTo(hash(whole));
            }
        }
    }

    private static String hash(ReverseStudent student) {
        return Weights.sha256(student.layers().all());
    }

    private static Images digits(Images all, String which, int count) {
        return all.select(IntStream.range(0, all.size())
                .filter(i -> which.contains(Integer.toString(all.label(i))))
                .limit(count)
                .toArray());
    }
}
