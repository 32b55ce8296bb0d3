package ardent.evaluate;

import ai.djl.ndarray.types.Shape;

/** One image to be shown: pixels in ordinary memory. */
public final class ImagePixels {
    private final Shape shape;
    private final float[] pixels;

    /**
     * An image.
     *
     * @param shape (C, H, W)
     * @param pixels C·H·W values, nominally in [0, 1]; copied
     */
    public ImagePixels(Shape shape, float[] pixels) {
        if (shape.dimension() != 3 || shape.size() != pixels.length) {
            throw new IllegalArgumentException("An image of shape " + shape + " has not " + pixels.length + " pixels.");
        }
        this.shape = shape;
        this.pixels = pixels.clone();
    }

    /**
     * Number of channels.
     *
     * @return 1 for grey, 3 for red, green and blue
     */
    public int channels() {
        return (int) shape.get(0);
    }

    /**
     * Rows of pixels.
     *
     * @return H
     */
    public int height() {
        return (int) shape.get(1);
    }

    /**
     * Columns of pixels.
     *
     * @return W
     */
    public int width() {
        return (int) shape.get(2);
    }

    /**
     * One value.
     *
     * @param channel 0 to C − 1
     * @param y row from the top
     * @param x column from the left
     * @return nominally in [0, 1]
     */
    public float at(int channel, int y, int x) {
        return pixels[(channel * height() + y) * width() + x];
    }
}
