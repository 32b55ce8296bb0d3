package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.provenance.Description;
import java.util.Optional;
import jdk.jshell.JShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A shell like that of the kernels tells what its cells defined. */
class ShellSnippetsTest {
    private static final String HANDED = "ardent.test.handed";

    private final JShell shell = JShell.builder().executionEngine("local").build();

    @AfterEach
    void close() {
        shell.close();
        System.getProperties().remove(HANDED);
    }

    /** Runs snippets, the last of which gives a value. */
    private Object value(String... snippets) {
        for (int i = 0; i < snippets.length - 1; i++) {
            shell.eval(snippets[i]);
        }
        shell.eval("System.getProperties().put(\"" + HANDED + "\", " + snippets[snippets.length - 1] + ")");
        return System.getProperties().get(HANDED);
    }

    private Optional<String> source(Object value) {
        return ShellSnippets.source(shell, value.getClass());
    }

    @Test
    void aRedefinedRecordHasItsNewSourceAndTheOldOneKeepsWhatWasTold() {
        String first = "record Mine(int a) {}";
        String second = "/** More. */\nrecord Mine(int a, int b) {\n    // two\n}";
        Object told = value(first, "new Mine(1)");
        assertThat(source(told)).contains(first);
        Object later = value("\n" + second + "\n", "new Mine(1, 2)");
        assertThat(later.getClass().getName()).endsWith("B$Mine");
        assertThat(source(later)).contains(second);
        assertThat(source(told)).contains(first);
    }

    @Test
    void whatWasDefinedAnewBeforeAnybodyAskedHasNoSource() {
        Object old = value("record Mine(int a) {}", "new Mine(1)");
        shell.eval("record Mine(int a, int b) {}");
        shell.eval("record Mine(int a, Missing b) { int broken() { return \"\"; } }");
        assertThat(source(old)).isEmpty();
        Object newest = value("record Mine(int a, int b, int c) {}", "new Mine(1, 2, 3)");
        assertThat(source(newest)).contains("record Mine(int a, int b, int c) {}");
    }

    @Test
    void aRecompilationKeepsTheSource() {
        Object before = value("record Mine(java.util.List<String> a) {}", "new Mine(java.util.List.of())");
        shell.eval("import java.util.*;");
        Object after = value("new Mine(List.of())");
        assertThat(source(after)).contains("record Mine(java.util.List<String> a) {}");
        assertThat(source(before)).contains("record Mine(java.util.List<String> a) {}");
    }

    @Test
    void lambdasAndClassesWithoutNameHaveTheSourceTheyStandIn() {
        Object lambda = value("Runnable lambda = () -> {};", "lambda");
        assertThat(source(lambda)).contains("Runnable lambda = () -> {};");
        String method = "Runnable made() { return new Runnable() { public void run() {} }; }";
        Object anonymous = value(method, "made()");
        assertThat(source(anonymous)).contains(method);
        String outer = "class Outer { record Inner(int a) {} static Runnable made() { return () -> {}; } }";
        assertThat(source(value(outer, "new Outer.Inner(1)"))).contains(outer);
        Object within = value("Outer.made()");
        assertThat(source(within)).contains(outer);
        assertThat(Description.of(lambda).root().text()).isEqualTo("lambda");
        assertThat(Description.of(anonymous).root().text()).isEqualTo("anonymous");
        assertThat(Description.of(within).root().text()).isEqualTo("Outer$lambda");
    }

    @Test
    void whatNoCellDefinedHasNoSource() {
        assertThat(source("text")).isEmpty();
        assertThat(source((Runnable) () -> {})).isEmpty();
    }
}
