package ardent.train;

import ardent.provenance.Arguments;
import java.util.List;
import java.util.stream.Stream;

/** Refuses a plan that does not fit its images or its training, before work starts. */
public final class PlanCheck {
    private static final int SHARE = 5;

    /** A plan that asks for nothing beside its steps. */
    private static final Plan BARE = new Plan(1, 1, 1, 0, false, 0, new Schedule.Constant(), 0, 0, 0, false, 0);

    /** What only trainings of classifiers do. */
    private static final List<String> CLASSIFIERS =
            List.of("momentum", "nesterov", "augment", "averaging", "perturbation", "versions", "precision");

    private PlanCheck() {}

    /**
     * Refuses what the loop of a training that is not of a classifier would leave undone.
     *
     * @param training what is trained, for the sentence
     * @param plan what is asked
     * @param usual the plan of such trainings, of which everything is taken
     * @param more components that this loop does not use, beside those of classifiers
     * @throws IllegalArgumentException in one sentence, if a component that is not used is neither usual nor off
     */
    public static void unused(String training, Plan plan, Plan usual, List<String> more) {
        Arguments.given("training, plan, usual", training, plan, usual);
        Arguments.all("more", more);
        Stream.concat(CLASSIFIERS.stream(), more.stream()).forEach(component -> {
            Object asked = plan.component(component);
            Object expected = usual.component(component);
            if (!asked.equals(expected) && !asked.equals(BARE.component(component))) {
                throw new IllegalArgumentException("The training of " + training + " does not use the " + component
                        + " of a plan, and this plan has " + asked + ": leave it out.");
            }
        });
    }

    /** Refuses images that a plan would train nothing or little on. */
    static void of(Plan plan, int images) {
        plan.precision().require();
        int held = plan.validation();
        if (held > images / 2) {
            throw new IllegalArgumentException("The plan holds out " + held + " validation images and there are only "
                    + images + ", so that " + Math.max(0, images - held)
                    + " would be trained on: lower validation, as in"
                    + " plan.validation(" + images / SHARE + "); 0 holds out none and keeps the last epoch.");
        }
        rates(plan, images - held);
        if (plan.averaging() instanceof Averaging.Swa swa) {
            begins(plan, "Averaging", swa.from(), "averaging(Averaging.swa(" + (plan.epochs() + 1) / 2 + "))");
        }
        if (plan.perturbation() instanceof Perturbation.Awp awp) {
            begins(
                    plan,
                    "The perturbation of weights",
                    awp.from(),
                    "perturbation(Perturbation.awp(" + awp.gamma() + "))");
        }
    }

    /** Refuses a plan whose every step on some images has the rate 0. */
    public static void rates(Plan plan, int images) {
        if (images < 1) {
            throw new IllegalArgumentException("There are no images to train on.");
        }
        int steps = Batches.bounds(images, plan).count();
        for (int epoch = 1; epoch <= plan.epochs(); epoch++) {
            // Within an epoch only a warm-up changes from 0, and that after its first step.
            for (int step = 0; step < Math.min(2, steps); step++) {
                if ((float) plan.rateAt(epoch, step, steps) > 0) {
                    return;
                }
            }
        }
        throw new IllegalArgumentException("Every step of the plan has the rate 0, so that nothing would be trained: "
                + plan.epochs() + (plan.epochs() == 1 ? " epoch" : " epochs") + " of " + steps
                + (steps == 1 ? " step" : " steps") + " at rate " + plan.rate() + " with a warm-up of " + plan.warmup()
                + " epochs and the schedule " + plan.schedule()
                + ". Give it more epochs or smaller batches, or another schedule.");
    }

    private static void begins(Plan plan, String what, int from, String remedy) {
        if (from > plan.epochs()) {
            throw new IllegalArgumentException(what + " begins with epoch " + from + ", and the plan ends after "
                    + plan.epochs() + ": begin earlier, as in plan." + remedy + ", or take more epochs.");
        }
    }
}
