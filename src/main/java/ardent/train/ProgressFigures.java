package ardent.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The numbers of a progress line. */
final class ProgressFigures {
    private ProgressFigures() {}

    /**
     * Mean loss and the newest accuracies.
     *
     * @param terms sums of terms
     * @param steps over how many steps, one with fewer images counting less
     * @param judged the last judged epoch, if there is one
     * @param attacked whether it was judged by attacked images too
     */
    static Map<String, String> of(Map<String, Double> terms, double steps, @Nullable Epoch judged, boolean attacked) {
        var figures = new LinkedHashMap<String, String>();
        double loss = terms.values().stream().mapToDouble(Double::doubleValue).sum() / steps;
        figures.put("loss", String.format(Locale.ROOT, "%.3f", loss));
        if (judged != null) {
            figures.put("clean", percent(judged.clean()));
            if (attacked) {
                figures.put("robust", percent(judged.robust()));
            }
        }
        return figures;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
