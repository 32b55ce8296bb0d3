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

/**
 * RSLAD (Zi et al., ICCV 2021): the teacher's soft labels guide both the attack and the student.
 *
 * <p>α·KL(p_T(x) ‖ p_S(x')) + (1 − α)·KL(p_T(x) ‖ p_S(x)), x' = argmax KL(p_T(x) ‖ p_S(x')). Divergences are means over
 * images; the authors' code divides by the number of classes too and multiplies by 10 on CIFAR-100, so that its steps
 * are a tenth of these at an equal rate ({@link Divergence#rslad()}, {@link Divergence#rsladCifar100()}).
 *
 * @param teacher the robust teacher
 * @param inner the inner maximisation, of the divergence from the teacher's clean prediction
 * @param robust weight α of the adversarial term, in [0, 1]
 * @param divergence how the divergence is scaled
 */
public record Rslad(Network teacher, Pgd inner, @Letter("α") float robust, Divergence divergence) implements Method {
    /** Checks α. */
    public Rslad {
        Arguments.given("teacher, inner, divergence", teacher, inner, divergence);
        Arguments.share("weight α of the adversarial term", robust);
    }

    /**
     * α = 5/6 and 10 steps of ε/4 from normal noise of deviation 0.001.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Rslad(Network teacher, Ball ball) {
        this(teacher, new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), 5 / 6f, Divergence.batchMean());
    }

    /**
     * The authors' setting: L∞ 8/255, 10 steps of 2/255, α = 5/6.
     *
     * @param teacher the robust teacher
     */
    public Rslad(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray soft = step.ask(teacher, step.images());
        NDArray adversarial =
                inner.ascend(step.images(), step.noise(), x -> kl(step.student().logits(x), soft));
        return () -> loss(step.learn(adversarial), step.learn(step.images()), soft, robust, divergence);
    }

    static Terms loss(NDArray adversarial, NDArray clean, NDArray soft, float robust, Divergence divergence) {
        return Terms.of("adversarial", divergence.of(adversarial, soft).mean().mul(constant(robust)))
                .and("clean", divergence.of(clean, soft).mean().mul(constant(1 - robust)));
    }

    /**
     * With another scaling of the divergence.
     *
     * @param divergence the convention
     * @return a changed copy
     */
    public Rslad divergence(Divergence divergence) {
        return new Rslad(teacher, inner, robust, divergence);
    }

    @Override
    public String label() {
        return "RSLAD";
    }
}
