package ardent.report;

import java.util.ArrayList;
import java.util.List;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** Tables as text: aligned for people, separated by commas for programs. */
final class TextTables {
    private TextTables() {}

    /** Columns aligned, numbers to the right; missing values are a dash. */
    static String aligned(Table table) {
        var lines = new ArrayList<StringBuilder>();
        for (int row = -1; row < table.rowCount(); row++) {
            lines.add(new StringBuilder());
        }
        for (Column<?> column : table.columns()) {
            boolean number = isNumber(column);
            List<String> cells = new ArrayList<>(List.of(column.name()));
            for (int row = 0; row < table.rowCount(); row++) {
                cells.add(cell(column, row).replaceAll("\\R", " "));
            }
            int width = cells.stream().mapToInt(TextTables::length).max().orElse(0);
            for (int i = 0; i < cells.size(); i++) {
                String space = " ".repeat(width - length(cells.get(i)));
                String gap = lines.get(i).length() == 0 ? "" : "  ";
                lines.get(i).append(gap).append(number ? space + cells.get(i) : cells.get(i) + space);
            }
        }
        return String.join(
                "\n",
                lines.stream().map(line -> line.toString().stripTrailing()).toList());
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static boolean isNumber(Column<?> column) {
        return column instanceof NumericColumn<?>;
    }

    static String cell(Column<?> column, int row) {
        String text = column.getString(row);
        return text.isEmpty() ? "–" : text;
    }

    /** RFC 4180 with a header line; numbers as in the table, missing values empty. */
    static String csv(Table table) {
        var csv = new StringBuilder();
        var names = table.columnNames().stream().map(TextTables::quoted).toList();
        csv.append(String.join(",", names)).append("\r\n");
        for (int row = 0; row < table.rowCount(); row++) {
            var cells = new ArrayList<String>();
            for (Column<?> column : table.columns()) {
                cells.add(column.isMissing(row) ? "" : quoted(column.getString(row)));
            }
            csv.append(String.join(",", cells)).append("\r\n");
        }
        return csv.toString();
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
