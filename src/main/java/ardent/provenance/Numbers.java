package ardent.provenance;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Numbers as text: in descriptions the fewest digits that read back as the same number, on every Java version; in tables,
 * charts and names what a reader knows.
 */
public final class Numbers {
    /** Significant digits that people are shown. */
    private static final int SHOWN = 4;

    /** Pixels are multiples of 1/255, shares in formulas often of a sixth. */
    private static final int GREYS = 255;

    private static final int SIXTHS = 6;

    private Numbers() {}

    /**
     * A parameter as people write it.
     *
     * @param value a parameter
     * @return such as {@code 0.1} and {@code 6}; where four digits do not hold it, a fraction that it is as a float, {@code 5/6}
     *     or {@code 8/255}, or else the number rounded to four digits
     */
    public static String shown(float value) {
        return shown(widen(value));
    }

    /**
     * Parameters as people write them, beside each other.
     *
     * @param values parameters
     * @return one text each, with all digits where different values would look the same
     */
    public static List<String> shown(List<Float> values) {
        Arguments.all("values", values);
        return apart(
                values.stream().map(Numbers::shown).toList(),
                values.stream().map(value -> text(widen(value))).toList());
    }

    /** Short texts, or the exact ones of those that look the same and are not. */
    static List<String> apart(List<String> shown, List<String> exact) {
        return IntStream.range(0, shown.size())
                .mapToObj(i -> IntStream.range(0, shown.size())
                                .allMatch(j -> !shown.get(j).equals(shown.get(i))
                                        || exact.get(j).equals(exact.get(i)))
                        ? shown.get(i)
                        : exact.get(i))
                .toList();
    }

    /**
     * A share of images in %, with the digits that so many images support.
     *
     * @param rate a share in [0, 1]
     * @param images of how many
     * @return one decimal up to 1,000 images and two beyond
     */
    public static String percent(double rate, int images) {
        double points = 100 * rate;
        return Double.isFinite(points)
                ? decimals(points, images > 1000 ? 2 : 1).toPlainString()
                : Double.toString(points);
    }

    /**
     * A number with so many decimals; a half is rounded up, in tables, texts and charts alike.
     *
     * @param value a finite number
     * @param decimals how many, at least 0
     * @return the number as it is printed
     */
    public static BigDecimal decimals(double value, int decimals) {
        return new BigDecimal(String.format(Locale.ROOT, "%." + decimals + "f", value));
    }

    static String shown(double value) {
        if (!Double.isFinite(value) || value == 0) {
            return value == 0 ? "0" : Double.toString(value);
        }
        BigDecimal digits = new BigDecimal(text(value)).stripTrailingZeros();
        if (digits.scale() <= 0 && digits.precision() - digits.scale() <= 15) {
            return digits.toPlainString();
        }
        if (digits.precision() <= SHOWN) {
            return plain(digits);
        }
        return fraction(value, SIXTHS)
                .or(() -> fraction(value, GREYS))
                .orElseGet(() -> plain(digits.round(new MathContext(SHOWN)).stripTrailingZeros()));
    }

    private static String plain(BigDecimal digits) {
        return digits.scale() <= SIXTHS
                ? digits.toPlainString()
                : digits.toString().replace('E', 'e');
    }

    /** The value as a fraction, if the nearest one is the same float. */
    private static Optional<String> fraction(double value, int parts) {
        long part = Math.round(value * parts);
        if ((float) value != (float) part / parts || Math.abs(part) >= 2L * parts) {
            return Optional.empty();
        }
        boolean third = parts == SIXTHS && part % 2 == 0;
        return Optional.of(third ? part / 2 + "/3" : part + "/" + parts);
    }

    /** The double nearest to the shortest decimal of a float, so that 0.2f is written 0.2. */
    static double widen(float value) {
        if (!Float.isFinite(value) || value == 0) {
            return value;
        }
        for (int digits = 1; digits < 10; digits++) {
            double rounded = rounded(value, digits).doubleValue();
            if ((float) rounded == value) {
                return rounded;
            }
        }
        return value;
    }

    static String text(Object value) {
        return value instanceof Double number ? text(number.doubleValue()) : value.toString();
    }

    private static String text(double value) {
        if (!Double.isFinite(value) || value == 0) {
            return Double.toString(value);
        }
        int digits = 1;
        while (rounded(value, digits).doubleValue() != value) {
            digits++;
        }
        BigDecimal shortest = rounded(value, digits).stripTrailingZeros();
        double size = Math.abs(value);
        if (size < 1e-4 || size >= 1e15) {
            String text = shortest.toString();
            return text.contains("E") ? text : text + "E0";
        }
        return shortest.scale() <= 0 ? shortest.setScale(1).toPlainString() : shortest.toPlainString();
    }

    private static BigDecimal rounded(double value, int digits) {
        return new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }
}
