package ardent.tensor;

import java.util.stream.IntStream;

/**
 * Where the batches of some images begin and end: all of the same size but the last, which has what is left. A size beyond
 * the number of images makes one batch of all of them.
 *
 * @param images how many there are, at least 0
 * @param size images in a batch, at least 1
 */
public record BatchBounds(int images, int size) {
    /** Checks the size. */
    public BatchBounds {
        if (size < 1) {
            throw new IllegalArgumentException("A batch has at least 1 image, not " + size + ".");
        }
    }

    /**
     * How many batches there are.
     *
     * @return 0 where there is no image
     */
    public int count() {
        return (int) (((long) images + size - 1) / size);
    }

    /**
     * Where the batch ends that begins at an image; the next one begins there.
     *
     * @param from its first image, counted from 0
     * @return the image after its last
     */
    public int end(int from) {
        return (int) Math.min((long) from + size, images);
    }

    /**
     * Where a batch begins.
     *
     * @param batch counted from 0, below {@link #count}
     * @return its first image, counted from 0
     */
    public int from(int batch) {
        return (int) Math.min((long) batch * size, images);
    }

    /**
     * The images of a batch.
     *
     * @param batch counted from 0, below {@link #count}
     * @return their numbers, counted from 0
     */
    public int[] of(int batch) {
        return IntStream.range(from(batch), end(from(batch))).toArray();
    }
}
