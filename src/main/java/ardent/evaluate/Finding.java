package ardent.evaluate;

import ardent.provenance.Arguments;
import java.util.Locale;

/**
 * Something that an independent check found wrong with a score.
 *
 * @param code what kind of thing
 * @param images in how many images
 * @param worst the largest violation, in pixels of [0, 1] or in logits
 */
public record Finding(Code code, int images, double worst) {
    /** Nothing is null. */
    public Finding {
        Arguments.given("code", code);
    }

    /** What can be wrong. */
    public enum Code {
        /** Pixels below 0 or above 1. */
        OUTSIDE_PIXELS("left the pixel range [0, 1], by at most %.3g, and were scored by their clean image: clamp what"
                + " the attack returns"),
        /** Images further away than the attack's ball allows. */
        OUTSIDE_BALL("left the attack's ball, by at most %.3g, and were scored by their clean image: project what the"
                + " attack returns"),
        /** NaN or infinite pixels. */
        NOT_FINITE("had pixels that are not finite and were scored by their clean image: find the division by zero"),
        /** Predictions that depend on the other images of the batch. */
        NOT_REPEATABLE(
                "had other logits when their batch was halved, by at most %.3g: the network mixes images, as batch"
                        + " normalisation does in training mode");

        private final String sentence;

        Code(String sentence) {
            this.sentence = sentence;
        }
    }

    /** With what was found of the same kind in other images. */
    Finding and(Finding other) {
        return new Finding(code, images + other.images, Math.max(worst, other.worst));
    }

    /**
     * The finding for a file.
     *
     * @return such as {@code OUTSIDE_BALL: 3 images left …}
     */
    public String coded() {
        return code + ": " + this;
    }

    /** The finding as a sentence that says what to do. */
    @Override
    public String toString() {
        String many = images == 1 ? "1 image " : images + " images ";
        return many + String.format(Locale.ROOT, code.sentence, worst) + ".";
    }
}
