package ardent.report.chart;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.data.Images;
import ardent.evaluate.ExampleImage;
import ardent.evaluate.ImagePixels;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Images with their labels, as one picture. */
public final class ContactSheet {
    private static final int MOST = 20;
    private static final int ROOM = 1000;
    private static final int CELL = 64;
    private static final int GAP = 10;
    private static final int LABEL = 20;

    private ContactSheet() {}

    /**
     * Draws images of a set, two rows of ten at most: the first of each class, class by class.
     *
     * @param images the images
     * @return the picture, titled with what the images are
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage of(Images images) {
        Images shown = ofEachClass(images, MOST);
        try (NDArray array = shown.pixels(Torch.manager())) {
            List<String> labels = IntStream.range(0, shown.size())
                    .mapToObj(i -> shown.isLabelled(i) ? shown.classes().get(shown.label(i)) : "?")
                    .toList();
            return of(images.toString(), pictures(array, shown.size()), labels);
        }
    }

    /** Some images, the first of each class, class by class; those without a label are the last. */
    static Images ofEachClass(Images images, int most) {
        int[] labels = IntStream.range(0, images.size())
                .map(i -> images.isLabelled(i) ? images.label(i) : images.classCount())
                .toArray();
        return images.select(ExampleImage.chosen(labels, most).stream()
                .sorted(Comparator.<Integer>comparingInt(i -> labels[i]).thenComparingInt(i -> i))
                .mapToInt(i -> i)
                .toArray());
    }

    /**
     * Draws the first images of an array, such as {@code attack(…)} gives them.
     *
     * @param images {@code [N, C, H, W]} in [0, 1], with 1 or 3 channels
     * @return the picture, titled with the shape
     * @throws IllegalArgumentException if the array has another shape
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage of(NDArray images) {
        if (!holdsImages(images)) {
            throw new IllegalArgumentException(
                    "Images are arrays (N, C, H, W) of 1 or 3 channels, not " + images.getShape() + ".");
        }
        int count = (int) Math.min(MOST, images.getShape().get(0));
        String title = images.getShape().get(0) + " images " + images.getShape().slice(1);
        return of(title, pictures(images, count), List.of());
    }

    /**
     * Whether an array has the shape of images.
     *
     * @param array any array
     * @return true for floats {@code [N, C, H, W]} with at least one image, of 1 or 3 channels
     */
    public static boolean holdsImages(NDArray array) {
        Shape shape = array.getShape();
        return array.getDataType().isFloating()
                && shape.dimension() == 4
                && shape.size() > 0
                && (shape.get(1) == 1 || shape.get(1) == 3);
    }

    private static BufferedImage of(String title, List<ImagePixels> pictures, List<String> labels) {
        return ChartStyle.draw(() -> {
            Dimension size = Sheet.size(pictures.get(0), CELL);
            int text = labels.stream()
                    .mapToInt(label -> ChartStyle.width(label, ChartStyle.PLAIN))
                    .max()
                    .orElse(0);
            int wide = Math.max(size.width, Math.min(2 * CELL, text));
            int high = size.height + (labels.isEmpty() ? 0 : LABEL);
            int columns = Math.max(2, Math.min(MOST / 2, ROOM / (wide + GAP)));
            int rows = Math.min(2, (pictures.size() + columns - 1) / columns);
            int shown = Math.min(pictures.size(), rows * columns);
            int width = 2 * Sheet.MARGIN + Math.min(shown, columns) * (wide + GAP) - GAP;
            return Sheet.draw(title, width, Sheet.TITLE + rows * (high + GAP) + GAP, graphics -> {
                for (int i = 0; i < shown; i++) {
                    int x = Sheet.MARGIN + i % columns * (wide + GAP);
                    int y = Sheet.TITLE + 6 + i / columns * (high + GAP);
                    ImagePixels picture = pictures.get(i);
                    Sheet.image(graphics, picture, at -> at.of(picture), x + (wide - size.width) / 2, y, size);
                    if (!labels.isEmpty()) {
                        graphics.setColor(ChartStyle.FAINT);
                        Sheet.label(graphics, labels.get(i), x, y + high - 5, wide);
                    }
                }
            });
        });
    }

    /** The first images of an array. */
    static List<ImagePixels> pictures(NDArray images, int count) {
        Shape one = images.getShape().slice(1);
        int each = Math.toIntExact(one.size());
        float[] pixels = Tape.read(() -> images.get("0:" + count).toFloatArray());
        return IntStream.range(0, count)
                .mapToObj(i -> new ImagePixels(one, Arrays.copyOfRange(pixels, i * each, (i + 1) * each)))
                .toList();
    }
}
