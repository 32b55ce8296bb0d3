package ardent.notebook;

import ardent.provenance.Arguments;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tech.tablesaw.api.Table;

/**
 * A table for reading: formatted numbers, a dash for what is missing, head and tail when it is long.
 *
 * @param table what to show
 * @param highest the columns whose highest value is set in bold
 * @param lowest the columns whose lowest value is set in bold
 */
public record TableView(Table table, Set<String> highest, Set<String> lowest) implements Renderable {

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
    public Bundle bundle() {
        var cells = TableCells.of(this);
        return Bundle.of(cells.text()).with(Bundle.HTML, cells.html());
    }

    private static Set<String> more(Set<String> some, String... others) {
        var all = new LinkedHashSet<>(some);
        all.addAll(List.of(others));
        return all;
    }
}
