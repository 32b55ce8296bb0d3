package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a real kernel can show; environment/test sets one up. */
@EnabledIfSystemProperty(named = "ardent.kernel", matches = ".+")
class RealKernelTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();

    @TempDir
    private Path folder;

    static List<String> execute(Path notebook, String... options) {
        var command = new ArrayList<>(List.of(
                System.getProperty("ardent.python"),
                ROOT.resolve("environment/execute.py").toString(),
                notebook.toString()));
        command.addAll(List.of(options));
        return command;
    }

    @Test
    void aNotebookThatWasOnlyOpenedIsSavedAsItWas() throws Exception {
        var script = ROOT.resolve("src/test/resources/notebooks/opened.py");
        Child.run(ROOT, Map.of(), List.of(System.getProperty("ardent.python"), script.toString()))
                .succeeds();
    }

    @Test
    @EnabledIfSystemProperty(named = "ardent.kernel", matches = "ijava")
    void anIJavaOfOnesOwnTakesTheTwoLinesOfTheReadme() throws Exception {
        var script = ROOT.resolve("src/test/resources/notebooks/elsewhere.py");
        var child = Child.run(
                ROOT, Map.of(), List.of(System.getProperty("ardent.python"), script.toString(), ROOT.toString()));
        child.succeeds();
        assertThat(child.output().lines())
                .as("the last line, after what the kernel logs")
                .last()
                .asString()
                .contains("SmallCnn", "clean  FGSM");
    }

    @Test
    void anInterruptedWorkEndsItsBatchAndTheNextCellHasItsResult() throws Exception {
        var script = ROOT.resolve("src/test/resources/notebooks/interrupt.py");
        var child = Child.run(
                ROOT,
                Map.of("ARDENT_PROGRESS", "auto"),
                List.of(System.getProperty("ardent.python"), script.toString()));
        child.succeeds();
        var told = JsonParser.parseString(child.output()).getAsJsonObject();
        var trained = told.getAsJsonObject("trained");
        assertThat(trained.get("status").getAsString()).isEqualTo("error");
        assertThat(shown(told, "trained"))
                .as("the last word goes to the cell that began, though the kernel answers first")
                .anyMatch(text -> text.startsWith("train · epoch 1/1"))
                .last()
                .asString()
                .startsWith("◼ train · epoch 1/1")
                .endsWith("stopped early");
        var later = told.getAsJsonObject("later");
        assertThat(later.get("status").getAsString()).isEqualTo("ok");
        assertThat(shown(told, "later")).singleElement().asString().matches("[3-6]");
        assertThat(shown(told, "kept"))
                .as("after a variable was defined anew and something imported")
                .startsWith("[0.1]", "10", "0.2")
                .last()
                .asString()
                .matches("[3-6]");
        assertThat(told.get("documentation").getAsString())
                .as("Shift-Tab")
                .contains("ardent.method.Trades", "TRADES (Zhang et al., ICML 2019)");
    }

    @Test
    void aRunSurvivesItsCellAndItsKernel() throws Exception {
        var script = ROOT.resolve("src/test/resources/notebooks/survive.py");
        var child = Child.run(
                ROOT,
                Map.of("ARDENT_PROGRESS", "auto", "ARDENT_SMOKE", "0"),
                List.of(System.getProperty("ardent.python"), script.toString(), folder.toString()));
        child.succeeds();
        var told = JsonParser.parseString(child.output()).getAsJsonObject();
        for (var cell : List.of("paused", "paused again", "once more", "slow")) {
            var seconds = told.getAsJsonObject(cell).get("seconds");
            assertThat(seconds.isJsonNull()).as("%s: %s", cell, told.get(cell)).isFalse();
            assertThat(seconds.getAsDouble()).as("from interrupt to reply").isLessThan(1);
        }
        assertThat(last(told, "paused")).startsWith("◼ train SmallCnn · TRADES").endsWith("paused; resume() goes on");
        assertThat(last(told, "paused again")).startsWith("◼ resume ").endsWith("paused; resume() goes on");
        assertThat(shown(told, "standing")).contains("true", "PAUSED");
        assertThat(String.join("", shown(told, "judged"))).contains("SmallCnn · TRADES");
        assertThat(shown(told, "curve"))
                .as("before the first epoch ends, or on a fast machine after it")
                .hasSize(1)
                .allMatch(text -> text.contains("no curve yet") || text.contains("stopped early, best epoch"));
        assertThat(last(told, "resumed")).isEqualTo("FINISHED");
        String whole = last(told, "in one go");
        assertThat(whole).hasSize(64);
        assertThat(shown(told, "resumed")).contains(whole);
        assertThat(shown(told, "found")).endsWith("true", "1");
        assertThat(last(told, "fresh")).isEqualTo(whole);

        assertThat(shown(told, "settled")).as("the batch in hand is waited for").contains("true", "SmallCnn · Noisy");
        assertThat(String.join("\n", shown(told, "origin")))
                .contains("method  Noisy (not repeatable)", "cell-source\n", "  record Noisy(float scale, long pause)");
        var own = last(told, "own path");
        assertThat(last(told, "refused")).contains("give it again, as in resume(path, method)");
        assertThat(last(told, "refused again")).contains("give it again, as in reproduce(path, method)");
        assertThat(last(told, "given")).isEqualTo(own);
        assertThat(last(told, "reproduced")).contains(": identical.");
        assertThat(last(told, "another")).contains("The source of the method given differs");
        assertThat(last(told, "redefined")).contains(".mean()").doesNotContain(".sum()");
        assertThat(String.join("", shown(told, "anew"))).contains(".sum()").doesNotContain(".mean()");
        assertThat(shown(told, "lambda name").get(0)).isEqualTo("SmallCnn · lambda");
        assertThat(last(told, "lambda name")).contains("-smallcnn-lambda-");
        assertThat(last(told, "lambda origin")).contains("lambda (not repeatable)", "Method lambda = step ->");
    }

    private static List<String> shown(JsonObject told, String cell) {
        return told.getAsJsonObject(cell).getAsJsonArray("shown").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }

    private static String last(JsonObject told, String cell) {
        var shown = shown(told, cell);
        assertThat(shown).as(cell).isNotEmpty();
        return shown.get(shown.size() - 1);
    }

    @Test
    void anExceptionIsNamedWithItsCell() throws Exception {
        run("60", "var zero = 0;", "1 / zero").fails("Code cell 2 (1 / zero) fails: ");
    }

    @Test
    void aCellThatTakesTooLongIsNamed() throws Exception {
        run("3", "Thread.sleep(60_000);").fails("Code cell 1 (Thread.sleep(60_000);) takes longer than 3 s");
    }

    @Test
    void outputsThatNoReaderShouldSeeAreNamed() throws Exception {
        var child = run(
                "60",
                "System.err.println(42);",
                "new Object()",
                "display(1)",
                "show((HtmlView) () -> { throw new InternalError(\"bad\"); });",
                "(HtmlView) () -> { throw new InternalError(\"bad\"); }",
                "System.out.printf(\"%d\", 1)",
                "1 + 1");
        child.fails("Code cell 1 writes to stderr: 42");
        child.fails("Code cell 2 shows an unreadable value: java.lang.Object@");
        child.fails("Code cell 3 shows an unreadable value: ");
        child.fails("Code cell 4 shows an unreadable value: ");
        child.fails("Code cell 5 shows an unreadable value: ");
        child.fails("Code cell 6 shows an unreadable value: ");
        assertThat(child.output())
                .contains("cannot be shown: java.lang.InternalError: bad")
                .doesNotContain("Code cell 7");
    }

    private Child run(String seconds, String... cells) throws Exception {
        var notebook = Files.writeString(folder.resolve("bad.ipynb"), Notebooks.of(List.of(cells)));
        return Child.run(folder, Map.of("ARDENT_CELL_TIMEOUT", seconds), execute(notebook, "--quiet"));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void noKernelOutlivesItsRunner(boolean politely) throws Exception {
        var notebook = Files.writeString(
                folder.resolve("endless.ipynb"),
                Notebooks.of(List.of("Files.createFile(Path.of(\"begun\"));Thread.sleep(60_000)")));
        var builder = new ProcessBuilder(execute(notebook))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(QuickKernel.environment());
        var runner = builder.start();
        await(folder.resolve("begun"));
        var kernels = runner.descendants().toList();
        assertThat(kernels).isNotEmpty();
        if (politely) {
            runner.destroy();
        } else {
            runner.destroyForcibly();
        }
        for (var kernel : kernels) {
            kernel.onExit().get(20, TimeUnit.SECONDS);
        }
    }

    private static void await(Path file) throws InterruptedException, IOException {
        for (int i = 0; i < 600 && !Files.exists(file); i++) {
            Thread.sleep(100);
        }
        assertThat(file).exists();
    }
}
