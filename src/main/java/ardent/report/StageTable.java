package ardent.report;

import ardent.attack.CascadeResult;
import ardent.attack.Stage;
import java.util.List;
import java.util.function.ToLongFunction;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;

/** The stages of a cascade such as AutoAttack, to be read. */
public final class StageTable {
    private StageTable() {}

    /**
     * One row per stage: how many images remain correctly classified after it, and what it cost.
     *
     * @param result what a cascade found
     * @return the table; accuracy in %, time in seconds
     */
    public static Table table(CascadeResult result) {
        return table(heading(result.attack()), result.stages(), result.brokenBy().length);
    }

    /** What is counted. */
    static String heading(String attack) {
        return "Accuracy (%) after each stage of " + attack + "; counts images that remain correctly classified";
    }

    static Table table(String title, List<Stage> stages, int images) {
        return Table.create(
                title,
                Tables.texts("stage", stages, Stage::name),
                whole("correct", stages, Stage::correct),
                Tables.numbers("accuracy", Tables.pattern(images), stages, stage -> 100 * stage.accuracy()),
                whole("forwards", stages, stage -> stage.cost().forwards()),
                whole("backwards", stages, stage -> stage.cost().backwards()),
                Tables.numbers("seconds", "0.0", stages, stage -> stage.time().toMillis() / 1000.0));
    }

    private static LongColumn whole(String name, List<Stage> stages, ToLongFunction<Stage> number) {
        return LongColumn.create(name, stages.stream().mapToLong(number).toArray());
    }

    /**
     * The table and what to doubt, for a notebook.
     *
     * @param result what a cascade found
     * @return a fragment with inline style only
     */
    public static String html(CascadeResult result) {
        List<String> warnings = result.warnings().stream().map(Object::toString).toList();
        return new ResultView(heading(result.attack()) + ".", table(result), List.of(), warnings).html();
    }
}
