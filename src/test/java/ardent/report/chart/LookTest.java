package ardent.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.data.Images;
import ardent.evaluate.ExampleImage;
import ardent.evaluate.ImagePixels;
import ardent.tensor.Torch;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapSeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** Pictures that say what they show: scales, axes, legends, and labels with room. */
class LookTest {
    /** The ends of the bar are written as the cells: XChart's own 57.0 is gone. */
    @Test
    void theBarOfColoursIsWrittenLikeTheCells() {
        assertThat(inkBesideTheBar(value -> "")).isZero();
        assertThat(inkBesideTheBar(value -> Long.toString(Math.round(value)))).isPositive();
    }

    /** Shortened at the end, and in the middle only where the ends alone differ; below a chart they do not touch. */
    @Test
    void longNamesAreCutAtTheEndAndStayApart() {
        List<String> ends = Charts.fit(List.of("golden retriever", "goldfish"), 60);
        assertThat(ends.get(0)).startsWith("golden").endsWith("…");
        assertThat(Charts.fit(List.of("a golden retriever, long", "a golden retriever, short"), 100))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.contains("…") && !name.endsWith("…"));
        assertThat(Charts.fit(List.of("cat", "dog"), 60)).containsExactly("cat", "dog");
        String name = "golden retriever, of the long kind";
        var bar = List.of(new Charts.Bar(50, 40, 60), new Charts.Bar(50, 40, 60));
        CategoryChart chart = Charts.bars("Classes", "%", List.of(name, name + "s"), Map.of("SAT", bar));
        assertThat(chart.getSeriesCollection().iterator().next().getXData())
                .allSatisfy(shown -> assertThat(ChartStyle.width(shown.toString(), ChartStyle.PLAIN))
                        .isLessThan(155));
    }

    private static long inkBesideTheBar(DoubleFunction<String> writing) {
        var classes = List.of("cat", "dog");
        double[][] counts = {{57, 0}, {3, 40}};
        var chart = Charts.heat("Confusion", List.of("true", "predicted"), classes, classes, counts, writing);
        BufferedImage image = Charts.image(chart, 1);
        return IntStream.range(0, image.getHeight())
                .flatMap(y ->
                        IntStream.range(image.getWidth() - 30, image.getWidth()).map(x -> image.getRGB(x, y)))
                .filter(rgb -> rgb != Color.WHITE.getRGB())
                .count();
    }

    private static final Shape GREY = new Shape(1, 28, 28);

    private static ImagePixels flat(Shape shape, float level, float other) {
        var pixels = new float[(int) shape.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i % 2 == 0 ? level : other;
        }
        return new ImagePixels(shape, pixels);
    }

    /** A grey image, with pixels that rise and fall by as much. */
    private static ExampleImage changed(float by) {
        return new ExampleImage("a", "a", "b", flat(GREY, 0.5f, 0.5f), flat(GREY, 0.5f + by, 0.5f - by));
    }

    private static List<Integer> levels(BufferedImage sheet, int top, int bottom, int left) {
        var levels = new HashSet<Integer>();
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < sheet.getWidth(); x++) {
                levels.add(new Color(sheet.getRGB(x, y)).getRed());
            }
        }
        return List.copyOf(levels);
    }

    /** At ε = 0.2 and at ε = 8/255 the change spans black to white; an image that is changed half as much, half of it. */
    @Test
    void theRowOfPerturbationsIsScaledToTheLargest() {
        for (float epsilon : new float[] {0.2f, 8 / 255f}) {
            ExampleImage whole = changed(epsilon);
            BufferedImage sheet = ImageSheet.of("title", List.of(whole));
            int middle = sheet.getHeight() / 2;
            assertThat(levels(sheet, middle, middle + 20, sheet.getWidth() - 60))
                    .contains(0, 255);
            BufferedImage two = ImageSheet.of("title", List.of(whole, changed(epsilon / 2)));
            assertThat(levels(two, middle, middle + 20, two.getWidth() - 60))
                    .contains(64, 191)
                    .doesNotContain(0);
        }
        assertThat(ImageSheet.of("nothing changed", List.of(changed(0))).getWidth())
                .isPositive();
    }

    @Test
    void imagesAreLargeEnoughAndLongNamesWidenColumns() {
        Shape colour = new Shape(3, 32, 32);
        assertThat(Sheet.size(flat(colour, 0, 0), 64).width).isEqualTo(64);
        assertThat(Sheet.size(flat(GREY, 0, 0), 84).width).isEqualTo(84);
        assertThat(Sheet.size(flat(new Shape(3, 100, 70), 0, 0), 64)).isEqualTo(new java.awt.Dimension(70, 100));
        assertThat(Sheet.size(flat(new Shape(3, 320, 160), 0, 0), 64)).isEqualTo(new java.awt.Dimension(80, 160));
        byte[] pixels = new byte[4 * 3072];
        var images =
                Images.of("set", pixels, new int[] {0, 1, 0, 1}, colour, List.of("automobile", "golden retriever"));
        var narrow = Images.of("set", pixels, new int[] {0, 1, 0, 1}, colour, List.of("a", "b"));
        assertThat(ContactSheet.of(images).getWidth())
                .isGreaterThan(ContactSheet.of(narrow).getWidth());
        var example =
                new ExampleImage("automobile", "automobile", "automobile", flat(colour, 0, 0), flat(colour, 0, 1));
        var longer = new ExampleImage(
                "golden retriever", "golden retriever", "golden retriever", flat(colour, 0, 0), flat(colour, 0, 1));
        int short2 = ImageSheet.of("t", List.of(example, example)).getWidth();
        assertThat(ImageSheet.of("t", List.of(longer, longer)).getWidth()).isGreaterThan(short2);
    }

    /** A folder's images are sorted by class: its first twenty are of one. */
    @Test
    void aSheetShowsEveryClass() {
        byte[] pixels = new byte[60];
        int[] labels = new int[60];
        for (int i = 0; i < 60; i++) {
            pixels[i] = (byte) (100 + i);
            labels[i] = i < 40 ? 0 : i < 58 ? 1 : 2;
        }
        Images sorted = Images.of("sorted", pixels, labels, new Shape(1, 1, 1), List.of("cat", "dog", "owl"));
        Images shown = ContactSheet.ofEachClass(sorted, 10);
        assertThat(shown.origin()).hasToString("sorted, select(10, indices [0, 1, 2, 3, 40, 41, 42, 43, 58, 59])");
        assertThat(ContactSheet.ofEachClass(sorted.first(3), 10).size()).isEqualTo(3);
        Images some = ContactSheet.ofEachClass(sorted.labelled(3, 0), 8);
        assertThat(some.labelCount()).isEqualTo(3);
        assertThat(some.size()).isEqualTo(8);
        assertThat(ExampleImage.chosen(labels, 4)).containsExactly(0, 40, 58, 1);
    }

    @Test
    void anArrayOfImagesIsASheet() {
        try (NDArray images = Torch.manager().zeros(new Shape(5, 3, 32, 32));
                NDArray logits = Torch.manager().zeros(new Shape(5, 10))) {
            assertThat(ContactSheet.of(images).getWidth()).isGreaterThanOrEqualTo(5 * 64);
            assertThat(ContactSheet.holdsImages(logits)).isFalse();
            assertThatThrownBy(() -> ContactSheet.of(logits)).hasMessageContaining("(N, C, H, W)");
        }
    }

    @Test
    void oneEpochHasRoundAxes() {
        XYChart loss = Charts.lines("t", "epoch", "loss", Map.of("loss", new double[] {1.718513327701525}));
        assertThat(loss.getStyler().getXAxisMin()).isEqualTo(0.0);
        assertThat(loss.getStyler().getXAxisMax()).isEqualTo(2.0);
        assertThat(loss.getStyler().getYAxisMin(0)).isEqualTo(1.0);
        assertThat(loss.getStyler().getYAxisMax(0)).isEqualTo(2.0);
        XYChart accuracy = Charts.lines("t", "epoch", "%", Map.of("clean", new double[] {97.25}));
        assertThat(accuracy.getStyler().getYAxisMin(0)).isEqualTo(90.0);
        assertThat(accuracy.getStyler().getYAxisMax(0)).isEqualTo(100.0);
        XYChart none = Charts.lines("t", "epoch", "%", Map.of("robust", new double[] {0}));
        assertThat(none.getStyler().getYAxisMin(0)).isZero();
        assertThat(Charts.image(none, 1).getWidth()).isPositive();
        XYChart two = Charts.lines("t", "epoch", "%", Map.of("robust", new double[] {1, 2}));
        assertThat(two.getStyler().getXAxisMin()).isEqualTo(1.0);
        assertThat(two.getStyler().getYAxisMin(0)).isNull();
    }

    @Test
    void whatAllNamesShareStandsInTheTitleOnce() {
        var curves = new LinkedHashMap<String, double[]>();
        curves.put("SmallCnn · CRDND · λ = 0.1", new double[] {1, 2});
        curves.put("SmallCnn · CRDND · λ = 1.0", new double[] {2, 3});
        XYChart chart = Charts.lines("Runs", "epoch", "loss", curves);
        assertThat(chart.getTitle()).isEqualTo("Runs · SmallCnn · CRDND");
        assertThat(chart.getSeriesCollection().stream().map(XYSeries::getName)).containsExactly("λ = 0.1", "λ = 1.0");
        assertThat(Legend.of(List.of("SmallCnn · SAT", "SmallCnn")).names())
                .containsExactly("SmallCnn · SAT", "SmallCnn");
        assertThat(Legend.of(List.of("SmallCnn · SAT")).names()).containsExactly("SmallCnn · SAT");
    }

    /** In grey print colours are no help. */
    @Test
    void curvesDifferInFormToo() {
        var curves = new LinkedHashMap<String, double[]>();
        for (int i = 0; i < 5; i++) {
            curves.put("curve " + i, new double[] {i, i + 1});
        }
        var forms = new ArrayList<String>();
        for (XYSeries series : Charts.lines("t", "epoch", "y", curves).getSeriesCollection()) {
            float[] dashes = series.getLineStyle().getDashArray();
            forms.add(series.getMarker().getClass() + " " + Arrays.toString(dashes));
        }
        assertThat(forms).doesNotHaveDuplicates();
    }

    /** Without its colour a bar is found in the legend by its lines; its edge is whole, so that its height can be read. */
    @Test
    void barsDifferByLinesToo() {
        int count = 7;
        var bars = new LinkedHashMap<String, List<Charts.Bar>>();
        for (int i = 0; i < count; i++) {
            bars.put("network " + i, List.of(new Charts.Bar(80, Double.NaN, Double.NaN), Charts.Bar.NONE));
        }
        CategoryChart chart = Charts.bars("Bars", "%", List.of("clean", "not measured"), bars, "What they show.");
        BufferedImage image = Charts.image(chart, 2);
        List<List<boolean[][]>> lines = Arrays.stream(ChartStyle.colours(count))
                .map(colour -> lines(image, colour.getRGB()))
                .toList();
        for (int i = 0; i < count; i++) {
            assertThat(lines.get(i)).hasSize(2);
            boolean[][] bar = lines.get(i).get(0);
            List<Integer> unlike =
                    lines.stream().map(each -> unlike(bar, each.get(1))).toList();
            int own = unlike.get(i);
            assertThat(own).as("%s", unlike).isLessThan(80);
            assertThat(unlike).filteredOn(pixels -> pixels > own + 60).hasSize(count - 1);
        }
        assertThat(List.of("AutoAttack"))
                .isEqualTo(Charts.bars("Bars", "%", List.of("AutoAttack"), Map.of("SAT", List.of(Charts.Bar.NONE)))
                        .getSeriesCollection()
                        .iterator()
                        .next()
                        .getXData());
    }

    /** Where lines are in the upper left part of each area with a colour, from left to right. */
    private static List<boolean[][]> lines(BufferedImage image, int rgb) {
        var areas = new ArrayList<boolean[][]>();
        boolean inside = false;
        for (int x = 0; x < image.getWidth(); x++) {
            int left = x;
            int[] rows = IntStream.range(0, image.getHeight())
                    .filter(y -> image.getRGB(left, y) == rgb)
                    .toArray();
            if (rows.length > 0 && !inside) {
                boolean[][] area = new boolean[32][32];
                for (int i = 0; i < 32; i++) {
                    for (int j = 0; j < 32; j++) {
                        area[i][j] = new Color(image.getRGB(left + 2 + j, rows[0] + 2 + i)).getRed()
                                > (255 + new Color(rgb).getRed()) / 2;
                    }
                }
                areas.add(area);
            }
            inside = rows.length > 0;
        }
        return areas;
    }

    /** How many of 28 × 28 pixels differ, where they lie best on each other: edges lie between pixels. */
    private static int unlike(boolean[][] one, boolean[][] other) {
        int least = Integer.MAX_VALUE;
        for (int shift = 0; shift < 25; shift++) {
            int unlike = 0;
            for (int i = 0; i < 28; i++) {
                for (int j = 0; j < 28; j++) {
                    unlike += one[2 + i][2 + j] == other[shift / 5 + i][shift % 5 + j] ? 0 : 1;
                }
            }
            least = Math.min(least, unlike);
        }
        return least;
    }

    @Test
    void coloursOfAHeatMapSpanEnoughAndNoRowIsNameless() {
        HeatMapSeries near = heat(List.of("", "x"), 73.8, 74.8);
        assertThat(near.getMax() - near.getMin()).isEqualTo(20);
        assertThat(near.getMin()).isLessThan(73.8);
        assertThat(near.getYData().stream().map(Object::toString)).containsExactly("x", "–");
        assertThat(heat(List.of("x"), 99.5).getMax()).isEqualTo(100);
        HeatMapSeries wide = heat(List.of("x", "y"), 10, 90);
        assertThat(wide.getMin()).isEqualTo(10);
        assertThat(wide.getMax()).isEqualTo(90);
    }

    /** A training that diverges has a loss of 2e22, and XChart never came to the end of its axis. */
    @Test
    void hugeNumbersAreDrawn() {
        double[] loss = {2, 1e10, 2.4e22, Double.NaN};
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            assertThat(Charts.image(Charts.lines("Loss", "epoch", "loss", Map.of("loss", loss)), 1)
                            .getWidth())
                    .isPositive();
            assertThat(Charts.image(
                                    Charts.histogram(
                                            "Margins",
                                            "margin",
                                            "images",
                                            20,
                                            Map.of("SAT", new double[] {-1e25, 3}),
                                            ""),
                                    1)
                            .getWidth())
                    .isPositive();
        });
    }

    @Test
    void aThousandClassesFitIntoMemory() {
        List<String> classes = IntStream.range(0, 1000).mapToObj(k -> "c" + k).toList();
        var chart = Charts.heat(
                "Confusion", List.of("true", "predicted"), classes, classes, new double[1000][1000], Double::toString);
        assertThat(chart.getWidth()).isBetween(1000, 2000);
        assertThat(chart.getHeight()).isBetween(1000, 2000);
    }

    /** A heat map of one column whose colours span 20 points at least. */
    private static HeatMapSeries heat(List<String> rows, double... values) {
        double[][] column =
                Arrays.stream(values).mapToObj(value -> new double[] {value}).toArray(double[][]::new);
        return Charts.heat("t", List.of("a", "b"), rows, List.of("p"), column, value -> "", 20)
                .getHeatMapSeries();
    }
}
