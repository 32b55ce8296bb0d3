package ardent.attack;

import ardent.attack.search.FabSearch;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.provenance.Arguments;

/**
 * Targeted {@link Fab} (Croce and Hein, ICML 2020): linearises the boundary towards one class, once for each of the
 * classes that come closest on the clean image; one gradient for each step instead of K. An image counts as broken with
 * any wrong class.
 *
 * @param ball the threat model, for acceptance and random starts
 * @param steps number of steps, at least 1
 * @param targets number of classes to try, at least 1; at most K − 1 are tried
 * @param restarts starts for each class, the first at the clean image; at least 1
 * @param mode whether an image is done at the first point within its radius, and forward passes serve twice
 */
public record FabT(Ball ball, int steps, int targets, int restarts, Mode mode) implements MultiRoundAttack {
    /** Validates its arguments. */
    public FabT {
        Arguments.given("ball, mode", ball, mode);
        Arguments.atLeastOne("step", steps);
        Arguments.atLeastOne("target", targets);
        Arguments.atLeastOne("restart", restarts);
    }

    /**
     * 100 steps for each of 9 targets, as in AutoAttack.
     *
     * @param ball the threat model
     */
    public FabT(Ball ball) {
        this(ball, 100, 9, 1, Mode.PARITY);
    }

    @Override
    public int rounds(int classes) {
        return TargetClasses.rounds(targets, restarts, classes);
    }

    @Override
    public SearchResult search(Network victim, Attempts tasks) {
        return FabSearch.search(victim, ball, steps, mode, tasks, TargetClasses.of(victim, tasks, restarts), restarts);
    }

    @Override
    public String label() {
        return steps == 100 ? "FAB-T" : "FAB-T-" + steps;
    }
}
