package ardent.provenance;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The source of what was defined in a notebook's cell: such a class is gone with its kernel, so that a description keeps
 * its text instead.
 */
public final class CellSource {
    /** The key of the source among the parts of what a cell defined; no component can be called so. Keys have no blanks. */
    public static final String KEY = "cell-source";

    private static volatile Function<Class<?>, Optional<String>> teller = type -> Optional.empty();

    private CellSource() {}

    /**
     * Lets a kernel tell the source of its classes.
     *
     * @param told the text of the cell's snippet that defined a class, if it is known
     */
    public static void told(Function<Class<?>, Optional<String>> told) {
        teller = told;
    }

    /**
     * Whether two descriptions have the same source wherever both have one: a class from a jar, or where no kernel tells, has
     * none that could differ.
     *
     * @param one a description
     * @param other another
     * @return false if a source differs
     */
    public static boolean agrees(Description one, Description other) {
        Map<String, String> known = other.flat();
        return one.flat().entrySet().stream()
                .filter(part -> part.getKey().equals(KEY) || part.getKey().endsWith("." + KEY))
                .allMatch(part -> part.getValue().equals(known.getOrDefault(part.getKey(), part.getValue())));
    }

    static Optional<String> of(Class<?> type) {
        return teller.apply(type);
    }
}
