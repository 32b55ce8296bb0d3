package ardent.report;

import ardent.attack.CascadeResult;
import ardent.attack.Stage;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** The stages of a cascade such as AutoAttack, to be read. */
public final class StageTable {
    private StageTable() {}

    /**
     * One row per stage: how many images still stand after it, and what it cost.
     *
     * @param verdict what a cascade found
     * @return the table; accuracy in %, time in seconds
     */
    public static Table table(CascadeResult verdict) {
        return table(verdict.attack(), verdict.stages());
    }

    static Table table(String title, List<Stage> stages) {
        return Table.create(title)
                .addColumns(
                        StringColumn.create(
                                "stage", stages.stream().map(Stage::name).toArray(String[]::new)),
                        LongColumn.create(
                                "correct",
                                stages.stream().mapToLong(Stage::correct).toArray()),
                        numbers("accuracy", stages, stage -> 100 * stage.accuracy()),
                        LongColumn.create(
                                "forwards",
                                stages.stream()
                                        .mapToLong(s -> s.cost().forwards())
                                        .toArray()),
                        LongColumn.create(
                                "backwards",
                                stages.stream()
                                        .mapToLong(s -> s.cost().backwards())
                                        .toArray()),
                        numbers("seconds", stages, stage -> stage.time().toMillis() / 1000.0));
    }

    private static DoubleColumn numbers(String name, List<Stage> stages, ToDoubleFunction<Stage> value) {
        DoubleColumn column =
                DoubleColumn.create(name, stages.stream().mapToDouble(value).toArray());
        column.setPrintFormatter(
                new java.text.DecimalFormat("0.0", java.text.DecimalFormatSymbols.getInstance(java.util.Locale.ROOT)),
                "");
        return column;
    }

    /**
     * The table and what to doubt, for a notebook.
     *
     * @param verdict what a cascade found
     * @return a fragment with inline style only
     */
    public static String html(CascadeResult verdict) {
        List<String> warnings =
                verdict.warnings().stream().map(Object::toString).toList();
        return Html.lines(
                        List.of(verdict.attack() + ": accuracy in % of the images still right after each stage"),
                        "#6e7781")
                + Html.table(table(verdict))
                + Html.lines(warnings, "#c0392b");
    }
}
