package ardent.run;

import ardent.provenance.Arguments;
import ardent.provenance.Description;

/**
 * An accuracy of a run, with all that was asked: accuracies of equal names are comparable where the questions are equal.
 *
 * @param name {@code clean}, an attack, or one of these on validation images
 * @param question the attack with all its parameters, the images, and what the attack drew from
 * @param rate in [0, 1]
 */
public record RecordedAccuracy(String name, Description question, double rate) {
    /** Nothing is null. */
    public RecordedAccuracy {
        Arguments.given("name, question", name, question);
    }

    /** Under attack, on test images; the hash of their origin tells those apart that words do not. */
    record Tested(Description attack, String images, String origin, int batchSize, long seed) {}

    /** Without an attack. */
    record Clean(String images, String origin) {}

    /** On images held out of those named. */
    record Validated(Description attack, String images) {}
}
