package ardent.grid;

import ardent.attack.Attack;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.evaluate.Protocol;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import ardent.train.Plan;
import java.util.List;

/**
 * All that a cell is, but for the bytes of teachers and images.
 *
 * @param architecture what is trained
 * @param method how; a trained teacher stands here as a {@link Teacher}
 * @param plan for how long, with the seed of the cell
 * @param training on what
 * @param test what it is judged on
 * @param attacks what judges besides clean accuracy
 * @param protocol how
 */
record CellDescription(
        Architecture architecture,
        Method method,
        Plan plan,
        Origin training,
        Origin test,
        List<Attack> attacks,
        Protocol protocol) {
    /**
     * A trained network, whose file travels beside.
     *
     * @param key under which it is found
     */
    record Teacher(String key) {}

    /** Under which images are found that travel as bytes. */
    static String key(Origin origin) {
        return "images " + Sha256.of(Description.of(origin).json());
    }

    /** The cell as a grid of its own. */
    Grid grid(Images training, Images test) {
        return new Grid(architecture, training, plan, test)
                .with(new Candidate(Candidate.Role.METHOD, architecture, method, plan))
                .seeds(plan.seed())
                .attacks(attacks.toArray(Attack[]::new))
                .protocol(protocol);
    }
}
