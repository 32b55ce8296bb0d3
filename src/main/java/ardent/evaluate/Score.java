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
 * What a network scores under one attack.
 *
 * @param attack its name, unique in a table
 * @param description the attack with all its parameters
 * @param clean which images the network classifies correctly
 * @param adversarial which it classifies correctly under attack
 * @param predicted the classes that were chosen under attack
 * @param distances how far the attack went
 * @param findings what the independent checks found; empty if all is well
 * @param warnings reasons to doubt it that showed while the attack ran; what shows in the network itself is in
 *     {@link Outcome#checks}
 * @param stages what each stage of a cascade such as AutoAttack left correctly classified, and its cost; none for other attacks
 * @param examples some images to show
 * @param time how long it took, predictions and checks included
 */
public record Score(
        String attack,
        Description description,
        CorrectImages clean,
        CorrectImages adversarial,
        PredictedLabels predicted,
        Distances distances,
        List<Finding> findings,
        List<Warning> warnings,
        List<Stage> stages,
        List<ExampleImage> examples,
        Duration time) {
    /**
     * How far the images of an attack are from the clean ones, over all of them.
     *
     * @param linf largest change of one pixel, in pixels of [0, 1]
     * @param l2 largest Euclidean length of the change of one image
     */
    public record Distances(double linf, double l2) {}

    /** Copies the lists. */
    public Score {
        Arguments.given(
                "attack, description, clean, adversarial, predicted, distances, time",
                attack,
                description,
                clean,
                adversarial,
                predicted,
                distances,
                time);
        findings = Arguments.all("findings", findings);
        warnings = Arguments.all("warnings", warnings);
        stages = Arguments.all("stages", stages);
        examples = Arguments.all("examples", examples);
    }

    /** With further warnings. */
    Score and(List<Warning> further) {
        var all = new ArrayList<>(warnings);
        all.addAll(further);
        return new Score(
                attack, description, clean, adversarial, predicted, distances, findings, all, stages, examples, time);
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
     * Which images are classified correctly both clean and under attack.
     *
     * @return their rate is the robust accuracy
     */
    public CorrectImages robust() {
        return clean.and(adversarial);
    }

    /**
     * The robust accuracy by class.
     *
     * @return shares of the classes that are in the data, by name in the order of the classes
     */
    public Map<String, Double> byClass() {
        return predicted.byClass(robust());
    }

    /**
     * The classes of which the data has no image.
     *
     * @return their names
     */
    public List<String> missing() {
        return predicted.missing();
    }

    /**
     * Share of images classified correctly both clean and under attack.
     *
     * @return in [0, 1], at most {@link #adversarialAccuracy}
     */
    public double robustAccuracy() {
        return robust().rate();
    }

    /**
     * Share of images classified correctly under attack, whatever was predicted for the clean image.
     *
     * @return in [0, 1]
     */
    public double adversarialAccuracy() {
        return adversarial.rate();
    }

    /**
     * Share of the images correctly classified clean that are misclassified under attack.
     *
     * @return in [0, 1]; NaN if none was correct clean
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
