package ardent.method;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;

/**
 * AdaIAD (Huang et al., CVPR 2023): {@link Iad} on the images that {@link AdaAd} finds, with the teacher's prediction
 * of the attacked image as target.
 *
 * <p>Inner: x' = argmax KL(p_T(x') ‖ p_S(x')) through both networks. Outer: α·τ²·KL(p_T(x'; τ) ‖ p_S(x'; τ)) + (1 −
 * α)·CE(S(x), y), and after the warm-up also α·(1 − t)·KL(p_S(x) ‖ p_S(x')) with t = p_T(y|x')^β; the student's clean
 * prediction carries a gradient, which {@code detached} stops.
 *
 * <p>Deviation: the code sends the clean images through the student two or three times a step, here once. The warm-up
 * is a share of the training: 60 of the authors' 200 epochs.
 *
 * @param teacher the robust teacher
 * @param inner the inner maximisation, of the divergence of teacher and student
 * @param temperature τ, greater than 0
 * @param soft weight α of the teacher, in [0, 1]
 * @param trust exponent β of the trust, at least 0; at 0 the teacher is trusted wholly
 * @param warmUp share of the training before the student trusts itself, in [0, 1]
 * @param detached whether the student's own target is held constant
 */
public record AdaIad(
        Network teacher,
        Pgd inner,
        @Letter("τ") float temperature,
        @Letter("α") float soft,
        @Letter("β") float trust,
        float warmUp,
        boolean detached)
        implements Method {
    /** Checks the numbers. */
    public AdaIad {
        Arguments.given("teacher, inner", teacher, inner);
        Arguments.positive("temperature τ", temperature);
        Arguments.share("weight α of the teacher", soft);
        Arguments.weight("exponent β of the trust", trust);
        Arguments.share("warm-up", warmUp);
    }

    /**
     * The script's τ = 30, α = 1, β = 0.1, a warm-up of 0.3 and 10 steps of ε/4.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public AdaIad(Network teacher, Ball ball) {
        this(teacher, new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), 30, 1, 0.1f, 0.3f, false);
    }

    /**
     * As above at L∞ 8/255.
     *
     * @param teacher the robust teacher
     */
    public AdaIad(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray adversarial = AdaAd.search(step, teacher, inner);
        NDArray target = step.ask(teacher, adversarial);
        NDArray trusted = (float) step.progress() < warmUp ? null : Iad.trust(target, step.labels(), trust);
        return () -> {
            NDArray clean = step.learn(step.images());
            NDArray attacked = step.learn(adversarial);
            NDArray own = detached ? clean.stopGradient() : clean;
            return Iad.loss(attacked, clean, target, step.labels(), temperature, soft)
                    .and(Iad.introspection(attacked, own, trusted, soft));
        };
    }

    @Override
    public String label() {
        return "AdaIAD";
    }
}
