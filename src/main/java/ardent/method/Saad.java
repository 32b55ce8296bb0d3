package ardent.method;

import static ardent.tensor.Losses.at;
import static ardent.tensor.Losses.kl;
import static ardent.tensor.Losses.oneHot;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import ardent.tensor.Tape;
import java.util.function.UnaryOperator;

/**
 * SAAD, sample-wise adaptive adversarial distillation (Lee and Chung, TMLR 2026): what counts is whether images that
 * fool the student also make the teacher unsure.
 *
 * <p>Inner: x' = argmax KL(σ(z̃_T(x')) ‖ p_S(x')), where z̃_T is z_T(x) with the label's logit moved by its
 * linearisation, λ·⟨∇_x z_T^y(x), x' − x⟩: one backward pass of the teacher for the whole search. Outer, the mean over
 * images of w·[KL(p_T(x') ‖ p_S(x')) + α·r·G] + β·(1 − ŵ)·KL(p_T(x) ‖ p_S(x)), with G the term of {@link Igdm}, r the
 * share of the training that is done, w = 5·(H − min H) from the entropy H of p_T(x'), and ŵ = w scaled to [0, 1] over
 * the batch.
 *
 * <p>As shipped β is 0: the clean term vanishes and the image of least entropy has weight 0. The clean images pass the
 * student in training mode all the same, as in the code. The authors count whole epochs in r, and average weights from
 * epoch 95 of 200, which is a matter of the loop. Orders γ other than 1 (Rényi) follow the paper.
 *
 * @param teacher the robust teacher
 * @param inner the inner maximisation, of the divergence from the linearised teacher
 * @param linear weight λ of the linearisation, at least 0; at 0 the search is RSLAD's
 * @param scale of the weights, greater than 0; the authors' is 5
 * @param order γ of the entropy, greater than 0; 1 is Shannon's
 * @param clean weight β of the clean term, at least 0
 * @param gradients weight α of the gradients, at least 0; the authors' is 1 for CIFAR-10, 10 for CIFAR-100
 */
public record Saad(
        Network teacher,
        Pgd inner,
        @Letter("λ") float linear,
        float scale,
        @Letter("γ") float order,
        @Letter("β") float clean,
        @Letter("α") float gradients)
        implements Method {
    /** Checks the numbers. */
    public Saad {
        Arguments.given("teacher, inner", teacher, inner);
        Arguments.weight("weight λ of the linearisation", linear);
        Arguments.positive("scale of the weights", scale);
        Arguments.positive("order γ of the entropy", order);
        Arguments.weight("weight β of the clean term", clean);
        Arguments.weight("weight α of the gradients", gradients);
    }

    /** Logits at x + δ, x − δ and x. */
    record Answers(NDArray plus, NDArray minus, NDArray clean) {
        NDArray difference() {
            return plus.sub(minus);
        }
    }

    /**
     * λ = 1, γ = 1, β = 0, α = 1 and 10 steps of ε/4.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Saad(Network teacher, Ball ball) {
        this(teacher, new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), 1, 5, 1, 0, 1);
    }

    /**
     * The authors' setting: L∞ 8/255, 10 steps of 2/255, λ = 1, γ = 1, β = 0, α = 1.
     *
     * @param teacher the robust teacher
     */
    public Saad(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray images = step.images();
        // The logits are targets, not a search.
        NDList told = Precision.FLOAT32.during(() -> Tape.differentiate(images, x -> {
            NDArray logits = step.follow(teacher, x);
            return new NDList(at(logits, step.labels()), logits);
        }));
        NDArray calm = told.get(2);
        UnaryOperator<NDArray> target = linearised(told.head(), calm, images, step.labels(), linear);
        NDArray adversarial =
                inner.ascend(images, step.noise(), x -> kl(step.student().logits(x), target.apply(x)));
        NDArray opposite = Igdm.opposite(images, adversarial);
        var taught = new Answers(step.ask(teacher, adversarial), step.ask(teacher, opposite), calm);
        return () -> {
            NDArray plus = step.learn(adversarial);
            NDArray minus = step.learn(opposite);
            return loss(new Answers(plus, minus, step.learn(images)), taught, step.progress(), this);
        };
    }

    /** The teacher's clean logits with the label's moved along its gradient. */
    static UnaryOperator<NDArray> linearised(
            NDArray slope, NDArray calm, NDArray images, NDArray labels, float linear) {
        NDArray truth = oneHot(labels, calm.getShape().get(1)).mul(constant(linear));
        return x -> {
            NDArray rise = x.sub(images).mul(slope).sum(new int[] {1, 2, 3});
            return calm.add(truth.mul(rise.expandDims(1)));
        };
    }

    static Terms loss(Answers student, Answers teacher, double progress, Saad saad) {
        NDArray entropy = entropy(teacher.plus, saad.order);
        NDArray weight = weight(entropy, saad.scale);
        NDArray match =
                kl(student.difference(), teacher.difference()).mul(weight).mean();
        Terms loss = Terms.of(
                        "adversarial",
                        kl(student.plus, teacher.plus).mul(weight).mean())
                .and("gradients", Terms.scaled(match, saad.gradients * progress));
        if (saad.clean == 0) {
            return loss;
        }
        NDArray calm = constant(1).sub(normalised(weight));
        return loss.and(
                "clean", kl(student.clean, teacher.clean).mul(calm).mean().mul(constant(saad.clean)));
    }

    /** w, 0 for the image of least entropy. */
    static NDArray weight(NDArray entropy, float scale) {
        return entropy.sub(entropy.min()).mul(constant(scale));
    }

    /** ŵ, in [0, 1]. */
    static NDArray normalised(NDArray weight) {
        return weight.div(weight.max().add(constant(1e-8)));
    }

    /** Rényi's entropy of order γ of each row; Shannon's for γ = 1. */
    static NDArray entropy(NDArray logits, float order) {
        NDArray log = logits.logSoftmax(1);
        return order == 1
                ? log.exp().mul(log).sum(new int[] {1}).neg()
                : log.mul(constant(order)).exp().sum(new int[] {1}).log().div(constant(1 - order));
    }

    @Override
    public String label() {
        return "SAAD";
    }
}
