package ardent.method;

import static ardent.tensor.Losses.kl;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import java.util.function.UnaryOperator;

/**
 * AdaAD, adaptive adversarial distillation (Huang et al., CVPR 2023): the teacher takes part in the search.
 *
 * <p>Inner: x' = argmax KL(p_T(x') ‖ p_S(x')), where the teacher is asked anew at every step and the gradient passes
 * through it too, from the clean image plus normal noise of deviation 0.001. Outer: α·KL(p_T(x') ‖ p_S(x')) +
 * (1 − α)·KL(p_T(x) ‖ p_S(x)). The clean images pass the student in training mode even where α is 1, as in the authors'
 * code, so that running statistics see both kinds.
 *
 * <p>Deviation: divergences are means over images, as the code's are on CIFAR-100; on CIFAR-10 it takes the mean over
 * images and classes ({@link Divergence#elementMean()}). The script's own arguments default to ε = 16/255 and steps of
 * 4/255; the paper's table is at 8/255.
 *
 * @param teacher the robust teacher
 * @param inner the inner maximisation, of the divergence of teacher and student
 * @param robust weight α of the adversarial term, in [0, 1]
 * @param divergence how the divergence is scaled
 */
public record AdaAd(Network teacher, Pgd inner, @Letter("α") float robust, Divergence divergence) implements Method {
    /** Checks α. */
    public AdaAd {
        Arguments.given("teacher, inner, divergence", teacher, inner, divergence);
        Arguments.share("weight α of the adversarial term", robust);
    }

    /**
     * α = 1 and 10 steps of ε/4.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public AdaAd(Network teacher, Ball ball) {
        this(teacher, new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), 1, Divergence.batchMean());
    }

    /**
     * The authors' setting: L∞ 8/255, 10 steps of 2/255, α = 1.
     *
     * @param teacher the robust teacher
     */
    public AdaAd(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray adversarial = search(step, teacher, inner);
        NDArray target = step.ask(teacher, adversarial);
        NDArray soft = robust == 1 ? target : step.ask(teacher, step.images());
        return () -> {
            NDArray clean = step.learn(step.images());
            return loss(step.learn(adversarial), clean, target, soft, robust, divergence);
        };
    }

    /** The search through both networks. */
    static NDArray search(Step step, Network teacher, Pgd inner) {
        return inner.ascend(step.images(), step.noise(), climb(step, teacher));
    }

    static UnaryOperator<NDArray> climb(Step step, Network teacher) {
        return x -> kl(step.student().logits(x), step.follow(teacher, x));
    }

    static Terms loss(
            NDArray adversarial, NDArray clean, NDArray target, NDArray soft, float robust, Divergence divergence) {
        Terms loss = Terms.of(
                "adversarial", divergence.of(adversarial, target).mean().mul(constant(robust)));
        return robust == 1
                ? loss
                : loss.and("clean", divergence.of(clean, soft).mean().mul(constant(1 - robust)));
    }

    /**
     * With another scaling of the divergence.
     *
     * @param divergence the convention
     * @return a changed copy
     */
    public AdaAd divergence(Divergence divergence) {
        return new AdaAd(teacher, inner, robust, divergence);
    }

    @Override
    public String label() {
        return "AdaAD";
    }
}
