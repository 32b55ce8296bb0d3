package ardent.notebook;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What a committed notebook must keep to; see kernels and their traps in CONTRIBUTING. */
final class NotebookLint {
    static final int LINES = 8;
    static final int COLUMNS = 100;
    private static final Pattern IMPORT = Pattern.compile("(?m)^\\s*import\\s|;\\s*import\\s");
    private static final Pattern BARE = Pattern.compile("(display|System\\.out\\.(printf|format))\\(.*");
    private static final Pattern ABSOLUTE =
            Pattern.compile("(?<![\\w.:/<])/(home|Users|root|tmp|usr|opt|var|mnt|work)/|[\"'][A-Z]:\\\\");

    private NotebookLint() {}

    static List<String> complaints(String name, String notebook, boolean outputs) {
        var complaints = new ArrayList<String>();
        var cells = NotebookShell.code(notebook);
        for (int i = 0; i < cells.size(); i++) {
            var place = name + ", code cell " + (i + 1) + ": ";
            complaints(NotebookShell.source(cells.get(i)), i == 0).forEach(text -> complaints.add(place + text));
        }
        if (ABSOLUTE.matcher(notebook).find()) {
            complaints.add(name + ": names an absolute path");
        }
        if (outputs && cells.stream().noneMatch(NotebookLint::hasOutput)) {
            complaints.add(name + ": has no outputs; run environment/execute.py --in-place");
        }
        return complaints;
    }

    private static List<String> complaints(String source, boolean first) {
        var complaints = new ArrayList<String>();
        var lines = source.lines().toList();
        if (lines.size() > LINES) {
            complaints.add("has " + lines.size() + " lines, not " + LINES);
        }
        if (lines.stream().anyMatch(line -> line.length() > COLUMNS)) {
            complaints.add("has a line over " + COLUMNS + " columns");
        }
        if (!first && IMPORT.matcher(source).find()) {
            complaints.add("imports, which only the first may");
        }
        if (!lines.isEmpty()
                && BARE.matcher(lines.get(lines.size() - 1).strip()).matches()) {
            complaints.add("ends with a call whose value is noise; use show(…)");
        }
        return complaints;
    }

    private static boolean hasOutput(JsonObject cell) {
        return !cell.getAsJsonArray("outputs").isEmpty();
    }
}
