package ardent.report;

import ardent.grid.Effort;
import ardent.grid.GridPrice;
import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/**
 * What a sweep will take, to be read before it begins.
 *
 * @param grid what its cells take
 */
public record Price(GridPrice grid) implements ResultTable {
    private static final String ALL = "all";

    /** Nothing is null. */
    public Price {
        Arguments.given("grid", grid);
    }

    /** A row: the trainings of a candidate, all students under a measure, or everything. */
    private record Row(String what, int times, Effort most, double seconds) {
        Row(String what, List<GridPrice.Part> parts) {
            this(
                    what,
                    parts.size(),
                    parts.stream().map(GridPrice.Part::most).reduce(Effort.NONE, Effort::plus),
                    parts.stream().mapToDouble(GridPrice.Part::seconds).sum());
        }
    }

    private List<Row> rows() {
        var parts = new LinkedHashMap<String, List<GridPrice.Part>>();
        grid.parts().stream()
                .filter(GridPrice.Part::trains)
                .forEach(part -> parts.computeIfAbsent("train " + part.candidate(), none -> new ArrayList<>())
                        .add(part));
        grid.parts().stream()
                .filter(part -> !part.trains())
                .forEach(part -> parts.computeIfAbsent(part.work(), none -> new ArrayList<>())
                        .add(part));
        var rows = new ArrayList<Row>();
        parts.forEach((what, each) -> rows.add(new Row(what, each)));
        rows.add(new Row(ALL, grid.parts()));
        return rows;
    }

    /**
     * One row for the trainings of each candidate, one for each measure, and one for all.
     *
     * @return counts of what is not done; forwards and backwards of one image each; seconds one after the other
     */
    public Table table() {
        List<Row> rows = rows();
        return Table.create(
                "What a sweep takes",
                Tables.texts("work", rows, Row::what),
                number("times", rows, Row::times),
                number("forwards", rows, row -> row.most.forwards()),
                number("backwards", rows, row -> row.most.backwards()),
                Tables.texts("time", rows, row -> GridPrice.time(row.seconds)),
                Tables.texts("at most", rows, row -> GridPrice.time(row.most.seconds())));
    }

    private static DoubleColumn number(String name, List<Row> rows, ToDoubleFunction<Row> number) {
        return Tables.numbers(name, "#,##0", rows, number);
    }

    @Override
    public TableCells printed() {
        return TableCells.of(table());
    }

    @Override
    public String caption() {
        return String.join(" ", lines());
    }

    private List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(grid.open() + " of " + grid.cells() + " cells are not done: " + grid + ".");
        if (grid.slots() > 1) {
            lines.add("Times in the table are one after the other; the end is for " + grid.slots()
                    + " at once, each as fast as this program.");
        }
        lines.add("Forwards and backwards are of one image each, teachers included. An attack that leaves out broken"
                + " images makes at most as many; its time is the middle between breaking none and all of them.");
        lines.add(String.format(
                Locale.ROOT,
                "Extrapolated from a few steps and batches, measured in %s.",
                GridPrice.time(grid.pilot())));
        return lines;
    }

    /** The table as aligned text. */
    @Override
    public String toString() {
        return view().text();
    }

    private ResultView view() {
        List<String> lines = lines();
        return new ResultView(lines.get(0), table(), lines.subList(1, lines.size()), List.of());
    }

    @Override
    public String html() {
        return view().html();
    }
}
