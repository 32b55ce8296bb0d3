package ardent.method;

import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Losses.klOfProbabilities;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ardent.attack.Pgd;
import ardent.network.Layers;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * NIB, the nuisance-extended information bottleneck (Jeong et al., CVPR 2023, arXiv 2303.14096): the student's features
 * z keep what tells the class, and a nuisance code n beside them takes up the rest of the image.
 *
 * <p><b>A reconstruction.</b> The paper's abstract is public to us, and of its autoencoder the shape: (z, n) gives the
 * image back, n tells nothing of the label and nothing of z. Formulas, layers and weights are ours. Inner: the host's.
 * Outer, beside the host's loss, with z the features of the images x that the host learns (the clean ones where it
 * learns those, else the first): β·mean ½‖z‖², the rate of the code z + ξ with normal ξ; ρ·mean (D(z + ξ, n(x)) − x)²
 * over pixels; ν·mean KL(uniform ‖ q(n)), q a critic that learns the label from n; ι·mean [d(z, n) − d(z, n⁺)], d a
 * critic that learns to tell the pairs of one image from those with the next image's n⁺, so that it estimates log
 * p(z, n)/p(z)p(n). Encoder n, decoder D and critics are companion layers, trained by Adam and dropped afterwards.
 * Critics learn from codes that are held still, and codes from critics that are held still. The student's own last layer
 * reads z without ξ. With all weights 0 it is its host to the last bit.
 *
 * @param host the method it is added to
 * @param rate weight β, at least 0
 * @param reconstruction weight ρ, at least 0
 * @param nuisance weight ν, at least 0
 * @param independence weight ι, at least 0
 */
public record Nib(
        Method host,
        @Letter("β") float rate,
        @Letter("ρ") float reconstruction,
        @Letter("ν") float nuisance,
        @Letter("ι") float independence)
        implements Method {
    private static final int CODE = 32;
    private static final int HIDDEN = 64;
    private static final int NOISE = 2;
    private static final double ADAM = 1e-3;

    /** Checks the weights. */
    public Nib {
        Arguments.given("host", host);
        Arguments.weight("weight β of the rate", rate);
        Arguments.weight("weight ρ of the reconstruction", reconstruction);
        Arguments.weight("weight ν of the nuisance", nuisance);
        Arguments.weight("weight ι of the independence", independence);
    }

    /**
     * β = 1e-4, ρ = 1, ν = ι = 0.1.
     *
     * @param host the method it is added to
     */
    public Nib(Method host) {
        this(host, 1e-4f, 1, 0.1f, 0.1f);
    }

    /** On clean training, as in the paper. */
    public Nib() {
        this(new Natural());
    }

    /** Two linear layers; {@code still} lets gradients pass to the input and none to the weights. */
    record Perceptron(NDArray in, NDArray shift, NDArray out, NDArray last) {
        static Perceptron of(Layers net, String name, int from, int to) {
            net.linear(name + ".in", from, HIDDEN);
            net.linear(name + ".out", HIDDEN, to);
            return new Perceptron(
                    weight(net, name + ".in.weight"),
                    weight(net, name + ".in.bias"),
                    weight(net, name + ".out.weight"),
                    weight(net, name + ".out.bias"));
        }

        private static NDArray weight(Layers net, String name) {
            return Objects.requireNonNull(net.all().get(name));
        }

        NDArray of(NDArray x) {
            NDArray hidden = Activation.relu(Linear.linear(x, in, shift).head());
            return Linear.linear(hidden, out, last).head();
        }

        Perceptron still() {
            return new Perceptron(in.stopGradient(), shift.stopGradient(), out.stopGradient(), last.stopGradient());
        }
    }

    /** Encoder of the nuisance, decoder, critic of labels, critic of pairs. */
    private record Branch(Layers.Layer encoder, Perceptron decoder, Perceptron labels, Perceptron pairs) {
        static Branch build(Layers net, Shape image, int features, int classes) {
            net.adam(ADAM);
            int pixels = (int) image.size();
            int side = Math.toIntExact(image.get(1) / 2 * (image.get(2) / 2));
            Layers.Layer encoder = Layers.chain(
                    net.conv("encoder.conv", (int) image.get(0), 8, 4, 2, 1, 1, true),
                    Layers.relu(),
                    Layers.flatten(),
                    net.linear("encoder.linear", 8 * side, CODE));
            return new Branch(
                    encoder,
                    Perceptron.of(net, "decoder", features + CODE, pixels),
                    Perceptron.of(net, "labels", CODE, classes),
                    Perceptron.of(net, "pairs", features + CODE, 1));
        }
    }

    @Override
    public @Nullable Pgd inner() {
        return host.inner();
    }

    @Override
    public Objective prepare(Step step) {
        Objective objective = host.prepare(step);
        boolean off = rate + reconstruction + nuisance + independence == 0;
        return off ? objective : () -> objective.value().and(regularise(step));
    }

    private Terms regularise(Step step) {
        Step.View view = step.views().stream()
                .filter(each -> each.images() == step.images())
                .findFirst()
                .orElseGet(() -> step.views().get(0));
        NDArray z = view.outputs().features();
        Branch branch = step.companion().layers("NIB", net -> build(net, step, z));
        NDArray code = branch.encoder.apply(view.images(), true);
        NDArray noisy = z.add(step.noise().fork(NOISE).normal(z.getShape()));
        NDArray image = view.images().reshape(z.getShape().get(0), -1);
        NDArray gap = branch.decoder.of(noisy.concat(code, 1)).sub(image);
        return Terms.of("rate", rate(z).mul(constant(rate)))
                .and("reconstruction", gap.mul(gap).mean().mul(constant(reconstruction)))
                .and("nuisance", telling(branch.labels, code).mul(constant(nuisance)))
                .and("independence", dependence(branch.pairs, z, code).mul(constant(independence)))
                .and("critics", lesson(branch.labels, branch.pairs, z, code, step.labels()));
    }

    private static Branch build(Layers net, Step step, NDArray z) {
        int classes = step.companion().data().classCount();
        return Branch.build(net, step.student().image(), (int) z.getShape().get(1), classes);
    }

    /** KL(N(z, 1) ‖ N(0, 1)), the mean over images. */
    static NDArray rate(NDArray z) {
        return z.mul(z).sum(new int[] {1}).mean().mul(constant(0.5));
    }

    /** KL(uniform ‖ q(n)): 0 where the critic of labels learns nothing from the code. */
    static NDArray telling(Perceptron critic, NDArray code) {
        NDArray log = critic.still().of(code).logSoftmax(1);
        NDArray even = log.stopGradient().zerosLike().softmax(1);
        return klOfProbabilities(log, even).mean();
    }

    /** d(z, n) − d(z, n⁺), the mean over images. */
    static NDArray dependence(Perceptron critic, NDArray z, NDArray code) {
        Perceptron still = critic.still();
        return still.of(z.concat(code, 1))
                .sub(still.of(z.concat(MixKd.next(code), 1)))
                .mean();
    }

    /** What the critics learn from, weighted alike: no gradient passes to the codes. */
    static NDArray lesson(Perceptron labels, Perceptron pairs, NDArray z, NDArray code, NDArray truth) {
        NDArray features = z.stopGradient();
        NDArray nuisance = code.stopGradient();
        NDArray real = pairs.of(features.concat(nuisance, 1));
        NDArray crossed = pairs.of(features.concat(MixKd.next(nuisance), 1));
        return crossEntropy(labels.of(nuisance), truth)
                .mean()
                .add(Gacd.softplus(real.neg()).mean())
                .add(Gacd.softplus(crossed).mean());
    }

    @Override
    public String label() {
        return host.label() + "+NIB";
    }
}
