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
import org.jspecify.annotations.Nullable;

/**
 * IAD-II, introspective adversarial distillation with two teachers (Zhu et al., ICLR 2022).
 *
 * <p>Inner: x' = argmax CE(S(x'), y) from a uniform start that is not clamped. Outer: (1 − λ₁ − λ₂)·CE(S(x'), y) +
 * λ₁·τ²·[t·KL(p_R(x'; τ) ‖ p_S(x'; τ)) + (1 − t)·KL(p_S(x) ‖ p_S(x'))] + λ₂·τ²·KL(p_N(x'; τ) ‖ p_S(x'; τ)) with a
 * robust teacher R, a natural one N and the trust t = p_R(y|x')^β. During the warm-up t is 1 and the clean images are
 * not asked. The student's clean prediction carries a gradient, as in the authors' code; {@code detached} stops it.
 *
 * <p>Deviation: the code's attack runs in training mode ({@link BatchNormStatistics#BATCH}), here in evaluation mode. The
 * warm-up is a share of the training: 40 of the authors' 200 epochs.
 *
 * @param robust the robust teacher
 * @param natural the teacher trained on clean images
 * @param inner the inner maximisation, of the cross-entropy
 * @param temperature τ, greater than 0
 * @param robustWeight λ₁, in [0, 1]
 * @param naturalWeight λ₂, in [0, 1 − λ₁]
 * @param trust exponent β of the trust, at least 0; at 0 the teacher is trusted wholly
 * @param warmUp share of the training before the student trusts itself, in [0, 1]
 * @param detached whether the student's own target is held constant
 * @param statistics batch normalisation inside the attack
 */
public record Iad2(
        Network robust,
        Network natural,
        Pgd inner,
        @Letter("τ") float temperature,
        @Letter("λ₁") float robustWeight,
        @Letter("λ₂") float naturalWeight,
        @Letter("β") float trust,
        float warmUp,
        boolean detached,
        BatchNormStatistics statistics)
        implements Method {
    /** Checks the numbers. */
    public Iad2 {
        Arguments.given("robust, natural, inner, statistics", robust, natural, inner, statistics);
        Arguments.positive("temperature τ", temperature);
        Arguments.share("weight λ₁ of the robust teacher", robustWeight);
        Arguments.share("weight λ₂ of the natural teacher", naturalWeight);
        Arguments.share("sum λ₁ + λ₂ of the teachers' weights", robustWeight + naturalWeight);
        Arguments.weight("exponent β of the trust", trust);
        Arguments.share("warm-up", warmUp);
    }

    /**
     * τ = 1, λ₁ = 0.5, λ₂ = 0.25, β = 0.1, a warm-up of 0.2 and 10 steps of ε/4.
     *
     * @param robust the robust teacher
     * @param natural the teacher trained on clean images
     * @param ball the threat model
     */
    public Iad2(Network robust, Network natural, Ball ball) {
        this(
                robust,
                natural,
                new Pgd(ball, Ball.quarter(ball), 10, new Start.Uniform(false)),
                1,
                0.5f,
                0.25f,
                0.1f,
                0.2f,
                false,
                BatchNormStatistics.RUNNING);
    }

    /**
     * The authors' setting: as above at L∞ 8/255.
     *
     * @param robust the robust teacher
     * @param natural the teacher trained on clean images
     */
    public Iad2(Network robust, Network natural) {
        this(robust, natural, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray labels = step.labels();
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(statistics.logits(step.student(), x), labels));
        NDArray strong = step.ask(robust, adversarial);
        NDArray exact = step.ask(natural, adversarial);
        NDArray trusted = (float) step.progress() < warmUp ? null : Iad.trust(strong, labels, trust);
        return () -> {
            NDArray attacked = step.learn(adversarial);
            NDArray clean = trusted == null ? attacked : step.learn(step.images());
            NDArray own = detached ? clean.stopGradient() : clean;
            return loss(attacked, strong, exact, labels, trusted, this)
                    .and(Iad.introspection(attacked, own, trusted, robustWeight * temperature * temperature));
        };
    }

    static Terms loss(
            NDArray adversarial, NDArray strong, NDArray exact, NDArray labels, @Nullable NDArray trust, Iad2 iad) {
        NDArray tau = constant(iad.temperature);
        double square = (double) iad.temperature * iad.temperature;
        NDArray guided = kl(adversarial.div(tau), strong.div(tau));
        NDArray trusted = trust == null ? guided : guided.mul(trust);
        NDArray accurate = kl(adversarial.div(tau), exact.div(tau));
        return Terms.of(
                        "labels",
                        crossEntropy(adversarial, labels)
                                .mean()
                                .mul(constant(1 - iad.robustWeight - iad.naturalWeight)))
                .and("robust teacher", trusted.mean().mul(constant(iad.robustWeight * square)))
                .and("natural teacher", accurate.mean().mul(constant(iad.naturalWeight * square)));
    }

    @Override
    public String label() {
        return "IAD-II";
    }
}
