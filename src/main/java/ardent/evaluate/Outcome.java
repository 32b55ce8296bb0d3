package ardent.evaluate;

import ardent.attack.MaskingChecks;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import java.util.List;
import java.util.Optional;
import org.tribuo.classification.evaluation.LabelEvaluation;

/**
 * How one network fares, clean and against every attack.
 *
 * @param name what it is called, unique among the outcomes
 * @param description where it comes from
 * @param clean who was right without an attack
 * @param predicted the classes it chose without an attack
 * @param diagnosis what checks found about the network itself
 * @param scores one per attack; fewer if the work was stopped
 */
public record Outcome(
        String name,
        Description description,
        CorrectImages clean,
        PredictedLabels predicted,
        MaskingChecks diagnosis,
        List<Score> scores) {
    /** Copies the list. */
    public Outcome {
        Arguments.given("name", name);
        Arguments.given("description", description);
        Arguments.given("clean", clean);
        Arguments.given("predicted", predicted);
        Arguments.given("diagnosis", diagnosis);
        scores = Arguments.all("scores", scores);
    }

    /**
     * Tribuo's evaluation of the predictions without an attack.
     *
     * @return the evaluation, see {@link PredictedLabels#evaluation}
     */
    public LabelEvaluation evaluation() {
        return predicted.evaluation();
    }

    /**
     * Who was right without an attack and under each: the worst of all attacks, image by image.
     *
     * @return the hits
     */
    public CorrectImages worst() {
        return scores.stream().map(Score::robust).reduce(clean, CorrectImages::and);
    }

    /**
     * The same with other scores.
     *
     * @param scores some of its scores
     * @return a changed copy
     */
    public Outcome of(List<Score> scores) {
        return new Outcome(name, description, clean, predicted, diagnosis, scores);
    }

    /** With what another look at the network found. */
    Outcome and(MaskingChecks further) {
        return new Outcome(name, description, clean, predicted, diagnosis.and(further), scores);
    }

    /**
     * The score against an attack.
     *
     * @param attack its name
     * @return empty if it was not measured
     */
    public Optional<Score> score(String attack) {
        return scores.stream().filter(score -> score.attack().equals(attack)).findFirst();
    }
}
