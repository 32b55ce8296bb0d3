package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every notebook and every Java block of the READMEs and CONTRIBUTING runs on the real kernel, where one is set up. */
@EnabledIfSystemProperty(named = "ardent.kernel", matches = ".+")
class NotebookKernelTest {
    @ParameterizedTest
    @MethodSource("ardent.notebook.NotebookTest#notebooks")
    void runsOnTheRealKernel(Path notebook) throws Exception {
        NotebookTest.assumeItsData(notebook);
        var executed = NotebookTest.ROOT.resolve("target/notebooks/test").resolve(notebook.getFileName());
        execute(notebook, "--output", executed.toString(), "--check-mime", formats(notebook))
                .succeeds();
        assertThat(executed).exists();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("ardent.notebook.NotebookTest#readme")
    void readmeRunsOnTheRealKernel(Path readme) throws Exception {
        var notebook = Files.createTempFile(NotebookTest.ROOT.resolve("target"), "readme", ".ipynb");
        try {
            Files.writeString(notebook, Notebooks.of(NotebookShell.cells(readme)));
            execute(notebook).succeeds();
        } finally {
            Files.delete(notebook);
        }
    }

    /** Notebooks to read have tables and pictures; of the others some have none, and tags of cells say what comes out. */
    private static String formats(Path notebook) {
        String folder = notebook.getParent().getFileName().toString();
        return Set.of("solutions", "experiments").contains(folder) ? "text/html" : "text/html,image/png";
    }

    private static Child execute(Path notebook, String... options) throws Exception {
        return Child.run(NotebookTest.ROOT, Map.of(), RealKernelTest.execute(notebook, options));
    }
}
