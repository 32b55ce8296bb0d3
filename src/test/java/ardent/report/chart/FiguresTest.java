package ardent.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.data.Images;
import ardent.evaluate.Fakes;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Outputs;
import ardent.report.Report;
import java.awt.Color;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** Figures of networks whose answers can be computed by hand. */
class FiguresTest {
    private static final Fakes.Bright BRIGHT = new Fakes.Bright("bright", new Protocol(), 0);

    private static double[] heights(XYChart chart, int series) {
        XYSeries drawn = List.copyOf(chart.getSeriesCollection()).get(series);
        return Arrays.copyOf(drawn.getYData(), drawn.getYData().length);
    }

    /** Every image stands in each histogram once, and brightening by 0.2 moves margins to the left. */
    @Test
    void marginsAreThoseOfAllImages() {
        XYChart chart = Figures.margins(BRIGHT, Fakes.images(30), new Fakes.Lighten(0.2f));
        assertThat(chart.getSeriesCollection().stream().map(XYSeries::getName)).containsExactly("clean", "Lighten-20");
        double[] clean = heights(chart, 0);
        double[] attacked = heights(chart, 1);
        assertThat(Arrays.stream(clean).sum()).isEqualTo(30);
        assertThat(Arrays.stream(attacked).sum()).isEqualTo(30);
        assertThat(attacked[0]).isPositive();
        assertThat(clean[0]).isZero();
    }

    /** Along what makes it brighter, the class changes; at a right angle to it, it does not change at once. */
    @Test
    void decisionsChangeAlongThePerturbation() {
        var sheet = Figures.decisions(BRIGHT, Fakes.images(30).select(1), new Fakes.Lighten(0.2f));
        var colours = new HashSet<Color>();
        int middle = Sheet.TITLE + 6 + 61 * 6 / 2 + 12;
        for (int x = 30; x < 30 + 61 * 6; x += 6) {
            colours.add(new Color(sheet.getRGB(x + 1, middle)));
        }
        assertThat(colours).contains(ChartStyle.colours(3)[0], ChartStyle.colours(3)[1], ChartStyle.colours(3)[2]);
        Attack none = (victim, images, labels, noise) -> images.duplicate();
        assertThatThrownBy(() -> Figures.decisions(BRIGHT, Fakes.images(3), none))
                .hasMessageContaining("leaves the image as it is");
    }

    /** Features are the pixels themselves. */
    record Pixels() implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            Layers.Layer linear = net.linear("linear", (int) image.size(), classes);
            return (images, training) -> {
                var row = images.reshape(images.getShape().get(0), -1);
                return new Outputs(row, linear.apply(row, training));
            };
        }
    }

    /** Images that vary in their first pixel by far the most are laid out by it. */
    @Test
    void featuresLieAlongWhatVariesMost() {
        byte[] pixels = new byte[20 * 4];
        int[] labels = new int[20];
        for (int i = 0; i < 20; i++) {
            pixels[4 * i] = (byte) (10 * i);
            pixels[4 * i + 1] = (byte) (i * 7 % 5);
            labels[i] = i / 10;
        }
        Images images = Images.of("rows", pixels, labels, new Shape(1, 2, 2), List.of("low", "high"));
        try (var network = Classifier.of(new Pixels(), images.shape(), 2, 0)) {
            XYChart chart = Figures.features(network, images);
            assertThat(chart.getXAxisTitle())
                    .startsWith("principal component 1, ")
                    .contains("100 %");
            double[] low = List.copyOf(chart.getSeriesCollection()).get(0).getXData();
            double[] high = List.copyOf(chart.getSeriesCollection()).get(1).getXData();
            double step = Math.abs(low[1] - low[0]);
            assertThat(step).isBetween(9.9 / 255, 10.1 / 255);
            double sign = Math.signum(low[1] - low[0]);
            assertThat(Arrays.stream(low).map(x -> sign * x).max().orElseThrow())
                    .isLessThan(Arrays.stream(high).map(x -> sign * x).min().orElseThrow());
            assertThatThrownBy(() -> Figures.features(network, images.first(2)))
                    .hasMessageContaining("at least 3 images");
        }
    }

    @Test
    void classesHaveTheirOwnBars() {
        Report report = Report.of(Robustness.measure(
                List.of(Subject.of(BRIGHT)), Fakes.images(30), List.of(new Fakes.Lighten(0.2f)), new Protocol(8, 0)));
        var series = report.plotClasses("Lighten-20")
                .getSeriesCollection()
                .iterator()
                .next();
        assertThat(series.getXData()).hasSize(3);
        assertThat(series.getYData()).containsExactly(0, 0, 100);
        assertThatThrownBy(() -> report.plotClasses("PGD-20")).hasMessageContaining("Unknown attack");
    }
}
