package ardent.notebook;

import ardent.provenance.Arguments;
import ardent.report.Html;
import ardent.report.HtmlView;
import ardent.report.TableCells;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.FloatColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/**
 * A table for reading: formatted numbers, a dash for what is missing, head and tail when it is long.
 *
 * @param table what to show
 * @param highest the columns whose highest value is set in bold
 * @param lowest the columns whose lowest value is set in bold
 */
public record TableView(Table table, Set<String> highest, Set<String> lowest) implements HtmlView {

    /**
     * Checks the column names and copies them.
     *
     * @throws IllegalStateException if the table has no such column
     */
    public TableView {
        Arguments.given("table", table);
        Arguments.all("highest", highest);
        Arguments.all("lowest", lowest);
        highest = Set.copyOf(highest);
        lowest = Set.copyOf(lowest);
        highest.forEach(table::column);
        lowest.forEach(table::column);
    }

    /** A view of the table with nothing in bold. */
    public TableView(Table table) {
        this(table, Set.of(), Set.of());
    }

    /** This view with the highest value of these columns in bold. */
    public TableView highest(String... columns) {
        return new TableView(table, more(highest, columns), lowest);
    }

    /** This view with the lowest value of these columns in bold. */
    public TableView lowest(String... columns) {
        return new TableView(table, highest, more(lowest, columns));
    }

    @Override
    public String html() {
        return "<div style=\"font-size: 12px; opacity: 0.7;\">" + Html.escape(caption()) + "</div>" + cells().html();
    }

    /** The same as aligned text. */
    @Override
    public String toString() {
        return caption() + "\n" + cells().text(true);
    }

    private TableCells cells() {
        int[] shown = shown();
        return new TableCells(
                table.columns().stream().map(column -> line(column, shown)).toList(), table.rowCount() - shown.length);
    }

    private String caption() {
        int columns = table.columnCount();
        String size = table.rowCount()
                + (table.rowCount() == 1 ? " row × " : " rows × ")
                + columns
                + (columns == 1 ? " column" : " columns");
        return table.name() == null || table.name().isEmpty() ? size : table.name() + " · " + size;
    }

    /** The rows to show: all, or those at both ends. */
    private int[] shown() {
        int rows = table.rowCount();
        return IntStream.range(0, rows)
                .filter(row -> rows <= 2 * TableCells.ENDS || row < TableCells.ENDS || row >= rows - TableCells.ENDS)
                .toArray();
    }

    private TableCells.Line line(Column<?> column, int[] shown) {
        IntFunction<String> format = format(column);
        var numbers = column instanceof NumericColumn<?> numeric ? numeric : null;
        double best = best(column);
        return new TableCells.Line(
                column.name(),
                numbers != null,
                IntStream.of(shown)
                        .mapToObj(row -> column.isMissing(row) ? TableCells.MISSING : format.apply(row))
                        .toList(),
                IntStream.range(0, shown.length)
                        .filter(i -> numbers != null && numbers.getDouble(shown[i]) == best)
                        .boxed()
                        .collect(Collectors.toSet()));
    }

    /** Values as the column's own formatter prints them; where it has none, about four digits, as many decimals in each row. */
    private static IntFunction<String> format(Column<?> column) {
        if (!(column instanceof DoubleColumn || column instanceof FloatColumn)) {
            return column::getString;
        }
        if (formatted(column)) {
            return column::getString;
        }
        var numbers = (NumericColumn<?>) column;
        double largest = 0;
        for (int row = 0; row < column.size(); row++) {
            if (!column.isMissing(row)) {
                largest = Math.max(largest, Math.abs(numbers.getDouble(row)));
            }
        }
        var pattern = pattern(largest);
        return row -> String.format(Locale.ROOT, pattern, numbers.getDouble(row));
    }

    /** Whether a column has a formatter of its own: tried with a number of many digits, since 88.2 looks as in any. */
    private static boolean formatted(Column<?> column) {
        double probe = 1234.56789;
        var plain = NumberColumnFormatter.floatingPointDefault();
        plain.setColumnType(column.type());
        if (column instanceof DoubleColumn doubles) {
            return !doubles.copy().append(probe).getString(column.size()).equals(plain.format(probe));
        }
        FloatColumn floats = ((FloatColumn) column).copy().append((float) probe);
        return !floats.getString(column.size()).equals(plain.format((float) probe));
    }

    private static String pattern(double largest) {
        if (largest >= 1e7 || (largest > 0 && largest < 1e-3)) {
            return "%.3g";
        }
        int whole = largest < 1 ? 0 : 1 + (int) Math.log10(largest);
        return "%." + Math.max(0, 4 - whole) + "f";
    }

    private double best(Column<?> column) {
        if (column instanceof NumericColumn<?> numbers) {
            if (highest.contains(column.name())) {
                return numbers.max();
            }
            if (lowest.contains(column.name())) {
                return numbers.min();
            }
        }
        return Double.NaN;
    }

    private static Set<String> more(Set<String> some, String... others) {
        var all = new LinkedHashSet<>(some);
        all.addAll(List.of(others));
        return all;
    }
}
