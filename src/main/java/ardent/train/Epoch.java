package ardent.train;

import ardent.provenance.Arguments;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one epoch of training gave.
 *
 * @param number counted from 1
 * @param loss mean loss over its images: a last step of fewer images counts as much less
 * @param terms mean of each named term, likewise
 * @param clean accuracy on clean validation images, NaN where none are held out
 * @param robust accuracy on attacked validation images, as the field's training scripts count it: of those, too, that are wrong when
 *     clean; NaN likewise and where the method has no attack
 * @param rate learning rate of its last step
 * @param seconds wall time
 */
public record Epoch(
        int number, double loss, Map<String, Double> terms, double clean, double robust, double rate, double seconds) {
    /** Copies the map. */
    public Epoch {
        terms = Arguments.all("terms", terms);
    }

    /**
     * Validation accuracies of several epochs, to be drawn.
     *
     * @param history the epochs
     * @return values in % by name; without those that were not measured
     */
    public static Map<String, double[]> accuracies(List<Epoch> history) {
        var curves = new LinkedHashMap<String, double[]>();
        curves.put(
                "clean accuracy",
                history.stream().mapToDouble(epoch -> 100 * epoch.clean()).toArray());
        curves.put(
                "robust accuracy",
                history.stream().mapToDouble(epoch -> 100 * epoch.robust()).toArray());
        curves.values().removeIf(values -> Arrays.stream(values).allMatch(Double::isNaN));
        return curves;
    }
}
