package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Noise;
import ardent.tensor.Torch;

/** Square in the L∞ ball: vertical stripes of ±ε, then squares moved by ±2ε, one sign for each channel. */
public final class SquareLinfProposals implements SquareProposals {
    @Override
    public NDArray start(SearchRegion region, Noise noise) {
        NDArray images = region.centre();
        return images.add(region.radius()
                .mul(SquareProposals.signs(images, images.getShape().get(3), noise)));
    }

    @Override
    public NDArray next(SearchRegion region, NDArray best, int side, Noise noise) {
        Shape shape = best.getShape();
        Window window = Window.draw(side, shape, noise);
        float[] signs = noise.shared((int) shape.get(1));
        for (int i = 0; i < signs.length; i++) {
            signs[i] = Math.signum(2 * signs[i] - 1);
        }
        NDArray change = region.radius().mul(constant(2)).mul(Torch.array(signs, new Shape(1, signs.length, 1, 1)));
        NDArray next = best.duplicate();
        region.move(next, change, window);
        return next;
    }

    @Override
    public int patience() {
        return 10;
    }
}
