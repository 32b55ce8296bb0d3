package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.stream.LongStream;

/** Checks of sizes that architectures and networks share. */
final class LayerSizes {
    private LayerSizes() {}

    static void require(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException("A network needs " + name + " of at least 1, not " + value + ".");
        }
    }

    /** Refuses what is no shape of one image. */
    static void requireImage(Shape image) {
        boolean sizes = LongStream.of(image.getShape()).allMatch(size -> size > 0 && size <= Integer.MAX_VALUE);
        if (image.dimension() != 3 || !sizes) {
            throw new IllegalArgumentException("An image has the shape (channels, height, width), not " + image + ".");
        }
    }

    /** Refuses what is no batch of images of a shape. */
    static void requireImages(String what, String name, NDArray images, Shape image) {
        Shape given = images.getShape();
        if (given.dimension() != 4 || !given.slice(1).equals(image)) {
            throw new IllegalArgumentException("The " + what + " " + name + " takes images of shape (N, "
                    + dimensions(image) + "), not " + given + ": give such images, or a " + what + " for these.");
        }
    }

    /** Sizes of a shape without parentheses. */
    static String dimensions(Shape shape) {
        return shape.toString().replaceAll("[()]", "");
    }

    /** How many blocks each of a WideResNet's three groups has. */
    static int[] wide(int depth) {
        if (depth < 10 || (depth - 4) % 6 != 0) {
            throw new IllegalArgumentException(
                    "A WideResNet's depth is 6n + 4 (10, 16, 22, 28, 34, …), not " + depth + ".");
        }
        int each = (depth - 4) / 6;
        return new int[] {each, each, each};
    }
}
