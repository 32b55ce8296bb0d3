package ardent;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says which argument of a verb is null: a kernel may have emptied the variable that was given. */
final class EmptiedVariables {
    private EmptiedVariables() {}

    /**
     * Refuses a verb's arguments if one is null, or an element of one.
     *
     * @param verb the verb, as in a cell
     * @param namesAndValues the name of each parameter followed by its value
     * @throws IllegalArgumentException naming the parameter, and where the last student and all runs are found
     */
    static void none(String verb, @Nullable Object... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String name = String.valueOf(namesAndValues[i]);
            Object value = namesAndValues[i + 1];
            if (value == null) {
                throw refused(verb, name);
            }
            List<?> elements = value instanceof List<?> list
                    ? list
                    : value instanceof Object[] array ? Arrays.asList(array) : List.of();
            int number = 0;
            for (Object element : elements) {
                number++;
                if (element == null) {
                    throw refused(verb, name + ", number " + number);
                }
            }
        }
    }

    private static IllegalArgumentException refused(String verb, String what) {
        return new IllegalArgumentException(verb + " was given null (" + what + "): a kernel empties variables when a"
                + " cell imports something, or defines anew what they were made with. lastRun().student() has the last"
                + " student, show(runs()) lists what is kept, and running its cell again fills a variable.");
    }
}
