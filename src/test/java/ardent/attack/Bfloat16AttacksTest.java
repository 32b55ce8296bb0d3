package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ardent.Tiny;
import ardent.data.Images;
import ardent.method.Sat;
import ardent.network.Classifier;
import ardent.network.Precision;
import ardent.network.Predictions;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import ardent.tensor.Bfloat16;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attacks that search in bfloat16; each test here needs a machine that has instructions for it. */
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

    @BeforeEach
    void instructions() {
        assumeTrue(Bfloat16.share() < 0.8, "this machine has instructions for bfloat16");
    }

    @Test
    void aCascadeInventsNoSuccessAndMissesHardlyAny() {
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

    @Test
    void squareSearchesInFloat32Always() {
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
        assertThatThrownBy(() -> new AutoAttack(BALL).mode(Mode.PARITY).precision(Precision.BFLOAT16))
                .hasMessageContaining("take Mode.FAST with Precision.BFLOAT16");
    }

    @Test
    void descriptionsOfEarlierVersionsAreInFloat32() {
        for (StagedAttack attack : List.of(new AutoAttack(BALL), new Cascade(new Square(BALL, 10)))) {
            String now = Description.of(attack).json();
            String former = now.replaceFirst(",\\s*\"precision\": *\"FLOAT32\"", "");
            assertThat(former).isNotEqualTo(now);
            assertThat(Description.parse(former).rebuild()).isEqualTo(attack);
        }
    }
}
