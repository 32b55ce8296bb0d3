package ardent.attack;

import ardent.attack.search.FabSearch;
import ardent.network.Network;
import ardent.provenance.Arguments;

/**
 * Fast adaptive boundary attack (Croce and Hein, ICML 2020): searches the closest misclassified image by projecting
 * onto the linearised decision boundary inside the pixel range, with 5 % overshoot, a bias of at most 10 % towards the
 * clean image and a step back by 10 % after each success.
 *
 * <p>It asks for the gradients of all K logits at each step. An image counts as broken if the closest point found lies
 * within the radius. Equal to the version in AutoAttack, which has no final line search where the paper has one.
 *
 * @param ball the threat model, for acceptance and random starts
 * @param steps number of steps, at least 1
 * @param restarts starts with the images that remain correctly classified, the first at the clean image; at least 1
 * @param mode whether an image is done at the first point within its radius, and forward passes serve twice
 */
public record Fab(Ball ball, int steps, int restarts, Mode mode) implements MultiRoundAttack {
    /** Validates its arguments. */
    public Fab {
        Arguments.given("ball, mode", ball, mode);
        Arguments.atLeastOne("step", steps);
        Arguments.atLeastOne("restart", restarts);
    }

    /**
     * 100 steps from 5 starts, as in AutoAttack plus.
     *
     * @param ball the threat model
     */
    public Fab(Ball ball) {
        this(ball, 100, 5, Mode.PARITY);
    }

    @Override
    public int rounds(int classes) {
        return restarts;
    }

    @Override
    public SearchResult search(Network victim, Attempts tasks) {
        return FabSearch.search(victim, ball, steps, mode, tasks, null, restarts);
    }

    @Override
    public String label() {
        return steps == 100 ? "FAB" : "FAB-" + steps;
    }
}
