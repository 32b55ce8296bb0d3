package ardent.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.method.Companion;
import ardent.method.Memory;
import ardent.method.Method;
import ardent.method.Sat;
import ardent.method.Terms;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.ResNet;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Optimiser;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Adversarial weight perturbation. */
class PerturbationTest {
    private static final Images DATA = Tiny.images(160, 1);
    private static final Linf BALL = new Linf(0.05f);
    private static final Plan PLAN =
            Plan.quick().epochs(3).batchSize(40).rate(0.05).validation(0);
    private static final double GAMMA = 0.02;

    @Test
    void everyLayerMovesUphillByItsShareAndComesBackToTheBit() {
        int[] all = IntStream.range(0, 40).toArray();
        try (var student = Classifier.of(new ResNet(18, 2), DATA.shape(), 4, 1);
                var companion = new Companion(DATA, Noise.of(1));
                var optimiser = Optimiser.sgd(student.layers().learnable().values(), 0.9, 0, false);
                var manager = Torch.manager().newSubManager();
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray images = DATA.pixels(manager, all);
            NDArray labels = DATA.labels(manager, all);
            Supplier<NDArray> loss = () ->
                    Losses.crossEntropy(student.learn(images).logits(), labels).mean();
            String before = Weights.sha256(student.layers().all());
            var calm = new float[1];
            WeightPerturbation awp = WeightPerturbation.perturb(
                    student.layers(), GAMMA, companion, () -> calm[0] = Tape.record(loss), () -> List.of(optimiser));
            assertThat(Weights.sha256(student.layers().buffers())).isEqualTo(statistics(before, student));
            assertMoved(student, awp);
            float worse = Tape.record(loss);
            assertThat(worse).as("the loss rises").isGreaterThan(calm[0]);
            awp.undo();
            optimiser.forget();
            try (var fresh = Classifier.of(new ResNet(18, 2), DATA.shape(), 4, 1)) {
                assertThat(Weights.sha256(student.layers().learnable()))
                        .isEqualTo(Weights.sha256(fresh.layers().learnable()));
            }
        }
    }

    private static String statistics(String before, Classifier student) {
        try (var fresh = Classifier.of(new ResNet(18, 2), DATA.shape(), 4, 1)) {
            assertThat(Weights.sha256(fresh.layers().all())).isEqualTo(before);
            assertThat(student.layers().buffers()).isNotEmpty();
            return Weights.sha256(fresh.layers().buffers());
        }
    }

    private static void assertMoved(Classifier student, WeightPerturbation awp) {
        long layers = student.layers().learnable().values().stream()
                .filter(weight -> weight.getShape().dimension() > 1)
                .count();
        assertThat(awp.moved()).hasSize((int) layers);
        for (WeightPerturbation.Kept kept : awp.moved()) {
            double way = length(kept.array().sub(kept.before()));
            double norm = length(kept.before());
            assertThat(way / norm).as("%s", kept.array().getShape()).isCloseTo(GAMMA, within(1e-4 * GAMMA + 1e-7));
        }
        student.layers()
                .learnable()
                .forEach((name, weight) -> assertThat(length(weight.getGradient()))
                        .as("gradient left in " + name)
                        .isZero());
    }

    private static double length(NDArray array) {
        double square = 0;
        for (float value : array.toFloatArray()) {
            square += (double) value * value;
        }
        return Math.sqrt(square);
    }

    @Test
    void aLayerWithoutGradientStays() {
        try (var student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 1);
                var companion = new Companion(DATA, Noise.of(1));
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray only = student.layers().learnable().values().iterator().next();
            String before = Weights.sha256(student.layers().all());
            WeightPerturbation awp = WeightPerturbation.perturb(
                    student.layers(),
                    GAMMA,
                    companion,
                    () -> Tape.record(() -> only.sum().mul(Torch.constant(0))),
                    List::of);
            assertThat(awp.moved()).isNotEmpty();
            assertThat(Weights.sha256(student.layers().all())).isEqualTo(before);
        }
    }

    @Test
    void itBeginsAtItsEpochAndChangesTheTrainingFromThere() {
        String plain = trained(PLAN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trained(PLAN.perturbation(new Perturbation.Awp(GAMMA, 4))))
                .withMessageContaining("begins with epoch 4, and the plan ends after 3");
        assertThat(trained(PLAN.perturbation(new Perturbation.Awp(GAMMA, 3)))).isNotEqualTo(plain);
        assertThat(trained(PLAN.perturbation(Perturbation.awp(0)))).isEqualTo(plain);
    }

    /** Of what the first pass of a step makes, each pass finds what it was when it was made. */
    @Test
    void whatAPassMakesAndChangesCountsOnce() {
        var counts = new ArrayList<Double>();
        Method remembering = step -> () -> {
            Count count = step.companion().recall("count", Count::new);
            counts.add(++count.number);
            NDArray attacked = step.learn(step.images());
            Layers.Layer head = step.companion().layers("head", net -> net.batchNorm("norm", 4));
            NDArray logits = attacked.reshape(-1, 4, 1, 1);
            NDArray calm = head.apply(logits, false).reshape(-1, 4);
            NDArray loss = Losses.crossEntropy(head.apply(logits, true).reshape(-1, 4), step.labels());
            return Terms.of("clean", loss.mean())
                    .and("calm", Losses.crossEntropy(calm, step.labels()).mean());
        };
        String plain = trained(remembering, PLAN);
        assertThat(counts).startsWith(1.0, 2.0, 3.0);
        counts.clear();
        assertThat(trained(remembering, PLAN.perturbation(Perturbation.awp(0)))).isEqualTo(plain);
        assertThat(counts).startsWith(1.0, 1.0, 2.0, 2.0, 3.0, 3.0);
    }

    private static final class Count implements Memory {
        private double number;

        @Override
        public double[] numbers() {
            return new double[] {number};
        }

        @Override
        public void set(double... numbers) {
            number = numbers[0];
        }
    }

    private static String trained(Plan plan) {
        return trained(new Sat(BALL), plan);
    }

    private static String trained(Method method, Plan plan) {
        int before = Torch.threads();
        Torch.threads(1);
        try (var training = new Training(new ResNet(18, 2), method, DATA, plan)) {
            return Weights.sha256(
                    training.run(Tasks.silent()).student().layers().all());
        } finally {
            Torch.threads(before);
        }
    }

    @Test
    void itLearns() {
        Plan plan = PLAN.epochs(10).validation(40).perturbation(Perturbation.awp(0.005));
        try (var training = new Training(new SmallCnn(8), new Sat(BALL), DATA, plan)) {
            Run run = training.run(Tasks.silent());
            assertThat(run.history().get(run.best() - 1).robust()).isGreaterThan(0.8);
        }
    }
}
