package ardent.report.chart;

import ardent.evaluate.ImagePixels;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.util.List;

/** Images in a row, with one row below for each network that shows what it looks at. */
final class SaliencySheet {
    private static final int CELL = 84;
    private static final int GAP = 8;
    private static final int LABEL = 20;

    private SaliencySheet() {}

    /** Draws images and, row by row, values of their pixels in [0, 1], white for 1. */
    static BufferedImage of(
            String title, List<ImagePixels> images, List<String> labels, List<String> names, List<List<float[]>> rows) {
        Legend legend = Legend.of(names);
        return ChartStyle.draw(() -> {
            Dimension size = Sheet.size(images.get(0), CELL);
            int beside = legend.names().stream()
                    .mapToInt(name -> ChartStyle.width(name, ChartStyle.PLAIN))
                    .max()
                    .orElse(0);
            int left = Sheet.MARGIN + beside + 2 * GAP;
            int width = left + images.size() * (size.width + GAP) - GAP + Sheet.MARGIN;
            int top = Sheet.TITLE + 8;
            int first = top + size.height + LABEL + GAP;
            int high = size.height + GAP;
            int bottom = first + rows.size() * high;
            return Sheet.draw(legend.title(title), width, bottom + LABEL + GAP, graphics -> {
                for (int i = 0; i < images.size(); i++) {
                    ImagePixels image = images.get(i);
                    int x = left + i * (size.width + GAP);
                    Sheet.image(graphics, image, at -> at.of(image), x, top, size);
                    graphics.setColor(ChartStyle.FAINT);
                    Sheet.label(graphics, labels.get(i), x, top + size.height + 15, size.width);
                    for (int row = 0; row < rows.size(); row++) {
                        float[] values = rows.get(row).get(i);
                        Sheet.image(
                                graphics,
                                image,
                                at -> values[at.y() * image.width() + at.x()],
                                x,
                                first + row * high,
                                size);
                    }
                }
                graphics.setColor(ChartStyle.INK);
                for (int row = 0; row < rows.size(); row++) {
                    graphics.drawString(
                            legend.names().get(row), Sheet.MARGIN, first + row * high + size.height / 2 + 4);
                }
                graphics.setColor(ChartStyle.FAINT);
                graphics.drawString(
                        "size of the loss's gradient at each pixel; white: the largest of the image",
                        left,
                        bottom + LABEL - 5);
            });
        });
    }
}
