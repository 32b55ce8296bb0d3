package ardent.report;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** A part of a document that can be written as Markdown and as HTML. */
public sealed interface DocumentPart {
    /** A heading. */
    record Heading(String text) implements DocumentPart {}

    /** Sentences. */
    record Words(String text) implements DocumentPart {}

    /** A list of sentences. */
    record Items(List<String> items) implements DocumentPart {}

    /** A table. */
    record Grid(Table table) implements DocumentPart {}

    /** Text to be copied as it is. */
    record Code(String text) implements DocumentPart {}

    /** A picture; {@code scale} is how many of its pixels make one of the page. */
    record Picture(String file, String what, BufferedImage image, int scale) implements DocumentPart {}

    /** As Markdown; pictures lie beside the text. */
    default String markdown() {
        if (this instanceof Heading heading) {
            return "## " + escape(heading.text);
        }
        if (this instanceof Items list) {
            return list.items.stream().map(item -> "* " + escape(item)).collect(Collectors.joining("\n"));
        }
        if (this instanceof Grid grid) {
            return markdown(grid.table);
        }
        if (this instanceof Code code) {
            return "```java\n" + code.text + "\n```";
        }
        if (this instanceof Picture picture) {
            return "![" + escape(picture.what) + "](" + picture.file + ")";
        }
        return escape(((Words) this).text);
    }

    /** As a fragment of HTML with everything in it. */
    default String html() {
        if (this instanceof Heading heading) {
            return SavedReport.heading(heading.text);
        }
        if (this instanceof Items list) {
            return list.items.stream()
                    .map(item -> "<li>" + Html.escape(item) + "</li>")
                    .collect(Collectors.joining("", "<ul>", "</ul>"));
        }
        if (this instanceof Grid grid) {
            return Html.table(grid.table);
        }
        if (this instanceof Code code) {
            return "<pre style=\"background:#f6f8fa;padding:8px 12px\">" + Html.escape(code.text) + "</pre>";
        }
        if (this instanceof Picture picture) {
            return "<div>" + Html.image(picture.image, picture.scale, picture.what) + "</div>";
        }
        return "<p>" + Html.escape(((Words) this).text) + "</p>";
    }

    private static String markdown(Table table) {
        var lines = new StringBuilder("|");
        var rule = new StringBuilder("|");
        for (Column<?> column : table.columns()) {
            lines.append(' ').append(escape(column.name())).append(" |");
            rule.append(TextTables.isNumber(column) ? " ---: |" : " --- |");
        }
        lines.append('\n').append(rule);
        for (int row = 0; row < table.rowCount(); row++) {
            lines.append("\n|");
            for (Column<?> column : table.columns()) {
                lines.append(' ').append(escape(TextTables.cell(column, row))).append(" |");
            }
        }
        return lines.toString();
    }

    /** Text that Markdown would take for something else. */
    static String escape(String text) {
        return text.replaceAll("([\\\\`*<>|\\[\\]])", "\\\\$1").replaceAll("\\R", " ");
    }
}
