package ardent.notebook;

/** Text made safe to stand in HTML. */
final class HtmlText {
    private HtmlText() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
