package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;

/**
 * What a search found.
 *
 * @param images one for each task: adversarial where it is broken, anything elsewhere
 * @param broken which ones are
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record SearchResult(NDArray images, boolean... broken) {
    /** Nothing is null. */
    public SearchResult {
        Arguments.given("images, broken", images, broken);
    }
}
