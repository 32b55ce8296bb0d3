package ardent.data;

import ardent.provenance.Arguments;

/**
 * One step from a set of images to a part of it.
 *
 * @param verb the method that chose, such as {@code take}
 * @param images number of images chosen
 * @param how what fixed the choice, such as {@code seed 0}; empty where the number says it all
 */
public record Selection(String verb, int images, String how) {
    /** Nothing is null. */
    public Selection {
        Arguments.given("verb", verb);
        Arguments.given("how", how);
    }

    @Override
    public String toString() {
        return how.isEmpty() ? verb + "(" + images + ")" : verb + "(" + images + ", " + how + ")";
    }
}
