package ardent.report;

import static ardent.report.Tables.numbers;
import static ardent.report.Tables.texts;

import ardent.evaluate.UniqueNames;
import ardent.provenance.Description;
import ardent.run.RecordedAccuracy;
import ardent.run.RunSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import tech.tablesaw.api.Table;

/** Runs as a table: what each is, its state, and its accuracies in %. */
public final class RunTable {
    /** What the accuracies of a run count. */
    private static final String COUNTED =
            "Accuracy (%) of runs on test images, under attack of those correct clean too; columns (validation) are of held-out"
                    + " images, attacked as in each run's own training and counted under that attack alone";

    /** Columns behind the accuracies. */
    private static final List<String> LATER = List.of("begun (UTC)", "problems");

    private static final int MINUTES = "2026-01-01T00:00".length();

    private RunTable() {}

    /** What the numbers of runs count, which are accuracies in those of classifiers alone. */
    static String counted(List<RunSummary> entries) {
        boolean images = entries.isEmpty() || entries.stream().anyMatch(RunSummary::ofClassifier);
        var told = new StringJoiner("; ").add(images ? COUNTED : "Runs");
        measures(entries)
                .forEach(measure -> told.add(measure + " (validation) is in %, of items held out of the training"));
        return told.toString();
    }

    /** What epochs of runs that are not of classifiers are judged by. */
    static List<String> measures(List<RunSummary> entries) {
        return entries.stream()
                .filter(entry -> !entry.ofClassifier())
                .map(entry -> entry.at("measure"))
                .filter(measure -> !measure.isEmpty())
                .distinct()
                .toList();
    }

    /**
     * One row per run.
     *
     * @param entries the runs
     * @return a table that sorts by every column, as in {@code runs().sortDescendingOn("clean")}
     */
    public static Table of(List<RunSummary> entries) {
        Table table = Table.create(counted(entries));
        table.addColumns(
                texts("run", entries, RunSummary::name),
                texts("state", entries, RunSummary::status),
                texts("network", entries, entry -> entry.at("name")),
                texts("data", entries, entry -> entry.at("data.name") + " " + entry.at("data.split")),
                texts("seed", entries, entry -> entry.at("plan.seed")),
                texts("epochs", entries, RunTable::epochs));
        addAccuracies(table, answers(entries));
        table.addColumns(texts("begun (UTC)", entries, entry -> minute(entry.at("begun"))));
        if (entries.stream().anyMatch(entry -> !entry.unreadable().isEmpty())) {
            table.addColumns(texts("problems", entries, entry -> String.join(" ", entry.unreadable())));
        }
        return table;
    }

    private static String epochs(RunSummary entry) {
        return entry.epochs() + "/" + entry.at("plan.epochs");
    }

    private static String minute(String instant) {
        return instant.substring(0, Math.min(MINUTES, instant.length())).replace('T', ' ');
    }

    /** What each run answers, in %. */
    static List<Map<Asked, Double>> answers(List<RunSummary> entries) {
        return entries.parallelStream().map(RunTable::answers).toList();
    }

    private static Map<Asked, Double> answers(RunSummary entry) {
        var answers = new LinkedHashMap<Asked, Double>();
        entry.accuracies().forEach(answer -> answers.putIfAbsent(Asked.of(answer), 100 * answer.rate()));
        return answers;
    }

    /** A column for each accuracy that any of the runs has; where questions of one name differ, headings say in what. */
    static void addAccuracies(Table table, List<Map<Asked, Double>> answers) {
        headings(answers)
                .forEach((asked, heading) -> table.addColumns(numbers(
                        Tables.free(table, heading, LATER),
                        "0.0",
                        answers,
                        known -> known.getOrDefault(asked, Double.NaN))));
    }

    /** Images held out of those named. */
    private record HeldOut(String images) {}

    /** What was asked of a run: accuracies are comparable where this is equal, but for the attack of a run's own training. */
    record Asked(String name, Description question) {
        static Asked of(RecordedAccuracy answer) {
            Optional<Description> heldOut = answer.name().endsWith("(validation)")
                    ? answer.question().at("images").map(images -> Description.of(new HeldOut(images)))
                    : Optional.empty();
            return new Asked(answer.name(), heldOut.orElse(answer.question()));
        }
    }

    /** Everything that any of the runs answers, and the heading of its column. */
    static Map<Asked, String> headings(List<Map<Asked, Double>> answers) {
        List<Asked> all = answers.stream()
                .flatMap(known -> known.keySet().stream())
                .distinct()
                .toList();
        List<String> titles = UniqueNames.of(
                all.stream().map(Asked::name).toList(),
                all.stream().map(Asked::question).toList(),
                UniqueNames.Kind.METHOD);
        var headings = new LinkedHashMap<Asked, String>();
        for (int i = 0; i < titles.size(); i++) {
            headings.put(all.get(i), titles.get(i));
        }
        return headings;
    }
}
