package ardent.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.FloatColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.columns.Column;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/** The cells of a table as text, ready to be laid out. */
record TableCells(String caption, List<Line> columns, int hidden) {
    private static final int ENDS = 10;
    private static final String MISSING = "–";

    /** One column: its name, whether it holds numbers, its shown cells, and which of them is best (bold). */
    record Line(String name, boolean numeric, List<String> cells, List<Boolean> best) {
        int width() {
            return Math.max(
                    name.length(), cells.stream().mapToInt(String::length).max().orElse(0));
        }

        String aligned(String cell) {
            var blank = " ".repeat(width() - cell.length());
            return numeric ? blank + cell : cell + blank;
        }
    }

    static TableCells of(TableView view) {
        var table = view.table();
        int rows = table.rowCount();
        var shown = rows <= 2 * ENDS
                ? IntStream.range(0, rows).toArray()
                : IntStream.concat(IntStream.range(0, ENDS), IntStream.range(rows - ENDS, rows))
                        .toArray();
        var columns = new ArrayList<Line>();
        for (var column : table.columns()) {
            var format = format(column);
            var cells = new ArrayList<String>();
            var best = new ArrayList<Boolean>();
            double target = target(column, view);
            for (int row : shown) {
                cells.add(column.isMissing(row) ? MISSING : format.of(row));
                best.add(column instanceof NumericColumn<?> numbers && numbers.getDouble(row) == target);
            }
            columns.add(new Line(column.name(), column instanceof NumericColumn, cells, best));
        }
        var size = rows
                + (rows == 1 ? " row × " : " rows × ")
                + columns.size()
                + (columns.size() == 1 ? " column" : " columns");
        var caption = table.name() == null || table.name().isEmpty() ? size : table.name() + " · " + size;
        return new TableCells(caption, columns, rows - shown.length);
    }

    private interface Format {
        String of(int row);
    }

    /** Values as the column's own formatter prints them; where it has none, about four digits, as many decimals in each row. */
    private static Format format(Column<?> column) {
        if (!(column instanceof DoubleColumn || column instanceof FloatColumn)) {
            return column::getString;
        }
        var numbers = (NumericColumn<?>) column;
        var plain = NumberColumnFormatter.floatingPointDefault();
        plain.setColumnType(column.type());
        double largest = 0;
        for (int row = 0; row < column.size(); row++) {
            double value = numbers.getDouble(row);
            if (!column.isMissing(row)) {
                var text = column instanceof FloatColumn ? plain.format((float) value) : plain.format(value);
                if (!column.getString(row).equals(text)) {
                    return column::getString;
                }
                largest = Math.max(largest, Math.abs(value));
            }
        }
        var pattern = pattern(largest);
        return row -> String.format(Locale.ROOT, pattern, numbers.getDouble(row));
    }

    private static String pattern(double largest) {
        if (largest >= 1e7 || (largest > 0 && largest < 1e-3)) {
            return "%.3g";
        }
        int whole = largest < 1 ? 0 : 1 + (int) Math.log10(largest);
        return "%." + Math.max(0, 4 - whole) + "f";
    }

    private static double target(Column<?> column, TableView view) {
        if (column instanceof NumericColumn<?> numbers) {
            if (view.highest().contains(column.name())) {
                return numbers.max();
            }
            if (view.lowest().contains(column.name())) {
                return numbers.min();
            }
        }
        return Double.NaN;
    }

    int rows() {
        return columns.isEmpty() ? 0 : columns.get(0).cells().size();
    }

    String text() {
        var text = new StringBuilder(caption).append('\n');
        columns.forEach(column -> text.append(column.aligned(column.name())).append("  "));
        text.append('\n');
        columns.forEach(column -> text.append("─".repeat(column.width())).append("  "));
        for (int row = 0; row < rows(); row++) {
            text.append('\n');
            if (hidden > 0 && row == ENDS) {
                text.append("… ").append(hidden).append(" more\n");
            }
            for (var column : columns) {
                text.append(column.aligned(column.cells().get(row))).append("  ");
            }
        }
        return text.toString().replaceAll("(?m) +$", "");
    }

    String html() {
        var html = new StringBuilder(
                "<div style=\"overflow-x: auto;\"><table style=\"border-collapse: collapse;\"><thead><tr>");
        columns.forEach(column -> html.append(cell("th", column, HtmlText.escape(column.name()))));
        html.append("</tr></thead><tbody>");
        for (int row = 0; row < rows(); row++) {
            if (hidden > 0 && row == ENDS) {
                html.append("<tr><td colspan=\"")
                        .append(columns.size())
                        .append("\" style=\"text-align: left;\">… ")
                        .append(hidden)
                        .append(" more</td></tr>");
            }
            html.append("<tr>");
            for (var column : columns) {
                var value = HtmlText.escape(column.cells().get(row));
                html.append(cell("td", column, column.best().get(row) ? "<b>" + value + "</b>" : value));
            }
            html.append("</tr>");
        }
        return html.append("</tbody></table><div style=\"font-size: 85%; opacity: 0.7;\">")
                .append(HtmlText.escape(caption))
                .append("</div></div>")
                .toString();
    }

    private static String cell(String tag, Line column, String content) {
        return "<" + tag + " style=\"text-align: " + (column.numeric() ? "right" : "left")
                + "; padding: 0.2em 0.8em; border-bottom: 1px solid rgba(128, 128, 128, 0.35);\">" + content + "</"
                + tag + ">";
    }
}
