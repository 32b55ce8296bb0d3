package ardent.evaluate;

import ardent.attack.Stage;
import ardent.attack.Warning;
import ardent.evaluate.statistics.Interval;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tribuo.classification.evaluation.LabelEvaluation;

/**
 * How a network fares against one attack.
 *
 * @param attack its name, unique in a table
 * @param description the attack with all its parameters
 * @param clean who was right before the attack
 * @param adversarial who was right under attack
 * @param byClass robust accuracy by class, for the classes that are in the data
 * @param missing classes of which the data has no image
 * @param predicted the classes that were chosen under attack
 * @param distances how far the attack went
 * @param findings what the independent checks found; empty if all is well
 * @param warnings reasons to doubt it that showed while the attack ran; what shows in the network itself is in
 *     {@link Outcome#diagnosis}
 * @param stages what each stage of a cascade such as AutoAttack left standing, and its cost; none for other attacks
 * @param specimens some images to look at
 * @param time how long it took, predictions and checks included
 */
public record Score(
        String attack,
        Description description,
        CorrectImages clean,
        CorrectImages adversarial,
        Map<String, Double> byClass,
        List<String> missing,
        PredictedLabels predicted,
        Distances distances,
        List<Finding> findings,
        List<Warning> warnings,
        List<Stage> stages,
        List<ExampleImage> specimens,
        Duration time) {
    /** Copies the lists. */
    public Score {
        Arguments.given("attack", attack);
        Arguments.given("description", description);
        Arguments.given("clean", clean);
        Arguments.given("adversarial", adversarial);
        Arguments.all("byClass", byClass);
        Arguments.given("predicted", predicted);
        Arguments.given("distances", distances);
        Arguments.given("time", time);
        missing = Arguments.all("missing", missing);
        findings = Arguments.all("findings", findings);
        warnings = Arguments.all("warnings", warnings);
        stages = Arguments.all("stages", stages);
        specimens = Arguments.all("specimens", specimens);
    }

    /** With further warnings. */
    Score and(List<Warning> further) {
        var all = new ArrayList<>(warnings);
        all.addAll(further);
        return new Score(
                attack,
                description,
                clean,
                adversarial,
                byClass,
                missing,
                predicted,
                distances,
                findings,
                all,
                stages,
                specimens,
                time);
    }

    /**
     * Tribuo's evaluation of the predictions under attack.
     *
     * @return the evaluation, see {@link PredictedLabels#evaluation}
     */
    public LabelEvaluation evaluation() {
        return predicted.evaluation();
    }

    /**
     * Who was right before and under attack.
     *
     * @return hits whose rate is the robust accuracy
     */
    public CorrectImages robust() {
        return clean.and(adversarial);
    }

    /**
     * Share of images right before and under attack.
     *
     * @return in [0, 1], at most {@link #adversarialAccuracy}
     */
    public double robustAccuracy() {
        return robust().rate();
    }

    /**
     * Share of images right under attack, whatever was said of the clean image.
     *
     * @return in [0, 1]
     */
    public double adversarialAccuracy() {
        return adversarial.rate();
    }

    /**
     * Share of the images right before the attack that are wrong under it.
     *
     * @return in [0, 1]; NaN if none was right before
     */
    public double attackSuccess() {
        return clean.count() == 0 ? Double.NaN : 1 - (double) robust().count() / clean.count();
    }

    /**
     * Where the robust accuracy lies with 95 % confidence, were other images drawn.
     *
     * @return Wilson's interval
     */
    public Interval interval() {
        return robust().interval();
    }
}
