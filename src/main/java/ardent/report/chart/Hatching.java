package ardent.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import org.knowm.xchart.style.markers.Marker;

/** White lines over an area, in other directions for each row of bars, so that bars differ in grey print too. */
final class Hatching extends Marker {
    /** Pixels between lines. */
    private static final double APART = 6;

    /** Directions of the lines, of each number the next row: none, /, \, –, both slants, |, both upright. */
    private static final int[][][] DIRECTIONS = {
        {}, {{1, -1}}, {{1, 1}}, {{1, 0}}, {{1, -1}, {1, 1}}, {{0, 1}}, {{1, 0}, {0, 1}}
    };

    private final int number;

    Hatching(int number) {
        this.number = number;
    }

    /** The box of a legend, in the colour that is set. */
    @Override
    public void paint(Graphics2D graphics, double x, double y, int size) {
        var box = new Rectangle2D.Double(x - size / 2.0, y - size / 2.0, size, size);
        Color colour = graphics.getColor();
        graphics.fill(box);
        over(graphics, box, colour);
    }

    /** Paints the lines over an area of a colour, whose edge stays whole. */
    void over(Graphics2D graphics, Rectangle2D area, Color colour) {
        Shape clip = graphics.getClip();
        graphics.clip(area);
        graphics.setColor(Color.WHITE);
        graphics.setStroke(new BasicStroke(1.3f));
        double longest = area.getWidth() + area.getHeight();
        for (int[] direction : DIRECTIONS[number % DIRECTIONS.length]) {
            boolean slant = direction[0] != 0 && direction[1] != 0;
            double step = slant ? Math.sqrt(2) * APART : APART;
            for (double from = step / 2 - Math.ceil(longest / step) * step; from < longest; from += step) {
                // through a place of the left edge, or of the upper one for |, or of what prolongs them
                double x = area.getX() + (direction[0] == 0 ? from : 0);
                double y = area.getY() + (direction[0] == 0 ? 0 : from);
                graphics.draw(new Line2D.Double(x, y, x + longest * direction[0], y + longest * direction[1]));
            }
        }
        graphics.setColor(colour);
        graphics.setStroke(new BasicStroke(2));
        graphics.draw(area);
        graphics.setClip(clip);
    }
}
