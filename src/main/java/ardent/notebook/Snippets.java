package ardent.notebook;

import java.lang.reflect.Field;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.TypeDeclSnippet;
import org.jspecify.annotations.Nullable;

/** The snippets of a kernel's shell: what its cells defined, as they wrote it. */
final class Snippets {
    /** {@code REPL.$JShell$15B$Mine}: the wrapper of a snippet, and what is in it. */
    private static final Pattern CELL = Pattern.compile("^REPL\\.\\$JShell\\$(\\d+)\\w*\\$(\\w*)");

    private Snippets() {}

    /** The shell of a kernel, or null where it is not to be found. */
    static @Nullable JShell shell(Object kernel) {
        for (Class<?> type = kernel.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                try {
                    if (field.getName().equals("evaluator") && field.trySetAccessible()) {
                        Object evaluator = field.get(kernel);
                        return evaluator == null
                                ? null
                                : (JShell) evaluator
                                        .getClass()
                                        .getMethod("getShell")
                                        .invoke(evaluator);
                    }
                } catch (ReflectiveOperationException | ClassCastException e) {
                    return null; // a kernel without a source to tell
                }
            }
        }
        return null;
    }

    /** The source of a class by the name of its snippet, or of a lambda by the number of the snippet it stands in. */
    static Optional<String> source(JShell shell, Class<?> type) {
        Matcher cell = CELL.matcher(type.getName());
        if (!cell.find()) {
            return Optional.empty();
        }
        String name = cell.group(2);
        return shell.snippets()
                .filter(snippet -> name.isEmpty()
                        ? snippet.id().equals(cell.group(1))
                        : snippet instanceof TypeDeclSnippet declared
                                && declared.name().equals(name)
                                && shell.status(snippet).isActive())
                .map(Snippet::source)
                .map(String::strip)
                .reduce((earlier, later) -> later);
    }
}
