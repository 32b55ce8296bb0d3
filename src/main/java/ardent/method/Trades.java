package ardent.method;

import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Losses.kl;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;

/**
 * TRADES (Zhang et al., ICML 2019): CE(S(x), y) + β·KL(p_S(x) ‖ p_S(x')), x' = argmax KL(p_S(x) ‖ p_S(x')).
 *
 * <p>The clean prediction carries a gradient in the second term, as in the authors' code; {@code detached} stops it, as
 * some later repositories do, which costs several points of robust accuracy. The attack starts at the clean image plus
 * normal noise of deviation 0.001.
 *
 * @param inner the inner maximisation, of the divergence
 * @param beta weight β of the divergence, at least 0
 * @param detached whether the clean prediction is held constant in the divergence
 * @param smoothing share of the label that all classes have alike in the cross-entropy, in [0, 1)
 */
public record Trades(Pgd inner, @Letter("β") float beta, boolean detached, float smoothing) implements Method {
    /** Checks the numbers. */
    public Trades {
        Arguments.given("inner", inner);
        if (!(beta >= 0) || Float.isInfinite(beta)) {
            throw new IllegalArgumentException("TRADES needs β of at least 0, not " + beta + ".");
        }
        Arguments.smoothing(smoothing);
    }

    /**
     * The method as its authors run it.
     *
     * @param inner the inner maximisation, of the divergence
     * @param beta weight β of the divergence, at least 0
     */
    public Trades(Pgd inner, float beta) {
        this(inner, beta, false, 0);
    }

    /**
     * β = 6 and 10 steps of ε/4.
     *
     * @param ball the threat model
     */
    public Trades(Ball ball) {
        this(new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), 6);
    }

    /** The authors' setting: L∞ 0.031, 10 steps of 0.007, β = 6. */
    public Trades() {
        this(new Pgd(new Linf(0.031f), 0.007f, 10, Start.gauss()), 6);
    }

    @Override
    public Objective prepare(Step step) {
        NDArray clean = step.student().logits(step.images());
        NDArray adversarial =
                inner.ascend(step.images(), step.noise(), x -> kl(step.student().logits(x), clean));
        return () -> loss(step.learn(step.images()), step.learn(adversarial), step.labels(), beta, detached, smoothing);
    }

    static Terms loss(
            NDArray clean, NDArray adversarial, NDArray labels, float beta, boolean detached, float smoothing) {
        NDArray target = detached ? clean.stopGradient() : clean;
        return Terms.of("clean", crossEntropy(clean, labels, smoothing).mean())
                .and("divergence", kl(adversarial, target).mean().mul(constant(beta)));
    }

    /**
     * With the clean prediction held constant in the divergence or not.
     *
     * @param detached true to stop its gradient
     * @return a changed copy
     */
    public Trades detached(boolean detached) {
        return new Trades(inner, beta, detached, smoothing);
    }

    /**
     * With smoothed labels in the cross-entropy.
     *
     * @param smoothing in [0, 1)
     * @return a changed copy
     */
    public Trades smoothing(double smoothing) {
        return new Trades(inner, beta, detached, (float) smoothing);
    }

    @Override
    public String label() {
        return "TRADES";
    }
}
