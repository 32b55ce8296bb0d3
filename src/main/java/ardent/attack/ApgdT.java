package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.ApgdSearch;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.provenance.Arguments;

/**
 * Targeted Auto-PGD (Croce and Hein, ICML 2020): {@link Apgd} on the targeted difference of logits ratio, once for each
 * of the classes that come closest on the clean image. An image counts as broken with any wrong class.
 *
 * @param ball the threat model
 * @param goal what it climbs, a targeted goal
 * @param steps number of steps, at least 1
 * @param targets number of classes to try, at least 1; at most K − 1 are tried
 * @param restarts how often it starts anew for each class, at least 1
 * @param mode whether broken images leave the batch at once
 */
public record ApgdT(Ball ball, Goal goal, int steps, int targets, int restarts, Mode mode) implements MultiRoundAttack {
    /** Validates its arguments. */
    public ApgdT {
        Arguments.given("ball, goal, mode", ball, goal, mode);
        Arguments.atLeastOne("step", steps);
        Arguments.atLeastOne("target", targets);
        Arguments.atLeastOne("restart", restarts);
        if (!goal.targeted()) {
            throw new IllegalArgumentException("The goal " + goal + " has no target class; use Apgd.");
        }
    }

    /**
     * 100 steps for each of 9 targets, as in AutoAttack.
     *
     * @param ball the threat model
     * @param goal what it climbs, a targeted goal
     */
    public ApgdT(Ball ball, Goal goal) {
        this(ball, goal, 100, 9, 1, Mode.PARITY);
    }

    /**
     * 100 steps for each of 9 targets on the difference of logits ratio, as in AutoAttack.
     *
     * @param ball the threat model
     */
    public ApgdT(Ball ball) {
        this(ball, Goal.TARGETED_DLR);
    }

    /**
     * With another number of target classes.
     *
     * @param targets at least 1
     * @return a changed copy
     */
    public ApgdT targets(int targets) {
        return new ApgdT(ball, goal, steps, targets, restarts, mode);
    }

    /**
     * With another number of steps.
     *
     * @param steps at least 1
     * @return a changed copy
     */
    public ApgdT steps(int steps) {
        return new ApgdT(ball, goal, steps, targets, restarts, mode);
    }

    @Override
    public void requireClasses(int classes) {
        goal.require(classes);
    }

    @Override
    public int rounds(int classes) {
        return TargetClasses.rounds(targets, restarts, classes);
    }

    @Override
    public SearchResult search(Network victim, Attempts tasks) {
        NDArray goals = TargetClasses.of(victim, tasks, restarts);
        return ApgdSearch.search(victim, ball, goal, steps, 1, mode, tasks, goals);
    }

    @Override
    public String label() {
        return Apgd.label(goal, steps);
    }
}
