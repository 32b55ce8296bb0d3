package ardent.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A plane through an image as coloured areas, with a legend. */
final class PlaneMap {
    private static final int CELL = 6;
    private static final int LINE = 20;
    private static final int LEFT = 30;

    /** Levels of a loss at most. */
    private static final int LEVELS = 10;

    /** What an area of one colour means. */
    private record Area(Color colour, String name) {}

    private PlaneMap() {}

    /** One area for each predicted class. */
    static BufferedImage classes(String title, ImagePlane plane, List<String> names) {
        int[] classes = plane.classes();
        Color[] palette = ChartStyle.colours(names.size());
        int[] present = Arrays.stream(classes).distinct().sorted().toArray();
        var areas = Arrays.stream(present)
                .mapToObj(k -> new Area(
                        palette[Math.min(k, palette.length - 1)], k < names.size() ? names.get(k) : "class " + k))
                .toList();
        int[] shown =
                Arrays.stream(classes).map(k -> Arrays.binarySearch(present, k)).toArray();
        return draw(title, plane, shown, areas);
    }

    /** One area for each level of the loss, whose lowest is white. */
    static BufferedImage losses(String title, ImagePlane plane, int label) {
        double[] losses = plane.losses(label);
        double step = ChartStyle.round(DoubleStream.of(losses).max().orElse(0) / LEVELS);
        int[] shown = DoubleStream.of(losses)
                .mapToInt(loss -> (int) Math.max(0, loss / step))
                .toArray();
        int count = 1 + Arrays.stream(shown).max().orElse(0);
        var levels = IntStream.range(0, count)
                .mapToObj(k -> new Area(
                        HeatMap.colour(count == 1 ? 0 : k / (count - 1.0)),
                        ChartStyle.number(k * step) + " to " + ChartStyle.number((k + 1) * step)))
                .toList();
        return draw(title, plane, shown, levels);
    }

    private static BufferedImage draw(String title, ImagePlane plane, int[] shown, List<Area> areas) {
        int size = ImagePlane.SIDE * CELL;
        int top = Sheet.TITLE + 6;
        List<String> below = List.of(
                "→ along the perturbation of " + plane.attack() + " (largest change " + ChartStyle.number(plane.most())
                        + ")",
                "↑ along a random one of the same length",
                "○ the image, × the adversarial one; edges at ± " + ImagePlane.REACH + " of both");
        int legend = areas.stream()
                .mapToInt(area -> ChartStyle.width(area.name, ChartStyle.PLAIN))
                .max()
                .orElse(0);
        int height = top + Math.max(size, areas.size() * LINE) + below.size() * LINE + Sheet.MARGIN;
        return ChartStyle.draw(() -> Sheet.draw(title, LEFT + size + 60 + legend, height, graphics -> {
            for (int i = 0; i < shown.length; i++) {
                int y = ImagePlane.SIDE - 1 - i / ImagePlane.SIDE;
                graphics.setColor(areas.get(shown[i]).colour);
                graphics.fillRect(LEFT + i % ImagePlane.SIDE * CELL, top + y * CELL, CELL, CELL);
            }
            graphics.setColor(ChartStyle.GRID);
            graphics.drawRect(LEFT - 1, top - 1, size + 1, size + 1);
            marks(graphics, top, size);
            for (int row = 0; row < areas.size(); row++) {
                graphics.setColor(areas.get(row).colour);
                graphics.fillRect(LEFT + size + 16, top + row * LINE, 14, 14);
                graphics.setColor(ChartStyle.GRID);
                graphics.drawRect(LEFT + size + 16, top + row * LINE, 14, 14);
                graphics.setColor(ChartStyle.INK);
                graphics.drawString(areas.get(row).name, LEFT + size + 38, top + row * LINE + 12);
            }
            graphics.setColor(ChartStyle.FAINT);
            for (int line = 0; line < below.size(); line++) {
                graphics.drawString(below.get(line), LEFT, top + size + LINE * (line + 1));
            }
        }));
    }

    private static void marks(Graphics2D graphics, int top, int size) {
        double x = LEFT + size / 2.0;
        double y = top + size / 2.0;
        double found = x + size / 2.0 / ImagePlane.REACH;
        for (int width : new int[] {5, 2}) {
            graphics.setColor(width == 5 ? Color.WHITE : ChartStyle.INK);
            graphics.setStroke(new BasicStroke(width));
            graphics.draw(new Ellipse2D.Double(x - 6, y - 6, 12, 12));
            graphics.draw(new Line2D.Double(found - 5, y - 5, found + 5, y + 5));
            graphics.draw(new Line2D.Double(found - 5, y + 5, found + 5, y - 5));
        }
    }
}
