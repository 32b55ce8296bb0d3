package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import jdk.jshell.JShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A shell like that of the kernels keeps its variables where it would empty them. */
class ShellVariablesTest {
    private static final String HANDED = "ardent.test.variable";

    private final JShell shell = JShell.builder().executionEngine("local").build();
    private ShellVariables variables;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void keep() {
        cell("import java.util.*;");
        cell("import java.util.function.*;");
        ClassLoader loader = (ClassLoader) value("new Object() {}.getClass().getClassLoader()");
        variables = ShellVariables.keep(shell, loader, told::add);
    }

    @AfterEach
    void close() {
        shell.close();
        System.getProperties().remove(HANDED);
    }

    private void cell(String... snippets) {
        for (String snippet : snippets) {
            shell.eval(snippet);
        }
    }

    private Object value(String expression) {
        System.getProperties().remove(HANDED);
        shell.eval("System.getProperties().put(\"" + HANDED + "\", " + expression + ");");
        return System.getProperties().get(HANDED);
    }

    @Test
    void whatAVariableWasMadeWithMayBeDefinedAnew() {
        cell("float eps = .1f;", "var net = new StringBuilder(\"net \" + eps);", "int steps = (int) (100 * eps);");
        Object net = value("net");
        cell("float eps = .2f;");
        assertThat(value("net")).isSameAs(net);
        assertThat(value("steps")).isEqualTo(10);
        cell("String eps = \"none\";");
        assertThat(value("net")).as("of another type").isSameAs(net);
        cell("float eps = 1 / 0;");
        assertThat(value("net")).as("by a cell that fails").isSameAs(net);
        assertThat(value("steps")).isEqualTo(10);
    }

    @Test
    void importsKeepVariablesOfEveryKind() {
        cell(
                "List<String> list = new ArrayList<>();",
                "Map<String, List<Integer>> map = Map.of(\"a\", List.of(1));",
                "Supplier<Integer> lambda = () -> list.size();",
                "List<String>[] array = new List[2];",
                "record Mine(List<String> parts) {}",
                "Mine mine = new Mine(list);",
                "int size(List<String> of) { return of.size(); }",
                "int three = 3 + size(List.of());",
                "boolean yes = List.of().isEmpty();");
        Object list = value("list");
        Object lambda = value("lambda");
        cell("// text\nimport java.text.*;", "import java.net.*;", "\n\nimport java.nio.file.*;");
        assertThat(value("list")).isSameAs(list);
        assertThat(value("map.get(\"a\").get(0)")).isEqualTo(1);
        assertThat(value("lambda")).isSameAs(lambda);
        assertThat(value("array.length")).isEqualTo(2);
        assertThat(value("three")).isEqualTo(3);
        assertThat(value("yes")).isEqualTo(true);
        cell("list.add(\"one\");");
        assertThat(value("lambda.get()")).isEqualTo(1);
        cell("list = new ArrayList<>(List.of(\"a\", \"b\"));");
        assertThat(value("lambda.get()"))
                .as("a lambda of before sees later values")
                .isEqualTo(2);
        assertThat(told)
                .containsExactly(
                        "mine: emptied by the kernel, because this cell defined its type again; run the cell that fills it again.");
    }

    @Test
    void aThingIsFoundByTheVariableThatHoldsIt() {
        cell("Runnable other = () -> {};", "Runnable mine = () -> {};", "Runnable alias = mine;", "mine;");
        Object first = value("mine");
        assertThat(variables.holding(first)).contains("alias");
        cell("alias = null;", "// c\nimport java.text.*;");
        assertThat(variables.holding(first)).contains("mine");
        cell("mine = () -> {};");
        assertThat(variables.holding(first)).isEmpty();
    }

    @Test
    void whatTheUserAssignsIsNotGivenBack() {
        cell("float eps = .1f;", "StringBuilder net = new StringBuilder(\"a\" + eps);");
        cell("net = null;", "float eps = .2f;", "// c\nimport java.text.*;");
        assertThat(value("net == null")).isEqualTo(true);
        cell("net = new StringBuilder(\"b\");", "float eps = .3f;");
        assertThat(value("net.toString()")).isEqualTo("b");
        cell("StringBuilder net;");
        assertThat(value("net == null")).isEqualTo(true);
    }

    @Test
    void aDefinitionThatFailsLeavesTheVariableAsItWas() {
        cell("int zero = 0;", "var net = new StringBuilder(\"a\");", "var net = new StringBuilder(\"b\" + 1 / zero);");
        assertThat(value("net.toString()")).isEqualTo("a");
        cell("Integer net = 1 / zero;");
        assertThat(value("net == null")).as("not into another type").isEqualTo(true);
    }

    @Test
    void nothingIsHeldThatNoVariableHolds() {
        cell("float eps = .1f;", "Object net = new float[(int) (1000 + eps)];");
        var held = new WeakReference<>(value("net"));
        cell("float eps = .2f;", "// c\nimport java.text.*;", "float eps = .3f;");
        System.getProperties().remove(HANDED);
        collect(held, false);
        assertThat(held.get()).isNotNull();
        cell("net = null;");
        collect(held, true);
        assertThat(held.get() == null).as("assigned").isTrue();
        cell("Object net = new float[(int) (1000 + eps)];");
        var again = new WeakReference<>(value("net"));
        System.getProperties().remove(HANDED);
        cell("String net = \"of another type\";");
        collect(again, true);
        assertThat(again.get() == null).as("defined anew").isTrue();
    }

    private static void collect(WeakReference<Object> held, boolean gone) {
        for (int i = 0; i < (gone ? 50 : 2) && held.get() != null; i++) {
            System.gc();
        }
    }

    @Test
    void whatCannotBeGivenBackIsTold() {
        cell(
                "record Mine(int a) {}",
                "Mine mine = new Mine(1);",
                "record Mine(int a) { int twice() { return 2 * a; } }");
        assertThat(told).singleElement().asString().startsWith("mine: emptied by the kernel");
        told.clear();
        cell("List<String> list = new ArrayList<>();", "import java.awt.*;");
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("list: cannot be used since this cell, because its definition"
                        + " no longer compiles (reference to List is ambiguous); its value comes back");
        cell("1 + 1;");
        assertThat(told).hasSize(1);
        cell("import java.util.List;");
        assertThat(value("list")).as("the advice works").isInstanceOf(List.class);
    }
}
