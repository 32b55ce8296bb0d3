package ardent.method;

import static ardent.tensor.Losses.at;
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
import org.jspecify.annotations.Nullable;

/**
 * IAD-I, introspective adversarial distillation (Zhu et al., ICLR 2022): the student trusts the teacher as far as the
 * teacher is right about the attacked image, and itself for the rest.
 *
 * <p>Inner: x' = argmax CE(S(x'), y) from a uniform start that is not clamped. Outer: α·τ²·KL(p_T(x; τ) ‖ p_S(x'; τ)) +
 * (1 − α)·CE(S(x), y), and after the warm-up also α·(1 − t)·KL(p_S(x) ‖ p_S(x')) with the trust t = p_T(y|x')^β. The
 * teacher's term is not multiplied by t, as in the authors' code. The student's clean prediction carries a gradient
 * there; {@code detached} stops it.
 *
 * <p>Deviations: the code sends the clean images through the student twice after the warm-up, here once; its attack
 * runs in training mode ({@link BatchNormStatistics#BATCH}), here in evaluation mode. The warm-up is a share of the training: 60
 * of the authors' 200 epochs.
 *
 * @param teacher the robust teacher
 * @param inner the inner maximisation, of the cross-entropy
 * @param temperature τ, greater than 0
 * @param soft weight α of the teacher, in [0, 1]
 * @param trust exponent β of the trust, at least 0; at 0 the teacher is trusted wholly
 * @param warmUp share of the training before the student trusts itself, in [0, 1]
 * @param detached whether the student's own target is held constant
 * @param statistics batch normalisation inside the attack
 */
public record Iad(
        Network teacher,
        Pgd inner,
        @Letter("τ") float temperature,
        @Letter("α") float soft,
        @Letter("β") float trust,
        float warmUp,
        boolean detached,
        BatchNormStatistics statistics)
        implements Method {
    /** Checks the numbers. */
    public Iad {
        Arguments.given("teacher, inner, statistics", teacher, inner, statistics);
        Arguments.positive("temperature τ", temperature);
        Arguments.share("weight α of the teacher", soft);
        Arguments.weight("exponent β of the trust", trust);
        Arguments.share("warm-up", warmUp);
    }

    /**
     * τ = 1, α = 1, β = 0.1, a warm-up of 0.3 and 10 steps of ε/4.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Iad(Network teacher, Ball ball) {
        this(
                teacher,
                new Pgd(ball, Ball.quarter(ball), 10, new Start.Uniform(false)),
                1,
                1,
                0.1f,
                0.3f,
                false,
                BatchNormStatistics.RUNNING);
    }

    /**
     * The authors' setting: L∞ 8/255, 10 steps of 2/255, τ = 1, α = 1, β = 0.1, a warm-up of 0.3.
     *
     * @param teacher the robust teacher
     */
    public Iad(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray target = step.ask(teacher, step.images());
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(statistics.logits(step.student(), x), step.labels()));
        NDArray trusted =
                (float) step.progress() < warmUp ? null : trust(step.ask(teacher, adversarial), step.labels(), trust);
        return () -> {
            NDArray attacked = step.learn(adversarial);
            NDArray clean = step.learn(step.images());
            NDArray own = detached ? clean.stopGradient() : clean;
            return loss(attacked, clean, target, step.labels(), temperature, soft)
                    .and(introspection(attacked, own, trusted, soft));
        };
    }

    /** The trust t = p_T(y|x')^β of each image. */
    static NDArray trust(NDArray target, NDArray labels, float exponent) {
        return at(target.softmax(1), labels).pow(constant(exponent));
    }

    static Terms loss(
            NDArray adversarial, NDArray clean, NDArray target, NDArray labels, float temperature, float soft) {
        NDArray tau = constant(temperature);
        Terms loss = Terms.of(
                "teacher",
                kl(adversarial.div(tau), target.div(tau))
                        .mean()
                        .mul(constant((double) soft * temperature * temperature)));
        return soft == 1
                ? loss
                : loss.and("clean", crossEntropy(clean, labels).mean().mul(constant(1 - soft)));
    }

    /** The student's trust in itself; no term during the warm-up. */
    static Terms introspection(NDArray adversarial, NDArray own, @Nullable NDArray trust, float weight) {
        return trust == null
                ? Terms.none()
                : Terms.of(
                        "introspection",
                        kl(adversarial, own).mul(constant(1).sub(trust)).mean().mul(constant(weight)));
    }

    /**
     * With the student's own target held constant or not.
     *
     * @param detached true to stop its gradient
     * @return a changed copy
     */
    public Iad detached(boolean detached) {
        return new Iad(teacher, inner, temperature, soft, trust, warmUp, detached, statistics);
    }

    @Override
    public String label() {
        return "IAD-I";
    }
}
