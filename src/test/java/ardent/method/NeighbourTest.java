package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.SmallCnn;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** CKL, MixKD and NIB against closed forms. */
class NeighbourTest {
    private static final Images DATA = Tiny.images(40, 1);

    @Test
    void cklTakesConflictsOutOfGradients() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            float half = (float) Math.sqrt(0.5);
            NDArray right = manager.create(new float[][] {{1, 0}, {1, 0}});
            NDArray other = manager.create(new float[][] {{-half, half}, {half, half}});
            List<NDArray> free = Ckl.reconciled(List.of(right, other));
            // First row: (1, 0) less its part along (−1, 1)/√2 points along (1, 1); the other one becomes (0, 1).
            assertThat(free.get(0).toFloatArray()).containsExactly(new float[] {half, half, 1, 0}, within(1e-6f));
            assertThat(free.get(1).toFloatArray()).containsExactly(new float[] {0, 1, half, half}, within(1e-6f));
            NDArray own = manager.create(new float[][] {{0, 1}, {0, 1}});
            assertThat(Ckl.disagreement(own, List.of(right, other)).getFloat()).isCloseTo(2 - half, within(1e-6f));
        }
    }

    /** Of a linear network the input gradient is known: agreement with a copy of itself is perfect. */
    @Test
    void cklOfAStudentThatIsItsTeacherHasNothingToLearn() {
        try (var student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 3);
                var manager = Torch.manager().newSubManager()) {
            Step step = step(student, manager, 0);
            ardent.network.Network twin = x -> student.learn(x).logits(); // by the batch's statistics too
            Objective objective = Tape.quiet(() -> new Ckl(twin, twin).prepare(step));
            assertThat(Tape.record(() -> objective.value().total())).isCloseTo(0, within(1e-5f));
        }
    }

    @Test
    void mixturesEqualTheirDefinition() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray rows = manager.create(new float[][] {{0, 1}, {1, 0}, {4, 2}});
            NDArray share = manager.create(new float[] {1, 0.5f, 0.25f});
            assertThat(MixKd.mix(rows, share.expandDims(1)).toFloatArray()).containsExactly(0, 1, 2.5f, 1, 1, 1.25f);
            NDArray labels = manager.create(new long[] {0, 1, 1});
            double[] first = {Math.log(1 + Math.E), Math.log(1 + Math.E), Math.log(1 + Math.exp(2))};
            double[] second = {first[0], first[1], Math.log(1 + Math.exp(-2))};
            float[] blend = MixKd.blend(rows, labels, share).toFloatArray();
            float[] shares = {1, 0.5f, 0.25f};
            for (int i = 0; i < 3; i++) {
                assertThat((double) blend[i])
                        .isCloseTo(shares[i] * first[i] + (1 - shares[i]) * second[i], within(1e-5));
            }
        }
    }

    /** Beta(a, a) has the mean ½ and the variance 1/(4(2a + 1)); the images' shares differ and repeat. */
    @Test
    void sharesFollowTheBetaDistribution() {
        try (var student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 3);
                var manager = Torch.manager().newSubManager()) {
            var shares = new float[2000];
            for (int s = 0; s < 50; s++) {
                float[] mixed = mixed(student, manager, s);
                System.arraycopy(mixed, 0, shares, s * 40, 40);
            }
            double mean = IntStream.range(0, 2000)
                    .mapToDouble(i -> shares[i])
                    .average()
                    .orElseThrow();
            double square = IntStream.range(0, 2000)
                    .mapToDouble(i -> Math.pow(shares[i] - mean, 2))
                    .average()
                    .orElseThrow();
            assertThat(mean).isCloseTo(0.5, within(0.03));
            assertThat(square).isCloseTo(1 / (4 * 1.8), within(0.01));
            assertThat(mixed(student, manager, 1)).isEqualTo(mixed(student, manager, 1));
        }
    }

    /** The teacher sees the mixed images: with images that are 1 and 0 in turn, their first pixel tells the share. */
    private static float[] mixed(Classifier student, NDManager manager, long seed) {
        var seen = new float[40];
        ardent.network.Network teacher = x -> {
            float[] first = x.get(":, 0, 0, 0").toFloatArray();
            for (int i = 0; i < 40; i++) {
                seen[i] = i % 2 == 0 ? first[i] : 1 - first[i];
            }
            return student.logits(x);
        };
        Step plain = step(student, manager, seed);
        NDArray stripes =
                manager.arange(40f).mod(2).neg().add(1).reshape(40, 1, 1, 1).broadcast(40, 1, 8, 8);
        Step step = new Step(student, stripes, plain.labels(), 0, plain.noise(), plain.companion());
        Tape.free(() -> new MixKd(teacher, new Linf(0.1f)).prepare(step));
        return seen;
    }

    /** Before it has learnt anything a critic with a last layer of zeros says nothing, and so do its closed forms. */
    @Test
    void termsOfNibEqualTheirDefinition() {
        try (var net = new Layers(1);
                NDManager manager = Torch.manager().newSubManager()) {
            NDArray z = manager.create(new float[][] {{3, 4}, {0, 1}});
            NDArray code = manager.create(new float[][] {{1, 0}, {0, 1}});
            assertThat(Nib.rate(z).getFloat()).isCloseTo((12.5f + 0.5f) / 2, within(1e-5f));
            Nib.Perceptron labels = Nib.Perceptron.of(net, "labels", 2, 4);
            Nib.Perceptron pairs = Nib.Perceptron.of(net, "pairs", 4, 1);
            NDArray log = labels.of(code).logSoftmax(1);
            double expected = -Math.log(4) - log.mean().getFloat();
            assertThat((double) Nib.telling(labels, code).getFloat()).isCloseTo(expected, within(1e-5));
            NDArray same = manager.create(new float[][] {{1, 2}, {1, 2}});
            assertThat(Nib.dependence(pairs, z, same).getFloat()).isZero();
            assertThat(Nib.dependence(pairs, z, code).getFloat()).isNotZero();
            for (NDArray weight : List.of(labels.out(), labels.last(), pairs.out(), pairs.last())) {
                Tape.free(() -> weight.subi(weight));
            }
            NDArray truth = manager.create(new long[] {0, 3});
            assertThat((double) Nib.lesson(labels, pairs, z, code, truth).getFloat())
                    .isCloseTo(Math.log(4) + 2 * Math.log(2), within(1e-5));
            assertThat(Nib.telling(labels, code).getFloat()).isCloseTo(0, within(1e-6f));
        }
    }

    /** Min and max in one backward pass: critics learn from codes held still, and codes from critics held still. */
    @Test
    void noGradientOfNibGoesAstray() {
        try (var net = new Layers(1);
                NDManager manager = Torch.manager().newSubManager()) {
            NDArray z = manager.create(new float[][] {{3, 4}, {0, 1}}).duplicate();
            NDArray code = manager.create(new float[][] {{1, 0}, {0, 1}}).duplicate();
            z.setRequiresGradient(true);
            code.setRequiresGradient(true);
            NDArray truth = manager.create(new long[] {0, 3});
            Nib.Perceptron labels = Nib.Perceptron.of(net, "labels", 2, 4);
            Nib.Perceptron pairs = Nib.Perceptron.of(net, "pairs", 4, 1);
            Supplier<NDArray> codes = () -> Nib.telling(labels, code).add(Nib.dependence(pairs, z, code));
            Tape.record(codes);
            assertThat(moved(labels.in(), labels.out(), pairs.in(), pairs.out()))
                    .isZero();
            assertThat(moved(code)).isPositive();
            assertThat(moved(z)).isPositive();
            float before = moved(z, code);
            Tape.record(() -> Nib.lesson(labels, pairs, z, code, truth));
            assertThat(moved(z, code)).isEqualTo(before);
            assertThat(moved(labels.in())).isPositive();
            assertThat(moved(pairs.in())).isPositive();
        }
    }

    private static float moved(NDArray... arrays) {
        float sum = 0;
        for (NDArray array : arrays) {
            try (NDArray gradient = array.getGradient()) {
                sum += gradient.abs().sum().getFloat();
            }
        }
        return sum;
    }

    private static Step step(Classifier student, NDManager manager, long seed) {
        int[] all = IntStream.range(0, 40).toArray();
        return new Step(
                student,
                DATA.pixels(manager, all),
                DATA.labels(manager, all),
                0.5,
                Noise.of(seed),
                new Companion(DATA, Noise.of(0)));
    }
}
