package ardent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Apgd;
import ardent.attack.AutoAttack;
import ardent.attack.Cascade;
import ardent.attack.Curve;
import ardent.attack.CwL2;
import ardent.attack.CwLinf;
import ardent.attack.DeepFool;
import ardent.attack.FabT;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.MiFgsm;
import ardent.attack.Pgd;
import ardent.attack.Restarts;
import ardent.attack.Square;
import ardent.attack.WorstOf;
import ardent.data.Images;
import ardent.method.Natural;
import ardent.method.Rslad;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is no answer does not count as one, whoever asks: every verb, every attack, validation, teachers. */
class PredictionsTest {
    private static final Images IMAGES = Tiny.images(12, 3, 1);
    private static final Linf BALL = new Linf(0.1f);

    /** The brightness of each quarter, as logits of three classes. */
    private static NDArray quarters(NDArray x, int classes) {
        long count = x.getShape().get(0);
        float[] weights = new float[64 * classes];
        for (int p = 0; p < 64; p++) {
            int quarter = p / 32 * 2 + p % 8 / 4;
            if (quarter < classes) {
                weights[p * classes + quarter] = 1;
            }
        }
        return x.reshape(count, 64).matMul(Torch.array(weights, new Shape(64, classes)));
    }

    static NDArray good(NDArray x) {
        return quarters(x, 3);
    }

    private static NDArray times(NDArray logits, float factor) {
        return logits.mul(Torch.constant(factor));
    }

    private static Map<Network, String> bad() {
        var bad = new LinkedHashMap<Network, String>();
        String finite = "The network answers image 0 with a logit that is not finite: its weights are damaged or its"
                + " training diverged.";
        bad.put(x -> times(good(x), Float.NaN), finite);
        bad.put(x -> times(good(x), Float.POSITIVE_INFINITY), finite);
        bad.put(x -> good(x).log().sqrt().log().mul(Torch.constant(Float.NaN)), finite);
        bad.put(x -> quarters(x, 1), "logits of shape (");
        bad.put(x -> quarters(x, 1).reshape(-1), "logits of shape (");
        bad.put(x -> good(x).reshape(-1, 3, 1, 1), "logits of shape (");
        bad.put(x -> good(x).sum(), "logits of shape (");
        bad.put(
                x -> quarters(x, 4),
                "but the data have 3 classes: take a network for these classes or, if the images lack some that it knows,"
                        + " number them as the training images, images.relabelled(train.classes())");
        bad.put(x -> quarters(x, 2), "but the data have 3 classes: take a network for these classes.");
        bad.put(
                x -> good(x).toType(DataType.FLOAT64, false),
                "logits of type float64 instead of float32: compute in float32 from the images to the logits.");
        return bad;
    }

    private static List<ThrowingCallable> verbs(Network network) {
        return List.of(
                () -> Ardent.evaluate(network, IMAGES, new Square(BALL, 20)),
                () -> Ardent.evaluate(network, IMAGES, new Pgd(BALL, 2)),
                () -> Ardent.evaluate(network, IMAGES, small()),
                () -> Ardent.attack(new Pgd(BALL, 2), network, IMAGES),
                () -> Ardent.attack(new WorstOf(new Pgd(BALL, 2)), network, IMAGES),
                () -> Ardent.attack(small(), network, IMAGES),
                () -> Ardent.attack(new AutoAttack(BALL), network, IMAGES),
                () -> Ardent.sweep(List.of(network), IMAGES, e -> new Pgd(new Linf(e), 2), 0.01f, 0.1f),
                () -> Ardent.sweep(List.of(network), IMAGES, e -> new Square(new Linf(e), 9), 0, 0.1f));
    }

    private static Cascade small() {
        return new Cascade(new Apgd(BALL).steps(3), new Square(BALL, 20));
    }

    @Test
    void everyVerbRefusesWhatIsNoLogit() {
        bad().forEach((network, sentence) -> {
            for (ThrowingCallable verb : verbs(network)) {
                assertThatThrownBy(verb)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(sentence)
                        .hasMessageStartingWith("The network answers ");
            }
        });
    }

    /** On arrays nobody knows how many classes the data have, but one logit is none. */
    @Test
    void attacksOnArraysRefuseThemToo() {
        try (NDArray images = IMAGES.pixels(Torch.manager());
                NDArray labels = IMAGES.labels(Torch.manager())) {
            bad().forEach((network, sentence) -> {
                if (sentence.contains("classes")) {
                    return;
                }
                List<ThrowingCallable> calls = List.of(
                        () -> small().run(network, images, labels),
                        () -> new AutoAttack(BALL).run(network, images, labels),
                        () -> new Apgd(BALL).steps(2).perturb(network, images, labels),
                        () -> new Restarts(new Fgsm(BALL), 2).perturb(network, images, labels),
                        () -> Curve.of(network, images, labels, List.of(0.1f), e -> new Fgsm(new Linf(e)), 5),
                        () -> Curve.ofDistances(
                                network, images, labels, images.duplicate(), true, List.of(0.1f), "none"));
                for (ThrowingCallable call : calls) {
                    assertThatThrownBy(call)
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining(sentence);
                }
            });
            Network two = x -> quarters(x, 2);
            assertThatThrownBy(() -> small().run(two, images, labels))
                    .hasMessage("Image 2 has the label 2, but the network answers with 2 logits.");
        }
    }

    /** Finite where the images are clean, and not where an attack leads: that is no robustness either. */
    @Test
    void answersThatCeaseToBeFiniteUnderAttackAreNoRobustness() {
        try (NDArray images = IMAGES.pixels(Torch.manager())) {
            float most = images.max().getFloat();
            Network network = x -> {
                NDArray beyond =
                        x.reshape(x.getShape().get(0), -1).max(new int[] {1}).gt(Torch.constant(most + 1e-4f));
                NDArray nan = beyond.toType(DataType.FLOAT32, false)
                        .mul(Torch.constant(1e30f))
                        .exp()
                        .log()
                        .expandDims(1);
                return good(x).add(nan).sub(nan);
            };
            for (Cascade cascade : List.of(
                    new Cascade(new Apgd(BALL).steps(4)),
                    new Cascade(new Square(BALL, 20)),
                    new Cascade(new Pgd(BALL, 4)))) {
                assertThatThrownBy(() -> Ardent.attack(cascade, network, IMAGES))
                        .as(cascade.label())
                        .hasMessageContaining("a logit that is not finite");
            }
            assertThatThrownBy(
                            () -> Ardent.sweep(List.of(network), IMAGES, e -> new Square(new Linf(e), 20), 0.05f, 0.1f))
                    .hasMessageContaining("a logit that is not finite");
        }
    }

    @Test
    void logitsWithoutGradientAreSaidByEveryAttackThatFollowsOne() {
        List<Network> cut = List.of(
                x -> good(x).stopGradient(),
                x -> good(x).toType(DataType.INT32, true).toType(DataType.FLOAT32, true),
                x -> Torch.array(
                        new float[3 * (int) x.getShape().get(0)],
                        new Shape(x.getShape().get(0), 3)));
        for (Network network : cut) {
            for (var attack : List.of(
                    new Fgsm(BALL),
                    new Pgd(BALL, 2),
                    new CwLinf(BALL),
                    new MiFgsm(BALL),
                    new Apgd(BALL).steps(2),
                    new FabT(BALL),
                    new DeepFool(),
                    new CwL2().steps(3),
                    new WorstOf(new Fgsm(BALL)),
                    small(),
                    new AutoAttack(BALL))) {
                assertThatThrownBy(() -> Ardent.evaluate(network, IMAGES, attack))
                        .as(attack.label())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("The network answers with logits that carry no gradient with respect to the images,"
                                + " which an attack by gradients follows: leave stopGradient, detach and no_grad out of"
                                + " its forward pass, or attack it with Square or Transfer.");
            }
            assertThat(Ardent.evaluate(network, IMAGES, new Square(BALL, 10)).table())
                    .isNotNull();
        }
    }

    @Test
    void theAdviceHelps() {
        Network narrow = PredictionsTest::good;
        assertThatCode(() -> Ardent.evaluate(narrow, IMAGES, new Pgd(BALL, 2))).doesNotThrowAnyException();
        Network binary = x -> {
            NDArray z = quarters(x, 2).get(":, 1:2").sub(quarters(x, 2).get(":, 0:1"));
            return NDArrays.concat(new ai.djl.ndarray.NDList(z.mul(Torch.constant(0)), z), 1);
        };
        Images two = Tiny.images(10, 2, 1);
        assertThat(Ardent.evaluate(binary, two, new Pgd(BALL, 2))
                        .table()
                        .doubleColumn("clean")
                        .get(0))
                .isEqualTo(100.0);
    }

    @Test
    void validationAndTeachersAreAskedLikewise() {
        Images images = Tiny.images(40, 3, 1);
        Plan plan = Plan.quick().epochs(2).batchSize(32).validation(8);
        assertThatThrownBy(() -> Ardent.train(new SmallCnn(2), new Natural(), images, plan.rate(1e30)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageMatching("Training stopped in the validation of epoch \\d: The network .*")
                .hasMessageContaining("with a logit that is not finite");
        Network teacher = x -> times(good(x), Float.NaN);
        assertThatThrownBy(() -> Ardent.train(new SmallCnn(2), new Rslad(teacher, BALL), images, plan))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The network answers image 0 with a logit that is not finite");
    }
}
