package ardent.provenance;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as text: the fewest digits that read back as the same number, on every Java version. */
final class Numbers {
    private Numbers() {}

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
