package ardent.report;

import static ardent.Ardent.latex;
import static ardent.Ardent.markdown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.evaluate.Evidence;
import ardent.evaluate.Fakes;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.report.chart.ChartStyle;
import ardent.report.chart.Charts;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class ReportTest {
    private static final Report GRID = report(
            new Fakes.Bright("Bright · <b>", new Fakes.Plan("CRDND", 0, "NONE"), 0),
            new Fakes.Bright("Bright · <b>", new Fakes.Plan("CRDND", 1, "NONE"), 0.1f),
            new Fakes.Bright("Bright · <b>", new Fakes.Plan("CRDND", 0, "RESIDUAL"), -0.1f),
            new Fakes.Bright("Bright · <b>", new Fakes.Plan("CRDND", 1, "RESIDUAL"), 0));

    private static Report report(Fakes.Bright... networks) {
        return Report.of(Robustness.measure(
                Stream.of(networks).map(Subject::of).toList(),
                Fakes.images(30),
                List.of(new Fakes.Lighten(0.1f), new Fakes.Lighten(0.2f)),
                new Protocol(8, 0)));
    }

    @TempDir
    Path temp;

    @Test
    void theTableShowsWhatDiffersAndThenTheNumbers() {
        Table table = GRID.table();
        assertThat(table.columnNames())
                .containsExactly("contrast", "compensation", "clean", "Lighten-10", "Lighten-20", "worst");
        assertThat(table.stringColumn("compensation").asList()).containsExactly("NONE", "NONE", "RESIDUAL", "RESIDUAL");
        assertThat(table.doubleColumn("clean").asList()).containsExactly(100.0, 100.0, 100.0, 100.0);
        assertThat(table.doubleColumn("Lighten-20").getString(0)).isEqualTo("33.3");
        assertThat(GRID.robustness().outcomes().get(1).name()).isEqualTo("contrast 1 · compensation NONE");
    }

    @Test
    void aSingleNetworkAndNetworksOfOtherKindsHaveNames() {
        assertThat(report(new Fakes.Bright("one", new Fakes.Plan("A", 0, ""), 0))
                        .table()
                        .columnNames())
                .startsWith("network", "clean");
        Report two = report(
                new Fakes.Bright("one", new Fakes.Plan("A", 0, ""), 0), new Fakes.Bright("two", new Protocol(), 0));
        assertThat(two.table().columnNames()).startsWith("network", "clean");
        assertThat(two.table().stringColumn("network").asList()).containsExactly("one", "two");
    }

    @Test
    void intervalsAndClassesAreInPercent() {
        Table intervals = GRID.intervals();
        assertThat(intervals.rowCount()).isEqualTo(16);
        assertThat(intervals.doubleColumn("low").getString(0)).isEqualTo("88.6");
        assertThat(intervals.doubleColumn("high").getString(0)).isEqualTo("100.0");
        assertThat(intervals.doubleColumn("max L∞").getString(1)).isEqualTo("0.1000");
        assertThat(GRID.classes("Lighten-20").columnNames()).hasSize(5).startsWith("class");
        assertThat(GRID.classes("Lighten-20").doubleColumn(1).asList()).containsExactly(0.0, 0.0, 100.0);
    }

    @Test
    void textIsAligned() {
        String[] lines = GRID.toString().split("\n", -1);
        assertThat(lines[0]).startsWith("stripes & <b> · 30 images");
        assertThat(lines[1]).isEqualTo("contrast  compensation  clean  Lighten-10  Lighten-20  worst");
        assertThat(lines[2]).isEqualTo("0         NONE          100.0       100.0        33.3   33.3");
    }

    @Test
    void chartsHaveTheSeriesAndSizesOfTheirData() {
        assertThat(GRID.plot().getSeriesCollection()).hasSize(4);
        assertThat(GRID.plot().getSeriesCollection().iterator().next().getXData())
                .isEqualTo(List.of("clean", "Lighten-10", "Lighten-20", "worst"));
        BufferedImage image = Charts.image(GRID.plot(), 2);
        assertThat(image.getWidth()).isEqualTo(2 * GRID.plot().getWidth());
        assertThat(GRID.heatmap("compensation", "contrast", "Lighten-20")
                        .getHeatMapSeries()
                        .getHeatData())
                .hasSize(4);
        var confusion =
                GRID.confusion("contrast 1 · compensation NONE", "clean").getHeatMapSeries();
        assertThat(confusion.getHeatData()).hasSize(9);
        assertThat(confusion.getMax()).isEqualTo(10);
        assertThat(confusion.getYData()).first().isEqualTo("light");
        BufferedImage sheet = GRID.sheet("contrast 0 · compensation RESIDUAL", "Lighten-10");
        assertThat(sheet.getWidth()).isGreaterThan(10 * 84);
        assertThat(sheet.getHeight()).isGreaterThan(3 * 80);
    }

    @Test
    void curvesLeaveOutWhatIsNotANumber() {
        var chart = Report.curves(Map.of("loss", new double[] {3, Double.NaN, 1}));
        assertThat(chart.getSeries("loss").getXData()).containsExactly(1, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Report.curves(Map.of("loss", new double[] {Double.NaN})))
                .withMessageContaining("no finite value");
    }

    @Test
    void wrongNamesAreAnsweredWithTheRightOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GRID.heatmap("beta", "contrast", "clean"))
                .withMessage("The networks do not differ in \"beta\"; they differ in contrast, compensation.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GRID.sheet("contrast 1", "Lighten-10"))
                .withMessageStartingWith("More than one network matches \"contrast 1\". Available: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GRID.confusion("contrast 1 · compensation NONE", "PGD-20"))
                .withMessageStartingWith("Unknown attack \"PGD-20\". Available: clean, Lighten-10");
    }

    @Test
    void classesAreAlsoCountedCleanAndUnderAllAttacksAtOnce() {
        Table clean = GRID.classes("clean");
        assertThat(clean.name())
                .endsWith("Accuracy (%) by class without an attack; counts images classified correctly");
        assertThat(clean.columnCount()).isEqualTo(5);
        assertThat(clean.doubleColumn(1).asList()).containsExactly(100.0, 100.0, 100.0);
        Table worst = GRID.classes("worst");
        assertThat(worst.doubleColumn(1).asList()).containsExactly(0.0, 0.0, 100.0);
        assertThat(latex(worst)).contains("by class under the worst of all attacks; counts", " & 100.0 & ");
        assertThat(GRID.plotClasses("worst")
                        .getSeriesCollection()
                        .iterator()
                        .next()
                        .getYData())
                .containsExactly(0.0, 0.0, 100.0);
        assertThat(GRID.plotClasses("clean").getSeriesCollection()).hasSize(4);
    }

    /** Four digits are shown, but networks are as many as they are. */
    @Test
    void valuesThatOnlyLookTheSameAreToldApart() {
        Report close = report(
                new Fakes.Bright("one", new Fakes.Plan("A", 0.12345f, "x"), 0),
                new Fakes.Bright("two", new Fakes.Plan("A", 0.12346f, "y"), 0.3f),
                new Fakes.Bright("three", new Fakes.Plan("A", 0.5f, "y"), 0));
        var map = close.heatmap("contrast", "compensation", "clean").getHeatMapSeries();
        assertThat(map.getYData()).extracting(Object::toString).containsExactlyInAnyOrder("0.12345", "0.12346", "0.5");
        assertThat(close.table().stringColumn("contrast").asList()).containsExactly("0.12345", "0.12346", "0.5");
        assertThat(report(
                                new Fakes.Bright("one", new Fakes.Plan("A", 0.12345f, ""), 0),
                                new Fakes.Bright("one", new Fakes.Plan("A", 0.12346f, ""), 0))
                        .robustness()
                        .outcomes())
                .extracting(ardent.evaluate.Outcome::name)
                .containsExactly("contrast 0.12345", "contrast 0.12346");
    }

    private record Seven(float a, int b, int c, int d, int e, int f, int g) {}

    /** More columns than a table has room for are no reason to know nothing of them. */
    @Test
    void aParameterIsFoundAmongMany() {
        Report many = report(
                new Fakes.Bright("one", new Seven(1, 1, 1, 1, 1, 1, 1), 0),
                new Fakes.Bright("two", new Seven(2, 2, 2, 2, 2, 2, 2), 0));
        assertThat(many.table().columnNames()).startsWith("network", "clean");
        assertThat(many.heatmap("a", "g", "worst").getHeatMapSeries().getYData())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder("1", "2");
        assertThat(many.tradeoff("b", "worst").getSeriesCollection())
                .as("two points, and no line, since six others differ too")
                .hasSize(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> many.tradeoff("h", "worst"))
                .withMessageEndingWith("they differ in a, b, c, d, e, f, g.");
    }

    @Test
    void provenanceReadsBackEqual() {
        Lineage lineage = GRID.provenance();
        assertThat(Description.parse(lineage.json())).isEqualTo(lineage.description());
        assertThat(Description.parseOlcut(lineage.description().olcut())).isEqualTo(lineage.description());
        assertThat(lineage.description().rebuild()).isInstanceOf(Evidence.class);
        assertThat(lineage.toString()).contains("    contrast  1.0".strip(), "amount  0.2", "sha256", "threads");
        assertThat(lineage.html()).contains("<details", "Lighten").doesNotContain("<script");
    }

    @Test
    void savesAPageOfItsOwnWithEveryTextEscaped() throws IOException {
        Path page = GRID.save(temp.resolve("a/report"));
        String html = Files.readString(page);
        assertThat(html).contains("stripes &amp; &lt;b&gt;", "data:image/png;base64,", "<details");
        assertThat(html).doesNotContain("<b> ·", "& <b>", "<i>", "http://", "https://", "<script");
        Path folder = page.getParent();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("report.md", "report.tex", "scores.md", "scores.tex")
                    .contains("report.csv", "scores.csv", "report.txt", "accuracy.png", "provenance.json")
                    .contains("provenance.olcut.json", "network-4-sheet.png", "network-4-confusion.png")
                    .noneMatch(name -> name.startsWith("."));
        }
        assertThat(ImageIO.read(folder.resolve("accuracy.png").toFile()).getWidth())
                .isEqualTo(2 * GRID.plot().getWidth());
        assertThat(Files.readString(folder.resolve("report.csv")))
                .startsWith(
                        "contrast,compensation,clean,Lighten-10,Lighten-20,worst\r\n0,NONE,100.0,100.0,33.3,33.3\r\n");
        assertThat(Files.readString(folder.resolve("report.txt"))).contains("max L∞");
    }

    @Test
    void theTableLeavesTheNotebookWithIntervalsAndThreatModel() {
        assertThat(GRID.markdown())
                .startsWith("| contrast | compensation | clean | Lighten-10 | Lighten-20 | worst |\n| --- | --- |")
                .contains("| 0 | NONE | 100.0 \\[88.6, 100.0\\] |", "33.3 \\[19.2, 51.2\\]")
                .contains("stripes & \\<b\\> · 30 images", "95 % Wilson intervals in brackets.");
        assertThat(GRID.latex())
                .contains(
                        "\\caption{stripes \\& \\textless{}b\\textgreater{} $\\cdot$ 30 images",
                        "\\toprule\ncontrast & ")
                .contains("0 & NONE & 100.0 [88.6, 100.0] & ", " \\\\\n\\bottomrule");
        Report attacked = Report.of(Robustness.measure(
                List.of(Subject.of(new Fakes.Bright("one", new Fakes.Plan("A", 0, ""), 0))),
                Fakes.images(6),
                List.of(new ardent.attack.Fgsm(new ardent.attack.Linf(0.25f)), new Fakes.Lighten(0.1f)),
                new Protocol(8, 0)));
        assertThat(attacked.caption()).endsWith("Threat model: FGSM: L∞ ≤ 0.25; Lighten-10: no radius.");
        assertThat(attacked.latex()).contains("L$\\infty$ $\\leq$ 0.25");
        Table classes = attacked.classes("FGSM");
        assertThat(latex(classes))
                .startsWith("\\begin{table}\n\\centering\n\\caption{stripes ")
                .contains(
                        "6 images $\\cdot$ Accuracy (\\%) by class under FGSM (L$\\infty$ $\\leq$ 0.25); counts images")
                .contains("\\toprule\nclass & one \\\\\n\\midrule\ndark \\textless{}i\\textgreater{} & ");
        assertThat(markdown(classes))
                .startsWith("| class | one |\n| --- | ---: |\n")
                .contains("(L∞ ≤ 0.25); counts images");
        assertThat(latex(Table.create(StringColumn.create("a", "b")))).doesNotContain("\\caption");
    }

    @Test
    void digitsAreThoseThatTheNumberOfImagesSupports() {
        assertThat(Tables.text(0.9948, 10_000)).isEqualTo("99.48");
        assertThat(Tables.text(0.9948, 1000)).isEqualTo("99.5");
        for (double rate : new double[] {65 / 80.0, 63 / 80.0, 0.0835, 1, 0, 0.0004}) {
            assertThat(Tables.numbers("clean", "0.0", List.of(rate), Tables::percent)
                            .getString(0))
                    .as("%s in a table and in a text", rate)
                    .isEqualTo(Tables.text(rate, 80));
        }
        assertThat(Tables.text(65 / 80.0, 80)).isEqualTo("81.3");
        Report many = Report.of(Robustness.measure(
                List.of(Subject.of(new Fakes.Bright("one", new Fakes.Plan("A", 0, ""), 0.035f))),
                Fakes.images(1200),
                List.of(),
                new Protocol(200, 0)));
        assertThat(many.table().doubleColumn("clean").getString(0)).matches("\\d+\\.\\d\\d");
        assertThat(many.toString()).containsPattern("\\d\\.\\d\\d(\\s|$)");
    }

    @Test
    void latexHasASignForEachLetterOfTables() {
        assertThat(Latex.escape("λ₁ = 0.5 · 50 % – a_b \\ Δ −1.0 ± 2"))
                .isEqualTo("$\\lambda$$_1$ = 0.5 $\\cdot$ 50 \\% -- a\\_b \\textbackslash{} $\\Delta$ $-$1.0 $\\pm$ 2");
        assertThat(Latex.escape("[1, 2]")).isEqualTo("{}[1, 2]");
        assertThat(Latex.escape("a \"b\"")).isEqualTo("a ''b''");
    }

    @Test
    void latexHasASignForEachLetterOfAParameter() throws IOException {
        var letter = Pattern.compile("@Letter\\(\"([^\"]*)\"\\)");
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            var letters = new TreeSet<String>();
            for (Path source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                letter.matcher(Files.readString(source)).results().forEach(found -> letters.add(found.group(1)));
            }
            assertThat(letters)
                    .contains("ν", "ι", "λ₁")
                    .allSatisfy(each -> assertThat(Latex.escape(each)).matches("\\p{ASCII}+"));
        }
    }

    @Test
    void nothingOfAnEarlierReportStaysInItsFolder() throws IOException {
        Path own = Files.writeString(Files.createDirectories(temp.resolve("r")).resolve("mine.png"), "mine");
        GRID.save(own.getParent());
        assertThat(own.resolveSibling("network-2-sheet.png")).exists();
        report(new Fakes.Bright("one", new Fakes.Plan("A", 0, ""), 0)).save(own.getParent());
        assertThat(own.resolveSibling("network-1-sheet.png")).exists();
        assertThat(own.resolveSibling("network-2-sheet.png")).doesNotExist();
        assertThat(own.resolveSibling("network-4-confusion.png")).doesNotExist();
        assertThat(own).hasContent("mine");
    }

    @Test
    void withoutAFolderItIsSavedBesideTheNotebook() {
        assertThat(SavedFiles.home(java.time.Instant.parse("2026-01-02T12:00:00Z"))
                        .toString())
                .matches("reports.2026-01-02-\\d{6}");
    }

    @Test
    void reportsOfOneSecondHaveFoldersOfTheirOwn() throws IOException {
        Report other = new Report(
                report(new Fakes.Bright("one", new Fakes.Plan("A", 0, ""), 0)).robustness(),
                GRID.environment(),
                GRID.time());
        Path first = GRID.save();
        Path second = other.save();
        try {
            assertThat(second.getParent()).hasToString(first.getParent() + "-2");
            assertThat(first.resolveSibling("report.csv")).content().startsWith("contrast");
            assertThat(second.resolveSibling("report.csv")).content().startsWith("network");
        } finally {
            Folder.remove(Objects.requireNonNull(first.getParent()));
            Folder.remove(Objects.requireNonNull(second.getParent()));
        }
    }

    /** A name may have the method's word in capitals, which the axis then shows, as the table does. */
    @Test
    void aHeatMapOverTheMethodsNameIsDrawn() {
        Report named = report(
                new Fakes.Bright("CRDND · a", new Fakes.Plan("Crdnd", 0, "x"), 0),
                new Fakes.Bright("SAT · a", new Fakes.Plan("Sat", 0, "x"), 0),
                new Fakes.Bright("CRDND · b", new Fakes.Plan("Crdnd", 1, "x"), 0),
                new Fakes.Bright("SAT · b", new Fakes.Plan("Sat", 1, "x"), 0));
        var map = named.heatmap("method", "contrast", "clean").getHeatMapSeries();
        assertThat(map.getYData()).extracting(Object::toString).containsExactly("SAT", "CRDND");
    }

    @Test
    void anUnwritableFolderIsNamedInOneSentence() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "mine");
        assertThatThrownBy(() -> GRID.save(file.resolve("report")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.resolve("report").toString());
        assertThat(file).hasContent("mine");
    }

    @Test
    void csvQuotesWhatNeedsIt() {
        Table table = Table.create(
                Tables.texts("a,b", List.of("x\"y", "line\nbreak", ""), text -> text),
                Tables.numbers("n", "0.0", List.of(1.25, Double.NaN, 3.0), number -> number));
        assertThat(TableCells.csv(table)).isEqualTo("\"a,b\",n\r\n\"x\"\"y\",1.3\r\n\"line\nbreak\",\r\n,3.0\r\n");
        assertThat(TableCells.of(table).text(false)).endsWith("\n–           3.0");
    }

    @Test
    void aMachineWithoutFontsGetsASentence() {
        assertThatThrownBy(() -> ChartStyle.checked(() -> {
                    throw new InternalError("java.lang.reflect.InvocationTargetException");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Charts need fonts and this machine has none");
    }

    @Test
    void longNamesAreWrappedAndCut() {
        assertThat(ChartStyle.wrap("WideResNet-34-10 · CRDND · contrast 0.125 · compensation Residual", 34))
                .allMatch(line -> line.length() <= 34)
                .hasSizeGreaterThan(1);
        var font = ChartStyle.font(java.awt.Font.PLAIN, 12);
        assertThat(ChartStyle.width(ChartStyle.fit("a very long class name indeed", font, 60), font))
                .isLessThanOrEqualTo(60);
    }
}
