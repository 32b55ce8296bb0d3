package ardent.report;

import static ardent.report.Tables.texts;

import ardent.provenance.Change;
import ardent.run.Reproduction;
import java.util.List;
import tech.tablesaw.api.Table;

/** How the repetition of a run looks in a notebook. */
public final class ReproductionView {
    private ReproductionView() {}

    /**
     * What differs, as a table.
     *
     * @param reproduction a run that was made once more
     * @return one row per value: its path, then and now
     */
    public static Table table(Reproduction reproduction) {
        List<Change> changes = reproduction.changes();
        return Table.create(
                "Values that differ between the run and its repetition",
                texts("path", changes, Change::path),
                texts("then", changes, Change::then),
                texts("now", changes, Change::now));
    }

    /**
     * The sentence, green where the repetition is identical and red elsewhere, and below it what differs.
     *
     * @param reproduction a run that was made once more
     * @return a fragment with inline style only
     */
    public static String html(Reproduction reproduction) {
        String sentence =
                Html.lines(List.of(reproduction.sentence()), reproduction.identical() ? Html.EQUAL : Html.WARNING);
        return reproduction.changes().isEmpty()
                ? sentence
                : sentence + TableCells.of(table(reproduction)).html();
    }
}
