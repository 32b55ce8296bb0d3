package ardent.report;

import static ardent.report.Tables.texts;

import ardent.data.Origin;
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
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.XYChart;
import tech.tablesaw.api.Table;

/**
 * Runs side by side: the parameters in which they differ, their accuracies, and their curves.
 *
 * @param entries the runs, at least one
 */
public record RunComparison(List<RunSummary> entries) implements ResultTable {
    private static final List<String> ACCURACIES = List.of("clean", "robust");
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
     * held out; one curve per run that has it.
     *
     * @return the chart
     */
    public XYChart plot() {
        String curve = has("robust") ? "robust" : has("clean") ? "clean" : "loss";
        return plot(curve);
    }

    private boolean has(String curve) {
        return entries.stream()
                .flatMapToDouble(entry -> Arrays.stream(curve(entry, curve)))
                .anyMatch(Double::isFinite);
    }

    private boolean listsOnly() {
        return entries.stream().noneMatch(RunSummary::ofClassifier);
    }

    /** The curve of a run; beside classifiers, the measure of a recommender is no accuracy. */
    private double[] curve(RunSummary entry, String name) {
        double[] values = entry.curve(name);
        if (!entry.ofClassifier() && !listsOnly() && ACCURACIES.contains(name)) {
            Arrays.fill(values, Double.NaN);
        }
        return values;
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
        boolean lists = curve.equals("robust") && !measures.isEmpty() && listsOnly();
        String shown = lists ? String.join(", ", measures) : curve;
        boolean accuracy = ACCURACIES.contains(curve);
        String name =
                lists ? shown + " of the validation in %" : accuracy ? curve + " validation accuracy in %" : curve;
        var curves = new LinkedHashMap<String, double[]>();
        Map<String, String> differing = differing();
        List<String> names = UniqueNames.numbered(
                entries.stream().map(entry -> legend(entry, differing)).toList(), Set.of());
        for (int i = 0; i < entries.size(); i++) {
            curves.put(names.get(i), curve(entries.get(i), curve));
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
        List<Data> data = entries.stream()
                .flatMap(entry -> entry.part("data").stream())
                .map(Data::of)
                .toList();
        if (data.stream().anyMatch(one -> data.stream().anyMatch(one::sharesOnlyTheNameOf))) {
            warnings.add("The runs were trained on different data of the same name: their files, pixels or labels have"
                    + " other hashes.");
        }
        return warnings;
    }

    /** The data of a run, and what tells which files those are; null for lists and for what no description builds. */
    private record Data(Description essence, @Nullable Origin origin) {
        static Data of(Description data) {
            try {
                return new Data(data.essence(), data.rebuild() instanceof Origin origin ? origin : null);
            } catch (IllegalArgumentException e) {
                return new Data(data.essence(), null);
            }
        }

        boolean sharesOnlyTheNameOf(Data other) {
            if (!essence.at("name").equals(other.essence.at("name"))
                    || !essence.at("split").equals(other.essence.at("split"))) {
                return false;
            }
            return (origin == null || other.origin == null)
                    ? !essence.equals(other.essence)
                    : !origin.sameFiles(other.origin);
        }
    }

    private ResultView view() {
        return new ResultView(caption(), table(), List.of(), warnings());
    }
}
