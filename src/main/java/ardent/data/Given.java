package ardent.data;

import ai.djl.ndarray.types.Shape;
import java.util.HashSet;
import java.util.List;

/** Images a user gives in memory, checked. */
final class Given {
    private static final float GRID_TOLERANCE = 1e-4f;

    private Given() {}

    static Images images(String name, byte[] pixels, int[] labels, Shape shape, List<String> classes) {
        check(name, pixels.length, labels, shape, classes);
        var files = List.of(source("pixels", pixels), source("labels", Hash.bytes(labels)));
        return new Images(pixels, labels, shape, classes, new Origin(name, "", files, List.of()));
    }

    private static SourceFile source(String what, byte[] bytes) {
        return new SourceFile(what, bytes.length, Hash.of(bytes), SourceFile.IN_MEMORY);
    }

    /** Turns floats on the grid k/255 into bytes and refuses all others: 8 bits would silently change them. */
    static byte[] quantised(String name, float[] pixels) {
        var bytes = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            float value = pixels[i];
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException(
                        "Pixel %d of %s is %s: pixels must be numbers in [0, 1].".formatted(i, name, value));
            }
            int level = Math.round(value * 255);
            if (Math.abs(value - Augmentation.UNIT[level]) > GRID_TOLERANCE) {
                throw new IllegalArgumentException(
                        "Pixel %d of %s is %s, which 8 bits cannot hold: round the images to multiples of 1/255 first."
                                .formatted(i, name, value));
            }
            bytes[i] = (byte) level;
        }
        return bytes;
    }

    private static void check(String name, int pixels, int[] labels, Shape shape, List<String> classes) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("%s holds no images: give at least one.".formatted(name));
        }
        if (shape.dimension() != 3 || shape.get(0) < 1 || shape.get(1) < 1 || shape.get(2) < 1) {
            throw new IllegalArgumentException(
                    "The image shape of %s is %s: give channels, height and width.".formatted(name, shape));
        }
        if (pixels != labels.length * shape.size()) {
            throw new IllegalArgumentException("%s has %d pixels, but its %d labels and images of %s need %d."
                    .formatted(name, pixels, labels.length, shape, labels.length * shape.size()));
        }
        if (classes.isEmpty() || new HashSet<>(classes).size() != classes.size()) {
            throw new IllegalArgumentException(
                    "The class names of %s are %s: give each class a name of its own.".formatted(name, classes));
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes.size()) {
                throw new IllegalArgumentException("Label %d of image %d of %s is outside 0..%d: name more classes."
                        .formatted(labels[i], i, name, classes.size() - 1));
            }
        }
    }
}
