package ardent.report.chart;

import ai.djl.ndarray.NDArray;
import ardent.data.Images;
import ardent.evaluate.ImagePixels;
import ardent.tensor.Torch;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Images with their labels, as one picture. */
public final class ContactSheet {
    private static final int COLUMNS = 12;
    private static final int ROWS = 2;
    private static final int CELL = 60;
    private static final int GAP = 10;
    private static final int MARGIN = 16;
    private static final int TITLE = 34;
    private static final int LABEL = 20;
    private static final Font PLAIN = ChartStyle.font(Font.PLAIN, 12);

    private ContactSheet() {}

    /**
     * Draws the first images of a set, two rows of twelve at most.
     *
     * @param images the images
     * @return the picture, titled with what the images are
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage of(Images images) {
        int count = Math.min(COLUMNS * ROWS, images.size());
        ImagePixels[] pictures = pictures(images, count);
        return ChartStyle.draw(() -> {
            int zoom = Math.max(1, CELL / Math.max(pictures[0].height(), pictures[0].width()));
            int wide = Math.max(CELL, zoom * pictures[0].width());
            int high = zoom * pictures[0].height() + LABEL;
            int rows = (count + COLUMNS - 1) / COLUMNS;
            String title = images.toString();
            int width = 2 * MARGIN
                    + Math.max(
                            Math.min(count, COLUMNS) * (wide + GAP) - GAP, ChartStyle.width(title, ChartStyle.TITLE));
            var sheet = new BufferedImage(width, TITLE + rows * (high + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = sheet.createGraphics();
            ChartStyle.smooth(graphics);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            graphics.setColor(ChartStyle.INK);
            graphics.setFont(ChartStyle.TITLE);
            graphics.drawString(title, MARGIN, TITLE - 10);
            graphics.setFont(PLAIN);
            for (int i = 0; i < count; i++) {
                int x = MARGIN + i % COLUMNS * (wide + GAP);
                int y = TITLE + 6 + i / COLUMNS * (high + GAP);
                ImageSheet.draw(graphics, pictures[i], x + (wide - zoom * pictures[i].width()) / 2, y, zoom);
                graphics.setColor(ChartStyle.FAINT);
                String label = ChartStyle.fit(images.classes().get(images.label(i)), PLAIN, wide + GAP - 4);
                graphics.drawString(label, x + (wide - ChartStyle.width(label, PLAIN)) / 2, y + high - 5);
            }
            graphics.dispose();
            return sheet;
        });
    }

    private static ImagePixels[] pictures(Images images, int count) {
        int each = Math.toIntExact(images.shape().size());
        try (NDArray array =
                images.pixels(Torch.manager(), IntStream.range(0, count).toArray())) {
            float[] pixels = array.toFloatArray();
            return IntStream.range(0, count)
                    .mapToObj(
                            i -> new ImagePixels(images.shape(), Arrays.copyOfRange(pixels, i * each, (i + 1) * each)))
                    .toArray(ImagePixels[]::new);
        }
    }
}
