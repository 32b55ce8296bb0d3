package ardent.attack;

import ardent.attack.search.ApgdSearch;
import ardent.network.Network;
import ardent.provenance.Arguments;

/**
 * Auto-PGD (Croce and Hein, ICML 2020): projected gradient ascent with momentum whose step halves by itself.
 *
 * <p>u = Π(x + η·steepest(∇)), x ← Π(x + ¾(u − x) + ¼(x − x₋₁)), η = 2ε at first. At checkpoints η halves, and x goes
 * back to the best point, where the loss rose in at most ¾ of the steps or, where the last checkpoint kept η, the best
 * loss has not risen since then. Equal to the reference code, which counts the bound ¾ as too little where the paper does
 * not. The adversarial image of {@link Mode#PARITY} is the last misclassified point, that of {@link Mode#FAST} an earlier one.
 *
 * @param ball the threat model
 * @param goal what it climbs: cross-entropy, difference of logits ratio or margin
 * @param steps number of steps, at least 1
 * @param restarts how often it starts anew with the images that remain correctly classified, at least 1
 * @param draws forward passes whose gradients are averaged at each point (EOT), for randomised networks; at least 1
 * @param mode whether broken images leave the batch at once
 */
public record Apgd(Ball ball, Goal goal, int steps, int restarts, int draws, Mode mode) implements MultiRoundAttack {
    /** Validates its arguments. */
    public Apgd {
        Arguments.given("ball, goal, mode", ball, goal, mode);
        Arguments.atLeastOne("step", steps);
        Arguments.atLeastOne("restart", restarts);
        Arguments.atLeastOne("draw", draws);
        if (goal.targeted()) {
            throw new IllegalArgumentException("The goal " + goal + " needs a target class; use ApgdT.");
        }
    }

    /**
     * 100 steps from one start, as in AutoAttack.
     *
     * @param ball the threat model
     * @param goal what it climbs
     */
    public Apgd(Ball ball, Goal goal) {
        this(ball, goal, 100, 1, 1, Mode.PARITY);
    }

    /**
     * 100 steps on the cross-entropy from one start, as in AutoAttack.
     *
     * @param ball the threat model
     */
    public Apgd(Ball ball) {
        this(ball, Goal.CE);
    }

    /**
     * With another number of restarts.
     *
     * @param restarts at least 1
     * @return a changed copy
     */
    public Apgd restarts(int restarts) {
        return new Apgd(ball, goal, steps, restarts, draws, mode);
    }

    /**
     * With another number of steps.
     *
     * @param steps at least 1
     * @return a changed copy
     */
    public Apgd steps(int steps) {
        return new Apgd(ball, goal, steps, restarts, draws, mode);
    }

    @Override
    public boolean averagesDraws() {
        return draws > 1;
    }

    @Override
    public void requireClasses(int classes) {
        goal.require(classes);
    }

    @Override
    public int rounds(int classes) {
        return restarts;
    }

    @Override
    public SearchResult search(Network victim, Attempts tasks) {
        return ApgdSearch.search(victim, ball, goal, steps, draws, mode, tasks, tasks.labels());
    }

    @Override
    public String label() {
        return label(goal, steps);
    }

    static String label(Goal goal, int steps) {
        return "APGD-" + goal.text() + (steps == 100 ? "" : "-" + steps);
    }
}
