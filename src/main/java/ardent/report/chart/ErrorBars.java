package ardent.report.chart;

import java.awt.Graphics2D;
import java.awt.geom.Line2D;

/** Error bars of two different sides, which XChart does not draw. */
final class ErrorBars {
    /** Not 1: XChart leaves out labels at the very ends of an axis. */
    static final double CONTENT = 0.96;

    private static final double CAP = 3;

    private ErrorBars() {}

    static void upright(Graphics2D graphics, double x, double low, double high) {
        graphics.draw(new Line2D.Double(x, low, x, high));
        graphics.draw(new Line2D.Double(x - CAP, low, x + CAP, low));
        graphics.draw(new Line2D.Double(x - CAP, high, x + CAP, high));
    }

    static void lying(Graphics2D graphics, double y, double left, double right) {
        graphics.draw(new Line2D.Double(left, y, right, y));
        graphics.draw(new Line2D.Double(left, y - CAP, left, y + CAP));
        graphics.draw(new Line2D.Double(right, y - CAP, right, y + CAP));
    }
}
