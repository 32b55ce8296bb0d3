package ardent.network.file;

import ai.djl.ndarray.NDArray;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether weights fit a network, and what to say where they do not. */
public final class WeightFit {
    private static final int SHOWN = 5;

    /** Names that a refusal lists, so that a network can be corrected in one go; no sound file has more. */
    private static final int ALL = 1000;

    private WeightFit() {}

    /** Refuses weights that do not fit, listing all that is missing, unexpected or shaped otherwise. */
    public static void require(Map<String, NDArray> expected, Map<String, NDArray> given, String refusal) {
        List<String> missing = without(expected, given);
        List<String> unexpected = without(given, expected);
        var misshaped = new ArrayList<String>();
        given.forEach((name, array) -> {
            NDArray wanted = expected.get(name);
            if (wanted != null && !wanted.getShape().equals(array.getShape())) {
                misshaped.add(name + " " + array.getShape() + " instead of " + wanted.getShape());
            }
        });
        if (!missing.isEmpty() || !unexpected.isEmpty() || !misshaped.isEmpty()) {
            throw new IllegalArgumentException(refusal + ": missing " + some(missing, ALL) + ", unexpected "
                    + some(unexpected, ALL) + ", misshaped " + some(misshaped, ALL) + ".");
        }
    }

    /** Those that the others lack, with their shapes. */
    private static List<String> without(Map<String, NDArray> arrays, Map<String, NDArray> others) {
        return arrays.entrySet().stream()
                .filter(entry -> !others.containsKey(entry.getKey()))
                .map(entry -> PickleNames.shortened(entry.getKey()) + " "
                        + entry.getValue().getShape())
                .toList();
    }

    /** Refuses weights that are NaN or infinite. */
    public static void requireFinite(Map<String, NDArray> weights) {
        String found = notFinite(weights);
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(found
                    + ", as weights are after a training that diverged; take an earlier checkpoint, or look into this one"
                    + " with Weights.read(file, manager)");
        }
    }

    /** The first array with values that are NaN or infinite, and how many arrays have them; empty if none has. */
    public static String notFinite(Map<String, NDArray> weights) {
        var found = new ArrayList<String>();
        weights.forEach((name, array) -> {
            long bad = Tape.read(() -> count(array));
            if (bad > 0) {
                found.add(PickleNames.shortened(name) + " has " + bad + " of its " + array.size()
                        + " values NaN or infinite");
            }
        });
        return found.isEmpty()
                ? ""
                : found.get(0) + (found.size() > 1 ? " (so have " + found.size() + " arrays in all)" : "");
    }

    /** How many values are NaN or infinite. */
    private static long count(NDArray array) {
        try (NDArray difference = array.sub(array);
                NDArray nan = difference.isNaN();
                NDArray count = nan.countNonzero()) {
            return array.getDataType().isFloating() ? count.getLong() : 0;
        }
    }

    /** The first few of many names. */
    public static String some(Collection<String> names) {
        return some(names, SHOWN);
    }

    private static String some(Collection<String> names, int most) {
        List<String> shown =
                names.stream().limit(most).map(PickleNames::shortened).toList();
        int more = names.size() - shown.size();
        return shown.stream().collect(Collectors.joining(", ", "[", more > 0 ? " and " + more + " more]" : "]"));
    }

    /** How to load one network of several in a file. */
    public static String advice(String part) {
        return "Classifier.load(file, \"" + PickleNames.shortened(part) + "\", architecture, image, classes)";
    }
}
