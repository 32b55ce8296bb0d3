package ardent.method;

import static ardent.tensor.Losses.crossEntropy;
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

/**
 * AKD, adversarial knowledge distillation (Maroto, Ortiz-Jiménez, Frossard, arXiv 2203.07159, 2022).
 *
 * <p><b>A reconstruction.</b> Only the paper's abstract is public to us: the student is trained adversarially on a
 * mixture of the original labels and the teacher's outputs. The formula and its default α = 0.5 are ours. Inner: x' =
 * argmax CE(S(x'), y) from a uniform start. Outer: (1 − α)·CE(S(x'), y) + α·KL(p_T(x') ‖ p_S(x')). With α = 0 it is SAT
 * to the last bit. The abstract's other levers (an early-stopped teacher, an ensemble of teachers, weak attacks) are
 * the caller's choice of teacher and attack.
 *
 * @param teacher the robust teacher
 * @param inner the inner maximisation, of the cross-entropy
 * @param soft share α of the teacher, in [0, 1]
 */
public record Akd(Network teacher, Pgd inner, @Letter("α") float soft) implements Method {
    /** Checks α. */
    public Akd {
        Arguments.given("teacher, inner", teacher, inner);
        Arguments.share("share α of the teacher", soft);
    }

    /**
     * α = 0.5 and 10 steps of ε/4.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Akd(Network teacher, Ball ball) {
        this(teacher, new Pgd(ball, Ball.quarter(ball), 10, Start.uniform()), 0.5f);
    }

    /**
     * As above at L∞ 8/255.
     *
     * @param teacher the robust teacher
     */
    public Akd(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(step.student().logits(x), step.labels()));
        NDArray target = step.ask(teacher, adversarial);
        return () -> loss(step.learn(adversarial), target, step.labels(), soft);
    }

    static Terms loss(NDArray adversarial, NDArray target, NDArray labels, float soft) {
        return Terms.of("labels", crossEntropy(adversarial, labels).mean().mul(constant(1 - soft)))
                .and("teacher", kl(adversarial, target).mean().mul(constant(soft)));
    }

    @Override
    public String label() {
        return "AKD";
    }
}
