package ardent.method;

import static ardent.tensor.Losses.at;
import static ardent.tensor.Losses.kl;
import static ardent.tensor.Losses.oneHot;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;

/**
 * DGAD, dynamic guidance adversarial distillation (Park and Min, ECCV 2024).
 *
 * <p>Inner: x' = argmax KL(p_T(x') ‖ p_S(x')) through both networks, as {@link AdaAd}. Outer, with T̂ the corrected
 * teacher: the mean of KL(p_T̂(x) ‖ p_S(x)) for images whose clean form the teacher gets wrong and KL(p_T̂(x') ‖
 * p_S(x')) for the others (misclassification-aware partition), plus β·mean (p_S(x) − p_S(x'))² (prediction
 * consistency). T̂ swaps the teacher's logit of the label with its largest one wherever it is wrong (error-corrective
 * label swapping).
 *
 * <p>With partition and swap off and β = 0 it is {@link AdaAd} with α = 1 to the last bit. The paper writes the
 * consistency as a norm; the code, followed here, takes the squared difference, a mean over images and classes. The
 * code's branch for MobileNetV2 multiplies the two means by a misplaced parenthesis; that is not followed. It divides
 * by the nominal batch size, here the actual one counts.
 *
 * @param teacher the robust teacher
 * @param inner the inner maximisation, of the divergence of teacher and student
 * @param partition whether images the teacher gets wrong are distilled clean
 * @param swap whether the teacher's errors are corrected
 * @param consistency weight β of the consistency, at least 0; 0 leaves it out
 */
public record Dgad(
        Network teacher,
        Pgd inner,
        boolean partition,
        boolean swap,
        @Letter("β") float consistency) implements Method {
    /** Checks β. */
    public Dgad {
        Arguments.given("teacher, inner", teacher, inner);
        Arguments.weight("weight β of the consistency", consistency);
    }

    /**
     * All parts, β = 1, and 10 steps of ε/4.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Dgad(Network teacher, Ball ball) {
        this(teacher, new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), true, true, 1);
    }

    /**
     * The authors' setting: L∞ 8/255, 10 steps of 2/255, all parts, β = 1.
     *
     * @param teacher the robust teacher
     */
    public Dgad(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public Objective prepare(Step step) {
        NDArray adversarial = AdaAd.search(step, teacher, inner);
        NDArray attackedTarget = step.ask(teacher, adversarial);
        NDArray cleanTarget = partition ? step.ask(teacher, step.images()) : attackedTarget;
        return () -> {
            NDArray clean = step.learn(step.images());
            return loss(step.learn(adversarial), clean, attackedTarget, cleanTarget, step.labels(), this);
        };
    }

    static Terms loss(
            NDArray adversarial,
            NDArray clean,
            NDArray attackedTarget,
            NDArray cleanTarget,
            NDArray labels,
            Dgad dgad) {
        NDArray hard = kl(adversarial, dgad.swap ? swapped(attackedTarget, labels) : attackedTarget);
        Terms loss;
        if (dgad.partition) {
            NDArray wrong = wrong(cleanTarget, labels);
            NDArray easy = kl(clean, dgad.swap ? swapped(cleanTarget, labels) : cleanTarget);
            loss = Terms.of("adversarial", hard.mul(constant(1).sub(wrong)).mean())
                    .and("clean", easy.mul(wrong).mean());
        } else {
            loss = Terms.of("adversarial", hard.mean());
        }
        if (dgad.consistency == 0) {
            return loss;
        }
        NDArray gap = adversarial.softmax(1).sub(clean.softmax(1));
        return loss.and("consistency", gap.mul(gap).mean().mul(constant(dgad.consistency)));
    }

    /** 1 where the logits' top class is not the label. */
    static NDArray wrong(NDArray logits, NDArray labels) {
        return logits.argMax(1).neq(labels).toType(DataType.FLOAT32, false);
    }

    /** Logits in which the label's and the largest one have changed places. */
    static NDArray swapped(NDArray logits, NDArray labels) {
        long classes = logits.getShape().get(1);
        NDArray top = logits.argMax(1);
        NDArray label = oneHot(labels, classes);
        NDArray rival = oneHot(top, classes).mul(constant(1).sub(label));
        NDArray others = constant(1).sub(label).sub(rival);
        return logits.mul(others)
                .add(at(logits, top).expandDims(1).mul(label))
                .add(at(logits, labels).expandDims(1).mul(rival));
    }

    @Override
    public String label() {
        return "DGAD";
    }
}
