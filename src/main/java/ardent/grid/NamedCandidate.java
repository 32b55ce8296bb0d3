package ardent.grid;

import ardent.provenance.Arguments;
import ardent.provenance.Description;

/**
 * A candidate as tables know it.
 *
 * @param name unique in its grid
 * @param label the name of its method, which others may share
 * @param role what it is compared as
 * @param description architecture, method and plan, with seed 0
 */
public record NamedCandidate(String name, String label, Candidate.Role role, Description description) {
    /** Nothing is null. */
    public NamedCandidate {
        Arguments.given("name, label, role, description", name, label, role, description);
    }
}
