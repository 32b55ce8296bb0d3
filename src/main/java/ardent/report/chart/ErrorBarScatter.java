package ardent.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.knowm.xchart.style.Styler;

/** Points in % with error bars in both directions, which XChart draws in one only. */
final class ErrorBarScatter extends CaptionedChart {
    /** Axes end at whole steps: of 5, or of 1 where the points span little. */
    private static final int STEP = 5;

    private static final int LITTLE = 10;

    private record Point(Color colour, Charts.Bar x, Charts.Bar y) {}

    private final List<Point> points = new ArrayList<>();
    private final List<List<Integer>> curves = new ArrayList<>();

    ErrorBarScatter(int width, int height, String caption) {
        super(width, height, caption);
        ChartStyle.dress(getStyler());
        getStyler().setDefaultSeriesRenderStyle(org.knowm.xchart.XYSeries.XYSeriesRenderStyle.Scatter);
        getStyler().setPlotContentSize(ErrorBars.CONTENT).setMarkerSize(10);
        getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("0").setPlotGridVerticalLinesVisible(true);
        getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    }

    void add(String name, Color colour, Charts.Bar x, Charts.Bar y) {
        addSeries(name, new double[] {x.value()}, new double[] {y.value()})
                .setMarker(ChartStyle.marker(points.size()))
                .setMarkerColor(colour);
        points.add(new Point(colour, x, y));
    }

    /** Joins points by a line, in the order of their numbers. */
    void join(List<Integer> numbers) {
        curves.add(numbers);
    }

    List<List<Integer>> curves() {
        return curves;
    }

    int count() {
        return points.size();
    }

    /** Sets the axes around all points, in whole steps. */
    void range() {
        double[] x = range(Point::x);
        double[] y = range(Point::y);
        getStyler().setXAxisMin(x[0]).setXAxisMax(x[1]).setYAxisMin(y[0]).setYAxisMax(y[1]);
    }

    private double[] range(Function<Point, Charts.Bar> axis) {
        double[] ends = points.stream()
                .map(axis)
                .flatMapToDouble(bar -> DoubleStream.of(bar.value(), bar.low(), bar.high()))
                .filter(end -> !Double.isNaN(end))
                .toArray();
        double least = DoubleStream.of(ends).min().orElse(0);
        double most = DoubleStream.of(ends).max().orElse(100);
        int step = most - least <= LITTLE ? 1 : STEP;
        return new double[] {
            Math.max(0, step * Math.floor((least - 1) / step)), Math.min(100, step * Math.ceil((most + 1) / step))
        };
    }

    @Override
    public void paint(Graphics2D graphics, int width, int height) {
        super.paint(graphics, width, height);
        Rectangle2D bounds = plot.getBounds();
        graphics.setStroke(new BasicStroke(1.4f));
        graphics.setColor(ChartStyle.FAINT);
        for (List<Integer> curve : curves) {
            for (int i = 1; i < curve.size(); i++) {
                Point from = points.get(curve.get(i - 1));
                Point to = points.get(curve.get(i));
                graphics.draw(new Line2D.Double(
                        across(bounds, from.x.value()),
                        up(bounds, from.y.value()),
                        across(bounds, to.x.value()),
                        up(bounds, to.y.value())));
            }
        }
        for (Point point : points) {
            graphics.setColor(point.colour);
            double x = across(bounds, point.x.value());
            double y = up(bounds, point.y.value());
            if (Double.isFinite(point.x.low())) {
                ErrorBars.lying(graphics, y, across(bounds, point.x.low()), across(bounds, point.x.high()));
            }
            if (Double.isFinite(point.y.low())) {
                ErrorBars.upright(graphics, x, up(bounds, point.y.low()), up(bounds, point.y.high()));
            }
        }
    }

    private double across(Rectangle2D bounds, double value) {
        double share = (value - getStyler().getXAxisMin())
                / (getStyler().getXAxisMax() - getStyler().getXAxisMin());
        return bounds.getCenterX() + ErrorBars.CONTENT * bounds.getWidth() * (share - 0.5);
    }

    private double up(Rectangle2D bounds, double value) {
        double share = (value - getStyler().getYAxisMin())
                / (getStyler().getYAxisMax() - getStyler().getYAxisMin());
        return bounds.getCenterY() + ErrorBars.CONTENT * bounds.getHeight() * (0.5 - share);
    }
}
