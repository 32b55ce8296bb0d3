package ardent.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleFunction;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.style.Styler;

/** A heat map whose values are written light on dark and dark on light, first row on top; missing cells stay empty. */
final class HeatMap extends HeatMapChart {
    private static final Color[] COLOURS = {
        new Color(0xF3F7FB), new Color(0xC6DBEF), new Color(0x6BAED6), new Color(0x2171B5), new Color(0x08306B)
    };
    private static final Color LIGHT = Color.WHITE;

    /** Pixels that XChart leaves beside a legend. */
    private static final int LEGEND_MARGIN = 6;

    private final double[][] values;
    private final DoubleFunction<String> writing;
    private final boolean written;

    HeatMap(int width, int height, double[][] values, DoubleFunction<String> writing, boolean written) {
        super(width, height, Styler.ChartTheme.XChart);
        this.values = values;
        this.writing = writing;
        this.written = written;
        ChartStyle.dress(getStyler());
        getStyler().setPlotContentSize(1);
        getStyler().setPlotGridLinesVisible(false);
        getStyler().setDecimalPattern("0.#");
        getStyler().setRangeColors(COLOURS).setGradientColorColumnHeight(120).setGradientColorColumnWeight(16);
        getStyler().setHeatMapDecimalValueFormatter(writing::apply);
    }

    /** The colour of a share of the range, from light to dark. */
    static Color colour(double share) {
        double place = share * (COLOURS.length - 1);
        int below = Math.min((int) place, COLOURS.length - 2);
        float[] from = COLOURS[below].getRGBColorComponents(null);
        float[] to = COLOURS[below + 1].getRGBColorComponents(null);
        float part = (float) (place - below);
        return new Color(
                from[0] + part * (to[0] - from[0]),
                from[1] + part * (to[1] - from[1]),
                from[2] + part * (to[2] - from[2]));
    }

    void add(String name, List<String> rows, List<String> columns) {
        var cells = new ArrayList<Number[]>();
        for (int y = 0; y < rows.size(); y++) {
            for (int x = 0; x < columns.size(); x++) {
                if (Double.isFinite(values[y][x])) {
                    cells.add(new Number[] {x, rows.size() - 1 - y, values[y][x]});
                }
            }
        }
        var upwards = new ArrayList<>(rows);
        Collections.reverse(upwards);
        addSeries(name, columns, upwards, cells);
    }

    /** Lets the colours span at least so much, within limits, so that no difference looks larger than it is. */
    void span(double least, double low, double high) {
        double min = getHeatMapSeries().getMin();
        double max = getHeatMapSeries().getMax();
        if (max - min < least) {
            min = Math.max(low, Math.min(Math.rint((min + max - least) / 2), high - least));
            max = min + least;
        }
        // XChart writes the ends of the bar with all their digits, whatever the pattern
        getHeatMapSeries().setMin(Math.floor(10 * min) / 10).setMax(Math.ceil(10 * max) / 10);
    }

    @Override
    public void paint(Graphics2D graphics, int width, int height) {
        super.paint(graphics, width, height);
        ends(graphics);
        if (!written) {
            return;
        }
        Rectangle2D bounds = plot.getBounds();
        double cellWidth = bounds.getWidth() / values[0].length;
        double cellHeight = bounds.getHeight() / values.length;
        graphics.setFont(ChartStyle.PLAIN);
        graphics.setStroke(new BasicStroke(1.5f));
        for (int y = 0; y < values.length; y++) {
            for (int x = 0; x < values[y].length; x++) {
                double left = bounds.getX() + x * cellWidth;
                double top = bounds.getY() + y * cellHeight;
                graphics.setColor(LIGHT);
                graphics.draw(new Rectangle2D.Double(left, top, cellWidth, cellHeight));
                write(graphics, values[y][x], left + cellWidth / 2, top + cellHeight / 2);
            }
        }
    }

    /** The ends of the bar of colours, written like the cells: XChart writes counts as 57.0. */
    private void ends(Graphics2D graphics) {
        Rectangle2D size = legend.getBounds();
        double top = plot.getBounds().getCenterY() - size.getHeight() / 2;
        double left = getWidth()
                - LEGEND_MARGIN
                - size.getWidth()
                + getStyler().getLegendPadding()
                + getStyler().getGradientColorColumnWeight()
                + 1;
        graphics.setColor(Color.WHITE);
        graphics.fill(new Rectangle2D.Double(left, top, getWidth() - left, size.getHeight()));
        graphics.setColor(ChartStyle.INK);
        graphics.setFont(ChartStyle.PLAIN);
        int text = graphics.getFontMetrics().getAscent();
        double baseline = top + getStyler().getLegendPadding() + text;
        graphics.drawString(writing.apply(getHeatMapSeries().getMax()), (float) left + 5, (float) baseline);
        graphics.drawString(writing.apply(getHeatMapSeries().getMin()), (float) left + 5, (float)
                (baseline + getStyler().getGradientColorColumnHeight()));
    }

    private void write(Graphics2D graphics, double value, double x, double y) {
        String text = Double.isFinite(value) ? writing.apply(value) : "–";
        double least = getHeatMapSeries().getMin();
        double share = (value - least) / Math.max(getHeatMapSeries().getMax() - least, 1e-12);
        graphics.setColor(
                !Double.isFinite(value) || value == 0 ? ChartStyle.FAINT : share > 0.6 ? LIGHT : ChartStyle.INK);
        float baseline = (float) (y + graphics.getFontMetrics().getAscent() * 0.38);
        graphics.drawString(text, (float) (x - graphics.getFontMetrics().stringWidth(text) / 2.0), baseline);
    }
}
