package ardent.report.chart;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.CategoryChart;

/** Grouped bars with error bars of two different sides, which XChart does not draw: intervals near 0 and 100 have them. */
final class ErrorBars extends CategoryChart {
    static final double FILL = 0.8;

    private final List<double[][]> ends = new ArrayList<>();
    private final double top;

    ErrorBars(int width, int height, double top) {
        super(width, height);
        this.top = top;
        getStyler()
                .setAvailableSpaceFill(FILL)
                .setYAxisMin(0.0)
                .setYAxisMax(top)
                .setPlotContentSize(Whiskers.CONTENT);
    }

    /** Adds bars; {@code low} and {@code high} are the ends of their error bars, NaN for none. */
    void add(String name, List<String> groups, double[] values, double[] low, double[] high) {
        addSeries(name, groups, Arrays.stream(values).boxed().toList());
        ends.add(new double[][] {low, high});
    }

    @Override
    public void paint(Graphics2D graphics, int width, int height) {
        super.paint(graphics, width, height);
        Rectangle2D bounds = plot.getBounds();
        graphics.setColor(ChartStyle.INK);
        graphics.setStroke(new BasicStroke(1.2f));
        for (int series = 0; series < ends.size(); series++) {
            double[][] end = ends.get(series);
            double left = bounds.getX() + bounds.getWidth() * (1 - Whiskers.CONTENT) / 2;
            double group = Whiskers.CONTENT * bounds.getWidth() / end[0].length;
            for (int i = 0; i < end[0].length; i++) {
                if (Double.isFinite(end[0][i])) {
                    double x = left + group * (i + (1 - FILL) / 2 + FILL * (series + 0.5) / ends.size());
                    Whiskers.upright(graphics, x, height(bounds, end[0][i]), height(bounds, end[1][i]));
                }
            }
        }
    }

    private double height(Rectangle2D bounds, double value) {
        return bounds.getCenterY() + Whiskers.CONTENT * bounds.getHeight() * (0.5 - value / top);
    }
}
