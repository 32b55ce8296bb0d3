package ardent.report;

import java.util.List;

/** A result with one table, which can be taken out of the notebook: into a paper, a page, an issue. */
public interface ResultTable extends HtmlView {
    /**
     * The table as it is printed: numbers with their intervals or deviations.
     *
     * @return its cells
     */
    TableCells printed();

    /**
     * What the table shows: data, number of images, what is counted, and the threat model.
     *
     * @return some sentences
     */
    String caption();

    /**
     * What a reader has to know before trusting a number.
     *
     * @return one sentence each; empty if all is well
     */
    default List<String> warnings() {
        return List.of();
    }

    /**
     * The table for a page or an issue.
     *
     * @return Markdown, the caption and the warnings below the table
     */
    default String markdown() {
        return printed().markdown(caption(), warnings());
    }

    /**
     * The table for a paper, which needs {@code \\usepackage{booktabs}}.
     *
     * @return LaTeX, the caption above the table and the warnings below it
     */
    default String latex() {
        return printed().latex(caption(), warnings());
    }
}
