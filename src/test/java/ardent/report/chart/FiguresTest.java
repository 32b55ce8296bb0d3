package ardent.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ardent.Ardent;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.Ball;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Restarts;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.evaluate.Fakes;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.grid.Grid;
import ardent.method.NoisyView;
import ardent.method.Sat;
import ardent.method.Trades;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Network;
import ardent.network.Outputs;
import ardent.network.SmallCnn;
import ardent.report.Comparison;
import ardent.report.Report;
import ardent.tensor.Noise;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.awt.Color;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
        assertThat(attacked[1]).isPositive();
        assertThat(clean[1]).isZero();
    }

    /** One image leaves the ball and one is not finite: both count as their clean ones, and no plane is drawn along them. */
    @Test
    void whatLeftTheBallCountsAsItsCleanImage() {
        record Odd(Ball ball, float first, float second) implements Attack {
            @Override
            public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
                NDArray found = images.duplicate();
                found.set(new NDIndex("0"), first);
                if (images.getShape().get(0) > 1) {
                    found.set(new NDIndex("1"), second);
                }
                images.set(new NDIndex("0"), second); // which is not what it was given
                return found;
            }
        }
        Images images = Fakes.images(30);
        XYChart chart = Figures.margins(BRIGHT, images, new Odd(new Linf(0.1f), 1, Float.NaN));
        assertThat(heights(chart, 1)).containsExactly(heights(chart, 0));
        assertThat(caption(chart))
                .endsWith("In place of an image that left the ball or [0, 1] its clean one is counted (2 of 30);"
                        + " fix the attack.");
        for (float value : new float[] {1, Float.NaN}) {
            Attack odd = new Odd(new Linf(0.1f), value, value);
            for (ThrowingCallable figure : List.<ThrowingCallable>of(
                    () -> Figures.decisions(BRIGHT, images, odd), () -> Figures.lossSurface(BRIGHT, images, odd))) {
                assertThatThrownBy(figure)
                        .hasMessage(odd.label() + ": 1 image is outside the ball or [0, 1]; fix the attack.");
            }
        }
    }

    /** The first image, on which networks are tried, is not the one that is answered with NaN. */
    @Test
    void marginsThatAreNoNumbersAreRefused() {
        Network damaged = x -> {
            NDArray logits = BRIGHT.logits(x);
            if (x.getShape().get(0) > 2) {
                logits.set(new NDIndex("2"), Float.NaN);
            }
            return logits;
        };
        assertThatThrownBy(() -> Figures.margins(damaged, Fakes.images(3), new Fakes.Lighten(0.2f)))
                .hasMessageContaining("answers image 2 with a logit that is not finite");
    }

    /** AutoAttack is another cascade where classes are few, and figures of three classes say so. */
    @Test
    void figuresNameWhatRan() {
        Images images = Fakes.images(6);
        Attack attack = new Restarts(new AutoAttack(new Linf(0.9f)), 1);
        String name = "Cascade for 3 classes (not AutoAttack) ×1";
        XYChart chart = Figures.margins(BRIGHT, images, attack);
        assertThat(chart.getSeriesCollection().stream()
                        .map(each -> each.getName().replace('\n', ' ')))
                .containsExactly("clean", name);
        assertThat(caption(chart)).contains("clean and under " + name + ".");
        assertThat(ImagePlane.of(BRIGHT, images, attack).attack()).isEqualTo(name);
    }

    /** Bins are equally wide, a round number, and none is on both sides of 0; each is drawn over its own numbers. */
    @Test
    void binsOfAHistogramAreEqualAndRound() {
        double[] values = {-0.52, -0.01, 0.0, 0.03, 0.049, 0.05, 1.7};
        XYChart chart = Charts.histogram("t", "x", "y", 40, Map.of("a", values), "");
        XYSeries drawn = chart.getSeriesCollection().iterator().next();
        double[] edges = drawn.getXData();
        double[] counts = drawn.getYData();
        assertThat(edges[0]).isEqualTo(edges[1]);
        for (int i = 1; i < edges.length - 1; i++) {
            double low = edges[i];
            double high = edges[i + 1];
            assertThat(high - low).isCloseTo(0.1, within(1e-9));
            assertThat(counts[i])
                    .isEqualTo(Arrays.stream(values)
                            .filter(value -> value >= low - 1e-9 && value < high - 1e-9)
                            .count());
        }
        assertThat(counts[0] + counts[counts.length - 1]).isZero();
        assertThat(edges[0]).isCloseTo(-0.6, within(1e-9));
        assertThat(edges).contains(0.0);
        for (double one : new double[] {2, -2, 0}) {
            XYSeries same = Charts.histogram("t", "x", "y", 40, Map.of("a", new double[] {one, one}), "")
                    .getSeriesCollection()
                    .iterator()
                    .next();
            assertThat(same.getXData()).as("0 has its place").contains(0.0);
            assertThat(same.getYData()).containsOnly(0, 2).containsOnlyOnce(2);
        }
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

    /** Logits are minus the distances from 0.2, 0.5 and 0.8, so that the loss of each image of the plane can be computed by hand. */
    @Test
    void theLossIsTheCrossEntropyOfTheTrueClass() {
        Images one = Fakes.images(30).select(1);
        ImagePlane plane = ImagePlane.of(BRIGHT, one, new Fakes.Lighten(0.2f));
        int middle = ImagePlane.SIDE / 2 * (ImagePlane.SIDE + 1);
        double grey;
        try (var pixels = one.pixels(Torch.manager())) {
            grey = pixels.mean().getFloat();
        }
        double sum =
                Math.exp(-Math.abs(grey - 0.2)) + Math.exp(-Math.abs(grey - 0.5)) + Math.exp(-Math.abs(grey - 0.8));
        assertThat(plane.losses(1)[middle]).isCloseTo(Math.abs(grey - 0.5) + Math.log(sum), within(1e-6));
        assertThat(plane.losses(1)[middle + 20]).isGreaterThan(plane.losses(1)[middle]);
        assertThat(plane.classes()[middle]).isEqualTo(1);
        assertThat(plane.most()).isCloseTo(0.2, within(1e-6));
        assertThat(Figures.lossSurface(BRIGHT, one, new Fakes.Lighten(0.2f)).getWidth())
                .isGreaterThan(61 * 6);
    }

    @Test
    void imagesThatDoNotFitANetworkAreRefusedBeforeTheirLabels() {
        Images images = Fakes.images(9);
        Attack attack = new ardent.attack.Pgd(2);
        try (var network = Classifier.of(new Pixels(), new Shape(1, 16, 16), 2, 0);
                var few = Classifier.of(new Pixels(), images.shape(), 2, 0)) {
            for (ThrowingCallable figure : List.<ThrowingCallable>of(
                    () -> Figures.margins(network, images, attack),
                    () -> Figures.decisions(network, images, attack),
                    () -> Figures.lossSurface(network, images, attack),
                    () -> Figures.saliency(images, network),
                    () -> Figures.features(network, images))) {
                assertThatThrownBy(figure)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("takes images of shape (N, 1, 16, 16), not (");
            }
            for (ThrowingCallable figure : List.<ThrowingCallable>of(
                    () -> Figures.margins(few, images, attack), () -> Figures.saliency(images, few))) {
                assertThatThrownBy(figure).hasMessageContaining("but the data have 3 classes");
            }
        }
    }

    /** Of a linear network that looks at one pixel, that pixel alone is white. */
    @Test
    void saliencyShowsThePixelsThatMatter() {
        byte[] pixels = new byte[2 * 64];
        Images images = Images.of("two", pixels, new int[] {0, 1}, new Shape(1, 8, 8), List.of("a", "b"));
        Network corner = x -> {
            NDArray first = x.reshape(x.getShape().get(0), -1).get(":, 0:1");
            return first.concat(first.neg(), 1);
        };
        try (NDArray array = images.pixels(Torch.manager());
                NDArray labels = images.labels(Torch.manager())) {
            var sizes = Figures.sizes(corner, array, labels);
            assertThat(sizes).hasSize(2);
            for (float[] size : sizes) {
                assertThat(size[0]).isEqualTo(1);
                assertThat(Arrays.copyOfRange(size, 1, 64)).containsOnly(0);
            }
        }
        assertThat(Figures.saliency(images, corner, corner).getHeight())
                .isGreaterThan(Figures.saliency(images, corner).getHeight() + 84);
        assertThatThrownBy(() -> Figures.saliency(images)).hasMessageContaining("at least one");
    }

    /** The smallest weight comes first on the line, wherever its network stands; a network without the weight stands alone. */
    @Test
    void aTradeOffJoinsNetworksByTheirWeight() {
        var networks = Stream.of(1.0f, 20f, 6f)
                .map(contrast -> Subject.of(new Fakes.Bright(
                        "net · λ = " + contrast, new Fakes.Plan("CRDND", contrast, "none"), contrast / 100)))
                .toList();
        Report report = Report.of(
                Robustness.measure(networks, Fakes.images(30), List.of(new Fakes.Lighten(0.2f)), new Protocol(8, 0)));
        XYChart chart = report.tradeoff("contrast", "Lighten-20");
        assertThat(chart.getSeriesCollection()).hasSize(3);
        double[] clean = chart.getSeries("λ = 1.0").getXData();
        assertThat(clean)
                .containsExactly(
                        100 * report.robustness().outcomes().get(0).clean().rate());
        assertThat(((ErrorBarScatter) chart).curves()).containsExactly(List.of(0, 2, 1));
        assertThat(caption(chart)).startsWith("30 images. ").contains("differ in contrast alone");
        assertThatThrownBy(() -> report.tradeoff("contrast", "PGD-20")).hasMessageContaining("Unknown attack");
        assertThatThrownBy(() -> report.tradeoff("β", "Lighten-20")).hasMessageContaining("do not differ");
    }

    /** In a sweep too: one line for each method with a weight, under noise or not, and none for a method alone. */
    @Test
    void aTradeOffOfASweepJoinsAMethodByItsWeight(@TempDir Path folder) {
        Images digits = Mnist.load().train().take(40);
        var pgd = new Pgd(new Linf(0.1f), 1);
        Plan plan = Plan.quick().epochs(1).batchSize(40).validation(0);
        var grid = new Grid(new SmallCnn(1), digits, plan, digits.take(20)).attacks(new Fgsm(pgd.ball()));
        for (float beta : new float[] {3, 1, 10}) {
            var trades = new Trades(pgd, beta);
            grid = grid.methods(trades).baselines(new NoisyView(trades, pgd.ball()));
        }
        Comparison sweep = Ardent.sweep(folder, grid.controls(new Sat(pgd, 0)));
        assertThat(((ErrorBarScatter) sweep.tradeoff()).curves()).containsExactly(List.of(2, 0, 4), List.of(3, 1, 5));
    }

    @Test
    void aTradeOffOverWordsNamesTheNumbers() {
        var networks = Stream.of("none", "residual")
                .map(part -> Subject.of(new Fakes.Bright(
                        "net · " + part, new Fakes.Plan("CRDND", part.length(), part), part.length() / 100f)))
                .toList();
        Report report = Report.of(
                Robustness.measure(networks, Fakes.images(30), List.of(new Fakes.Lighten(0.2f)), new Protocol(8, 0)));
        assertThatThrownBy(() -> report.tradeoff("compensation", "Lighten-20"))
                .hasMessage("A trade-off is drawn over a number, and \"compensation\" is not a number; the networks"
                        + " differ in these: contrast.");
    }

    private static String caption(XYChart chart) {
        return String.join(" ", ((CaptionedChart) chart).caption());
    }

    /** The caption lies below the plot, however often the chart is painted. */
    @Test
    void aCaptionHasRoomOfItsOwn() {
        XYChart chart = Figures.margins(BRIGHT, Fakes.images(30), new Fakes.Lighten(0.2f));
        assertThat(caption(chart)).startsWith("30 images, clean and under Lighten-20. ");
        int height = chart.getHeight();
        var first = Charts.image(chart, 1);
        var second = Charts.image(chart, 1);
        assertThat(second.getHeight()).isEqualTo(height).isEqualTo(first.getHeight());
        int ink = 0;
        for (int x = 0; x < first.getWidth(); x++) {
            for (int y = height - 16; y < height; y++) {
                assertThat(second.getRGB(x, y)).isEqualTo(first.getRGB(x, y));
                ink += first.getRGB(x, y) == Color.WHITE.getRGB() ? 0 : 1;
            }
        }
        assertThat(ink).isPositive();
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
        Report fgsm = Report.of(Robustness.measure(
                List.of(Subject.of(BRIGHT)), Fakes.images(30), List.of(new Fgsm(new Linf(0.1f))), new Protocol(8, 0)));
        assertThat(String.join(" ", ((BarChart) fgsm.plotClasses("FGSM")).caption()))
                .startsWith("30 images under FGSM (L∞ ≤ 0.1). Of each class, ");
        assertThat(String.join(" ", ((BarChart) fgsm.plot()).caption()))
                .startsWith("30 images; ")
                .endsWith(" Threat model: FGSM: L∞ ≤ 0.1.");
    }
}
