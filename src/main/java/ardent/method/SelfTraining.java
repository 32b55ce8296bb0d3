package ardent.method;

import ardent.attack.Ball;
import ardent.attack.Pgd;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Letter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Self-training (Lee, "Pseudo-label", ICML 2013 workshop; for robustness Carmon et al., NeurIPS 2019): the teacher's class, the arg max
 * of its logits of the clean image, takes the place of the label in any method.
 *
 * <p>The control of distillation on images that nobody has labelled: what does a teacher give beyond a label? The labels of the
 * images are not looked at, except by {@link Compensation.Transition}, which measures the teacher on those that are known.
 *
 * @param teacher who labels
 * @param method what is learned by, the learner
 */
public record SelfTraining(
        Network teacher, @Letter("learner") Method method) implements Method {
    /** Nothing is null, and nothing in it looks at labels by a {@link Trajectory} with a version for each class. */
    public SelfTraining {
        Arguments.given("teacher, method", teacher, method);
        if (Description.held(List.of(teacher, method), Trajectory.class).anyMatch(Trajectory::eachClass)) {
            throw new IllegalArgumentException(
                    "Self-training looks at no labels, and a trajectory with a version for each"
                            + " class does: take trajectory.eachClass(false).");
        }
    }

    /**
     * On TRADES, β = 6.
     *
     * @param teacher who labels
     * @param ball the threat model
     */
    public SelfTraining(Network teacher, Ball ball) {
        this(teacher, new Trades(ball));
    }

    @Override
    public @Nullable Pgd inner() {
        return method.inner();
    }

    @Override
    public Objective prepare(Step step) {
        return method.prepare(new Step(
                step.student(),
                step.images(),
                step.ask(teacher, step.images()).argMax(1),
                0,
                step.progress(),
                step.noise(),
                step.companion(),
                step.views(),
                step.answers(),
                step.seen()));
    }

    @Override
    public String label() {
        return method.label() + ", self-training";
    }
}
