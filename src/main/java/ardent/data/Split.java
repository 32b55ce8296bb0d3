package ardent.data;

import ardent.provenance.Arguments;

/**
 * A set of images in two disjoint parts.
 *
 * @param rest the images left, in their old order
 * @param held the images held out
 */
public record Split(Images rest, Images held) {
    /** Nothing is null. */
    public Split {
        Arguments.given("rest, held", rest, held);
    }
}
