package ardent.report;

/** A result that a notebook shows as HTML, and everything else as the text that it prints. */
public interface HtmlView {
    /**
     * The result for a notebook.
     *
     * @return a fragment with inline style only
     */
    String html();
}
