package ardent.report;

import static ardent.report.Tables.texts;

import ardent.evaluate.UniqueNames;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.report.chart.Charts;
import ardent.run.RunSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import org.knowm.xchart.XYChart;
import tech.tablesaw.api.Table;

/**
 * Runs side by side: the parameters in which they differ, their accuracies, and their curves.
 *
 * @param entries the runs, at least one
 */
public record RunComparison(List<RunSummary> entries) implements ResultTable {
    private static final List<String> PARTS = List.of("architecture", "method", "data", "plan");

    /** Refuses nothing to compare. */
    public RunComparison {
        entries = Arguments.all("entries", entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no run to compare; name some, such as compare(first, second).");
        }
    }

    /**
     * One row per run: each parameter in which any two differ, and the accuracies in %.
     *
     * @return the table
     */
    public Table table() {
        Table table = Table.create(RunTable.counted(entries));
        table.addColumns(texts("run", entries, RunSummary::name));
        Set<String> later = new HashSet<>(List.of("state"));
        List<Map<RunTable.Asked, Double>> answers = RunTable.answers(entries);
        later.addAll(RunTable.headings(answers).values());
        differing()
                .forEach((path, name) ->
                        table.addColumns(texts(Tables.free(table, name, later), entries, entry -> shown(entry, path))));
        table.addColumns(texts("state", entries, RunSummary::status));
        RunTable.addAccuracies(table, answers);
        return table;
    }

    /** Paths in which the parts of the runs differ, with short names. */
    private Map<String, String> differing() {
        var differing = new LinkedHashMap<String, String>();
        for (String part : PARTS) {
            List<Description> descriptions = entries.stream()
                    .map(entry -> entry.part(part))
                    .flatMap(Optional::stream)
                    .toList();
            Description.differing(descriptions).forEach((path, name) -> {
                if (!part.equals("data")
                        || !path.startsWith("files")) { // other files: nobody reads it from their lists
                    differing.put(path.isEmpty() ? part : part + "." + path, path.isEmpty() ? part : name);
                }
            });
        }
        return differing;
    }

    /** A parameter as people read it; empty where there is none. */
    private static String shown(RunSummary entry, String path) {
        int dot = path.indexOf('.');
        return entry.part(dot < 0 ? path : path.substring(0, dot))
                .flatMap(part -> part.shown(dot < 0 ? "" : path.substring(dot + 1)))
                .orElse("");
    }

    /**
     * Robust validation accuracy over epochs, or the clean one where nothing was attacked, or the loss where nothing was
     * held out; one curve per run.
     *
     * @return the chart
     */
    public XYChart plot() {
        String curve = has("robust") ? "robust" : has("clean") ? "clean" : "loss";
        return plot(curve);
    }

    private boolean has(String curve) {
        return entries.stream()
                .flatMapToDouble(entry -> Arrays.stream(entry.curve(curve)))
                .anyMatch(Double::isFinite);
    }

    /**
     * A curve over epochs, one per run.
     *
     * @param curve {@code robust}, {@code clean}, {@code loss}, or a term of the loss such as {@code contrast}
     * @return the chart
     * @throws IllegalArgumentException if no run has that curve
     */
    public XYChart plot(String curve) {
        List<String> measures = RunTable.measures(entries);
        boolean lists = curve.equals("robust")
                && !measures.isEmpty()
                && entries.stream().noneMatch(RunSummary::ofClassifier);
        String shown = lists ? String.join(", ", measures) : curve;
        boolean accuracy = curve.equals("robust") || curve.equals("clean");
        String name =
                lists ? shown + " of the validation in %" : accuracy ? curve + " validation accuracy in %" : curve;
        var curves = new LinkedHashMap<String, double[]>();
        Map<String, String> differing = differing();
        List<String> names = UniqueNames.numbered(
                entries.stream().map(entry -> legend(entry, differing)).toList(), Set.of());
        for (int i = 0; i < entries.size(); i++) {
            double[] values = entries.get(i).curve(curve);
            if (accuracy && !lists && !entries.get(i).ofClassifier()) {
                Arrays.fill(values, Double.NaN); // its measure is no accuracy
            }
            curves.put(names.get(i), values);
        }
        return Charts.lines("Runs: " + shown, "epoch", name, curves);
    }

    @Override
    public TableCells printed() {
        return TableCells.of(table());
    }

    @Override
    public String caption() {
        return RunTable.counted(entries) + ".";
    }

    /** The network's name and the parameters in which the runs differ, in the letters of tables. */
    private static String legend(RunSummary entry, Map<String, String> differing) {
        var legend = new StringJoiner(" · ");
        legend.add(entry.at("name").isEmpty() ? entry.name() : entry.at("name"));
        differing.forEach((path, name) -> {
            String value = shown(entry, path);
            if (!value.isEmpty() && !PARTS.contains(path)) {
                legend.add(name + (name.length() <= 2 ? " = " : " ") + value);
            }
        });
        return legend.toString();
    }

    /** The table as aligned text, with what cannot be read. */
    @Override
    public String toString() {
        return view().text();
    }

    @Override
    public String html() {
        return view().html();
    }

    /** What cannot be read of the runs, and that they learnt from different data of one name, one sentence each. */
    @Override
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        entries.forEach(entry -> warnings.addAll(entry.unreadable()));
        long data = entries.stream()
                .flatMap(entry -> entry.part("data").stream())
                .map(Description::essence)
                .distinct()
                .count();
        if (data > 1 && differing().keySet().stream().noneMatch(path -> path.startsWith("data"))) {
            warnings.add("The runs were trained on different data of the same name: their files, pixels or labels have"
                    + " other hashes.");
        }
        return warnings;
    }

    private ResultView view() {
        return new ResultView(caption(), table(), List.of(), warnings());
    }
}
