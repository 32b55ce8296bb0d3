package ardent.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * A seeded stream of random numbers.
 *
 * <p>{@link #of} gives PyTorch's stream of the processor, byte for byte, in which what an image gets depends on the
 * images beside it; {@link #each} gives every image a stream of its own, so that its numbers depend on nothing else.
 */
public abstract sealed class Noise permits TorchNoise, RowNoise {
    private final long seed;

    Noise(long seed) {
        this.seed = seed;
    }

    /**
     * PyTorch's stream at its beginning, as after {@code torch.manual_seed(seed)}.
     *
     * @param seed as given to {@code torch.manual_seed}
     * @return a new stream
     */
    public static Noise of(long seed) {
        return new TorchNoise(seed);
    }

    /**
     * One stream for each image and one that they share.
     *
     * @param seed seed of the stream that they share
     * @param keys one for each image; equal keys give equal numbers
     * @return new streams
     */
    public static Noise each(long seed, long... keys) {
        return new RowNoise(seed, keys);
    }

    /**
     * The seed of this stream.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * Whether each image has a stream of its own, so that what is made of it should depend on no other.
     *
     * @return true for {@link #each}
     */
    public abstract boolean perImage();

    /**
     * An independent stream for one part of the work: an epoch, a batch, an attack.
     *
     * @param part which part
     * @return a new stream whose seed is mixed from this stream's seed and the part
     */
    public abstract Noise fork(long part);

    /**
     * The same stream from its beginning.
     *
     * @return a new stream with this seed
     */
    public abstract Noise restart();

    /**
     * The streams of some images; what they draw is drawn from this stream too.
     *
     * @param rows which images
     * @return this stream where images have none of their own
     */
    public abstract Noise rows(long... rows);

    /**
     * Uniform numbers, as {@code torch.empty(shape).uniform_(low, high)}.
     *
     * @param low least value
     * @param high bound of the values, not reached
     * @param shape shape of the result, images first
     * @return a new array on the device
     */
    public abstract NDArray uniform(double low, double high, Shape shape);

    /**
     * Normal numbers with mean 0 and deviation 1, as {@code torch.randn(shape)}.
     *
     * @param shape shape of the result, images first
     * @return a new array on the device
     */
    public abstract NDArray normal(Shape shape);

    /**
     * Uniform numbers in [0, 1) that all images share, as {@code torch.rand(count)}.
     *
     * @param count how many
     * @return the numbers
     */
    public abstract float[] shared(int count);

    /**
     * A seed mixed from another one and a part.
     *
     * @param seed a seed
     * @param part any number
     * @return at least 0
     */
    public static long mix(long seed, long part) {
        long z = seed * 0x9E3779B97F4A7C15L + part + 0x632BE59BD9B4E019L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) >>> 1;
    }
}
