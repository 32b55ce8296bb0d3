package ardent.report;

import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Node;
import com.oracle.labs.mlrg.olcut.provenance.ObjectProvenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where numbers come from, as a tree that prints itself.
 *
 * @param description what is known
 */
public record Lineage(Description description) implements HtmlView {
    /** Nothing is null. */
    public Lineage {
        Arguments.given("description", description);
    }

    /**
     * The tree as indented text.
     *
     * @return one line per value
     */
    @Override
    public String toString() {
        var lines = new ArrayList<String>();
        print("", description.root(), "", lines);
        return String.join("\n", lines);
    }

    private static void print(String name, Node node, String indent, List<String> lines) {
        String text = text(node);
        if (isLong(text)) {
            lines.add(indent + name);
            text.lines().forEach(line -> lines.add((indent + "  " + line).stripTrailing()));
        } else {
            lines.add((indent + name + (name.isEmpty() || text.isEmpty() ? "" : "  ") + text).stripTrailing());
        }
        node.children().forEach((key, child) -> print(key, child, indent + "  ", lines));
    }

    /** The tree as HTML that folds without scripts. */
    @Override
    public String html() {
        return "<div style=\"font-family:ui-monospace,monospace;font-size:12px;line-height:1.5\">"
                + html("provenance", description.root(), true) + "</div>";
    }

    private static String html(String name, Node node, boolean open) {
        Map<String, Node> children = node.children();
        String text = text(node);
        String line = "<b>" + Html.escape(name) + "</b> " + (isLong(text) ? block(text) : Html.escape(text));
        if (children.isEmpty()) {
            return "<div style=\"margin-left:1.1em\">" + line + "</div>";
        }
        var html = new StringBuilder(
                "<details style=\"margin-left:1.1em\"" + (open ? " open" : "") + "><summary>" + line + "</summary>");
        children.forEach((key, child) -> html.append(html(key, child, false)));
        return html.append("</details>").toString();
    }

    /** Whether a text is one of several lines, such as the source of a cell. */
    private static boolean isLong(String text) {
        return text.lines().limit(2).count() > 1;
    }

    private static String block(String text) {
        return "<div style=\"white-space:pre;overflow-x:auto;margin:2px 0 4px 1.1em;padding:2px 8px;"
                + "border-left:2px solid var(--jp-border-color2,#e4e7eb)\">" + Html.escape(text) + "</div>";
    }

    private static String text(Node node) {
        if (node instanceof Node.Fields fields) {
            return fields.simpleType() + (fields.repeatable() ? "" : " (not repeatable)");
        }
        return !node.children().isEmpty() ? "" : node.text().isEmpty() ? TableCells.MISSING : node.text();
    }

    /**
     * Readable JSON, to be read again by {@link Description#parse}.
     *
     * @return the text
     */
    public String json() {
        return description.json();
    }

    /**
     * The tree as OLCUT's tools know it.
     *
     * @return OLCUT's provenance
     */
    public ObjectProvenance olcut() {
        return description.provenance();
    }
}
