package ardent.report;

import ardent.evaluate.statistics.MeanAndDeviation;
import ardent.grid.Candidate;
import ardent.grid.GridCell;
import ardent.grid.GridCells;
import ardent.network.Classifier;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.report.card.ModelCard;
import ardent.report.chart.Charts;
import ardent.run.RunSummary;
import ardent.train.Epoch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.IChart;
import tech.tablesaw.api.Table;

/**
 * Methods over seeds, to be read: means with standard deviations, and tests against the best baseline.
 *
 * <p>Columns and measures are those of {@link Report}. {@code Δ} is the difference in % points from the best baseline (the
 * highest mean by the deciding measure: {@code worst}, the only attack, or the first where their norms differ), with the 95
 * % bootstrap interval over images, and {@code p} is McNemar's exact test, extended to several seeds as {@link
 * ardent.evaluate.statistics.PairedTest} says and corrected by Holm's method for the number of methods that are compared.
 *
 * @param grid what is known of the grid
 */
public record Comparison(GridCells grid) implements ResultTable {
    private static final String PAGE = "comparison.html";
    private static final Pattern PICTURES = Pattern.compile("tradeoff\\.png");

    /** Nothing is null. */
    public Comparison {
        Arguments.given("grid", grid);
    }

    private ComparisonNumbers numbers() {
        return new ComparisonNumbers(grid);
    }

    /**
     * One row per candidate: what tells them apart, on how many seeds, accuracies in % as mean ± standard deviation over
     * seeds, and how they compare with the best baseline.
     *
     * @return the table, all of text; {@link #cells} has the numbers
     */
    public Table table() {
        return new ComparisonTables(numbers()).wide();
    }

    /**
     * One row per candidate, seed and measure: counts, accuracy in % with its 95 % Wilson interval, seconds.
     *
     * @return the table
     */
    public Table cells() {
        return new ComparisonTables(numbers()).cells();
    }

    /**
     * Every method and control against the best baseline, by every measure, over all seeds and seed by seed.
     *
     * @return the table; empty if there is no baseline
     */
    public Table tests() {
        ComparisonNumbers numbers = numbers();
        return new ComparisonTables(numbers)
                .tests(
                        numbers.baseline().isPresent() ? numbers.challengers() : List.of(),
                        numbers.baseline().map(Candidate.Named::name).orElse("no baseline"));
    }

    /**
     * Every candidate against another one.
     *
     * @param name of that one, or a part of it that no other has
     * @return the table
     */
    public Table against(String name) {
        Candidate.Named other = candidate(name);
        var rows =
                grid.candidates().stream().filter(each -> !each.equals(other)).toList();
        return new ComparisonTables(numbers()).tests(rows, other.name());
    }

    /**
     * The candidate with the highest mean accuracy: under the worst of all attacks, under the only one (the first, where
     * their norms differ), or clean where there is none.
     *
     * @return its name
     * @throws IllegalStateException if no cell is done
     */
    public String best() {
        return numbers()
                .best(grid.candidates())
                .map(Candidate.Named::name)
                .orElseThrow(() -> new IllegalStateException("No cell of the grid is done; run it again."));
    }

    /**
     * Loads a student.
     *
     * @param name of the candidate, or a part of it that no other has
     * @param seed its seed
     * @return the network, which holds memory until it is closed
     * @throws IllegalArgumentException if there is no such candidate or seed, or if it has no student
     */
    public Classifier student(String name, long seed) {
        return Classifier.load(run(name, seed).student(), candidate(name).architecture());
    }

    /**
     * The card of a student, with the curves of its training.
     *
     * @param name of the candidate, or a part of it that no other has
     * @param seed its seed
     * @param report scores of that student, as {@code evaluate(comparison.student(name, seed), …)} gives them
     * @return the card; its student holds memory until it is closed
     * @throws IllegalArgumentException if there is no such student, or if the report has no scores of it
     */
    public ModelCard card(String name, long seed, Report report) {
        RunSummary run = run(name, seed);
        return report.card(student(name, seed), Epoch.accuracies(run.history()));
    }

    private RunSummary run(String name, long seed) {
        Candidate.Named candidate = candidate(name);
        GridCell cell = grid.of(candidate.name()).stream()
                .filter(each -> each.seed() == seed)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown seed " + seed + ". Available: "
                        + grid.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")) + "."));
        return cell.student()
                .orElseThrow(
                        () -> new IllegalArgumentException(candidate.name() + " has no student of seed " + seed + ": "
                                + (cell.trained().isPresent()
                                        ? "its training failed. " + cell.failure()
                                        : "it is not trained yet; run the grid again.")));
    }

    private Candidate.Named candidate(String name) {
        return Tables.named("candidate", name, grid.candidates(), Candidate.Named::name);
    }

    /**
     * Accuracies as bars, the mean over seeds, with one standard deviation to each side.
     *
     * @return one group per measure, one bar per candidate
     */
    public CategoryChart plot() {
        ComparisonNumbers numbers = numbers();
        List<String> measures = numbers.measures();
        var bars = new LinkedHashMap<String, List<Charts.Bar>>();
        for (Candidate.Named candidate : grid.candidates()) {
            bars.put(
                    ComparisonTables.marked(candidate),
                    measures.stream()
                            .map(measure -> bar(numbers.spread(candidate.name(), measure)))
                            .toList());
        }
        return Charts.bars(
                "Accuracy over " + seeds() + " · " + grid.images(),
                "accuracy in %, mean ± sd",
                measures,
                bars,
                grid.size() + " images, mean ± one standard deviation over seeds; " + Footnotes.ROBUST + "."
                        + threats());
    }

    /**
     * Clean accuracy against accuracy under the worst of all attacks, under the only one, or under the first where their
     * norms differ: means over seeds, with one standard deviation to each side. A line joins candidates of one name that
     * differ in one number, in its order.
     *
     * @return one point per candidate
     * @throws IllegalStateException if there is no attack, or no cell is done
     */
    public XYChart tradeoff() {
        ComparisonNumbers numbers = numbers();
        String robust = numbers.deciding();
        var points = new LinkedHashMap<String, List<Charts.Bar>>();
        for (Candidate.Named candidate : grid.candidates()) {
            MeanAndDeviation y = numbers.spread(candidate.name(), robust);
            if (y.count() > 0) {
                points.put(
                        ComparisonTables.marked(candidate),
                        List.of(bar(numbers.spread(candidate.name(), GridCells.CLEAN)), bar(y)));
            }
        }
        if (points.isEmpty() || robust.equals(GridCells.CLEAN)) {
            throw new IllegalStateException("There is no trade-off to draw before a cell is done under an attack.");
        }
        List<List<String>> curves = curves(points.keySet());
        return Charts.points(
                "Clean against " + robust + " · " + grid.images(),
                List.of("clean accuracy in %, mean ± sd", "robust accuracy in %, mean ± sd"),
                points,
                curves,
                grid.size() + " images, means over seeds. Up and to the right is better."
                        + (curves.isEmpty() ? "" : " Lines join points of one method that differ in one number only."));
    }

    /** Of the points that are drawn, those of one method along its weight. */
    private List<List<String>> curves(Set<String> drawn) {
        Map<String, List<Candidate.Named>> methods = grid.candidates().stream()
                .filter(candidate -> drawn.contains(ComparisonTables.marked(candidate)))
                .collect(Collectors.groupingBy(Candidate.Named::label, LinkedHashMap::new, Collectors.toList()));
        var curves = new ArrayList<List<String>>();
        for (List<Candidate.Named> method : methods.values()) {
            List<Description> descriptions =
                    method.stream().map(Candidate.Named::description).toList();
            List<String> paths = List.copyOf(Description.differing(descriptions).keySet());
            if (paths.size() == 1
                    && descriptions.stream()
                            .allMatch(each -> Tables.number(each, paths.get(0)).isPresent())) {
                curves.add(method.stream()
                        .sorted(Comparator.comparingDouble(each ->
                                Tables.number(each.description(), paths.get(0)).orElseThrow()))
                        .map(ComparisonTables::marked)
                        .toList());
            }
        }
        return curves;
    }

    private static Charts.Bar bar(MeanAndDeviation spread) {
        double mean = spread.mean();
        double half = spread.deviation();
        return new Charts.Bar(mean, Math.max(0, mean - half), Math.min(100, mean + half));
    }

    private String seeds() {
        int count = grid.seeds().size();
        return count + (count == 1 ? " seed" : " seeds");
    }

    private String heading() {
        return grid.images() + " · " + grid.size() + " images · " + Footnotes.COUNTED
                + (grid.seeds().size() > 1 ? "; mean ± standard deviation over seeds." : ".");
    }

    private ResultView view() {
        return new ResultView(heading(), table(), legend(), warnings());
    }

    @Override
    public TableCells printed() {
        return TableCells.of(new ComparisonTables(numbers()).printed());
    }

    @Override
    public String caption() {
        String intervals = grid.seeds().size() > 1 ? "" : " 95 % Wilson intervals in brackets.";
        String legend = legend().stream().map(line -> " " + line + ".").collect(Collectors.joining());
        return heading() + intervals + legend + threats();
    }

    private String threats() {
        return ThreatModel.sentence(grid.attacks());
    }

    /** How to read the comparison; empty if there is none. */
    private List<String> legend() {
        ComparisonNumbers numbers = numbers();
        Optional<Candidate.Named> baseline =
                numbers.baseline().filter(found -> !numbers.challengers().isEmpty());
        String p = grid.seeds().size() > 1 ? "exact sign-flip test over images" : "McNemar's exact test";
        return baseline.map(found -> List.of("Δ: % points from " + found.name()
                        + ", the best baseline, with 95 % bootstrap interval over images · p: " + p))
                .orElse(List.of());
    }

    /**
     * What a reader has to know before trusting a number: cells that failed or are missing, what checks found, files that
     * were damaged.
     *
     * @return one sentence each; empty if all is well
     */
    @Override
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (!grid.complete()) {
            warnings.add("The grid is not done: what is missing was not computed yet; run it again to go on.");
        }
        var doubts = new CellDoubts();
        for (GridCell cell : grid.cells()) {
            if (!cell.failure().isEmpty()) {
                warnings.add(cell.candidate() + ", seed " + cell.seed() + " FAILED: " + cell.failure());
            }
            cell.measures()
                    .forEach((name, score) ->
                            score.doubts().forEach(doubt -> doubts.add(name, doubt, cell.candidate(), cell.seed())));
        }
        warnings.addAll(doubts.lines());
        if (environments().size() > 1) {
            warnings.add("The cells were computed in " + environments().size()
                    + " environments that differ in version, device, threads or commit: see the provenance.");
        }
        warnings.addAll(grid.notes());
        return warnings;
    }

    private List<Description> environments() {
        return grid.cells().stream()
                .flatMap(cell -> cell.trained().stream())
                .flatMap(run -> run.part("environment").stream())
                .distinct()
                .toList();
    }

    /**
     * Where each number comes from.
     *
     * @return a tree that prints itself
     */
    public Lineage provenance() {
        return new Lineage(Description.of(GridEvidence.of(numbers())));
    }

    /** The table as aligned text, with what has to be known about it. */
    @Override
    public String toString() {
        return view().text();
    }

    @Override
    public String html() {
        return view().html();
    }

    /**
     * Saves everything into a new folder {@code reports/<date and time>} of the working directory, which is that of the notebook.
     *
     * @return the page that was written
     * @throws java.io.UncheckedIOException with a sentence that names the folder, if it cannot be written
     * @throws IllegalStateException if this machine has no fonts
     */
    public Path save() {
        return SavedFiles.save(Instant.now(), SavedFiles.of(this)).resolve(PAGE);
    }

    /**
     * Saves everything: {@code comparison.html} on its own, {@code comparison.txt}, the table as {@code comparison.csv},
     * {@code comparison.md} and {@code comparison.tex}, {@code cells} and {@code tests} in the same forms, the charts as PNG, {@code provenance.json} and {@code provenance.olcut.json}.
     * All files are written or none;
     * pictures that only an earlier save had are removed.
     *
     * @param folder where to; made if it is missing
     * @return the page that was written
     * @throws java.io.UncheckedIOException with a sentence that names the folder, if it cannot be written
     * @throws IllegalStateException if this machine has no fonts
     */
    public Path save(Path folder) {
        Folder.replace(folder, SavedFiles.of(this), PICTURES);
        return folder.resolve(PAGE);
    }

    /** Charts by file name. */
    Map<String, IChart> charts() {
        var charts = new LinkedHashMap<String, IChart>();
        charts.put("accuracy", plot());
        boolean attacked =
                grid.cells().stream().anyMatch(cell -> cell.measures().size() > 1);
        if (attacked && grid.complete()) {
            charts.put("tradeoff", tradeoff());
        }
        return charts;
    }
}
