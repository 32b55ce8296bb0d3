package ardent.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A square of predicted classes around an image, with a legend. */
final class DecisionMap {
    private static final int CELL = 6;
    private static final int LINE = 20;
    private static final int LEFT = 30;

    private DecisionMap() {}

    /** Classes row by row, the first row at −reach of the random direction; it is drawn at the bottom. */
    static BufferedImage draw(
            String title, String attack, double most, double reach, int side, int[] classes, List<String> names) {
        int[] present = Arrays.stream(classes).distinct().sorted().toArray();
        Color[] palette = ChartStyle.colours(names.size());
        int size = side * CELL;
        int top = Sheet.TITLE + 6;
        String largest = new DecimalFormat("0.####", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(most);
        List<String> below = List.of(
                "→ along the perturbation of " + attack + " (largest change " + largest + ")",
                "↑ along a random one of the same length",
                "○ the image, × the adversarial one; edges at ± " + reach + " of both");
        int legend = Arrays.stream(present)
                .map(k -> ChartStyle.width(name(names, k), ChartStyle.PLAIN))
                .max()
                .orElse(0);
        int height = top + Math.max(size, present.length * LINE) + below.size() * LINE + Sheet.MARGIN;
        return ChartStyle.draw(() -> Sheet.draw(title, LEFT + size + 60 + legend, height, graphics -> {
            for (int i = 0; i < classes.length; i++) {
                int y = side - 1 - i / side;
                graphics.setColor(palette[Math.min(classes[i], palette.length - 1)]);
                graphics.fillRect(LEFT + i % side * CELL, top + y * CELL, CELL, CELL);
            }
            marks(graphics, top, size, reach);
            for (int row = 0; row < present.length; row++) {
                graphics.setColor(palette[Math.min(present[row], palette.length - 1)]);
                graphics.fillRect(LEFT + size + 16, top + row * LINE, 14, 14);
                graphics.setColor(ChartStyle.INK);
                graphics.drawString(name(names, present[row]), LEFT + size + 38, top + row * LINE + 12);
            }
            graphics.setColor(ChartStyle.FAINT);
            for (int line = 0; line < below.size(); line++) {
                graphics.drawString(below.get(line), LEFT, top + size + LINE * (line + 1));
            }
        }));
    }

    private static void marks(Graphics2D graphics, int top, int size, double reach) {
        double x = LEFT + size / 2.0;
        double y = top + size / 2.0;
        double found = x + size / 2.0 / reach;
        for (int width : new int[] {5, 2}) {
            graphics.setColor(width == 5 ? Color.WHITE : ChartStyle.INK);
            graphics.setStroke(new BasicStroke(width));
            graphics.draw(new Ellipse2D.Double(x - 6, y - 6, 12, 12));
            graphics.draw(new Line2D.Double(found - 5, y - 5, found + 5, y + 5));
            graphics.draw(new Line2D.Double(found - 5, y + 5, found + 5, y - 5));
        }
    }

    private static String name(List<String> names, int label) {
        return label < names.size() ? names.get(label) : "class " + label;
    }
}
