package ardent.report;

import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * The cells of a table as text, to be laid out as aligned text, HTML or Markdown: numbers to the right, a dash for what is
 * missing.
 *
 * @param columns the columns, with as many cells each
 * @param hidden how many rows were left out after the first {@link #ENDS}
 */
public record TableCells(List<Line> columns, int hidden) {
    /** Rows at each end of a table of which others are left out. */
    public static final int ENDS = 10;

    /** What stands for a missing value. */
    public static final String MISSING = "–";

    /** Columns of at most so many characters are not broken into lines: a table that is too wide is scrolled. */
    private static final int WHOLE = 45;

    private static final String CELL = "padding:3px 10px;border-bottom:1px solid rgba(128,128,128,0.35);";

    /** Copies the list. */
    public TableCells {
        columns = Arguments.all("columns", columns);
    }

    /**
     * A column.
     *
     * @param name its heading
     * @param numeric whether it holds numbers
     * @param cells its cells from top to bottom
     * @param bold which of them are set in bold
     */
    public record Line(String name, boolean numeric, List<String> cells, Set<Integer> bold) {
        /** Copies the collections. */
        public Line {
            Arguments.given("name", name);
            cells = Arguments.all("cells", cells);
            Arguments.all("bold", bold);
            bold = Set.copyOf(bold);
        }

        private int width() {
            return IntStream.concat(IntStream.of(length(name)), cells.stream().mapToInt(TableCells::length))
                    .max()
                    .orElse(0);
        }

        private String aligned(String cell) {
            String space = " ".repeat(width() - length(cell));
            return numeric ? space + cell : cell + space;
        }

        private String html(int row) {
            String text = Html.escape(cells.get(row));
            return bold.contains(row) ? "<b>" + text + "</b>" : text;
        }
    }

    /**
     * All cells of a table, as its columns print them.
     *
     * @param table the table
     * @return its cells
     */
    public static TableCells of(Table table) {
        Arguments.given("table", table);
        return new TableCells(
                table.columns().stream()
                        .map(column -> new Line(
                                column.name(),
                                column instanceof NumericColumn<?>,
                                IntStream.range(0, table.rowCount())
                                        .mapToObj(row -> cell(column, row))
                                        .toList(),
                                Set.of()))
                        .toList(),
                0);
    }

    private static String cell(Column<?> column, int row) {
        String text = column.getString(row);
        return text.isEmpty() ? MISSING : text.replaceAll("\\R", " ");
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private int rows() {
        return columns.isEmpty() ? 0 : columns.get(0).cells.size();
    }

    private String row(Function<Line, String> cell, String between) {
        return columns.stream().map(cell).collect(Collectors.joining(between));
    }

    /**
     * The table as aligned text.
     *
     * @param rule whether a line is drawn below the headings
     * @return one line for the headings and one for each row
     */
    public String text(boolean rule) {
        var lines = new ArrayList<String>();
        lines.add(row(column -> column.aligned(column.name), "  "));
        if (rule) {
            lines.add(row(column -> "─".repeat(column.width()), "  "));
        }
        for (int i = 0; i < rows(); i++) {
            int at = i;
            if (hidden > 0 && i == ENDS) {
                lines.add("… " + hidden + " more");
            }
            lines.add(row(column -> column.aligned(column.cells.get(at)), "  "));
        }
        return lines.stream().map(String::stripTrailing).collect(Collectors.joining("\n"));
    }

    /**
     * The table as HTML.
     *
     * @return a fragment with inline style only
     */
    public String html() {
        BiFunction<String, Function<Line, String>, String> row = (tag, cell) -> "<tr>"
                + row(
                        column -> "<" + tag + " style=\"" + CELL
                                + (tag.equals("td") && column.width() <= WHOLE ? "white-space:nowrap;" : "")
                                + "text-align:"
                                + (column.numeric ? "right;font-variant-numeric:tabular-nums" : "left") + "\">"
                                + cell.apply(column) + "</" + tag + ">",
                        "")
                + "</tr>";
        var html = new StringBuilder("<div style=\"overflow-x:auto\"><table style=\"border-collapse:collapse;"
                + "font-size:13px;margin:8px 0\"><thead>");
        html.append(row.apply("th", column -> Html.escape(column.name))).append("</thead><tbody>");
        for (int i = 0; i < rows(); i++) {
            int at = i;
            if (hidden > 0 && i == ENDS) {
                html.append("<tr><td colspan=\"" + columns.size() + "\" style=\"text-align:left\">… " + hidden
                        + " more</td></tr>");
            }
            html.append(row.apply("td", column -> column.html(at)));
        }
        return html.append("</tbody></table></div>").toString();
    }

    /**
     * The table as Markdown.
     *
     * @return one line for the headings, one for their alignment and one for each row
     */
    public String markdown() {
        var lines = new ArrayList<String>();
        lines.add(row(column -> " " + escaped(column.name) + " ", "|"));
        lines.add(row(column -> column.numeric ? " ---: " : " --- ", "|"));
        for (int i = 0; i < rows(); i++) {
            int at = i;
            lines.add(row(column -> " " + escaped(column.cells.get(at)) + " ", "|"));
        }
        return lines.stream().map(line -> "|" + line + "|").collect(Collectors.joining("\n"));
    }

    /**
     * The table as Markdown with a caption.
     *
     * @param caption below the table; empty for none
     * @return the table, and the caption after an empty line
     */
    public String markdown(String caption) {
        return markdown(caption, List.of());
    }

    /**
     * The table as Markdown with a caption and notes.
     *
     * @param caption below the table; empty for none
     * @param notes a list below the caption; empty for none
     * @return the table, and each of them after an empty line
     */
    public String markdown(String caption, List<String> notes) {
        Arguments.given("caption", caption);
        return Stream.of(
                        markdown(),
                        escaped(caption),
                        Arguments.all("notes", notes).stream()
                                .map(note -> "* " + escaped(note))
                                .collect(Collectors.joining("\n")))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("\n\n", "", "\n"));
    }

    /**
     * The table as LaTeX, by the package {@code booktabs}.
     *
     * @param caption above the table; empty for none
     * @return a floating table
     */
    public String latex(String caption) {
        return latex(caption, List.of());
    }

    /**
     * The table as LaTeX with notes, by the package {@code booktabs}.
     *
     * @param caption above the table; empty for none
     * @param notes below the table; empty for none
     * @return a floating table
     */
    public String latex(String caption, List<String> notes) {
        return Latex.table(columns, rows(), Arguments.given("caption", caption), Arguments.all("notes", notes));
    }

    /** Text that Markdown would take for something else. */
    static String escaped(String text) {
        return text.replaceAll("([\\\\`*<>|\\[\\]])", "\\\\$1").replaceAll("\\R", " ");
    }

    /** RFC 4180 with a header line; numbers as in the table, missing values empty: Tablesaw would write dashes for them. What
     * a program does not read as a number is written out. */
    static String csv(Table table) {
        var csv = new StringBuilder();
        for (int i = -1; i < table.rowCount(); i++) {
            int row = i;
            csv.append(table.columns().stream()
                            .map(column -> row < 0
                                    ? quoted(column.name())
                                    : column.isMissing(row) ? "" : quoted(machine(column, row)))
                            .collect(Collectors.joining(",")))
                    .append("\r\n");
        }
        return csv.toString();
    }

    private static String machine(Column<?> column, int row) {
        String text = column.getString(row);
        return !(column instanceof NumericColumn<?>)
                ? text
                : text.startsWith("<") ? column.getUnformattedString(row) : text.replace('−', '-');
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
