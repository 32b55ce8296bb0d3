package ardent.method;

import static ardent.tensor.Losses.crossEntropy;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.provenance.Arguments;

/**
 * SAT, standard adversarial training (Madry et al., ICLR 2018): min E max CE(S(x + δ), y).
 *
 * <p>The attack runs in evaluation mode, the step in training mode, as in the distillation literature; Madry's own code
 * attacks in training mode.
 *
 * @param inner the inner maximisation, of the cross-entropy with hard labels
 * @param smoothing share of the label that all classes have alike in the outer minimisation, in [0, 1)
 */
public record Sat(Pgd inner, float smoothing) implements Method {
    /** Checks the smoothing. */
    public Sat {
        Arguments.given("inner", inner);
        Arguments.smoothing(smoothing);
    }

    /**
     * Hard labels.
     *
     * @param inner the inner maximisation, of the cross-entropy
     */
    public Sat(Pgd inner) {
        this(inner, 0);
    }

    /**
     * The field's setting: 10 steps of ε/4 from a uniform start.
     *
     * @param ball the threat model
     */
    public Sat(Ball ball) {
        this(new Pgd(ball, Ball.quarter(ball), 10, Start.uniform()));
    }

    /** L∞ 8/255. */
    public Sat() {
        this(new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(step.student().logits(x), step.labels()));
        return () -> loss(step.learn(adversarial), step.labels(), smoothing);
    }

    static Terms loss(NDArray adversarial, NDArray labels) {
        return loss(adversarial, labels, 0);
    }

    private static Terms loss(NDArray adversarial, NDArray labels, float smoothing) {
        return Terms.of(
                "adversarial", crossEntropy(adversarial, labels, smoothing).mean());
    }

    /**
     * With smoothed labels in the outer minimisation.
     *
     * @param smoothing in [0, 1)
     * @return a changed copy
     */
    public Sat smoothing(double smoothing) {
        return new Sat(inner, (float) smoothing);
    }

    @Override
    public String label() {
        return "SAT";
    }
}
