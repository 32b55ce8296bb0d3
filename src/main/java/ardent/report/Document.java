package ardent.report;

import ardent.report.chart.Charts;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.knowm.xchart.internal.chartpart.IChart;
import tech.tablesaw.api.Table;

/** A document written as Markdown and as HTML at once, with the files that lie beside it. */
public final class Document {
    /** Pixels of a chart for one of the page, for sharp screens. */
    private static final int SHARP = 2;

    private final String title;
    private final StringJoiner markdown = new StringJoiner("\n\n");
    private final StringJoiner html = new StringJoiner("\n");
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    /** An empty document. */
    public Document(String title) {
        this.title = title;
        markdown.add("# " + TableCells.escaped(title));
    }

    private Document add(String markdown, String html) {
        this.markdown.add(markdown);
        this.html.add(html);
        return this;
    }

    /** A heading. */
    public Document heading(String text) {
        return add("## " + TableCells.escaped(text), Html.heading(text));
    }

    /** Sentences. */
    public Document words(String text) {
        return add(TableCells.escaped(text), "<p>" + Html.escape(text) + "</p>");
    }

    /** A list of sentences. */
    public Document items(List<String> items) {
        return add(
                items.stream().map(item -> "* " + TableCells.escaped(item)).collect(Collectors.joining("\n")),
                items.stream()
                        .map(item -> "<li>" + Html.escape(item) + "</li>")
                        .collect(Collectors.joining("", "<ul>", "</ul>")));
    }

    /** A table. */
    public Document table(Table table) {
        return table(TableCells.of(table));
    }

    /** A table that is laid out already. */
    Document table(TableCells cells) {
        return add(cells.markdown(), cells.html());
    }

    /** Text to be copied as it is. */
    public Document code(String text) {
        return add(
                "```java\n" + text + "\n```",
                "<pre style=\"background:rgba(128,128,128,.15);padding:8px 12px\">" + Html.escape(text) + "</pre>");
    }

    /** A chart: in a file {@code name.png} on white, for papers, and in HTML on a card, for dark and light pages. */
    public Document chart(String name, IChart chart) {
        BufferedImage image = Charts.image(chart, SHARP);
        files.put(name + ".png", Charts.png(image));
        byte[] card = Charts.png(Charts.card(image, SHARP));
        return shown(name, chart.getTitle(), card, image.getWidth() / SHARP);
    }

    /** A picture, in a file {@code name.png}; {@code scale} is how many of its pixels make one of the page. */
    public Document picture(String name, String what, BufferedImage image, int scale) {
        byte[] png = Charts.png(image);
        files.put(name + ".png", png);
        return shown(name, what, png, image.getWidth() / scale);
    }

    private Document shown(String name, String what, byte[] png, int width) {
        return add("![" + TableCells.escaped(what) + "](" + name + ".png)", Html.image(png, width, what));
    }

    /** What is shown in HTML only. */
    Document html(String fragment) {
        html.add(fragment);
        return this;
    }

    /** A file beside the document. */
    public Document file(String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** The document as Markdown, its pictures in files. */
    public String markdown() {
        return markdown + "\n";
    }

    /** The document as a fragment of HTML with inline style only, its pictures in it. */
    public String html() {
        return html.toString();
    }

    /** The files that were put beside the document, and the document as a page. */
    public Map<String, byte[]> files(String page) {
        return file(page, Html.page(title, html())).files;
    }
}
