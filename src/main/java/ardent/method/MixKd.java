package ardent.method;

import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Losses.kl;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import ardent.tensor.Noise;
import ardent.tensor.Torch;
import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * MixKD (Liang et al., ICLR 2021, arXiv 2011.00593): the student imitates the teacher between the examples too.
 *
 * <p><b>A reconstruction.</b> The paper mixes the embeddings of two texts; its abstract and a reader's notes are public
 * to us. Pixels are mixed here, x̃ = m·x + (1 − m)·x⁺ with m ~ Beta(a, a) for each image and x⁺ the next image of the
 * shuffled batch. Inner, where {@code search} is set (ours): x̂ = argmax KL(p_T(x̃) ‖ p_S(x̂)) inside the ball round the
 * mixed image; else x̂ = x̃. Outer: λ·CE(S(x), y) + μ·[m·CE(S(x̂), y) + (1 − m)·CE(S(x̂), y⁺)] + ν·KL(p_T(x̃) ‖ p_S(x̂)).
 * The distance and all defaults are ours. Without mixing (a = 0), with the search and λ = μ = 0, it is RSLAD with α = 1
 * to the last bit.
 *
 * @param teacher the teacher
 * @param inner the search inside the ball; also the attack by which the best epoch is chosen
 * @param search whether the student learns what the search finds, or the mixed images themselves
 * @param concentration a of the Beta distribution, at least 0; 0 mixes nothing, 1 is uniform
 * @param labels weight λ of the labels of clean images, at least 0
 * @param mixedLabels weight μ of the mixed labels, at least 0
 * @param imitation weight ν of the teacher, at least 0
 */
public record MixKd(
        Network teacher,
        Pgd inner,
        boolean search,
        @Letter("a") float concentration,
        @Letter("λ") float labels,
        @Letter("μ") float mixedLabels,
        @Letter("ν") float imitation)
        implements Method {
    private static final int MIX = 1;

    /** Checks the numbers. */
    public MixKd {
        Arguments.given("teacher, inner", teacher, inner);
        Arguments.weight("concentration of the mixture", concentration);
        Arguments.weight("weight λ of the labels", labels);
        Arguments.weight("weight μ of the mixed labels", mixedLabels);
        Arguments.weight("weight ν of the teacher", imitation);
    }

    /**
     * Mixed images without search, a = 0.4, λ = μ = ν = 1; the attack that chooses the best epoch has 10 steps of ε/4.
     *
     * @param teacher the teacher
     * @param ball the threat model
     */
    public MixKd(Network teacher, Ball ball) {
        this(teacher, new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), false, 0.4f, 1, 1, 1);
    }

    /**
     * As above at L∞ 8/255.
     *
     * @param teacher the teacher
     */
    public MixKd(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray share = concentration == 0 ? null : shares(step.noise().fork(MIX), step.images());
        NDArray mixed = share == null ? step.images() : mix(step.images(), share.reshape(-1, 1, 1, 1));
        NDArray soft = step.ask(teacher, mixed);
        NDArray lesson = search
                ? inner.ascend(mixed, step.noise(), x -> kl(step.student().logits(x), soft))
                : mixed;
        return () -> {
            NDArray own = step.learn(lesson);
            NDArray clean = step.learn(step.images());
            NDArray blend = blend(own, step.labels(), share == null ? constant(1) : share);
            return Terms.of("teacher", kl(own, soft).mean().mul(constant(imitation)))
                    .and("mixed labels", blend.mean().mul(constant(mixedLabels)))
                    .and("labels", crossEntropy(clean, step.labels()).mean().mul(constant(labels)));
        };
    }

    /** One share m for each image. */
    private NDArray shares(Noise noise, NDArray images) {
        int count = (int) images.getShape().get(0);
        var beta = new BetaDistribution(null, concentration, concentration);
        float[] shares = noise.shared(count);
        for (int i = 0; i < count; i++) {
            shares[i] = (float) beta.inverseCumulativeProbability(shares[i]);
        }
        return Torch.array(shares, new Shape(count));
    }

    /** m·x + (1 − m)·x⁺. */
    static NDArray mix(NDArray rows, NDArray share) {
        return rows.mul(share).add(next(rows).mul(constant(1).sub(share)));
    }

    /** m·CE(z, y) + (1 − m)·CE(z, y⁺). */
    static NDArray blend(NDArray logits, NDArray labels, NDArray share) {
        return crossEntropy(logits, labels)
                .mul(share)
                .add(crossEntropy(logits, next(labels)).mul(constant(1).sub(share)));
    }

    /** Every row replaced by the next one, the last by the first. */
    static NDArray next(NDArray rows) {
        return rows.get("1:").concat(rows.get(":1"), 0);
    }

    /**
     * With the search inside the ball on or off.
     *
     * @param search whether the student learns what the search finds
     * @return a changed copy
     */
    public MixKd search(boolean search) {
        return new MixKd(teacher, inner, search, concentration, labels, mixedLabels, imitation);
    }

    @Override
    public String label() {
        return search ? "MixKD+search" : "MixKD";
    }
}
