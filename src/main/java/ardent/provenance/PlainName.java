package ardent.provenance;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Function;

/**
 * What a thing is called that does not name itself: by its class; where that has no name, as with lambdas and anonymous
 * classes, by the notebook's variable that holds it, or else by a number. Such a name stays throughout a program and is
 * given to one thing only.
 */
public final class PlainName {
    /** The key of such a name among the parts of a description; no component can be called so. */
    static final String KEY = "plain-name";

    private static final Map<Object, String> GIVEN = new WeakHashMap<>();
    private static final Map<String, Integer> COUNTS = new HashMap<>();
    private static volatile Function<Object, Optional<String>> teller = thing -> Optional.empty();

    private PlainName() {}

    /**
     * Lets a kernel tell the names of its variables.
     *
     * @param told the variable that holds a thing, if one does
     */
    public static void told(Function<Object, Optional<String>> told) {
        teller = told;
    }

    /**
     * The name of a thing.
     *
     * @param thing a record, an object or a lambda
     * @param kind what it is, in one word
     * @return the simple name of its class, or such as {@code mine} or {@code method 1}; once given, it stays
     */
    public static String of(Object thing, String kind) {
        if (thing instanceof Enum<?> constant) {
            return constant.name();
        }
        Class<?> type = thing.getClass();
        if (!isNameless(type)) {
            return type.getSimpleName();
        }
        synchronized (GIVEN) {
            String given = GIVEN.get(thing);
            if (given == null) {
                String first = variable(thing).orElse("");
                int number = COUNTS.merge(first.isEmpty() ? kind : first, 1, Integer::sum);
                given = first.isEmpty() ? kind + " " + number : number == 1 ? first : first + " " + number;
                GIVEN.put(thing, given);
            }
            return given;
        }
    }

    /**
     * The notebook's variable that holds a thing without a name of its own.
     *
     * @param thing an object or a lambda
     * @return the name, if its class has none and a variable holds it
     */
    public static Optional<String> variable(Object thing) {
        return isNameless(thing.getClass()) ? teller.apply(thing) : Optional.empty();
    }

    static boolean isNameless(Class<?> type) {
        return type.isHidden()
                || type.isSynthetic()
                || type.isAnonymousClass()
                || type.getSimpleName().isEmpty();
    }
}
