package ardent.report;

import ardent.evaluate.Outcome;
import ardent.provenance.Folder;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import tech.tablesaw.api.Table;

/** The files of a saved report or comparison: a page, its charts, a text, tables as CSV, Markdown and LaTeX, and the provenance. */
final class SavedFiles {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT);

    private final Document page;
    private final StringJoiner text = new StringJoiner("\n\n", "", "\n");

    private SavedFiles(String title, ResultTable result, Table table, String name) {
        page = new Document(title).html(result.html());
        text.add(result.toString());
        files(name, table, result.markdown(), result.latex());
    }

    /** Writes a result into a folder of its own, in {@code reports} of the working directory. */
    static Path save(Instant time, Map<String, byte[]> files) {
        return Folder.writeNew(home(time), files);
    }

    static Path home(Instant time) {
        return Path.of("reports", NAME.format(time.atZone(ZoneId.systemDefault())));
    }

    static Map<String, byte[]> of(Report report) {
        var saved = new SavedFiles("Robustness on " + report.robustness().images(), report, report.table(), "report");
        saved.page.chart("accuracy", report.plot());
        saved.table("Scores", "scores", report.intervals());
        int number = 1;
        for (Outcome outcome : report.robustness().outcomes()) {
            saved.network(report, outcome, "network-" + number++);
        }
        List<String> conditions = Footnotes.conditions(report.robustness(), report.environment());
        saved.page.heading("Conditions").html(Html.lines(conditions, Html.INK));
        saved.text.add(String.join("\n", conditions));
        return saved.files("report", report.provenance());
    }

    /** Shows a network under the attack that hurts it most. */
    private void network(Report report, Outcome outcome, String file) {
        outcome.weakest()
                .ifPresent(score -> page.heading(outcome.name())
                        .picture(
                                file + "-sheet",
                                "images under " + score.attack(),
                                report.sheet(outcome.name(), score.attack()),
                                1)
                        .chart(file + "-confusion", report.confusion(outcome.name(), score.attack())));
    }

    static Map<String, byte[]> of(Comparison comparison) {
        String title = "Comparison on " + comparison.grid().images();
        var saved = new SavedFiles(title, comparison, comparison.table(), "comparison");
        comparison.charts().forEach(saved.page::chart);
        saved.table("Tests", "tests", comparison.tests());
        saved.table("Cells", "cells", comparison.cells());
        return saved.files("comparison", comparison.provenance());
    }

    private void table(String heading, String file, Table table) {
        TableCells cells = TableCells.of(table);
        page.heading(heading).table(cells);
        text.add(cells.text(false));
        files(file, table, cells.markdown(table.name() + "."), cells.latex(table.name() + "."));
    }

    private void files(String name, Table table, String markdown, String latex) {
        page.file(name + ".csv", TableCells.csv(table))
                .file(name + ".md", markdown)
                .file(name + ".tex", latex);
    }

    private Map<String, byte[]> files(String name, Lineage lineage) {
        return page.heading("Provenance")
                .html(lineage.html())
                .file(name + ".txt", text.add(lineage.toString()).toString())
                .file("provenance.json", lineage.json())
                .file("provenance.olcut.json", lineage.description().olcut())
                .files(name + ".html");
    }
}
