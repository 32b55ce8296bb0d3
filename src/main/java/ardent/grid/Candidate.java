package ardent.grid;

import ardent.method.Method;
import ardent.network.Architecture;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.train.Plan;

/**
 * One row of a grid: what is trained, how, and what for.
 *
 * @param role what it is compared as
 * @param architecture what to train
 * @param method how
 * @param plan for how long; its seed is that of the cell
 */
public record Candidate(Role role, Architecture architecture, Method method, Plan plan) {
    /** Nothing is null. */
    public Candidate {
        Arguments.given("role, architecture, method, plan", role, architecture, method, plan);
    }

    /**
     * A candidate as tables know it.
     *
     * @param name unique in its grid
     * @param label the name of its method, which others may share
     * @param role what it is compared as
     * @param architecture what is trained
     * @param description architecture, method and plan, with seed 0
     */
    public record Named(String name, String label, Role role, Architecture architecture, Description description) {
        /** Nothing is null. */
        public Named {
            Arguments.given(
                    "name, label, role, architecture, description", name, label, role, architecture, description);
        }
    }

    /** What a candidate is compared as. */
    public enum Role {
        /** What the grid is about; compared with the best baseline. */
        METHOD,
        /** What methods have to beat. */
        BASELINE,
        /** Shows that a gain is not due to something simpler; compared as methods are. */
        CONTROL
    }
}
