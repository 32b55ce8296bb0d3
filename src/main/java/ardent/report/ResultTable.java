package ardent.report;

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
     * The table for a page or an issue.
     *
     * @return Markdown, the caption below the table
     */
    default String markdown() {
        return printed().markdown(caption());
    }

    /**
     * The table for a paper, which needs {@code \\usepackage{booktabs}}.
     *
     * @return LaTeX, the caption above the table
     */
    default String latex() {
        return printed().latex(caption());
    }
}
