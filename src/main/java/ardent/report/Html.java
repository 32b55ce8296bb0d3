package ardent.report;

import ardent.report.chart.Charts;
import java.awt.image.BufferedImage;
import java.util.Base64;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** HTML without scripts, with inline style only, and with every text escaped. */
public final class Html {
    private static final String CELL = "padding:3px 10px;border-bottom:1px solid #e4e7eb;";

    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static String table(Table table) {
        var html =
                new StringBuilder("<table style=\"border-collapse:collapse;font-size:13px;margin:8px 0\"><thead><tr>");
        for (Column<?> column : table.columns()) {
            html.append("<th style=\"").append(CELL).append(align(column)).append("\">");
            html.append(escape(column.name())).append("</th>");
        }
        html.append("</tr></thead><tbody>");
        for (int row = 0; row < table.rowCount(); row++) {
            html.append("<tr>");
            for (Column<?> column : table.columns()) {
                html.append("<td style=\"").append(CELL).append(align(column)).append("\">");
                html.append(escape(TextTables.cell(column, row))).append("</td>");
            }
            html.append("</tr>");
        }
        return html.append("</tbody></table>").toString();
    }

    private static String align(Column<?> column) {
        return TextTables.isNumber(column) ? "text-align:right;font-variant-numeric:tabular-nums" : "text-align:left";
    }

    static String lines(Iterable<String> lines, String colour) {
        var html = new StringBuilder();
        lines.forEach(line -> html.append("<div style=\"font-size:12px;color:")
                .append(colour)
                .append("\">")
                .append(escape(line))
                .append("</div>"));
        return html.toString();
    }

    /** An image inside the page; {@code scale} is how many of its pixels make one of the page. */
    static String image(BufferedImage image, int scale, String what) {
        return "<img alt=\"" + escape(what) + "\" width=\"" + image.getWidth() / scale
                + "\" style=\"max-width:100%;height:auto\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(Charts.png(image)) + "\">";
    }

    public static String page(String title, String body) {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escape(title)
                + "</title><meta name=\"viewport\" content=\"width=device-width\"></head>\n"
                + "<body style=\"font-family:system-ui,sans-serif;color:#24292f;max-width:1200px;margin:2em auto;"
                + "padding:0 1em\">\n<h1 style=\"font-size:22px\">"
                + escape(title) + "</h1>\n" + body + "\n</body></html>\n";
    }
}
