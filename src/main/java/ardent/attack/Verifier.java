package ardent.attack;

/** Checks adversarial images without the arithmetic that made them: in double precision, on the host. */
final class Verifier {
    private static final double LINF_TOLERANCE = 1e-6;
    private static final double L2_TOLERANCE = 1e-5;

    private Verifier() {}

    /**
     * Whether an image lies in [0, 1] and within the radius, plus 1e-6 for L∞ and 1e-5 · max(ε, 1) for L2, by which
     * 32-bit arithmetic may miss it.
     */
    static boolean inside(Ball ball, double radius, float[] clean, float[] adversarial) {
        double most = 0;
        double squares = 0;
        for (int i = 0; i < clean.length; i++) {
            if (!(adversarial[i] >= 0 && adversarial[i] <= 1)) {
                return false;
            }
            double change = Math.abs((double) adversarial[i] - clean[i]);
            most = Math.max(most, change);
            squares += change * change;
        }
        return ball instanceof Linf
                ? most <= radius + LINF_TOLERANCE
                : Math.sqrt(squares) <= radius + L2_TOLERANCE * Math.max(radius, 1);
    }
}
