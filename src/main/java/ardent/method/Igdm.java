package ardent.method;

import static ardent.tensor.Losses.kl;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import ardent.tensor.Tape;
import org.jspecify.annotations.Nullable;

/**
 * IGDM, indirect gradient distillation (Lee, Cho, Kim, ICLR 2025): beside what a host method teaches, the student
 * learns the teacher's input gradient, by central differences.
 *
 * <p>Inner: the host's. Outer: the host's loss + α·r·mean KL(σ(z_T(x + δ) − z_T(x − δ)) ‖ σ(z_S(x + δ) − z_S(x − δ)))
 * with δ = x' − x of the host and r the share of the training that is done; the authors count whole epochs, from 1/E to
 * 1. The host's own prediction of x' serves both. x − δ may leave the pixel range by up to ε, as in the code. Any host
 * does that learns ({@link Step#learn}) one set of images beside the clean ones.
 *
 * <p>The authors' repository calls its search with stride and radius swapped; that is not followed, and {@link Pgd}
 * refuses it.
 *
 * @param host the method it is added to
 * @param teacher whose gradient is matched, as a rule the host's teacher
 * @param weight α, at least 0; 0 leaves it out. The authors' is 1 for CIFAR-10, 10 for CIFAR-100
 */
public record Igdm(
        Method host, Network teacher, @Letter("α") float weight) implements Method {
    /** Checks α. */
    public Igdm {
        Arguments.given("host, teacher", host, teacher);
        Arguments.weight("weight α of the gradients", weight);
    }

    /**
     * α = 1.
     *
     * @param host the method it is added to
     * @param teacher whose gradient is matched
     */
    public Igdm(Method host, Network teacher) {
        this(host, teacher, 1);
    }

    /**
     * On AdaAD, the host of the authors' code, α = 1.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Igdm(Network teacher, Ball ball) {
        this(new AdaAd(teacher, ball), teacher);
    }

    /**
     * On AdaAD at L∞ 8/255, α = 1.
     *
     * @param teacher the robust teacher
     */
    public Igdm(Network teacher) {
        this(teacher, new Linf());
    }

    @Override
    public @Nullable Pgd inner() {
        return host.inner();
    }

    @Override
    public Objective prepare(Step step) {
        Objective objective = host.prepare(step);
        return weight == 0 ? objective : () -> objective.value().and(match(step));
    }

    private Terms match(Step step) {
        Step.View plus = step.adversarial();
        NDArray opposite = opposite(step.images(), plus.images());
        NDArray gap = Tape.quiet(() -> step.ask(teacher, plus.images()).sub(step.ask(teacher, opposite)));
        NDArray own = plus.outputs().logits().sub(step.learn(opposite));
        return loss(own, gap, weight * step.progress());
    }

    /** The images on the other side, x − δ. */
    static NDArray opposite(NDArray images, NDArray adversarial) {
        return images.sub(adversarial.sub(images));
    }

    /** The term of one batch, from the differences z(x + δ) − z(x − δ) of student and teacher. */
    static Terms loss(NDArray student, NDArray teacher, double weight) {
        return Terms.of("gradients", Terms.scaled(kl(student, teacher).mean(), weight));
    }

    @Override
    public String label() {
        return host.label() + "+IGDM";
    }
}
