package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ardent.Tiny;
import ardent.data.Images;
import ardent.method.Sat;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.network.Predictions;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks that search in bfloat16; what asks for instructions for it is left out on machines without. */
class Bfloat16AttacksTest {
    private static final Ball BALL = new Linf(0.05f);
    private static final Images IMAGES = Tiny.images(60, 5);
    private static Classifier network;

    @BeforeAll
    static void train() {
        var training = new Training(new SmallCnn(4), new Sat(BALL), Tiny.images(200, 1), plan());
        network = training.run(Tasks.silent()).student();
    }

    private static Plan plan() {
        return Plan.quick().epochs(2).batchSize(40).validation(0);
    }

    @AfterAll
    static void close() {
        network.close();
    }

    private static void needInstructions() {
        assumeTrue(Precision.BFLOAT16.isFast(), "this machine has instructions for bfloat16");
    }

    @Test
    void aCascadeInventsNoSuccessAndMissesHardlyAny() {
        needInstructions();
        var attack = new Cascade(new Apgd(BALL).steps(20), new FabT(BALL, 10, 2, 1, Mode.FAST), new Square(BALL, 200));
        Tape.free(() -> {
            NDArray images = IMAGES.pixels(Torch.manager());
            NDArray labels = IMAGES.labels(Torch.manager());
            CascadeResult full = attack.run(network, images, labels);
            CascadeResult low = attack.precision(Precision.BFLOAT16).run(network, images, labels);
            assertThat(full.accuracy()).isBetween(0.1, 0.9);
            assertThat(low.attack()).isEqualTo(full.attack() + " (bfloat16)");
            assertThat(low.warnings()).isEqualTo(full.warnings());
            int others = 0;
            boolean[] right = Predictions.of(network, low.adversarial(images)).right(labels);
            for (int i = 0; i < right.length; i++) {
                assertThat(right[i]).as("image " + i).isEqualTo(low.robust()[i]);
                others += low.robust()[i] == full.robust()[i] ? 0 : 1;
            }
            assertThat(others).isLessThanOrEqualTo(1);
            assertThat(low.adversarial(images).toFloatArray())
                    .isNotEqualTo(full.adversarial(images).toFloatArray());
        });
    }

    /** Claims two images, one of them unchanged; what it returns of the others is no number. */
    private record Claims() implements MultiRoundAttack {
        @Override
        public Ball ball() {
            return BALL;
        }

        @Override
        public int rounds(int classes) {
            return 1;
        }

        @Override
        public SearchResult search(Network victim, Attempts tasks) {
            NDArray images = tasks.images().mul(Torch.constant(Float.NaN));
            images.set(new NDIndex("0"), tasks.images().get(0));
            images.set(new NDIndex("1"), tasks.images().get(2));
            boolean[] claimed = new boolean[tasks.size()];
            claimed[0] = true;
            claimed[1] = true;
            return new SearchResult(images, claimed);
        }
    }

    @Test
    void roundsBelieveNoClaimOfASearchInBfloat16AndAskForNothingElse() {
        Tape.free(() -> {
            NDArray images = IMAGES.pixels(Torch.manager());
            NDArray labels = network.logits(images).argMax(1);
            assertThat(labels.getLong(1)).isNotEqualTo(labels.getLong(2));
            NDArray found = Precision.BFLOAT16.during(() -> new Claims().perturb(network, images, labels));
            NDArray expected = images.duplicate();
            expected.set(new NDIndex("1"), images.get(2));
            assertThat(found.toFloatArray()).isEqualTo(expected.toFloatArray());
        });
    }

    @Test
    void squareSearchesInFloat32Always() {
        needInstructions();
        var attack = new Square(BALL, 100);
        Tape.free(() -> {
            NDArray images = IMAGES.pixels(Torch.manager());
            NDArray labels = IMAGES.labels(Torch.manager());
            float[] full = attack.perturb(network, images, labels, Noise.of(3)).toFloatArray();
            NDArray low = attack.precision(Precision.BFLOAT16).perturb(network, images, labels, Noise.of(3));
            assertThat(low.toFloatArray()).isEqualTo(full);
        });
    }

    @Test
    void oneAttackFindsNearlyTheSameImages() {
        needInstructions();
        var attack = new Pgd(BALL, 5);
        Tape.free(() -> {
            NDArray images = IMAGES.pixels(Torch.manager());
            NDArray labels = IMAGES.labels(Torch.manager());
            NDArray full = attack.perturb(network, images, labels, Noise.of(3));
            NDArray low = attack.precision(Precision.BFLOAT16).perturb(network, images, labels, Noise.of(3));
            double same = low.eq(full).countNonzero().getLong() / (double) full.size();
            assertThat(same).isBetween(0.8, 0.9999);
            assertThat(low.sub(images).abs().max().getFloat()).isLessThanOrEqualTo(0.05f + 1e-6f);
        });
        assertThat(attack.precision(Precision.BFLOAT16).label()).isEqualTo("PGD-5 (bfloat16)");
    }

    @Test
    void trainingsOfOneSeedAreEqualInEachPrecision() {
        needInstructions();
        assertThat(weights(Precision.BFLOAT16))
                .isEqualTo(weights(Precision.BFLOAT16))
                .isNotEqualTo(weights(Precision.FLOAT32));
    }

    private static float[] weights(Precision precision) {
        int before = Torch.threads();
        Torch.threads(1);
        var plan = plan().precision(precision);
        try (var training = new Training(new SmallCnn(2), new Sat(BALL), Tiny.images(80, 1), plan);
                var student = training.run(Tasks.silent()).student()) {
            return Tape.read(() -> student.layers().all().get("conv1.weight").toFloatArray());
        } finally {
            Torch.threads(before);
        }
    }

    @Test
    void whatComputesAsTheReferenceIsInFloat32() {
        assertThatThrownBy(() ->
                        new AutoAttack(BALL, AutoAttack.Version.STANDARD, Mode.PARITY, 250, 0, Precision.BFLOAT16))
                .hasMessageContaining("take Mode.FAST with Precision.BFLOAT16");
        Tape.free(() -> {
            float[] bare = bare();
            assertThat(seen(probe -> new Cascade("parity", List.of(probe), 250, Mode.PARITY, 0)))
                    .isEqualTo(bare);
            assertThat(seen(probe -> new Cascade("fast", List.of(probe), 250, Mode.FAST, 0)))
                    .isNotEqualTo(bare)
                    .containsExactly(bare, within(1e-4f));
        });
    }

    /** Whoever asks for it: the cascade, its part, or what stands around it; on one thread and on several. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aSearchHasThePrecisionThatWasAskedFor(int threads) {
        int before = Torch.threads();
        Torch.threads(threads);
        try {
            Tape.free(() -> {
                float[] full = seen(Cascade::new);
                float[] low = seen(probe -> new Cascade("low", List.of(probe), 250, Mode.FAST, 0, Precision.BFLOAT16));
                assertThat(low).isNotEqualTo(full).containsExactly(full, within(0.05f));
                assertThat(seen(probe -> new Cascade(new Attack.InBfloat16(probe))))
                        .isEqualTo(low);
                assertThat(Precision.BFLOAT16.during(() -> seen(Cascade::new))).isEqualTo(low);
                assertThat(Precision.BFLOAT16.during(
                                () -> seen(probe -> new Cascade("parity", List.of(probe), 250, Mode.PARITY, 0))))
                        .isEqualTo(bare());
            });
        } finally {
            Torch.threads(before);
        }
    }

    /** An attack of one's own, alone and in whatever runs others. */
    @Test
    void attacksThatFoldNothingAreRoundedToo() {
        needInstructions();
        Tape.free(() -> {
            float[] full = asked(probe -> probe);
            assertThat(full).isEqualTo(bare());
            float[] low = asked(Attack.InBfloat16::new);
            assertThat(low).isNotEqualTo(full).containsExactly(full, within(0.05f));
            assertThat(asked(probe -> new Attack.InBfloat16(new Restarts(probe, 1))))
                    .isEqualTo(low);
            assertThat(asked(probe -> new Attack.InBfloat16(new Transfer(probe, network))))
                    .isEqualTo(low);
        });
    }

    private static float[] asked(UnaryOperator<Attack> attack) {
        NDArray images = IMAGES.pixels(Torch.manager());
        NDArray labels = network.logits(images).argMax(1);
        return told(images, probe -> attack.apply(probe).perturb(network, images, labels));
    }

    @Test
    void whatComputesAsTheReferenceHasNoPartInBfloat16() {
        Attack low = new Attack.InBfloat16(new Pgd(BALL, 1));
        for (Attack part : List.of(
                low,
                new Restarts(low, 2),
                new Transfer(low, network),
                new Cascade("low", List.of(new Pgd(BALL, 1)), 250, Mode.FAST, 0, Precision.BFLOAT16))) {
            assertThatThrownBy(() -> new Cascade("parity", List.of(part), 250, Mode.PARITY, 0))
                    .as("%s", part)
                    .hasMessageContaining("take Mode.FAST with Precision.BFLOAT16");
            assertThat(new Cascade(part).attacks()).containsExactly(part);
        }
    }

    private static float[] bare() {
        var all = new float[0];
        for (int i = 0; i < IMAGES.size(); i++) {
            NDArray image = IMAGES.pixels(Torch.manager(), new int[] {i});
            all = joined(all, network.logits(image).toFloatArray());
        }
        return all;
    }

    private static float[] joined(float[] one, float... two) {
        float[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }

    /** What a search is told of all images; the attack looks at them one by one, so that no batch shows in the answers. */
    private static float[] seen(Function<Attack, Cascade> cascade) {
        NDArray images = IMAGES.pixels(Torch.manager());
        NDArray labels = Tape.quiet(() -> network.logits(images).argMax(1));
        return told(images, probe -> cascade.apply(probe).run(network, images, labels));
    }

    private static float[] told(NDArray images, Consumer<Attack> attack) {
        var told = new ConcurrentHashMap<String, float[]>();
        attack.accept(new Probe(told));
        float[] all = new float[4 * IMAGES.size()];
        for (int i = 0; i < IMAGES.size(); i++) {
            float[] logits = told.get(Arrays.toString(images.get(i).toFloatArray()));
            System.arraycopy(logits, 0, all, 4 * i, 4);
        }
        return all;
    }

    /** Writes down what it is told and changes nothing. */
    private record Probe(Map<String, float[]> told) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            for (long i = 0; i < labels.size(); i++) {
                NDArray image = images.get(i + ":" + (i + 1));
                told.put(
                        Arrays.toString(image.toFloatArray()),
                        victim.logits(image).toFloatArray());
            }
            return images.duplicate();
        }

        @Override
        public Ball ball() {
            return BALL;
        }
    }

    @Test
    void descriptionsOfEarlierVersionsAreInFloat32AndTextsStayWhatTheyWere() {
        for (StagedAttack attack : List.of(new AutoAttack(BALL), new Cascade(new Square(BALL, 10)))) {
            String text = Description.of(attack).json();
            assertThat(text).doesNotContain("precision");
            assertThat(Description.parse(text)).isEqualTo(Description.of(attack));
            assertThat(Description.parse(text).rebuild()).isEqualTo(attack);
        }
        var low = new Cascade("low", List.of(new Square(BALL, 10)), 250, Mode.FAST, 0, Precision.BFLOAT16);
        String text = Description.of(low).json();
        assertThat(text).contains("BFLOAT16");
        assertThat(Description.parse(text).rebuild()).isEqualTo(low);
    }
}
