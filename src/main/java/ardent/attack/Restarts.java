package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import java.util.Collections;
import java.util.List;

/**
 * An attack tried several times with other noise; each image keeps the first success, or the last failure. The noise of
 * a try does not depend on how many follow, so more restarts never break fewer images.
 *
 * @param attack what is tried
 * @param restarts how often, at least 1
 */
public record Restarts(Attack attack, int restarts) implements Attack.Composite {
    /** Checks the number. */
    public Restarts {
        Arguments.given("attack", attack);
        Arguments.atLeastOne("restart", restarts);
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return WorstOf.firstSuccess(Collections.nCopies(restarts, attack), victim, images, labels, noise);
    }

    @Override
    public List<Attack> attacks() {
        return List.of(attack);
    }

    @Override
    public String label() {
        return label(TargetClasses.MANY);
    }

    @Override
    public String label(int classes) {
        return attack.label(classes) + " ×" + restarts;
    }
}
