package ardent.report;

import java.util.Base64;

/** HTML without scripts, with inline style only, in JupyterLab with the colours of its theme, and with every text escaped. */
public final class Html {
    static final String INK = "#24292f";
    static final String FAINT = "var(--jp-ui-font-color2,#6e7781)";
    static final String EQUAL = "var(--jp-success-color1,#1e8449)";
    static final String WARNING = "var(--jp-error-color1,#c0392b)";

    private Html() {}

    /**
     * Text that is to be read as it is.
     *
     * @param text any text
     * @return the same for browsers
     */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static String lines(Iterable<String> lines, String colour) {
        var html = new StringBuilder();
        lines.forEach(
                line -> html.append("<div style=\"font-size:12px;color:" + colour + "\">" + escape(line) + "</div>"));
        return html.toString();
    }

    static String heading(String text) {
        return "\n<h2 style=\"font-size:16px;margin:1.5em 0 .5em\">" + escape(text) + "</h2>";
    }

    /** A picture inside the page; {@code width} is in pixels of the page. */
    static String image(byte[] png, int width, String what) {
        return "<div><img alt=\"" + escape(what) + "\" width=\"" + width
                + "\" style=\"max-width:100%;height:auto\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(png) + "\"></div>";
    }

    static String page(String title, String body) {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escape(title)
                + "</title><meta name=\"viewport\" content=\"width=device-width\"></head>\n"
                + "<body style=\"font-family:system-ui,sans-serif;color:" + INK
                + ";background:#fff;max-width:1200px;margin:2em auto;"
                + "padding:0 1em\">\n<h1 style=\"font-size:22px\">"
                + escape(title) + "</h1>\n" + body + "\n</body></html>\n";
    }
}
