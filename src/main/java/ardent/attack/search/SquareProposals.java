package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Noise;

/** How Square changes images, in one norm. */
public interface SquareProposals {
    /** A square of pixels, the same for every image of the batch. */
    record Window(int side, int row, int column) {
        /** Drawn by the reference's rule, by which a window never reaches the last row and column. */
        static Window draw(int side, Shape images, Noise noise) {
            int row = (int) ((images.get(2) - side) * noise.shared(1)[0]);
            int column = (int) ((images.get(3) - side) * noise.shared(1)[0]);
            return new Window(side, row, column);
        }

        String index() {
            return ":, :, " + row + ":" + (row + side) + ", " + column + ":" + (column + side);
        }

        boolean holds(int i, int j) {
            return i >= row && i < row + side && j >= column && j < column + side;
        }
    }

    /** First images, not yet clamped to [0, 1]. */
    NDArray start(SearchRegion region, Noise noise);

    /** Changed images in the ball and the pixel range. */
    NDArray next(SearchRegion region, NDArray best, int side, Noise noise);

    /** How many queries pass before broken images are dropped; more than one where draws do not depend on them. */
    int patience();

    /** Random signs, one for each image and channel and, if wanted, column. */
    static NDArray signs(NDArray images, long columns, Noise noise) {
        Shape shape = images.getShape();
        return noise.uniform(0, 1, new Shape(shape.get(0), shape.get(1), 1, columns))
                .mul(constant(2))
                .sub(constant(1))
                .sign();
    }
}
