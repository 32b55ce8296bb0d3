package ardent.evaluate;

import ardent.evaluate.statistics.Interval;
import ardent.provenance.Arguments;
import java.util.BitSet;
import java.util.function.IntPredicate;

/** Which of the images were classified correctly; immutable. */
public final class CorrectImages {
    private final BitSet right;
    private final int size;

    private CorrectImages(BitSet right, int size) {
        this.right = right;
        this.size = size;
    }

    /**
     * Asks for every image.
     *
     * @param size number of images, at least 1
     * @param right whether an image was classified correctly
     * @return the images
     */
    public static CorrectImages of(int size, IntPredicate right) {
        Arguments.given("right", right);
        var bits = new BitSet(size);
        for (int i = 0; i < size; i++) {
            bits.set(i, right.test(i));
        }
        return new CorrectImages(bits, size);
    }

    /**
     * Number of images.
     *
     * @return at least 1
     */
    public int size() {
        return size;
    }

    /**
     * Number of images classified correctly.
     *
     * @return 0 to {@link #size}
     */
    public int count() {
        return right.cardinality();
    }

    /**
     * Whether one image was classified correctly.
     *
     * @param i its index
     * @return true if it was
     */
    public boolean at(int i) {
        return right.get(i);
    }

    /**
     * Images correct in both: robust against several attacks are those that are correct under each.
     *
     * @param other the same images asked in another way
     * @return those correct in both
     */
    public CorrectImages and(CorrectImages other) {
        if (size != other.size) {
            throw new IllegalArgumentException(
                    "Predictions of " + size + " and of " + other.size + " images cannot be compared.");
        }
        return of(size, i -> at(i) && other.at(i));
    }

    /**
     * Share of images classified correctly.
     *
     * @return in [0, 1]
     */
    public double rate() {
        return (double) count() / size;
    }

    /**
     * The 95 % interval of {@link #rate}.
     *
     * @return Wilson's interval
     */
    public Interval interval() {
        return Interval.wilson(count(), size);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CorrectImages that && size == that.size && right.equals(that.right);
    }

    @Override
    public int hashCode() {
        return 31 * right.hashCode() + size;
    }

    @Override
    public String toString() {
        return count() + " of " + size;
    }
}
