package ardent.notebook;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.VarSnippet;

/** A program that runs the cells of a notebook, or the Java blocks of a Markdown file, in JShell as a kernel would. */
final class NotebookShell {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\R(.*?)^```");

    private NotebookShell() {}

    public static void main(String[] args) throws IOException {
        var cells = cells(Path.of(args[0]));
        try (var shell = JShell.builder().executionEngine("local").build()) {
            run(shell, Notebook.imports());
            for (int i = 0; i < cells.size(); i++) {
                try {
                    run(shell, cells.get(i));
                } catch (IllegalStateException e) {
                    System.out.println("Code cell " + (i + 1) + ": " + e.getMessage());
                    System.exit(1);
                }
            }
        }
        System.exit(0);
    }

    static List<String> cells(Path file) throws IOException {
        var text = Files.readString(file);
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".md")) {
            return BLOCK.matcher(text).results().map(block -> block.group(1)).toList();
        }
        var cells = new ArrayList<String>();
        for (var cell : code(text)) {
            cells.add(source(cell));
        }
        return cells;
    }

    static List<JsonObject> code(String notebook) {
        JsonArray cells = JsonParser.parseString(notebook).getAsJsonObject().getAsJsonArray("cells");
        return StreamSupport.stream(cells.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .filter(cell -> cell.get("cell_type").getAsString().equals("code"))
                .toList();
    }

    static String source(JsonObject cell) {
        var source = cell.get("source");
        return source.isJsonPrimitive()
                ? source.getAsString()
                : StreamSupport.stream(source.getAsJsonArray().spliterator(), false)
                        .map(JsonElement::getAsString)
                        .collect(Collectors.joining());
    }

    private static void run(JShell shell, String cell) {
        var rest = cell;
        while (!rest.isBlank()) {
            var next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            if (next.completeness() == SourceCodeAnalysis.Completeness.DEFINITELY_INCOMPLETE) {
                throw new IllegalStateException("incomplete: " + rest.strip());
            }
            for (var event : shell.eval(next.source())) {
                check(shell, event);
            }
            rest = next.remaining();
        }
    }

    private static void check(JShell shell, SnippetEvent event) {
        var source = event.snippet().source().strip();
        if (event.exception() instanceof EvalException thrown) {
            throw new IllegalStateException(
                    source + " throws " + thrown.getExceptionClassName() + ": " + thrown.getMessage(), thrown);
        }
        if (event.status() != Snippet.Status.VALID && event.causeSnippet() == null) {
            throw new IllegalStateException(source + " does not compile: "
                    + shell.diagnostics(event.snippet())
                            .map(problem -> problem.getMessage(Locale.ROOT))
                            .collect(Collectors.joining("; ")));
        }
        if (event.snippet() instanceof VarSnippet variable && event.previousStatus() != Snippet.Status.NONEXISTENT) {
            throw new IllegalStateException("redeclares " + variable.name());
        }
    }
}
