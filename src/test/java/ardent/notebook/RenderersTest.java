package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ardent.JavaProgram;
import ardent.report.HtmlView;
import ardent.tensor.Torch;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYChartBuilder;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.FloatColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

class RenderersTest {
    @TempDir
    private Path folder;

    @Test
    void aTableIsEscapedAlignedAndFormatted() {
        var percent = DoubleColumn.create("PGD-20", 0.5, Double.NaN);
        percent.setPrintFormatter(NumberColumnFormatter.percent(1));
        var table = Table.create(
                "<script>alert(1)</script>",
                StringColumn.create("student & co", "<script>", "b"),
                DoubleColumn.create("loss", 0.123456, 12.5),
                FloatColumn.create("stride", 0.1f, 2f),
                IntColumn.create("epoch", 3, 12),
                percent);
        var bundle = Renderers.bundle(new TableView(table).highest("loss").lowest("epoch"));
        assertThat(bundle.text()).isEqualTo("""
                        <script>alert(1)</script> · 2 rows × 5 columns
                        student & co   loss  stride  epoch  PGD-20
                        ────────────  ─────  ──────  ─────  ──────
                        <script>       0.12   0.100      3   50.0%
                        b             12.50   2.000     12       –""");
        var html = bundle.data().get(Bundle.HTML);
        assertThat(html)
                .contains("student &amp; co", "&lt;script&gt;", "<b>12.50</b>", "<b>3</b>", "text-align:right", ">–<")
                .doesNotContain("<script", "<style", "class=");
    }

    @Test
    void aLongTableShowsItsEnds() {
        var table =
                Table.create(IntColumn.create("n", IntStream.rangeClosed(1, 100).toArray()));
        var bundle = Renderers.bundle(table);
        assertThat(bundle.text())
                .contains("100 rows × 1 column", " 10\n… 80 more\n 91")
                .doesNotContain(" 11");
        assertThat(bundle.data().get(Bundle.HTML)).contains("… 80 more").doesNotContain(">11<");
        assertThat(Renderers.bundle(Table.create("empty")).text()).startsWith("empty · 0 rows × 0 columns");
        assertThat(Renderers.bundle(Table.create(IntColumn.create("n"))).text()).startsWith("0 rows × 1 column");
    }

    @Test
    void smallAndLargeNumbersStayReadable() {
        var table = Table.create(DoubleColumn.create("small", 1e-5, 2e-6), DoubleColumn.create("large", 1234567.8, 1));
        assertThat(Renderers.bundle(table).text()).contains("1.00e-05", "1234568");
        assertThatThrownBy(() -> new TableView(table).highest("clean")).hasMessageContaining("clean");
    }

    @Test
    void picturesArePngOfTheirSize() throws Exception {
        var chart = new XYChartBuilder().width(300).height(200).title("Loss").build();
        chart.addSeries("student", new double[] {1, 2}, new double[] {2, 1});
        var bundle = Renderers.bundle(chart);
        assertThat(bundle.text()).isEqualTo("Chart \"Loss\", 300 × 200 pixels");
        assertThat(bundle.metadata()).containsEntry(Bundle.PNG, Map.of("width", 300, "height", 200));
        assertThat(png(bundle).getWidth()).isEqualTo(300);
        System.setProperty("ardent.scale", "2");
        try {
            var sharp = Renderers.bundle(chart);
            assertThat(png(sharp).getWidth()).isEqualTo(600);
            assertThat(sharp.metadata()).isEqualTo(bundle.metadata());
        } finally {
            System.clearProperty("ardent.scale");
        }
        var image = Renderers.bundle(new BufferedImage(28, 14, BufferedImage.TYPE_BYTE_GRAY));
        assertThat(image.text()).isEqualTo("Image, 28 × 14 pixels");
        assertThat(png(image).getHeight()).isEqualTo(14);
    }

    /** Accuracies of one decimal look as those in the next column, whose values need the second one. */
    @Test
    void aColumnsOwnFormatHoldsForEveryValue() {
        var one = DoubleColumn.create("one", 88.2, 54.6);
        var two = DoubleColumn.create("two", 88.25, 54.68);
        var format =
                new java.text.DecimalFormat("0.0", java.text.DecimalFormatSymbols.getInstance(java.util.Locale.ROOT));
        one.setPrintFormatter(new NumberColumnFormatter(format, "–"));
        two.setPrintFormatter(new NumberColumnFormatter(format, "–"));
        assertThat(new TableView(Table.create("t", one, two)).toString())
                .contains("88.2  88.2", "54.6  54.7")
                .doesNotContain("88.20");
    }

    @Test
    void imagesThatAnAttackMadeAreASheet() {
        try (var images = Torch.manager().zeros(new Shape(3, 1, 28, 28));
                var logits = Torch.manager().zeros(new Shape(3, 10))) {
            assertThat(Renderers.bundle(images).data()).containsKey(Bundle.PNG);
            assertThat(Renderers.bundle(logits).data()).doesNotContainKey(Bundle.PNG);
        }
    }

    @Test
    void arraysAreReadable() {
        assertThat(Renderers.bundle(new float[] {0, 1}).text())
                .isEqualTo("float[2] from 0.000 to 1.000, mean 0.5000: 0.000, 1.000");
        assertThat(Renderers.bundle(new float[0]).text()).isEqualTo("float[0]");
        assertThat(Renderers.bundle(new int[][] {{1, 2}, {3}}).text())
                .contains("0  1  2")
                .contains("1  3  –");
        assertThat(Renderers.bundle(null).text()).isEqualTo("null");
    }

    @Test
    void nothingThatIsShownCanHurtTheKernel() {
        HtmlView broken = () -> {
            throw new StackOverflowError("deep");
        };
        assertThat(Renderers.bundle(broken).text()).endsWith("cannot be shown: java.lang.StackOverflowError: deep");
        assertThat(Renderers.bundle(new Object() {
                            @Override
                            public String toString() {
                                throw new AssertionError(this);
                            }
                        })
                        .text())
                .contains("cannot be shown");
        assertThat(Renderers.bundle((HtmlView) () -> null).text()).contains("cannot be shown");
        assertThatThrownBy(() -> new Bundle(Map.of(Bundle.HTML, "<b>"), Map.of()))
                .hasMessageContaining("needs text/plain");
    }

    @Test
    void aMachineWithoutFontsIsToldSo() throws Exception {
        var none = Files.writeString(folder.resolve("fonts.conf"), "<?xml version=\"1.0\"?><fontconfig></fontconfig>");
        var child = Child.run(
                folder,
                Map.of("FONTCONFIG_FILE", none.toString()),
                JavaProgram.command("-Duser.home=" + folder, DrawChart.class.getName()));
        assertThat(child.output())
                .startsWith("Charts need fonts and this machine has none")
                .contains("fonts-dejavu-core");
        assertThat(child.output().lines()).hasSize(2);
    }

    /** A program that shows a chart twice. */
    static final class DrawChart {
        private DrawChart() {}

        public static void main(String[] args) {
            var chart = new XYChartBuilder().title("Loss").build();
            chart.addSeries("student", new double[] {1, 2}, new double[] {2, 1});
            Notebook.show(chart, chart);
        }
    }

    private static BufferedImage png(Bundle bundle) throws Exception {
        return ImageIO.read(new ByteArrayInputStream(
                Base64.getDecoder().decode(bundle.data().get(Bundle.PNG))));
    }
}
