package ardent.report.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.RescaleOp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts in Ardent's look; all are XChart charts, to be changed further or shown as they are. */
public final class Charts {
    private static final int LEGEND = 34;
    private static final int MANY = 25;

    /** About how long the sides of a map of many cells are at most: a thousand classes would take all memory. */
    private static final int SIDE = 1400;

    /** The largest number that is drawn. */
    private static final double LARGEST = 1e15;

    /** Width of a heat map's bar of colours, with its numbers. */
    private static final int BAR = 90;

    /** Least height of a heat map, which its bar of colours needs. */
    private static final int HEAT = 240;

    private Charts() {}

    /**
     * What a bar shows: a value and the ends of its error bar.
     *
     * @param value height of the bar
     * @param low lower end
     * @param high upper end
     */
    public record Bar(double value, double low, double high) {
        public static final Bar NONE = new Bar(Double.NaN, Double.NaN, Double.NaN);
    }

    /**
     * Curves over steps 1, 2, 3 …, such as losses and accuracies over epochs. What lies beyond ±10¹⁵ is drawn there.
     *
     * @param title above the chart
     * @param xLabel what the steps are, such as {@code epoch}
     * @param yLabel what the values are
     * @param curves values by name; NaN where there is none
     * @return the chart
     * @throws IllegalArgumentException if no curve has a finite value
     * @throws IllegalStateException if this machine has no fonts
     */
    public static XYChart lines(String title, String xLabel, String yLabel, Map<String, double[]> curves) {
        if (curves.values().stream().flatMapToDouble(Arrays::stream).noneMatch(Double::isFinite)) {
            throw new IllegalArgumentException("There is no curve to draw: \"" + title + "\" has no finite value.");
        }
        Legend legend = Legend.of(curves.keySet());
        String heading = legend.title(title);
        List<double[]> drawn = curves.values().stream().map(Charts::drawable).toList();
        return ChartStyle.draw(() -> {
            XYChart chart = empty(heading, xLabel, yLabel, legend.names(), 380, "");
            steps(chart.getStyler(), drawn);
            range(chart.getStyler(), 0, drawn.toArray(double[][]::new));
            int number = 0;
            for (double[] values : drawn) {
                curve(chart, legend.names().get(number), values, number++);
            }
            return chart;
        });
    }

    /**
     * Curves over numbers, such as accuracies over a radius.
     *
     * @param title above the chart
     * @param xLabel what the numbers are
     * @param x the numbers, rising
     * @param curves accuracies in % by name, as many as there are numbers
     * @param caption what was measured and what to look for
     * @return the chart
     * @throws IllegalStateException if this machine has no fonts
     */
    public static XYChart accuracies(
            String title, String xLabel, double[] x, Map<String, double[]> curves, String caption) {
        Legend legend = Legend.of(curves.keySet());
        String heading = legend.title(title);
        return ChartStyle.draw(() -> {
            XYChart chart = empty(heading, xLabel, "accuracy in %", legend.names(), 380, caption);
            chart.getStyler().setXAxisDecimalPattern("0.###").setYAxisDecimalPattern("0");
            chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
            int number = 0;
            for (double[] values : curves.values()) {
                chart.addSeries(label(legend.names().get(number)), x, values)
                        .setMarker(ChartStyle.marker(number))
                        .setLineStyle(ChartStyle.stroke(number++));
            }
            return chart;
        });
    }

    /** XChart looks for the ticks of an axis for ever where steps of it vanish beside its ends. */
    private static double[] drawable(double[] values) {
        return Arrays.stream(values)
                .map(value -> Double.isFinite(value) ? Math.max(-LARGEST, Math.min(LARGEST, value)) : value)
                .toArray();
    }

    /** Histograms over one row of bins as wide as a round number, at most so many; one begins at 0, where a line is. */
    static XYChart histogram(
            String title, String xLabel, String yLabel, int most, Map<String, double[]> given, String caption) {
        var values = new LinkedHashMap<String, double[]>();
        given.forEach((name, each) -> values.put(name, drawable(each)));
        double[] all = values.values().stream().flatMapToDouble(Arrays::stream).toArray();
        double low = Math.min(0, DoubleStream.of(all).min().orElse(0)); // the line at 0 needs its place
        double high = Math.max(0, DoubleStream.of(all).max().orElse(1));
        double width = ChartStyle.round((high - low) / (most - 1)); // the first bin begins before the least value
        long first = (long) Math.floor(low / width);
        int bins = (int) ((long) Math.floor(high / width) - first) + 1;
        double[] edges = IntStream.rangeClosed(-1, bins)
                .mapToDouble(i -> width * (first + Math.max(i, 0)))
                .toArray();
        return ChartStyle.draw(() -> {
            XYChart chart = empty(title, xLabel, yLabel, values.keySet(), 380, caption);
            chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.StepArea);
            chart.getStyler()
                    .setXAxisDecimalPattern("0.####")
                    .setYAxisDecimalPattern("0")
                    .setYAxisMin(0.0);
            // with all edges alike, ends of the axis too, XChart would label some of them instead of round numbers
            chart.getStyler().setXAxisMin(edges[0] - width / 2).setXAxisMax(edges[bins + 1] + width / 2);
            Color[] colours = ChartStyle.colours(values.size());
            values.forEach((name, each) -> {
                double[] counts = new double[bins + 2]; // 0 before the first edge and after the last
                for (double value : each) {
                    counts[1 + (int) ((long) Math.floor(value / width) - first)]++;
                }
                int number = chart.getSeriesCollection().size();
                Color colour = colours[number];
                chart.addSeries(label(name), edges, counts)
                        .setMarker(SeriesMarkers.NONE)
                        .setLineStyle(ChartStyle.stroke(number))
                        .setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 70));
            });
            chart.addAnnotation(new AnnotationLine(0, true, false));
            return chart;
        });
    }

    /** A chart without series, wide enough for its title and for a legend of these names. */
    private static XYChart empty(
            String title, String xLabel, String yLabel, Collection<String> names, int height, String caption) {
        var chart = new CaptionedChart(70 + wide(490, title) + legend(names), height, caption);
        chart.setTitle(title);
        chart.setXAxisTitle(xLabel);
        chart.setYAxisTitle(yLabel);
        ChartStyle.dress(chart.getStyler());
        chart.getStyler().setSeriesColors(ChartStyle.colours(names.size()));
        return chart;
    }

    /** Points by name. */
    static XYChart cloud(String title, List<String> axes, Map<String, List<double[]>> points, String caption) {
        return ChartStyle.draw(() -> {
            XYChart chart = empty(title, axes.get(0), axes.get(1), points.keySet(), tall(points.keySet()), caption);
            chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
            chart.getStyler().setXAxisDecimalPattern("0.##").setYAxisDecimalPattern("0.##");
            chart.getStyler().setPlotGridVerticalLinesVisible(true).setMarkerSize(6);
            points.forEach((name, cloud) -> {
                Marker marker = ChartStyle.marker(chart.getSeriesCollection().size());
                chart.addSeries(
                                label(name),
                                cloud.stream().mapToDouble(point -> point[0]).toArray(),
                                cloud.stream().mapToDouble(point -> point[1]).toArray())
                        .setMarker(marker);
            });
            return chart;
        });
    }

    /**
     * Gives an axis round numbers where all its values are one, as after one epoch.
     *
     * @param style style of the chart
     * @param axis its group, 0 on the left
     * @param curves what the axis shows
     */
    public static void range(AxesChartStyler style, int axis, double[]... curves) {
        double[] values = Arrays.stream(curves)
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .distinct()
                .toArray();
        style.putYAxisGroupDecimalPatternMap(axis, "0.###");
        if (values.length == 1) {
            double half = Math.pow(10, Math.floor(Math.log10(Math.max(Math.abs(values[0]), 0.1))));
            style.setYAxisMin(axis, half * Math.floor(values[0] / half));
            style.setYAxisMax(axis, half * (Math.floor(values[0] / half) + 1));
        }
    }

    private static void steps(AxesChartStyler style, Collection<double[]> curves) {
        int last = curves.stream().mapToInt(values -> values.length).max().orElse(1);
        style.setXAxisDecimalPattern("#").setXAxisMax(last == 1 ? 2.0 : last);
        style.setXAxisMin(last == 1 || last > 20 ? 0 : 1.0);
        style.setXAxisTickMarkSpacingHint(80);
        if (last <= 20) {
            style.setXAxisMaxLabelCount(Math.max(last, 3));
        }
    }

    private static void curve(XYChart chart, String name, double[] values, int number) {
        int[] at = IntStream.range(0, values.length)
                .filter(i -> Double.isFinite(values[i]))
                .toArray();
        if (at.length > 0) {
            double[] x = IntStream.of(at).mapToDouble(i -> i + 1).toArray();
            if (at.length > 20) {
                x[0] += 1e-3; // where all steps are equal, XChart labels every twelfth instead of round ones
            }
            double[] y = IntStream.of(at).mapToDouble(i -> values[i]).toArray();
            chart.addSeries(label(name), x, y)
                    .setMarker(at.length > 20 ? SeriesMarkers.NONE : ChartStyle.marker(number))
                    .setLineStyle(ChartStyle.stroke(number));
        }
    }

    /** Grouped bars without a caption. */
    public static CategoryChart bars(String title, String yLabel, List<String> groups, Map<String, List<Bar>> bars) {
        return bars(title, yLabel, groups, bars, "");
    }

    /** Grouped bars of percentages: for each name in the legend one bar per group, hatched in its own way. */
    public static CategoryChart bars(
            String title, String yLabel, List<String> groups, Map<String, List<Bar>> bars, String caption) {
        Legend legend = Legend.of(bars.keySet());
        String heading = legend.title(title);
        return ChartStyle.draw(() -> {
            int bar = Math.max(8, Math.min(24, 900 / (groups.size() * bars.size())));
            int group = Math.max((int) (bar * bars.size() / BarChart.FILL), 64);
            int room = Math.min(Math.max(group, (int) Math.ceil((widest(groups) + 14) / ErrorBars.CONTENT)), 170);
            int plot = Math.max(360, groups.size() * room);
            var chart =
                    new BarChart(70 + wide(plot, heading) + legend(legend.names()), tall(legend.names()), 100, caption);
            chart.setTitle(heading);
            chart.setYAxisTitle(yLabel);
            ChartStyle.dress(chart.getStyler());
            chart.getStyler().setSeriesColors(ChartStyle.colours(bars.size()));
            chart.getStyler().setYAxisDecimalPattern("0").setXAxisTickMarkSpacingHint(1);
            List<String> names = fit(groups, (int) (ErrorBars.CONTENT * room) - 14);
            var shown = legend.names().iterator();
            bars.values().forEach(row -> chart.add(label(shown.next()), names, row));
            return chart;
        });
    }

    /** Points by name: x and y in %, with error bars. A curve joins the points of these names, in their order. */
    public static XYChart points(
            String title,
            List<String> axes,
            Map<String, List<Bar>> points,
            Collection<List<String>> curves,
            String caption) {
        List<String> names = List.copyOf(points.keySet());
        Legend legend = Legend.of(points.keySet());
        String heading = legend.title(title);
        return ChartStyle.draw(() -> {
            var chart = new ErrorBarScatter(
                    70 + wide(420, heading) + legend(legend.names()),
                    Math.max(tall(legend.names()), 110 + widest(List.of(axes.get(1)))),
                    caption);
            chart.setTitle(heading);
            chart.setXAxisTitle(axes.get(0));
            chart.setYAxisTitle(axes.get(1));
            Color[] colours = ChartStyle.colours(points.size());
            for (List<Bar> point : points.values()) {
                int number = chart.count();
                chart.add(label(legend.names().get(number)), colours[number], point.get(0), point.get(1));
            }
            curves.forEach(
                    curve -> chart.join(curve.stream().map(names::indexOf).toList()));
            chart.range();
            return chart;
        });
    }

    /** A heat map, rows from top to bottom, with its values written in the cells as long as there is room for them. */
    public static HeatMapChart heat(
            String title,
            List<String> axes,
            List<String> rows,
            List<String> columns,
            double[][] values,
            DoubleFunction<String> writing) {
        return heat(title, axes, rows, columns, values, writing, 0);
    }

    /** A heat map of accuracies in %, whose colours span at least so many points. */
    public static HeatMapChart heat(
            String title,
            List<String> axes,
            List<String> rows,
            List<String> columns,
            double[][] values,
            DoubleFunction<String> writing,
            double span) {
        return ChartStyle.draw(() -> {
            boolean few = rows.size() <= MANY && columns.size() <= MANY;
            List<String> texts = Arrays.stream(values)
                    .flatMapToDouble(DoubleStream::of)
                    .mapToObj(writing)
                    .toList();
            List<String> below = fit(named(columns), 130);
            List<String> beside = fit(named(rows), 220);
            int many = Math.max(1, Math.min(7, SIDE / Math.max(1, Math.max(rows.size(), columns.size()))));
            int cell = few ? Math.max(44, Math.max(widest(texts), widest(below)) + 14) : many;
            int margin = 60 + widest(beside) + BAR;
            int plot = wide(cell * columns.size(), title);
            var chart = new HeatMap(
                    margin + plot, Math.max(HEAT, 130 + (few ? 38 : cell) * rows.size()), values, writing, few);
            chart.setTitle(title);
            chart.setYAxisTitle(axes.get(0));
            chart.setXAxisTitle(axes.get(1));
            chart.getStyler().setXAxisTickMarkSpacingHint(few ? 1 : widest(below) + 10);
            chart.add(title, beside, below);
            chart.span(span, 0, 100);
            return chart;
        });
    }

    /**
     * A chart as an image.
     *
     * @param chart any chart
     * @param scale pixels per unit of the chart: 2 is sharp on today's screens
     * @return the image
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage image(IChart chart, int scale) {
        return ChartStyle.draw(() -> {
            var image =
                    new BufferedImage(scale * chart.getWidth(), scale * chart.getHeight(), BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            ChartStyle.smooth(graphics);
            graphics.scale(scale, scale);
            chart.paint(graphics, chart.getWidth(), chart.getHeight());
            graphics.dispose();
            return image;
        });
    }

    /**
     * A chart as a card for a notebook, on soft paper and with round corners, so that it does not glare where the page is dark.
     *
     * @param chart any chart
     * @param scale pixels per unit of the chart
     * @return the image, clear outside of the corners
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage card(IChart chart, int scale) {
        return card(image(chart, scale), scale);
    }

    /**
     * A drawn chart as a card.
     *
     * @param image of {@link #image}
     * @param scale pixels per unit of the chart
     * @return another image, clear outside of the corners
     */
    public static BufferedImage card(BufferedImage image, int scale) {
        float[] paper = ChartStyle.PAPER.getRGBColorComponents(null);
        var tint = new RescaleOp(paper, new float[paper.length], null);
        return ChartStyle.rounded(tint.filter(image, null), scale);
    }

    /**
     * An image as PNG.
     *
     * @param image any image
     * @return the bytes of the file
     */
    public static byte[] png(BufferedImage image) {
        var bytes = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String label(String name) {
        return String.join("\n", ChartStyle.wrap(name, LEGEND));
    }

    private static int widest(Collection<String> texts) {
        Font font = ChartStyle.PLAIN;
        return texts.stream()
                .mapToInt(text -> ChartStyle.width(text, font))
                .max()
                .orElse(0);
    }

    private static int legend(Collection<String> names) {
        return 60
                + widest(names.stream()
                        .flatMap(name -> ChartStyle.wrap(name, LEGEND).stream())
                        .toList());
    }

    /** Tall enough for the legend. */
    private static int tall(Collection<String> names) {
        int lines = names.stream()
                .mapToInt(name -> ChartStyle.wrap(name, LEGEND).size())
                .sum();
        return Math.max(400, 50 + 15 * lines + 10 * names.size());
    }

    /** Width of a plot, which the title is centred on and must not exceed by much. */
    private static int wide(int width, String title) {
        return Math.max(width, ChartStyle.width(title, ChartStyle.TITLE));
    }

    /** A dash stands for what has no value, so that no row is nameless. */
    private static List<String> named(List<String> names) {
        return names.stream().map(name -> name.isBlank() ? "–" : name).toList();
    }

    /** Names cut to a width, still different from each other: at the end, or in the middle where only ends differ. */
    static List<String> fit(List<String> names, int width) {
        return IntStream.of(0, 2)
                .mapToObj(parts -> names.stream()
                        .map(name -> ChartStyle.fit(name, ChartStyle.PLAIN, width, parts))
                        .toList())
                .filter(fitted -> fitted.stream().distinct().count() == names.size())
                .findFirst()
                .orElse(names);
    }
}
