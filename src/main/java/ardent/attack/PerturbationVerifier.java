package ardent.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.attack.search.Rows;
import ardent.provenance.Arguments;
import ardent.tensor.Tape;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where adversarial images lie: the one rule of ball and pixel range for every verb, in double precision on the host and
 * without the arithmetic that made them.
 *
 * <p>An image may lie beyond its radius by 1e-6 for L∞ and by 1e-5 · max(ε, 1) for L2. That is what 32-bit arithmetic
 * needs: it moves a pixel by at most 6e-8 in each operation and, over the 150,528 pixels of an image of 224 × 224, the
 * length by some 1e-5. The pixel range [0, 1] is kept exactly, because clamping is exact.
 */
public final class PerturbationVerifier {
    private static final double LINF_TOLERANCE = 1e-6;
    private static final double L2_TOLERANCE = 1e-5;

    private PerturbationVerifier() {}

    /**
     * Where one image lies.
     *
     * @param finite whether all its pixels are numbers; if not, nothing else is known
     * @param linf largest change of a pixel
     * @param l2 length of the change
     * @param outside by how much it leaves the pixel range [0, 1], 0 where it does not
     * @param beyond by how much it leaves the ball, 0 where it does not or where there is none
     */
    public record Place(boolean finite, double linf, double l2, double outside, double beyond) {
        /**
         * Whether the image counts.
         *
         * @return true if it is finite and left neither the pixel range nor the ball
         */
        public boolean allowed() {
            return finite && outside == 0 && beyond == 0;
        }
    }

    /**
     * Measures one image of a batch.
     *
     * @param ball the threat model, or null for none
     * @param radius ε of this image
     * @param clean pixels of the clean images
     * @param adversarial pixels of the adversarial images
     * @param from where the image begins in both
     * @param size how many pixels it has
     * @return where it lies
     */
    public static Place look(
            @Nullable Ball ball, double radius, float[] clean, float[] adversarial, int from, int size) {
        double most = 0;
        double squares = 0;
        double outside = 0;
        for (int i = from; i < from + size; i++) {
            double pixel = adversarial[i];
            if (!Double.isFinite(pixel)) {
                return new Place(false, Double.NaN, Double.NaN, 0, 0);
            }
            double change = Math.abs(pixel - clean[i]);
            most = Math.max(most, change);
            squares += change * change;
            outside = Math.max(outside, Math.max(-pixel, pixel - 1));
        }
        double length = Math.sqrt(squares);
        double beyond = (ball instanceof Linf ? most : length) - radius;
        boolean kept = ball == null || beyond <= tolerance(ball instanceof Linf, radius);
        return new Place(true, most, length, outside, kept ? 0 : beyond);
    }

    /**
     * How far beyond a radius 32-bit arithmetic may lead.
     *
     * @param linf whether the norm is L∞, else L2
     * @param radius ε
     * @return in pixels of [0, 1]
     */
    public static double tolerance(boolean linf, double radius) {
        return linf ? LINF_TOLERANCE : L2_TOLERANCE * Math.max(radius, 1);
    }

    /**
     * Refuses what an attack must not return.
     *
     * @param attack its name
     * @param wanted shape of the images it was given
     * @param found what it returned
     * @throws IllegalArgumentException in one sentence, unless those are float images of the same shape
     */
    public static void answer(String attack, Shape wanted, @Nullable NDArray found) {
        if (found == null || !found.getShape().equals(wanted)) {
            throw new IllegalArgumentException("The attack " + attack + " returned "
                    + (found == null ? "null" : "shape " + found.getShape()) + " for images of shape " + wanted + ".");
        }
        if (found.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException("The attack " + attack + " returned " + found.getDataType()
                    + " for float32 images; return toType(DataType.FLOAT32, false).");
        }
    }

    /**
     * The images of an attack that count.
     *
     * @param images what it returned, and the clean image where that does not count
     * @param outside which images left the ball or the pixel range or are not finite
     */
    public record Counted(NDArray images, BitSet outside) {
        /** Nothing is null. */
        public Counted {
            Arguments.given("images, outside", images, outside);
        }
    }

    /**
     * Judges all that an attack returned.
     *
     * @param attack the attack
     * @param clean {@code [N, C, H, W]}, which the attack could not change
     * @param found what it returned
     * @return the images that count
     * @throws IllegalArgumentException in one sentence, unless the result is float images of the same shape
     */
    public static Counted counted(Attack attack, NDArray clean, @Nullable NDArray found) {
        BitSet outside = outside(attack, clean, found);
        NDArray shown = Objects.requireNonNull(found);
        if (!outside.isEmpty()) { // no network is asked what it says of NaN
            long[] left = outside.stream().asLongStream().toArray();
            shown = shown.duplicate();
            Rows.put(shown, left, Rows.pick(clean, left));
        }
        return new Counted(shown, outside);
    }

    private static BitSet outside(Attack attack, NDArray clean, @Nullable NDArray found) {
        answer(attack.label(), clean.getShape(), found);
        List<Place> places = Tape.read(() -> places(attack.ball(), clean, Objects.requireNonNull(found)));
        var outside = new BitSet();
        IntStream.range(0, places.size()).filter(i -> !places.get(i).allowed()).forEach(outside::set);
        return outside;
    }

    /**
     * Checks all that an attack returned.
     *
     * @param attack the attack
     * @param clean {@code [N, C, H, W]}, which the attack could not change
     * @param found what it returned
     * @return a sentence, if images left the ball or the pixel range or are not finite
     * @throws IllegalArgumentException in one sentence, unless the result is float images of the same shape
     */
    public static Optional<String> trouble(Attack attack, NDArray clean, @Nullable NDArray found) {
        int outside = outside(attack, clean, found).cardinality();
        return outside == 0
                ? Optional.empty()
                : Optional.of(attack.label() + ": " + outside + (outside == 1 ? " image is" : " images are")
                        + " outside the ball or [0, 1]; fix the attack.");
    }

    /** Measures every image of a batch. */
    static List<Place> places(@Nullable Ball ball, NDArray clean, NDArray found) {
        float[] before = clean.toFloatArray();
        float[] after = found.toFloatArray();
        int count = Math.toIntExact(clean.getShape().get(0));
        int size = before.length / count;
        double radius = ball == null ? 0 : ball.radius();
        return IntStream.range(0, count)
                .mapToObj(i -> look(ball, radius, before, after, i * size, size))
                .toList();
    }

    /** Whether one image lies in [0, 1] and within the radius. */
    static boolean inside(@Nullable Ball ball, double radius, float[] clean, float[] adversarial) {
        return look(ball, radius, clean, adversarial, 0, clean.length).allowed();
    }
}
