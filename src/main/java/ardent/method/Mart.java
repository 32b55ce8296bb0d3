package ardent.method;

import static ardent.tensor.Losses.at;
import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Losses.oneHot;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;

/**
 * MART, misclassification-aware adversarial training (Wang et al., ICLR 2020).
 *
 * <p>Inner: x' = argmax CE(S(x'), y) from the clean image plus normal noise of deviation 0.001. Outer: BCE(p_S(x'), y)
 * + λ·mean KL(p_S(x) ‖ p_S(x'))·(1 − p_S(y|x)) with BCE = −log p_S(y|x') − log(1 − max_{k≠y} p_S(k|x')). The authors'
 * constants are kept: 1.0001 and 1e-12 inside the logarithms and 1.0000001 in the weight. Clean predictions carry a
 * gradient, as in their code. Attack in evaluation mode.
 *
 * @param inner the inner maximisation, of the cross-entropy
 * @param lambda weight λ of the divergence, at least 0
 */
public record Mart(Pgd inner, @Letter("λ") float lambda) implements Method {
    /** Checks λ. */
    public Mart {
        Arguments.given("inner", inner);
        Arguments.weight("weight λ of MART's divergence", lambda);
    }

    /**
     * λ = 5, the authors' value for ResNet-18 (theirs for WideResNet is 6), and 10 steps of ε/4.
     *
     * @param ball the threat model
     */
    public Mart(Ball ball) {
        this(new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), 5);
    }

    /** The authors' setting: L∞ 0.031, 10 steps of 0.007, λ = 5. */
    public Mart() {
        this(new Pgd(new Linf(0.031f), 0.007f, 10, Start.gauss()), 5);
    }

    @Override
    public Objective prepare(Step step) {
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(step.student().logits(x), step.labels()));
        return () -> loss(step.learn(step.images()), step.learn(adversarial), step.labels(), lambda);
    }

    static Terms loss(NDArray clean, NDArray adversarial, NDArray labels, float lambda) {
        NDArray attacked = adversarial.softmax(1);
        NDArray natural = clean.softmax(1);
        NDArray hidden = oneHot(labels, clean.getShape().get(1)).mul(constant(2));
        NDArray rival = attacked.stopGradient().sub(hidden).argMax(1);
        NDArray boundary = constant(1.0001)
                .sub(at(attacked, rival))
                .add(constant(1e-12))
                .log()
                .neg();
        NDArray gap = natural.log().sub(attacked.add(constant(1e-12)).log());
        NDArray divergence = natural.mul(gap).sum(new int[] {1});
        NDArray doubt = constant(1.0000001).sub(at(natural, labels));
        return Terms.of("adversarial", crossEntropy(adversarial, labels).mean())
                .and("boundary", boundary.mean())
                .and("divergence", divergence.mul(doubt).mean().mul(constant(lambda)));
    }

    @Override
    public String label() {
        return "MART";
    }
}
