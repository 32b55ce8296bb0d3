package ardent.notebook;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.VarSnippet;
import org.jspecify.annotations.Nullable;

/**
 * Gives variables back that a kernel empties. A variable is a static field of a class that the shell wrote; when a cell
 * imports something, or defines anew what the variable was made with, kernels that run cells in their own JVM get a new
 * class for it, whose field is empty. The old class still has the value, and is told later ones, so that lambdas made
 * before see them and nothing is held that the variable does not hold.
 */
final class ShellVariables {
    /** Where a variable was: in the class of today, the last, and in those before it. */
    private record Place(VarSnippet variable, List<Field> fields) {
        Field field() {
            return fields.get(fields.size() - 1);
        }
    }

    private final JShell shell;
    private final ClassLoader loader;
    private final Consumer<String> teller;
    private final Map<String, Place> places = new HashMap<>();
    private final Set<String> missing = new TreeSet<>();

    private ShellVariables(JShell shell, ClassLoader loader, Consumer<String> teller) {
        this.shell = shell;
        this.loader = loader;
        this.teller = teller;
    }

    /**
     * Keeps the variables of a shell from now on.
     *
     * @param shell the shell
     * @param loader the loader of the classes it writes
     * @param teller who tells the user of the cell what could not be given back
     * @return the variables
     */
    static ShellVariables keep(JShell shell, ClassLoader loader, Consumer<String> teller) {
        var variables = new ShellVariables(shell, loader, teller);
        shell.onSnippetEvent(event -> {
            if (event.causeSnippet() == null) { // the snippet itself; those that it changed are looked at with it
                variables.after(event);
            }
        });
        return variables;
    }

    /** The variable that holds a thing; the first in the alphabet if several do, none that the shell named. */
    synchronized Optional<String> holding(Object thing) {
        return places.entrySet().stream()
                .filter(place -> !place.getKey().startsWith("$"))
                .filter(place -> holds(place.getValue().field(), thing))
                .map(Map.Entry::getKey)
                .min(Comparator.naturalOrder());
    }

    private static boolean holds(Field field, Object thing) {
        try {
            return field.get(null) == thing;
        } catch (IllegalAccessException e) {
            return false;
        }
    }

    private synchronized void after(SnippetEvent event) {
        try {
            List<VarSnippet> variables = shell.variables().toList();
            places.keySet().retainAll(variables.stream().map(VarSnippet::name).collect(Collectors.toSet()));
            var lost = new TreeSet<String>();
            var gone = new TreeSet<String>();
            for (VarSnippet variable : variables) {
                if (shell.status(variable) == Snippet.Status.VALID) {
                    look(variable, variable == event.snippet() && event.exception() != null, lost);
                } else if (places.containsKey(variable.name())) {
                    gone.add(variable.name());
                }
            }
            tell(lost, gone);
        } catch (Throwable e) {
            // Variables that cannot be kept are as the kernel leaves them.
        }
    }

    private void look(VarSnippet variable, boolean failed, Set<String> lost) throws ReflectiveOperationException {
        String name = variable.name();
        Field field = field(variable);
        Place before = places.get(name);
        var fields = new ArrayList<Field>();
        if (before != null) {
            fields.addAll(before.fields());
            boolean renewed = !field.equals(before.field());
            boolean same = variable == before.variable() // redefined by the kernel, not by the user
                    || (failed && variable.typeName().equals(before.variable().typeName()));
            if (renewed && same && isEmpty(field)) {
                Object value = before.field().get(null);
                if (!set(field, value) && value != null) {
                    lost.add(name);
                }
            }
            fields.remove(field);
        }
        fields.add(field);
        places.put(name, new Place(variable, fields));
        for (Field old : fields.subList(0, fields.size() - 1)) {
            if (!set(old, field.get(null))) {
                set(old, null);
            }
        }
    }

    /** Says what was not given back, once. */
    private void tell(Set<String> lost, Set<String> gone) {
        if (!lost.isEmpty()) {
            teller.accept(String.join(", ", lost)
                    + ": emptied by the kernel, because this cell defined its type again; run the"
                    + " cell that fills it again.");
        }
        var news = new TreeSet<>(gone);
        news.removeAll(missing);
        missing.clear();
        missing.addAll(gone);
        if (!news.isEmpty()) {
            teller.accept(String.join(", ", news)
                    + ": cannot be used since this cell, because its definition no longer compiles ("
                    + why(news.iterator().next()) + "); its value comes back when it compiles again.");
        }
    }

    private String why(String name) {
        VarSnippet variable = Objects.requireNonNull(places.get(name)).variable();
        return shell.diagnostics(variable)
                .map(problem ->
                        problem.getMessage(Locale.ROOT).lines().findFirst().orElse(""))
                .findFirst()
                .orElseGet(() ->
                        "missing: " + shell.unresolvedDependencies(variable).collect(Collectors.joining(", ")));
    }

    private Field field(VarSnippet variable) throws ReflectiveOperationException {
        String type = shell.sourceCodeAnalysis().wrapper(variable).fullClassName();
        Field field = Class.forName(type, true, loader).getField(variable.name());
        field.setAccessible(true); // the shell's classes are not public
        return field;
    }

    private static boolean isEmpty(Field field) throws IllegalAccessException {
        return Objects.equals(field.get(null), Array.get(Array.newInstance(field.getType(), 1), 0));
    }

    private static boolean set(Field field, @Nullable Object value) throws IllegalAccessException {
        try {
            field.set(null, value);
            return true;
        } catch (IllegalArgumentException | NullPointerException e) {
            return false; // of another type
        }
    }
}
