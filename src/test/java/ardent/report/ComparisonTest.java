package ardent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.CwL2;
import ardent.attack.DeepFool;
import ardent.attack.Fgsm;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Warning;
import ardent.evaluate.CorrectImages;
import ardent.evaluate.Finding;
import ardent.evaluate.Robustness;
import ardent.grid.Candidate;
import ardent.grid.Candidate.Role;
import ardent.grid.GridCell;
import ardent.grid.GridCells;
import ardent.method.Crdnd;
import ardent.method.Divergence;
import ardent.method.Method;
import ardent.method.Nib;
import ardent.method.NoisyView;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.SelfTraining;
import ardent.method.Trades;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.run.KeptScore;
import ardent.run.RunState;
import ardent.run.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** What is shown of a grid, against numbers that can be done by hand. */
class ComparisonTest {
    private static final int IMAGES = 100;
    private static final Environment HERE = Environment.of("engine", "cpu", 1);

    private static final List<Robustness.Attacked> ATTACKS =
            Robustness.Attacked.of(List.of(new Fgsm(new Linf(0.1f)), new AutoAttack(new Linf(0.1f))), 10);

    record Setup(String network, double rate, String pairing) {}

    @TempDir
    Path temp;

    private static Candidate.Named candidate(Role role, String label, double rate) {
        Setup setup = new Setup("SmallCnn", rate, "<b>");
        return new Candidate.Named(label + " · rate " + rate, label, role, new SmallCnn(1), Description.of(setup));
    }

    /** The first images are right. */
    private static KeptScore measured(int right) {
        Description question = Description.of(new Setup("attack", right, ""));
        return new KeptScore(question, CorrectImages.of(IMAGES, i -> i < right), List.of(), Duration.ofSeconds(2));
    }

    /** A run that is done, with what it is and where. */
    private record Begun(String begun, Environment environment, Description method) {}

    private static RunSummary run(Candidate.Named candidate, Environment environment) {
        Description setup = Description.of(new Begun("now", environment, candidate.description()));
        var state = new RunState("", RunState.Phase.FINISHED, "", 1, 0, 1, Instant.EPOCH, 1, Map.of());
        return new RunSummary(Path.of("x"), setup, state, List.of(), List.of(), List.of(), List.of());
    }

    private static GridCell cell(Candidate.Named candidate, long seed, int... right) {
        List<String> names = List.of("clean", "FGSM", "AutoAttack");
        var measures = new LinkedHashMap<String, KeptScore>();
        for (int i = 0; i < right.length; i++) {
            measures.put(names.get(i), measured(right[i]));
        }
        return new GridCell(candidate.name(), seed, Optional.of(run(candidate, HERE)), measures, "");
    }

    private static final Candidate.Named SAT = candidate(Role.BASELINE, "SAT", 0.1);
    private static final Candidate.Named RSLAD = candidate(Role.BASELINE, "RSLAD", 0.1);
    private static final Candidate.Named CONTROL = candidate(Role.CONTROL, "RSLAD", 0.2);
    private static final Candidate.Named CRDND = candidate(Role.METHOD, "CRDND", 0.1);

    private static GridCells cells(GridCell... cells) {
        return new GridCells(
                List.of(SAT, RSLAD, CONTROL, CRDND),
                List.of(0L, 1L),
                ATTACKS,
                List.of(cells),
                "stripes & <b>",
                IMAGES,
                Path.of("x"),
                List.of());
    }

    private static final Comparison ALL = new Comparison(cells(
            cell(SAT, 0, 90, 60, 50),
            cell(RSLAD, 0, 92, 70, 58),
            cell(CONTROL, 0, 92, 70, 59),
            cell(CRDND, 0, 91, 72, 66),
            cell(SAT, 1, 94, 62, 52),
            cell(RSLAD, 1, 94, 66, 60),
            cell(CONTROL, 1, 92, 70, 60),
            cell(CRDND, 1, 93, 70, 70)));

    /** Columns that are not there need no words. */
    @Test
    void baselinesAloneAreNotCompared() {
        var alone = new Comparison(new GridCells(
                List.of(SAT, RSLAD),
                List.of(0L),
                ATTACKS,
                List.of(cell(SAT, 0, 90, 60, 50), cell(RSLAD, 0, 92, 70, 58)),
                "stripes",
                IMAGES,
                Path.of("x"),
                List.of()));
        assertThat(alone.toString()).contains("RSLAD").doesNotContain("Δ", "McNemar");
        assertThat(alone.latex()).doesNotContain("McNemar");
    }

    @Test
    void aDoubtIsSaidOnceWithTheMethodsAndSeedsOfItsCells() {
        assertThat(new Comparison(cells(doubted(SAT, 0, "doubt."))).warnings())
                .contains("clean: doubt. In " + SAT.name() + " (seed 0).");
        assertThat(new Comparison(cells(
                                doubted(SAT, 0, new Warning(Warning.Code.SQUARE_WINS, 2.9).coded()),
                                doubted(RSLAD, 0, "SQUARE_WINS (0.500): as an earlier version said it."),
                                doubted(SAT, 1, new Warning(Warning.Code.SQUARE_WINS, 12).coded()),
                                doubted(CRDND, 0, new Warning(Warning.Code.SOFTMAX, 1).coded()),
                                doubted(CRDND, 1, new Finding(Finding.Code.NOT_FINITE, 1, 0).coded())))
                        .warnings())
                .contains(
                        "clean: Square broke what gradient attacks left; "
                                + Warning.Code.SQUARE_WINS.advice() + ". In " + SAT.name()
                                + " (2.9 to 12 points of accuracy, seeds 0, 1), " + RSLAD.name()
                                + " (0.5 points of accuracy, seed 0).",
                        "clean: outputs are probabilities: every row sums to 1; give the attack the logits before softmax."
                                + " In " + CRDND.name() + " (seed 0).",
                        "clean: 1 image had pixels that are not finite and were scored by their clean image: find the"
                                + " division by zero. In " + CRDND.name() + " (seed 1).");
    }

    private static GridCell doubted(Candidate.Named each, long seed, String doubt) {
        var score = new KeptScore(
                Description.of(new Setup("attack", 1, "")),
                CorrectImages.of(IMAGES, i -> true),
                List.of(doubt),
                Duration.ZERO);
        return new GridCell(each.name(), seed, Optional.of(run(each, HERE)), Map.of("clean", score), "");
    }

    @Test
    void theTableLeavesTheNotebook() {
        assertThat(ALL.markdown())
                .contains("| CRDND |", "68.0 ± 2.8", "mean ± standard deviation over seeds", "Δ: % points from")
                .doesNotContain("Wilson");
        assertThat(ALL.caption()).endsWith(" Threat model: FGSM, AutoAttack: L∞ ≤ 0.1.");
        assertThat(ALL.latex())
                .contains("68.0 $\\pm$ 2.8", "\\toprule", "$\\Delta$ worst")
                .satisfies(text -> assertThat(text.lines().filter(line -> line.endsWith("\\\\")))
                        .hasSize(5));
    }

    @Test
    void theTableHasMeansDeviationsAndTheBestBaseline() {
        Table table = ALL.table();
        assertThat(table.columnNames())
                .containsExactly(
                        "method",
                        "role",
                        "rate",
                        "seeds",
                        "clean",
                        "FGSM",
                        "AutoAttack",
                        "worst",
                        "Δ worst",
                        "p (Holm)");
        assertThat(table.stringColumn("method").asList()).containsExactly("SAT", "RSLAD", "RSLAD", "CRDND");
        assertThat(table.stringColumn("role").asList()).containsExactly("baseline", "baseline", "control", "");
        assertThat(table.stringColumn("rate").asList()).containsExactly("0.1", "0.1", "0.2", "0.1");
        assertThat(table.stringColumn("clean").get(0)).isEqualTo("92.0 ± 2.8");
        assertThat(table.stringColumn("worst").asList())
                .containsExactly("51.0 ± 1.4", "59.0 ± 1.4", "59.5 ± 0.7", "68.0 ± 2.8");
        assertThat(table.stringColumn("Δ worst").get(0)).isEmpty();
        assertThat(table.stringColumn("Δ worst").get(3)).startsWith("+9.0 [+").endsWith("]");
        assertThat(table.stringColumn("p (Holm)").get(3)).isEqualTo("< 0.001");
        assertThat(table.stringColumn("p (Holm)").get(2)).isEqualTo("1.000");
        assertThat(ALL.toString()).contains("from RSLAD · rate 0.1, the best baseline", "sign-flip");
        assertThat(ALL.best()).isEqualTo("CRDND · rate 0.1");
        assertThat(ALL.warnings()).isEmpty();
    }

    /** Of seed 0, 8 images are right with CRDND alone and none without it: 2 / 2^8. */
    @Test
    void testsAreThoseOfTheSeedsAndOfAll() {
        Table tests = ALL.tests();
        assertThat(tests.rowCount()).isEqualTo(2 * 4 * 3);
        Table crdnd = tests.where(tests.stringColumn("method")
                .isEqualTo(CRDND.name())
                .and(tests.stringColumn("measure").isEqualTo("AutoAttack")));
        assertThat(crdnd.stringColumn("seed").asList()).containsExactly("all", "0", "1");
        assertThat(crdnd.intColumn("only method").asList()).containsExactly(null, 8, 10);
        assertThat(crdnd.doubleColumn("difference").asList()).containsExactly(9.0, 8.0, 10.0);
        assertThat(crdnd.doubleColumn("p").get(1)).isEqualTo(2 / 256.0);
        assertThat(ALL.against("SAT").rowCount()).isEqualTo(3 * 4 * 3);
    }

    /** One form for accuracies of 100 images, a true minus, and no p of 0.0000; CSV is for programs. */
    @Test
    void tablesForFurtherWorkAreWrittenAsTheOthers() {
        assertThat(ALL.cells().doubleColumn("accuracy").getString(0)).isEqualTo("90.0");
        assertThat(ALL.cells().doubleColumn("low").getString(0)).isEqualTo("82.6");
        Table tests = ALL.against(CRDND.name());
        assertThat(written(tests, "p")).contains("< 0.001", "0.008").doesNotContain("0.000");
        assertThat(written(tests, "difference")).contains("−9.0");
        assertThat(TableCells.of(tests).text(false)).contains("−9.0").doesNotContain("-9.0");
        assertThat(TableCells.csv(tests)).contains(",-9.0,").doesNotContain("−", "<");
    }

    private static List<String> written(Table table, String column) {
        return IntStream.range(0, table.rowCount())
                .mapToObj(row -> table.doubleColumn(column).getString(row))
                .toList();
    }

    private record Row(Method method) {}

    private static Candidate.Named method(Method method) {
        return new Candidate.Named(
                method.label(), method.label(), Role.METHOD, new SmallCnn(1), Description.of(new Row(method)));
    }

    /** The table of a grid of methods of which no cell is done. */
    private static Table table(Method... methods) {
        return new Comparison(new GridCells(
                        Stream.of(methods).map(ComparisonTest::method).toList(),
                        List.of(0L),
                        List.of(),
                        List.of(),
                        "",
                        IMAGES,
                        Path.of("x"),
                        List.of()))
                .table();
    }

    /** What "TRADES, self-training" says already has no column; elsewhere the heading is a word, not method.method. */
    @Test
    void aMethodWithinAMethodIsReadable() {
        var ball = new Linf(0.1f);
        Network teacher = x -> x;
        var three = new Method[] {
            new SelfTraining(teacher, ball), new SelfTraining(teacher, new Sat(ball)), new Crdnd(teacher, ball)
        };
        assertThat(table(three).columnNames()).containsExactly("method", "seeds", "clean");
        assertThat(Description.differing(Stream.of(three)
                                .map(each -> method(each).description())
                                .toList())
                        .values())
                .containsExactly("method", "learner");
    }

    /** A network that is told by its name. */
    private record Named(String name) implements Network {
        @Override
        public NDArray logits(NDArray images) {
            return images;
        }
    }

    /** A weight is one column, whether a method stands alone or under noise. */
    @Test
    void aWeightOfAMethodUnderAnotherIsNoSecondColumn() {
        var ball = new Linf(0.1f);
        Function<Float, Trades> trades = beta -> new Trades(new Pgd(ball, 10), beta);
        Table table = table(
                trades.apply(1f),
                trades.apply(3f),
                new NoisyView(trades.apply(1f), ball),
                new NoisyView(trades.apply(3f), ball));
        assertThat(table.columnNames()).containsExactly("method", "β", "seeds", "clean");
        assertThat(table.stringColumn("method").asList())
                .containsExactly("TRADES", "TRADES", "TRADES, noisy", "TRADES, noisy");
        assertThat(table.stringColumn("β").asList()).containsExactly("1", "3", "1", "3");
    }

    /** NIB, noise and the like have the parameters of the method that they work on, and keep their own. */
    @Test
    void aMethodOnTopOfAnotherShowsItsParameters() {
        var ball = new Linf(0.1f);
        Function<String, Rslad> rslad = name -> new Rslad(new Named(name), ball);
        var half = new Rslad(new Named("a"), new Pgd(ball, 10), 0.5f, Divergence.batchMean());
        Table table = table(
                rslad.apply("a"),
                rslad.apply("b"),
                new NoisyView(rslad.apply("b"), ball),
                new Nib(half),
                new SelfTraining(new Named("c"), rslad.apply("b")),
                new Sat(ball));
        assertThat(table.stringColumn("name").asList()).containsExactly("a", "b", "b", "a", "c", "");
        var alphas = Description.shown(
                Stream.of(half, rslad.apply("a"), new Nib(half))
                        .map(each -> method(each).description())
                        .toList(),
                "method.robust");
        assertThat(alphas).containsExactly("0.5", alphas.get(1), "0.5");
    }

    /** The worst of a ball and of no ball, or of two norms, is the robustness to nothing: the first attack decides. */
    @Test
    void attacksOfOtherNormsHaveNoWorst() {
        for (Attack other : List.of(new DeepFool(), new Pgd(new L2(1), 3))) {
            List<Robustness.Attacked> attacks = Robustness.Attacked.of(List.of(new Fgsm(new Linf(0.1f)), other), 10);
            GridCells known = cells(cell(SAT, 0, 90, 60, 50), cell(RSLAD, 0, 92, 70, 0), cell(CRDND, 0, 91, 75, 0));
            var renamed = known.cells().stream()
                    .map(cell -> new GridCell(
                            cell.candidate(),
                            cell.seed(),
                            cell.trained(),
                            Map.of(
                                    "clean",
                                    cell.measures().get("clean"),
                                    "FGSM",
                                    cell.measures().get("FGSM"),
                                    attacks.get(1).name(),
                                    cell.measures().get("AutoAttack")),
                            cell.failure()))
                    .toList();
            var mixed = new Comparison(new GridCells(
                    known.candidates(), known.seeds(), attacks, renamed, "stripes", IMAGES, Path.of("x"), List.of()));
            assertThat(mixed.table().columnNames()).contains("Δ FGSM").doesNotContain("worst");
            assertThat(mixed.best()).isEqualTo(CRDND.name());
        }
        Attack own = (victim, images, labels, noise) -> images;
        assertThat(Tables.oneNorm(Robustness.Attacked.of(List.of(new Fgsm(), own, new Pgd(20)), 10)))
                .as("an attack of one's own says nothing of its norm")
                .isTrue();
        assertThat(Tables.oneNorm(Robustness.Attacked.of(List.of(new DeepFool(), new CwL2()), 10)))
                .isTrue();
    }

    @Test
    void whatIsMissingOrFailedIsSaid() {
        GridCell failed =
                new GridCell(CRDND.name(), 1, Optional.empty(), Map.of(), "Training stopped in epoch 1, batch 2.");
        Comparison part = new Comparison(cells(
                cell(SAT, 0, 90, 60, 50),
                cell(RSLAD, 0, 90, 61),
                cell(CONTROL, 0),
                cell(CRDND, 0, 91, 72, 66),
                failed));
        Table table = part.table();
        assertThat(table.stringColumn("seeds").asList()).containsExactly("1/2", "0/2", "0/2", "1/2");
        assertThat(table.stringColumn("clean").asList()).containsExactly("90.0", "90.0", "", "91.0");
        assertThat(table.stringColumn("worst").asList()).containsExactly("50.0", "", "", "66.0");
        assertThat(table.columnNames()).endsWith("Δ worst", "p");
        assertThat(part.warnings())
                .containsExactly(
                        "The grid is not done: what is missing was not computed yet; run it again to go on.",
                        "CRDND · rate 0.1, seed 1 FAILED: Training stopped in epoch 1, batch 2.");
        assertThat(part.html()).contains("FAILED", "–").doesNotContain("& <b>");
        Comparison none = new Comparison(cells(cell(SAT, 0)));
        assertThat(none.table().columnNames()).endsWith("worst");
        assertThatIllegalStateException().isThrownBy(none::best);
        assertThatIllegalStateException().isThrownBy(none::tradeoff);
    }

    @Test
    void savesAPageOfItsOwn() throws IOException {
        Path page = ALL.save(temp.resolve("a/comparison"));
        assertThat(Files.readString(page))
                .contains("stripes &amp; &lt;b&gt;", "data:image/png;base64,", "<details", "68.0 ± 2.8")
                .doesNotContain("& <b>", "<script", "http://", "https://");
        try (Stream<Path> files = Files.list(page.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "comparison.html",
                            "comparison.txt",
                            "comparison.csv",
                            "comparison.md",
                            "comparison.tex",
                            "cells.md",
                            "cells.tex",
                            "tests.md",
                            "tests.tex",
                            "cells.csv",
                            "tests.csv",
                            "accuracy.png",
                            "tradeoff.png",
                            "provenance.json",
                            "provenance.olcut.json");
        }
        assertThat(ImageIO.read(page.resolveSibling("accuracy.png").toFile()).getWidth())
                .isEqualTo(2 * ALL.plot().getWidth());
        assertThat(Files.readString(page.resolveSibling("cells.csv")))
                .contains("CRDND · rate 0.1,,0,worst,66,66.0,56.3,74.5,,\r\n");
        String json = Files.readString(page.resolveSibling("provenance.json"));
        assertThat(Description.parse(json).rebuild()).isInstanceOf(GridEvidence.class);
    }

    /** Charts of many methods have one bar and one point for each, and legends that fit. */
    @Test
    void manyMethodsFit() throws IOException {
        var candidates = new ArrayList<Candidate.Named>();
        var cells = new ArrayList<GridCell>();
        for (int i = 0; i < 16; i++) {
            Candidate.Named candidate =
                    candidate(i < 3 ? Role.BASELINE : Role.METHOD, "WideResNet · Method" + i, i / 7.0);
            candidates.add(candidate);
            cells.add(cell(candidate, 0, 80 + i, 50 + i, 40 + i));
            cells.add(cell(candidate, 1, 81 + i / 2, 52 + i, 38 + i));
        }
        var many = new Comparison(new GridCells(
                candidates,
                List.of(0L, 1L),
                ATTACKS,
                cells,
                "CIFAR-10 test, take(1000, seed 0)",
                IMAGES,
                Path.of("x"),
                List.of()));
        assertThat(many.plot().getSeriesCollection()).hasSize(16);
        assertThat(many.tradeoff().getSeriesCollection()).hasSize(16);
        assertThat(many.save(temp)).exists();
    }
}
