package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Noise;
import ardent.tensor.Torch;

/** Square in the L∞ ball: vertical stripes of ±ε, then squares moved by ±2ε, one sign for each channel. */
final class LinfMoves implements Moves {
    @Override
    public NDArray start(Region region, Noise noise) {
        NDArray images = region.centre();
        return images.add(
                region.radius().mul(Moves.signs(images, images.getShape().get(3), noise)));
    }

    @Override
    public NDArray next(Region region, NDArray best, int side, Noise noise) {
        Shape shape = best.getShape();
        Window window = Window.draw(side, shape, noise);
        float[] draws = noise.shared((int) shape.get(1));
        NDArray change = region.radius().mul(constant(2)).mul(mask(window, shape, draws));
        return region.project(best.add(change));
    }

    /** The sign of each channel inside the window, 0 outside; {@code [1, C, H, W]}. */
    private static NDArray mask(Window window, Shape shape, float[] draws) {
        int height = (int) shape.get(2);
        int width = (int) shape.get(3);
        float[] mask = new float[draws.length * height * width];
        for (int c = 0; c < draws.length; c++) {
            float sign = Math.signum(2 * draws[c] - 1);
            for (int i = window.row(); i < window.row() + window.side(); i++) {
                int from = (c * height + i) * width + window.column();
                java.util.Arrays.fill(mask, from, from + window.side(), sign);
            }
        }
        return Torch.array(mask, new Shape(1, draws.length, height, width));
    }

    @Override
    public int patience() {
        return 10;
    }
}
