package ardent.provenance;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks of arguments, for records, factories and verbs. Each names the parameter and says in one sentence what is wrong, as an
 * {@link IllegalArgumentException}.
 */
public final class Arguments {
    private static final String EMPTIED = "a kernel empties variables of a notebook when a cell imports something or"
            + " redefines what they were made from; run the cell that defines it again.";

    private Arguments() {}

    /**
     * Something that must be there.
     *
     * @param name the parameter
     * @param value what was given
     * @param <T> its type
     * @return the value
     */
    public static <T> T given(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("The " + name + " is null: " + EMPTIED);
        }
        return value;
    }

    /**
     * Things that must be there.
     *
     * @param names the parameters, with commas between them
     * @param first what was given for the first
     * @param second what was given for the second
     * @param more what was given for the others
     */
    public static void given(String names, @Nullable Object first, @Nullable Object second, @Nullable Object... more) {
        String[] each = names.split(", ", -1);
        given(each[0], first);
        given(each[1], second);
        for (int i = 0; i < more.length; i++) {
            given(each[i + 2], more[i]);
        }
    }

    /**
     * A list that must be there, with elements that must be there.
     *
     * @param name the parameter
     * @param values what was given
     * @param <T> type of the elements
     * @return a copy that does not change
     */
    public static <T> List<T> all(String name, @Nullable Collection<? extends T> values) {
        int i = 0;
        for (T value : given(name, values)) {
            if (value == null) {
                throw new IllegalArgumentException("Element " + i + " of the " + name + " is null: " + EMPTIED);
            }
            i++;
        }
        return List.copyOf(values);
    }

    /**
     * Arguments that must be there, each of them.
     *
     * @param name the parameter
     * @param values what was given
     * @param <T> type of the elements
     * @return a list that does not change
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are copied
    public static <T> List<T> all(String name, T @Nullable ... values) {
        return all(name, values == null ? null : Arrays.asList(values));
    }

    /**
     * A map that must be there, with keys and values that must be there.
     *
     * @param name the parameter
     * @param values what was given
     * @param <K> type of the keys
     * @param <V> type of the values
     * @return a copy in the same order that does not change
     */
    public static <K, V> Map<K, V> all(String name, @Nullable Map<? extends K, ? extends V> values) {
        for (Map.Entry<? extends K, ? extends V> each : given(name, values).entrySet()) {
            if (each.getKey() == null || each.getValue() == null) {
                throw new IllegalArgumentException(
                        "Entry " + each.getKey() + " of the " + name + " is null: " + EMPTIED);
            }
        }
        return Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * The arguments of a verb, each of which a cell may have emptied: none is null, nor is an element of one.
     *
     * @param call the verb with its parameters, such as {@code resume(folder, method)}
     * @param values what was given for each parameter; a single array as an {@link Object}
     * @throws IllegalArgumentException naming the parameter, and where the last student and all runs are found
     */
    public static void verb(String call, @Nullable Object... values) {
        String[] names = call.split("\\W+", -1);
        for (int i = 0; i < values.length; i++) {
            String name = names[i + 1];
            present(values[i], names[0], name);
            List<?> elements = values[i] instanceof List<?> list
                    ? list
                    : values[i] instanceof Object[] array ? Arrays.asList(array) : List.of();
            int number = 0;
            for (Object element : elements) {
                present(element, names[0], name + ", number " + ++number);
            }
        }
    }

    private static void present(@Nullable Object value, String verb, String what) {
        if (value == null) {
            throw new IllegalArgumentException(verb + " was given null (" + what + "): " + EMPTIED
                    + " lastRun().student() is the last student, and show(runs()) lists all runs.");
        }
    }

    /**
     * A number that is neither NaN nor infinite.
     *
     * @param name the parameter
     * @param value what was given
     */
    public static void finite(String name, Number value) {
        require(Double.isFinite(value.doubleValue()), name, "is a finite number", value);
    }

    /**
     * A number in [0, 1].
     *
     * @param name the parameter
     * @param value what was given
     */
    public static void share(String name, Number value) {
        require(value.doubleValue() >= 0 && value.doubleValue() <= 1, name, "lies in [0, 1]", value);
    }

    /**
     * The smoothing of labels, in [0, 1).
     *
     * @param value what was given
     */
    public static void smoothing(Number value) {
        require(value.doubleValue() >= 0 && value.doubleValue() < 1, "smoothing of labels", "lies in [0, 1)", value);
    }

    /**
     * A finite number of at least 0.
     *
     * @param name the parameter
     * @param value what was given
     */
    public static void weight(String name, Number value) {
        require(value.doubleValue() >= 0 && Double.isFinite(value.doubleValue()), name, "is at least 0", value);
    }

    /**
     * A finite number greater than 0.
     *
     * @param name the parameter
     * @param value what was given
     */
    public static void positive(String name, Number value) {
        require(value.doubleValue() > 0 && Double.isFinite(value.doubleValue()), name, "is greater than 0", value);
    }

    /**
     * A count of at least 1.
     *
     * @param what one of what is counted, such as {@code step}
     * @param count what was given
     */
    public static void atLeastOne(String what, long count) {
        if (count < 1) {
            throw new IllegalArgumentException("At least 1 " + what + " is needed, not " + count + ".");
        }
    }

    /**
     * The product of the sizes of a shape, exact: what an array cannot hold is refused.
     *
     * @param name the shape
     * @param sizes the sizes, each at least 0
     * @return the product
     */
    public static int product(String name, long... sizes) {
        try {
            long product = 1;
            for (long size : sizes) {
                product = Math.multiplyExact(product, size);
            }
            return Math.toIntExact(product);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "The %s is %s, more numbers than an array holds (%d)."
                            .formatted(name, Arrays.toString(sizes), Integer.MAX_VALUE),
                    e);
        }
    }

    private static void require(boolean right, String name, String what, Number value) {
        if (!right) {
            throw new IllegalArgumentException("The " + name + " " + what + ", not " + value + ".");
        }
    }
}
