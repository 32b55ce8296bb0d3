package ardent.attack;

import ardent.provenance.Arguments;
import java.util.Locale;

/**
 * A reason to doubt a robust accuracy.
 *
 * @param code what was seen
 * @param number how much of it
 */
public record Warning(Code code, double number) {
    /** Nothing is null. */
    public Warning {
        Arguments.given("code", code);
    }

    /** What checks look for. */
    public enum Code {
        /** The network's outputs look like probabilities. */
        SOFTMAX("outputs are probabilities: every row sums to 1", "give the attack the logits before softmax"),
        /** Answers differ from call to call; the number is the largest distance of normalised logits, or 1. */
        RANDOMISED("answers differ between equal calls", "use AutoAttack.Version.RAND, whose gradients are means"),
        /** Logits of an image depend on the rest of its batch; the number is the largest distance of normalised logits. */
        MIXES_IMAGES(
                "logits depend on the other images of the batch",
                "take statistics of the training, not of the batch, as evaluation mode does"),
        /** Share of images with zero gradient of the cross-entropy at a random start. */
        ZERO_GRADIENT(
                "images have no gradient",
                "trust Square and transfer more than gradients, or attack through a smooth stand-in (BPDA)"),
        /** Share of images with gradients that are not numbers. */
        NAN_GRADIENT("images have gradients that are not numbers", "look for divisions and logarithms of 0"),
        /** Share of images whose loss ten steps of APGD do not raise. */
        FLAT_LOSS("images see no loss rise in ten steps", "compare Square, and attack a smoothed network"),
        /** How many accuracy points Square gained after attacks that see gradients. */
        SQUARE_WINS(
                "Square broke what gradient attacks left",
                "gradients mislead: use more queries, means over draws (EOT) or a smooth stand-in (BPDA)"),
        /** How many accuracy points images made on another network are stronger than the white-box attacks. */
        TRANSFER_WINS(
                "images made on another network broke more than white-box attacks",
                "gradients mislead: use a smooth stand-in (BPDA) or means over draws (EOT)"),
        /** Number of classes, too few for the difference of logits ratio. */
        FEW_CLASSES("classes are too few for AutoAttack", "the attack that ran instead has another name"),
        /** Number of target classes asked for beyond K − 1. */
        FEW_TARGETS("target classes do not exist", "only the K − 1 wrong classes were tried"),
        /** Adversarial images outside the ball or the pixel range; the number counts them. */
        OUTSIDE("images left the ball or [0, 1] and do not count", "report this attack as broken"),
        /** Adversarial images classified otherwise in another batch; the number counts them. */
        UNSTABLE("answers depend on the batch", "look for batch statistics or borderline logits"),
        /** The network opened a gradient tape of its own; the number counts the calls. */
        DYNAMIC("forward passes open a gradient tape", "static attacks underestimate such defences: adapt the attack");

        private final String what;
        private final String advice;

        Code(String what, String advice) {
            this.what = what;
            this.advice = advice;
        }

        /**
         * What to do about it.
         *
         * @return half a sentence
         */
        public String advice() {
            return advice;
        }
    }

    /**
     * The number, to be read.
     *
     * @return three digits, or all of a whole number
     */
    public String size() {
        return number == Math.rint(number) && Math.abs(number) >= 1
                ? String.format(Locale.ROOT, "%.0f", number)
                : String.format(Locale.ROOT, "%.3g", number);
    }

    @Override
    public String toString() {
        return code + " (" + size() + "): " + code.what + "; " + code.advice + ".";
    }
}
