package ardent.method;

import static ardent.tensor.Losses.crossEntropy;
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
 * ARD, adversarially robust distillation (Goldblum et al., AAAI 2020).
 *
 * <p>Inner: x' = argmax CE(S(x'), y) from a uniform start that is not clamped. Outer: α·τ²·KL(p_T(x; τ) ‖ p_S(x'; τ)) +
 * (1 − α)·CE(S(x), y). The clean images pass the student in training mode even where α is 1, as in the authors' code,
 * so that running statistics see both kinds.
 *
 * <p>Divergences are means over images and classes, as in the authors' code and unlike the rest of this kit: with τ² = 900 in
 * front, the mean over images alone is a rate ten times theirs, at which a small network never leaves chance.
 *
 * <p>Deviation from the code, a switch: the attack runs in evaluation mode, the code's in training mode
 * ({@link BatchNormStatistics#BATCH}).
 *
 * @param teacher the robust teacher
 * @param inner the inner maximisation, of the cross-entropy
 * @param temperature τ, greater than 0
 * @param soft weight α of the teacher, in [0, 1]
 * @param divergence how the divergence is scaled
 * @param statistics batch normalisation inside the attack
 */
public record Ard(
        Network teacher,
        Pgd inner,
        @Letter("τ") float temperature,
        @Letter("α") float soft,
        Divergence divergence,
        BatchNormStatistics statistics)
        implements Method {
    /** Checks τ and α. */
    public Ard {
        Arguments.given("teacher, inner, divergence, statistics", teacher, inner, divergence, statistics);
        Arguments.positive("temperature τ", temperature);
        Arguments.share("weight α of the teacher", soft);
    }

    /**
     * τ = 30, α = 1 and 10 steps of ε/4.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Ard(Network teacher, Ball ball) {
        this(
                teacher,
                new Pgd(ball, Ball.quarter(ball), 10, new Start.Uniform(false)),
                30,
                1,
                Divergence.elementMean(),
                BatchNormStatistics.RUNNING);
    }

    /**
     * The authors' setting: L∞ 8/255, 10 steps of 2/255, τ = 30, α = 1.
     *
     * @param teacher the robust teacher
     */
    public Ard(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray target = step.ask(teacher, step.images());
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(statistics.logits(step.student(), x), step.labels()));
        return () -> loss(step.learn(adversarial), step.learn(step.images()), target, step.labels(), this);
    }

    static Terms loss(NDArray adversarial, NDArray clean, NDArray target, NDArray labels, Ard ard) {
        NDArray tau = constant(ard.temperature);
        NDArray imitation =
                ard.divergence.of(adversarial.div(tau), target.div(tau)).mean();
        Terms loss =
                Terms.of("adversarial", imitation.mul(constant((double) ard.soft * ard.temperature * ard.temperature)));
        return ard.soft == 1
                ? loss
                : loss.and("clean", crossEntropy(clean, labels).mean().mul(constant(1 - ard.soft)));
    }

    /**
     * With another scaling of the divergence.
     *
     * @param divergence the convention
     * @return a changed copy
     */
    public Ard divergence(Divergence divergence) {
        return new Ard(teacher, inner, temperature, soft, divergence, statistics);
    }

    /**
     * With another batch normalisation inside the attack.
     *
     * @param statistics which statistics it uses
     * @return a changed copy
     */
    public Ard statistics(BatchNormStatistics statistics) {
        return new Ard(teacher, inner, temperature, soft, divergence, statistics);
    }

    @Override
    public String label() {
        return "ARD";
    }
}
