package ardent.report;

import static ardent.report.Tables.numbers;
import static ardent.report.Tables.texts;

import ardent.ledger.Entry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tech.tablesaw.api.Table;

/** Runs as a table: what each is, how it stands, and its accuracies in %. */
public final class RunTable {
    private static final int MINUTES = "2026-01-01T00:00".length();

    private RunTable() {}

    /**
     * One row per run.
     *
     * @param entries the runs
     * @return a table that sorts by every column, as in {@code runs().sortDescendingOn("clean")}
     */
    public static Table of(List<Entry> entries) {
        Table table = Table.create("Runs, accuracy in %");
        table.addColumns(
                texts("run", entries, Entry::name),
                texts("state", entries, Entry::state),
                texts("network", entries, entry -> entry.at("name")),
                texts("data", entries, entry -> entry.at("data.name") + " " + entry.at("data.split")),
                texts("seed", entries, entry -> entry.at("plan.seed")),
                texts("epochs", entries, RunTable::epochs));
        addAccuracies(table, entries);
        table.addColumns(texts("begun (UTC)", entries, entry -> minute(entry.at("begun"))));
        return table;
    }

    private static String epochs(Entry entry) {
        return entry.epochs() + "/" + entry.at("plan.epochs");
    }

    private static String minute(String instant) {
        return instant.substring(0, Math.min(MINUTES, instant.length())).replace('T', ' ');
    }

    /** A column for each accuracy that any of the runs has. */
    static void addAccuracies(Table table, List<Entry> entries) {
        List<Map<String, Double>> all = entries.stream().map(Entry::accuracies).toList();
        Set<String> names = new LinkedHashSet<>();
        all.forEach(accuracies -> names.addAll(accuracies.keySet()));
        for (String name : names) {
            table.addColumns(numbers(name, "0.0", all, accuracies -> 100 * accuracies.getOrDefault(name, Double.NaN)));
        }
    }
}
