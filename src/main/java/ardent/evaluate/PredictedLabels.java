package ardent.evaluate;

import ardent.provenance.Arguments;
import ardent.provenance.Description;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tribuo.classification.evaluation.LabelEvaluation;

/**
 * The classes that a network chose. Tribuo evaluates them when asked to, since its work grows with the cube of the
 * number of classes and most evaluations are never read.
 */
public final class PredictedLabels {
    private final Description network;
    private final Description data;
    private final List<String> classes;
    private final int[] truth;
    private final int[] predicted;
    private @Nullable LabelEvaluation evaluation;

    PredictedLabels(Description network, Description data, List<String> classes, int[] truth, int[] predicted) {
        this.network = network;
        this.data = data;
        this.classes = List.copyOf(classes);
        this.truth = truth.clone();
        this.predicted = predicted.clone();
    }

    /**
     * How many images of each true class (rows) were taken for which class (columns).
     *
     * @return {@code [K][K]} counts
     */
    public int[][] confusion() {
        int[][] counts = new int[classes.size()][classes.size()];
        for (int i = 0; i < truth.length; i++) {
            counts[truth[i]][predicted[i]]++;
        }
        return counts;
    }

    /**
     * Rates of the classes of which there are images.
     *
     * @param correct who was right
     * @return shares by class, in the order of the classes
     */
    public Map<String, Double> byClass(CorrectImages correct) {
        Arguments.given("correct", correct);
        int[] right = new int[classes.size()];
        int[] all = new int[classes.size()];
        for (int i = 0; i < truth.length; i++) {
            all[truth[i]]++;
            right[truth[i]] += correct.at(i) ? 1 : 0;
        }
        var rates = new LinkedHashMap<String, Double>();
        for (int k = 0; k < all.length; k++) {
            if (all[k] > 0) {
                rates.put(classes.get(k), (double) right[k] / all[k]);
            }
        }
        return rates;
    }

    /** Classes of which there is no image. */
    List<String> missing() {
        var missing = new BitSet();
        missing.set(0, classes.size());
        IntStream.of(truth).forEach(missing::clear);
        return missing.stream().mapToObj(classes::get).toList();
    }

    /**
     * The predictions as Tribuo evaluates them, over the classes that are true or predicted for at least one image: a class of
     * which there is no image and that is never predicted is left out of macro averages, as scikit-learn does.
     *
     * @return the evaluation, computed once
     */
    public synchronized LabelEvaluation evaluation() {
        LabelEvaluation known = evaluation;
        if (known == null) {
            known = TribuoAdapter.evaluate(network, data, classes, truth, predicted);
            evaluation = known;
        }
        return known;
    }
}
