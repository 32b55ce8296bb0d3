package ardent.method;

import static ardent.tensor.Losses.at;
import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Layers;
import ardent.network.Network;
import ardent.network.Outputs;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;

/**
 * GACD, guided adversarial contrastive distillation (Bai et al., arXiv 2009.09922, 2020).
 *
 * <p><b>A reconstruction.</b> Only the paper's abstract is public to us: contrastive transfer of features with the
 * teacher as anchor, and a sample-reweighted estimation against the teacher's errors. The formula, its defaults and the
 * term that trains the head are ours, after contrastive representation distillation (Tian et al., ICLR 2020). Inner: x'
 * = argmax CE(S(x'), y) from a uniform start. Outer: CE(S(x'), y) − λ·mean_i [ω_i·log h(t_i, s_i) + Σ_{j≠i} log(1 −
 * h(t_i, s_j))], where t_i are the teacher's features of x and s_j the student's of x', through linear companion
 * projections to length 1, ω_i = p_T(y|x), and h(t, s) = e^{⟨t,s⟩/τ} / (e^{⟨t,s⟩/τ} + N/M) with N = B − 1 negatives
 * from the batch and M training images. With λ = 0 it is SAT to the last bit.
 *
 * @param teacher the robust teacher, whose features are read; a bare network's features are its logits
 * @param inner the inner maximisation, of the cross-entropy
 * @param contrast weight λ, at least 0; 0 leaves the contrast out
 * @param temperature τ of the cosines, greater than 0
 */
public record Gacd(
        Network teacher,
        Pgd inner,
        @Letter("λ") float contrast,
        @Letter("τ") float temperature) implements Method {
    /** Checks the numbers. */
    public Gacd {
        Arguments.given("teacher, inner", teacher, inner);
        Arguments.weight("weight λ of the contrast", contrast);
        Arguments.positive("temperature τ of the cosines", temperature);
    }

    /**
     * λ = 0.1, τ = 0.1 and 10 steps of ε/4.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Gacd(Network teacher, Ball ball) {
        this(teacher, new Pgd(ball, Ball.quarter(ball), 10, Start.uniform()), 0.1f, 0.1f);
    }

    /**
     * As above at L∞ 8/255.
     *
     * @param teacher the robust teacher
     */
    public Gacd(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(step.student().logits(x), step.labels()));
        if (contrast == 0) {
            return () -> Sat.loss(step.learn(adversarial), step.labels());
        }
        Outputs guide = step.outputs(teacher, step.images());
        NDArray trust = at(guide.logits().softmax(1), step.labels());
        double share = Math.max(1, step.images().getShape().get(0) - 1.0)
                / step.companion().data().size();
        return () -> {
            Outputs attacked = step.outputs(adversarial);
            NDArray anchors = project(step, "teacher", guide.features());
            NDArray views = project(step, "student", attacked.features());
            NDArray term = contrast(anchors, views, trust, temperature, share).mul(constant(contrast));
            return Sat.loss(attacked.logits(), step.labels()).and("contrast", term);
        };
    }

    /**
     * The contrast of one batch.
     *
     * @param anchors t, {@code [N, D]} of length 1
     * @param views s, {@code [N, D]} of length 1
     * @param trust ω, {@code [N]}
     * @param temperature τ
     * @param share N/M
     * @return a scalar, at least 0
     */
    static NDArray contrast(NDArray anchors, NDArray views, NDArray trust, float temperature, double share) {
        NDArray scores = anchors.matMul(views.transpose()).div(constant(temperature));
        NDArray lead = scores.sub(constant(Math.log(share)));
        NDArray own = anchors.getManager().eye((int) anchors.getShape().get(0));
        NDArray found = softplus(lead.neg()).mul(own).sum(new int[] {1}).mul(trust);
        NDArray others = softplus(lead).mul(constant(1).sub(own)).sum(new int[] {1});
        return found.add(others).mean();
    }

    /** log(1 + eˣ) = max(x, 0) + log(1 + e^{−|x|}). */
    static NDArray softplus(NDArray x) {
        return x.maximum(constant(0)).add(x.abs().neg().exp().add(constant(1)).log());
    }

    private static NDArray project(Step step, String side, NDArray features) {
        int in = (int) features.getShape().get(1);
        Layers.Layer projection = step.companion()
                .layers("GACD projection of the " + side, net -> net.linear("projection", in, Contrast.WIDTH));
        return Contrast.unit(projection.apply(features, true));
    }

    @Override
    public String label() {
        return "GACD";
    }
}
