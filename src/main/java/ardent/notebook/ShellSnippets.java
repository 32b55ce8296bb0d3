package ardent.notebook;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import org.jspecify.annotations.Nullable;

/** The snippets of a kernel's shell: what its cells defined, as they wrote it. */
final class ShellSnippets {
    /**
     * {@code REPL.$JShell$15B$Mine}: snippet 15, of which this is the second class; a letter more is a redefinition, or a
     * recompilation that left the source as it was.
     */
    private static final Pattern CELL = Pattern.compile("^REPL\\.\\$JShell\\$(\\d+)([A-Z]*)\\$");

    private static final int LETTERS = 26;

    /** How many recompilations in a row are looked for. */
    private static final int FAR = 100;

    /** What was told once stays true, also when the class is defined anew. */
    private static final Map<Class<?>, String> TOLD = new WeakHashMap<>();

    private ShellSnippets() {}

    /** The shell of a kernel, or null where it is not to be found. */
    static @Nullable JShell shell(Object kernel) {
        try {
            return (JShell) kernel.getClass().getMethod("getJShell").invoke(kernel); // JJava
        } catch (ReflectiveOperationException e) {
            return shellOfEvaluator(kernel); // IJava
        }
    }

    private static @Nullable JShell shellOfEvaluator(Object kernel) {
        try {
            Field field = kernel.getClass().getDeclaredField("evaluator");
            field.setAccessible(true);
            Object evaluator = field.get(kernel);
            return (JShell) evaluator.getClass().getMethod("getShell").invoke(evaluator);
        } catch (ReflectiveOperationException e) {
            return null; // a kernel that tells no source
        }
    }

    /** The loader of what cells define, seen from a cell. */
    static ClassLoader loader() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                        .filter(type -> CELL.matcher(type.getName() + "$").find())
                        .map(Class::getClassLoader)
                        .findFirst()
                        .orElseGet(Thread.currentThread()::getContextClassLoader));
    }

    /**
     * The source of the snippet that a class or lambda was defined in; none rather than a wrong one, where the snippet was
     * defined anew before anybody asked.
     */
    static Optional<String> source(JShell shell, Class<?> type) {
        synchronized (TOLD) {
            String told = TOLD.get(type);
            if (told != null) {
                return Optional.of(told);
            }
            Optional<String> source = find(shell, type);
            source.ifPresent(text -> TOLD.put(type, text));
            return source;
        }
    }

    private static Optional<String> find(JShell shell, Class<?> type) {
        Matcher cell = CELL.matcher(type.getName());
        if (!cell.find()) {
            return Optional.empty();
        }
        List<Snippet> versions = shell.snippets()
                .filter(snippet -> snippet.id().equals(cell.group(1)))
                .filter(snippet -> shell.status(snippet) != Snippet.Status.REJECTED)
                .toList();
        if (versions.isEmpty() || (versions.size() > 1 && isFollowed(type, cell.group(1), cell.group(2)))) {
            return Optional.empty();
        }
        return Optional.of(versions.get(versions.size() - 1).source().strip());
    }

    /** Whether the shell compiled the snippet again after this class. */
    private static boolean isFollowed(Class<?> type, String snippet, String letters) {
        int generation = letters.chars().reduce(0, (sum, letter) -> sum * LETTERS + letter - 'A');
        return IntStream.rangeClosed(generation + 1, generation + FAR)
                .mapToObj(later -> "REPL.$JShell$" + snippet + letters(later))
                .anyMatch(name -> exists(name, type.getClassLoader()));
    }

    private static String letters(int generation) {
        String last = String.valueOf((char) ('A' + generation % LETTERS));
        return generation < LETTERS ? last : letters(generation / LETTERS) + last;
    }

    private static boolean exists(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
