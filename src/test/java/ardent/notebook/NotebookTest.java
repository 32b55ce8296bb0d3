package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ardent.JavaProgram;
import ardent.data.SourceFile;
import ardent.network.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every notebook keeps the rules, and every Java block of the READMEs and CONTRIBUTING runs in JShell; where no kernel is set up for {@link
 * NotebookKernelTest}, the notebooks do too.
 */
class NotebookTest {
    static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Path HELLO = ROOT.resolve("src/test/resources/notebooks/hello.ipynb");

    @TempDir
    private Path folder;

    static Stream<Path> notebooks() throws IOException {
        var notebooks = new ArrayList<>(List.of(HELLO));
        if (Files.isDirectory(ROOT.resolve("notebooks"))) {
            try (var files = Files.walk(ROOT.resolve("notebooks"), 2)) {
                files.filter(file -> !file.toString().contains(".ipynb_checkpoints"))
                        .filter(file -> file.toString().endsWith(".ipynb"))
                        .sorted()
                        .forEach(notebooks::add);
            }
        }
        return notebooks.stream();
    }

    static Stream<Path> readme() {
        return Stream.of("README.md", "CONTRIBUTING.md", "src/main/java/ardent/method/README.md")
                .map(ROOT::resolve)
                .filter(Files::exists);
    }

    @ParameterizedTest
    @MethodSource("notebooks")
    void keepsTheRules(Path notebook) throws IOException {
        assertThat(NotebookLint.complaints(
                        notebook.getFileName().toString(), Files.readString(notebook), !notebook.equals(HELLO)))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("notebooks")
    @DisabledIfSystemProperty(named = "ardent.kernel", matches = ".+", disabledReason = "they run on the real kernel")
    void runsInJShell(Path notebook) throws Exception {
        assumeItsData(notebook);
        Child.run(notebook.getParent(), Map.of(), shell(notebook)).succeeds();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("readme")
    void readmeRunsInJShell(Path readme) throws Exception {
        Child.run(ROOT, Map.of(), shell(readme)).succeeds();
    }

    @Test
    void aNotebookRunsInJShell() throws Exception {
        Child.run(HELLO.getParent(), Map.of(), shell(HELLO)).succeeds();
    }

    @Test
    void aBrokenCellIsNamed() throws Exception {
        var notebook = Files.writeString(
                folder.resolve("broken.ipynb"), Notebooks.of(List.of("var a = 1;", "var b = List.of().get(a);")));
        Child.run(folder, Map.of(), shell(notebook)).fails("Code cell 2: var b = List.of().get(a); throws java.lang.");
    }

    @Test
    void lintNamesEachBadHabit() {
        var cells = List.of(
                "import java.util.*;", "\n".repeat(8) + "import java.io.*;", "\"/home/me\"; display(1)", "display(1)");
        assertThat(NotebookLint.complaints("bad", Notebooks.of(cells), true))
                .containsExactly(
                        "bad, code cell 2: has 9 lines, not 8",
                        "bad, code cell 2: imports, which only the first may",
                        "bad, code cell 4: ends with a call whose value is noise; use show(…)",
                        "bad: names an absolute path",
                        "bad: has no outputs; run environment/execute.py --in-place");
    }

    /** MovieLens and Cranfield may not be shipped: their notebooks run where somebody has put the files. */
    static void assumeItsData(Path notebook) {
        assumeTrue(
                !notebook.endsWith("recommend.ipynb")
                        || SourceFile.find(ROOT.resolve("datasets/movielens-100k"), "u.data", "ml-100k.inter")
                                .isPresent(),
                "needs MovieLens 100K, see datasets/README.md");
        assumeTrue(
                !notebook.endsWith("rank.ipynb")
                        || SourceFile.find(ROOT.resolve("datasets/cranfield"), "cranqrel")
                                .isPresent(),
                "needs the Cranfield collection, see datasets/README.md");
        assumeTrue(
                !notebook.endsWith("cluster.ipynb") || System.getenv("SPARK_HOME") != null,
                "needs Apache Spark: environment/run --with spark");
        assumeTrue(
                !notebook.endsWith("precision.ipynb") || Precision.BFLOAT16.isFast(),
                "needs a processor with instructions for bfloat16");
    }

    static List<String> shell(Path cells) {
        return JavaProgram.command("-Xmx2g", NotebookShell.class.getName(), cells.toString());
    }
}
