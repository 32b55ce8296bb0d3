package ardent.report.chart;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.internal.chartpart.RenderableSeries.LegendRenderType;
import org.knowm.xchart.internal.series.Series;

/**
 * Grouped bars with hatching and with error bars of two different sides, neither of which XChart draws: intervals near 0 and
 * 100 have such sides.
 */
final class BarChart extends CategoryChart {
    static final double FILL = 0.8;

    /** Side of a box in the legend. */
    private static final int BOX = 20;

    private record Row(CategorySeries series, Hatching hatching, List<Charts.Bar> bars) {}

    private final List<Row> rows = new ArrayList<>();
    private final double top;
    private final Caption caption;

    /** A chart whose plot has the height that is given; an empty caption takes no room. */
    BarChart(int width, int height, double top, String caption) {
        super(width, height);
        this.top = top;
        this.caption = Caption.of(caption, width);
        setHeight(height + this.caption.height());
        getStyler()
                .setAvailableSpaceFill(FILL)
                .setYAxisMin(0.0)
                .setYAxisMax(top)
                .setPlotContentSize(ErrorBars.CONTENT)
                .setMarkerSize(BOX);
    }

    /** The lines of the caption. */
    List<String> caption() {
        return caption.lines();
    }

    /** Adds a bar for each group. */
    void add(String name, List<String> groups, List<Charts.Bar> bars) {
        var hatching = new Hatching(rows.size());
        List<Double> values = bars.stream().map(Charts.Bar::value).toList();
        var series = new CategorySeries(name, groups, values, null, Series.DataType.String) {
            /** The legend shows the marker, which is hatched, instead of a plain box. */
            @Override
            public LegendRenderType getLegendRenderType() {
                return LegendRenderType.Scatter;
            }
        };
        series.setMarker(hatching);
        seriesMap.put(name, series);
        rows.add(new Row(series, hatching, bars));
    }

    @Override
    public void paint(Graphics2D graphics, int width, int height) {
        int chart = height - caption.height();
        super.paint(graphics, width, chart);
        setHeight(height); // XChart keeps what it was painted at
        caption.paint(graphics, width, chart);
        Rectangle2D bounds = plot.getBounds();
        for (int row = 0; row < rows.size(); row++) {
            bars(graphics, bounds, row);
        }
    }

    /** Hatching over the bars of a row, and their error bars. */
    private void bars(Graphics2D graphics, Rectangle2D bounds, int number) {
        Row row = rows.get(number);
        double group = ErrorBars.CONTENT * bounds.getWidth() / row.bars.size();
        double width = FILL * group / rows.size();
        double left = bounds.getX()
                + bounds.getWidth() * (1 - ErrorBars.CONTENT) / 2
                + group * (1 - FILL) / 2
                + number * width;
        for (Charts.Bar bar : row.bars) {
            if (Double.isFinite(bar.value())) {
                double upper = height(bounds, bar.value());
                var area = new Rectangle2D.Double(left, upper, width, height(bounds, 0) - upper);
                row.hatching.over(graphics, area, row.series.getFillColor());
            }
            if (Double.isFinite(bar.low())) {
                graphics.setColor(ChartStyle.INK);
                graphics.setStroke(new BasicStroke(1.2f));
                ErrorBars.upright(graphics, left + width / 2, height(bounds, bar.low()), height(bounds, bar.high()));
            }
            left += group;
        }
    }

    private double height(Rectangle2D bounds, double value) {
        return bounds.getCenterY() + ErrorBars.CONTENT * bounds.getHeight() * (0.5 - value / top);
    }
}
