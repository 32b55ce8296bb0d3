package ardent.method;

import static ardent.network.Layers.averagePool;
import static ardent.network.Layers.chain;
import static ardent.network.Layers.flatten;
import static ardent.network.Layers.relu;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.attack.Transfer;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Network;
import ardent.network.Outputs;
import ardent.network.SmallCnn;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CKL's purpose: images crafted on its substitute break a black box that took no part. */
class TransferTest {
    private static final Linf BALL = new Linf(0.2f);
    private static final Images DATA = Mnist.load().train().take(1000);
    private static final Images TEST = Mnist.load().test().take(200);
    private static final Plan PLAN = Plan.quick().epochs(4).validation(0);

    /** Two linear layers. */
    record Perceptron(int width) implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            var body = chain(flatten(), net.linear("in", (int) image.size(), width), relu());
            var head = net.linear("out", width, classes);
            return (images, training) -> {
                NDArray hidden = body.apply(images, training);
                return new Outputs(hidden, head.apply(hidden, training));
            };
        }
    }

    /** A convolution, means of squares and a linear layer. */
    record Pooling(int width) implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            int features = width * (int) (image.get(1) / 4 * (image.get(2) / 4));
            var body = chain(net.conv("conv", 1, width, 5, 1, 2, 1, true), relu(), averagePool(4), flatten());
            var head = net.linear("out", features, classes);
            return (images, training) -> {
                NDArray pooled = body.apply(images, training);
                return new Outputs(pooled, head.apply(pooled, training));
            };
        }
    }

    @Test
    void imagesOfTheSubstituteBreakABlackBox() {
        try (Classifier first = trained(new Perceptron(64), new Natural(), PLAN);
                Classifier second = trained(new SmallCnn(6), new Natural(), PLAN);
                Classifier box = trained(new Pooling(8), new Natural(), PLAN.seed(5));
                Classifier plain = trained(new SmallCnn(4), new Ckl(List.of(first, second), 0, true), PLAN);
                Classifier substitute = trained(new SmallCnn(4), new Ckl(first, second), PLAN)) {
            assertThat(agreement(substitute, first)).isGreaterThan(agreement(plain, first) + 0.1f);
            assertThat(agreement(substitute, box)).isGreaterThan(agreement(plain, box) + 0.05f);
            Attack pgd = new Pgd(BALL, 10);
            float noise = accuracy(box, (victim, x, y, draws) -> Start.uniform().from(BALL, x, draws));
            float imitated = accuracy(box, new Transfer(pgd, plain));
            assertThat(imitated).isLessThan(noise - 0.1f);
            assertThat(accuracy(box, new Transfer(pgd, substitute))).isLessThan(imitated - 0.1f);
        }
    }

    /** Mean cosine of the input gradients of two networks. */
    private static float agreement(Network one, Network other) {
        try (NDArray images = TEST.pixels(Torch.manager());
                NDArray labels = TEST.labels(Torch.manager());
                NDArray mean = Tape.quiet(() -> Tape.scope(() -> slope(one, images, labels)
                        .mul(slope(other, images, labels))
                        .sum(new int[] {1})
                        .mean()))) {
            return mean.getFloat();
        }
    }

    private static NDArray slope(Network network, NDArray images, NDArray labels) {
        NDArray gradient = Tape.gradient(images, x -> Losses.crossEntropy(network.logits(x), labels));
        return Contrast.unit(gradient.reshape(TEST.size(), -1));
    }

    private static Classifier trained(Architecture architecture, Method method, Plan plan) {
        try (var training = new Training(architecture, method, DATA, plan)) {
            return training.run(Tasks.silent()).student();
        }
    }

    private static float accuracy(Network network, Attack attack) {
        try (NDArray images = TEST.pixels(Torch.manager());
                NDArray labels = TEST.labels(Torch.manager());
                NDArray right = Tape.quiet(() ->
                        Tape.scope(() -> network.logits(attack.perturb(network, images, labels, Noise.of(0)))
                                .argMax(1)
                                .eq(labels)
                                .toType(DataType.FLOAT32, false)
                                .mean()))) {
            return right.getFloat();
        }
    }
}
