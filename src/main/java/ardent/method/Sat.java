package ardent.method;

import static ardent.tensor.Losses.crossEntropy;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;

/**
 * SAT, standard adversarial training (Madry et al., ICLR 2018): min E max CE(S(x + δ), y).
 *
 * <p>The attack runs in evaluation mode, the step in training mode, as in the distillation literature; Madry's own code
 * attacks in training mode.
 *
 * @param inner the inner maximisation, of the cross-entropy
 */
public record Sat(Pgd inner) implements Method {
    /**
     * The field's setting: 10 steps of ε/4 from a uniform start.
     *
     * @param ball the threat model
     */
    public Sat(Ball ball) {
        this(new Pgd(ball, ball.radius() / 4, 10, Start.uniform()));
    }

    /** L∞ 8/255. */
    public Sat() {
        this(new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(step.student().logits(x), step.labels()));
        return () -> loss(step.learn(adversarial), step.labels());
    }

    static Terms loss(NDArray adversarial, NDArray labels) {
        return Terms.of("adversarial", crossEntropy(adversarial, labels).mean());
    }

    @Override
    public String label() {
        return "SAT";
    }
}
