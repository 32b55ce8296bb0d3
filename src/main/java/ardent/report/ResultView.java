package ardent.report;

import java.util.ArrayList;
import java.util.List;
import tech.tablesaw.api.Table;

/**
 * A table of results as it is shown everywhere.
 *
 * @param heading what it counts
 * @param table the numbers
 * @param legend how to read it; empty if that is plain
 * @param warnings what a reader has to know before trusting it
 */
record ResultView(String heading, Table table, List<String> legend, List<String> warnings) {
    String text() {
        var lines = new ArrayList<>(List.of(heading, TableCells.of(table).text(false)));
        lines.addAll(legend);
        warnings.forEach(warning -> lines.add("! " + warning));
        return String.join("\n", lines);
    }

    String html() {
        return Html.lines(List.of(heading), Html.FAINT)
                + TableCells.of(table).html()
                + Html.lines(legend, Html.FAINT)
                + Html.lines(warnings, Html.WARNING);
    }
}
