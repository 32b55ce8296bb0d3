package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Noise;
import ardent.tensor.Torch;

/**
 * Square in the L2 ball: a tiling of bumps, then the perturbation of one window moved into another and mixed with a new
 * bump there, always as long as the radius.
 */
public final class SquareL2Proposals implements SquareProposals {
    private static final double TINY = 1e-12;
    private static final int[] PIXELS = {2, 3};

    @Override
    public NDArray start(SearchRegion region, Noise noise) {
        NDArray images = region.centre();
        int height = (int) images.getShape().get(2);
        int width = (int) images.getShape().get(3);
        int side = Math.max(height / 5, 1);
        int border = Math.max((height - 5 * side) / 2, 0);
        NDArray change = images.zerosLike();
        for (int i = 0; i < height / side; i++) {
            for (int j = 0; j < width / side; j++) {
                NDArray bump = bump(images, side, noise);
                Window window = new Window(side, border + i * side, border + j * side);
                int rows = Math.min(side, height - window.row());
                int columns = Math.min(side, width - window.column());
                if (rows > 0 && columns > 0) {
                    change.set(new NDIndex(window.index()), bump.get(":, :, 0:" + rows + ", 0:" + columns));
                }
            }
        }
        return images.add(region.unit(change).mul(region.radius()));
    }

    @Override
    public NDArray next(SearchRegion region, NDArray best, int side, Noise noise) {
        NDArray images = region.centre();
        NDArray radii = region.radius();
        Shape shape = images.getShape();
        NDArray change = best.sub(images);
        Window to = Window.draw(side, shape, noise);
        Window from = Window.draw(side, shape, noise);
        NDArray there = change.get(to.index());
        NDArray used = region.length(change);
        NDArray freed = root(change.mul(union(to, from, shape)));
        NDArray mixed = bump(images, side, noise).add(there.div(root(there).add(constant(TINY))));
        NDArray spare = radii.mul(radii).sub(used.mul(used)).maximum(constant(0));
        NDArray budget =
                spare.div(constant((double) shape.get(1))).add(freed.mul(freed)).sqrt();
        NDArray moved = mixed.div(root(mixed).add(constant(TINY))).mul(budget);
        change.set(new NDIndex(from.index()), change.get(from.index()).zerosLike());
        change.set(new NDIndex(to.index()), moved);
        return Rows.clamp(images.add(region.unit(change).mul(radii)));
    }

    /** A bump with a sign for each image and channel; the coin that turns it is the same for all. */
    private static NDArray bump(NDArray images, int side, Noise noise) {
        float[][] pair = SquareL2Patterns.pair(side, noise.shared(1)[0] > 0.5f);
        return SquareProposals.signs(images, 1, noise).mul(SquareL2Patterns.array(pair));
    }

    /** Lengths over the pixels of each channel, {@code [N, C, 1, 1]}. */
    private static NDArray root(NDArray values) {
        return values.mul(values).sum(PIXELS, true).sqrt();
    }

    private static NDArray union(Window one, Window two, Shape shape) {
        int height = (int) shape.get(2);
        int width = (int) shape.get(3);
        float[] mask = new float[height * width];
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                mask[i * width + j] = one.holds(i, j) || two.holds(i, j) ? 1 : 0;
            }
        }
        return Torch.array(mask, new Shape(1, 1, height, width));
    }

    @Override
    public int patience() {
        return 1; // the signs of a query are drawn for the images that remain
    }
}
