package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.OwnedArrays;
import ardent.attack.search.Rows;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.provenance.InUnitsOf;
import ardent.tensor.Losses;
import ardent.tensor.Noise;

/**
 * Momentum iterative FGSM (Dong et al., CVPR 2018): g ← μ·g + ∇/mean|∇|, x ← Π(x + stride · steepest(g)), from the clean
 * image. Its images transfer better than those of {@link Pgd}. A vanishing gradient adds nothing.
 *
 * @param ball the threat model
 * @param stride length of a step in pixels, greater than 0 and at most the radius; the paper's is ε/steps
 * @param steps number of steps, at least 1
 * @param decay μ, at least 0
 */
public record MiFgsm(Ball ball, @InUnitsOf("ball.radius") float stride, int steps, float decay) implements Attack {
    /** Validates μ, and stride and steps as {@link Pgd} does. */
    public MiFgsm {
        Arguments.given("ball", ball);
        if (!(decay >= 0) || Float.isInfinite(decay)) {
            throw new IllegalArgumentException("The decay μ is at least 0, not " + decay + ".");
        }
        new Pgd(ball, stride, steps, Start.clean());
    }

    /**
     * 10 steps of ε/10 with μ = 1, as in the paper.
     *
     * @param ball the threat model
     */
    public MiFgsm(Ball ball) {
        this(ball, Arguments.given("ball", ball).radius() / 10, 10, 1);
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return AttackInputs.search(victim, images, labels, () -> climb(victim, images, labels, noise));
    }

    private NDArray climb(Network victim, NDArray images, NDArray labels, Noise noise) {
        try (var arrays = new OwnedArrays()) {
            NDArray[] momentum = {arrays.hold(images.zerosLike())};
            return new Pgd(ball, stride, steps, Start.clean())
                    .ascend(
                            images,
                            noise,
                            x -> Losses.crossEntropy(Predictions.logits(victim, x), labels)
                                    .sum(),
                            true,
                            gradient -> {
                                NDArray sum = momentum[0].mul(constant(decay)).add(unit(gradient));
                                momentum[0] = arrays.renew(momentum[0], sum);
                                return sum;
                            });
        }
    }

    private static NDArray unit(NDArray gradient) {
        NDArray size = gradient.abs().reshape(gradient.getShape().get(0), -1).mean(new int[] {1});
        return gradient.div(Rows.upright(size, gradient.getShape()).maximum(constant(1e-30)));
    }

    @Override
    public boolean oneStep() {
        return steps == 1;
    }

    @Override
    public String label() {
        return "MI-FGSM-" + steps;
    }
}
