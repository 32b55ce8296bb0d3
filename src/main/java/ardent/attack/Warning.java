package ardent.attack;

import ardent.provenance.Arguments;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reason to doubt a robust accuracy.
 *
 * @param code what was seen
 * @param number how much of it
 */
public record Warning(Code code, double number) {
    private static final Pattern CODED = Pattern.compile("([A-Z_]+) \\((-?\\d[^)]*)\\): .*");

    /** Nothing is null. */
    public Warning {
        Arguments.given("code", code);
    }

    /** What checks look for. */
    public enum Code {
        /** The network's outputs look like probabilities; the number says nothing. */
        SOFTMAX("", "outputs are probabilities: every row sums to 1", "give the attack the logits before softmax"),
        /** Answers differ from call to call; the number is the largest distance of normalised logits, or 1. */
        RANDOMISED(
                "distance %s of normalised logits",
                "answers differ between equal calls", "use AutoAttack.Version.RAND, whose gradients are means"),
        /** Logits of an image depend on the rest of its batch; the number is the largest distance of normalised logits. */
        MIXES_IMAGES(
                "distance %s of normalised logits",
                "logits depend on the other images of the batch",
                "take statistics of the training, not of the batch, as evaluation mode does"),
        /** Share of images with zero gradient of the cross-entropy at a random start. */
        ZERO_GRADIENT(
                "%s % of the images tried",
                "the gradient is zero",
                "rely on Square and transfer more than on gradients, or attack through a smooth stand-in (BPDA)"),
        /** Share of images with gradients that are not numbers. */
        NAN_GRADIENT("%s % of the images tried", "gradients are not numbers", "look for divisions and logarithms of 0"),
        /** Share of images whose loss ten steps of APGD do not raise. */
        FLAT_LOSS(
                "%s % of the images tried",
                "ten steps do not raise the loss", "compare with Square, and attack a smoothed network"),
        /** How many accuracy points Square gained after attacks that see gradients. */
        SQUARE_WINS(
                "%s points of accuracy",
                "Square broke what gradient attacks left",
                "gradients mislead: use more queries, means over draws (EOT) or a smooth stand-in (BPDA)"),
        /** How many accuracy points another search without gradients gained after attacks that see them. */
        QUERIES_WIN(
                "%s points of accuracy",
                "an attack without gradients broke what gradient attacks left",
                "gradients mislead: use more queries, means over draws (EOT) or a smooth stand-in (BPDA)"),
        /** How many accuracy points images made on another network are stronger than the white-box attacks. */
        TRANSFER_WINS(
                "%s points of accuracy",
                "images made on another network broke more than white-box attacks",
                "gradients mislead: use a smooth stand-in (BPDA) or means over draws (EOT)"),
        /** Number of classes, too few for the difference of logits ratio. */
        FEW_CLASSES("%s classes", "classes are too few for AutoAttack", "the attack that ran instead has another name"),
        /** Number of target classes asked for beyond K − 1. */
        FEW_TARGETS("%s too many", "target classes do not exist", "only the K − 1 wrong classes were tried"),
        /** Adversarial images outside the ball or the pixel range; the number counts them. */
        OUTSIDE(
                "%s images",
                "adversarial images outside the ball or [0, 1] are not counted as broken", "fix the attack"),
        /** Adversarial images classified otherwise in another batch; the number counts them. */
        UNSTABLE("%s images", "answers depend on the batch", "look for batch statistics or borderline logits"),
        /** The network opened a gradient tape of its own; the number counts the calls. */
        DYNAMIC(
                "%s calls",
                "forward passes open a gradient tape", "static attacks underestimate such defences: adapt the attack");

        private final String unit;
        private final String what;
        private final String advice;

        Code(String unit, String what, String advice) {
            this.unit = unit;
            this.what = what;
            this.advice = advice;
        }

        /**
         * What was seen.
         *
         * @return half a sentence
         */
        public String what() {
            return what;
        }

        /**
         * What to do about it.
         *
         * @return half a sentence
         */
        public String advice() {
            return advice;
        }

        /**
         * Numbers with their unit, to be read.
         *
         * @param least the least of them
         * @param most the largest of them, or the same
         * @return such as {@code 8.4 points of accuracy} and {@code 40 to 97.9 % of the images tried}; empty where the number says nothing
         */
        public String amount(double least, double most) {
            String low = shown(least);
            String high = shown(most);
            String amount = unit.replace("%s", low.equals(high) ? low : low + " to " + high);
            return amount.replaceFirst("^1 (image|call|point|class)(?:es|s)\\b", "1 $1");
        }

        private String shown(double number) {
            double value = unit.startsWith("%s %") ? 100 * number : number;
            String pattern = Math.abs(value) < 0.1 ? "0.#####" : "0.#";
            var format = new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT));
            format.setRoundingMode(RoundingMode.HALF_UP); // as tables do
            return format.format(value);
        }
    }

    /**
     * The number as it is, without its unit.
     *
     * @return three digits, or all of a whole number
     */
    public String size() {
        return number == Math.rint(number) && Math.abs(number) >= 1
                ? String.format(Locale.ROOT, "%.0f", number)
                : String.format(Locale.ROOT, "%.3g", number);
    }

    /**
     * The warning for a file: {@link #read} reads it again.
     *
     * @return such as {@code SQUARE_WINS (8.40): Square broke …}
     */
    public String coded() {
        return code + " (" + size() + "): " + code.what + "; " + code.advice + ".";
    }

    /**
     * Reads a warning from a file.
     *
     * @param text what {@link #coded} wrote, in this version or an earlier one
     * @return the warning; empty if it is none, or one that this version does not know
     */
    public static Optional<Warning> read(String text) {
        Matcher coded = CODED.matcher(Arguments.given("text", text));
        return coded.matches()
                ? Arrays.stream(Code.values())
                        .filter(code -> code.name().equals(coded.group(1)))
                        .findFirst()
                        .map(code -> new Warning(code, Double.parseDouble(coded.group(2))))
                : Optional.empty();
    }

    /** The warning as a sentence: what was seen, how much of it with its unit, and what to do. */
    @Override
    public String toString() {
        String amount = code.amount(number, number);
        return code.what + (amount.isEmpty() ? "" : " (" + amount + ")") + "; " + code.advice + ".";
    }
}
