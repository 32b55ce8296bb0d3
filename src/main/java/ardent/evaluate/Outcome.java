package ardent.evaluate;

import ardent.attack.MaskingChecks;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tribuo.classification.evaluation.LabelEvaluation;

/**
 * What one network scores, clean and under every attack.
 *
 * @param name what it is called, unique among the outcomes
 * @param description where it comes from
 * @param clean which images it classifies correctly without an attack
 * @param predicted the classes it chose without an attack
 * @param checks what checks found about the network itself
 * @param scores one per attack; fewer if the work was stopped
 */
public record Outcome(
        String name,
        Description description,
        CorrectImages clean,
        PredictedLabels predicted,
        MaskingChecks checks,
        List<Score> scores) {
    /** Copies the list. */
    public Outcome {
        Arguments.given("name, description, clean, predicted, checks", name, description, clean, predicted, checks);
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
     * Which images are classified correctly clean and under every attack: the worst of all attacks, image by image.
     *
     * @return the images
     */
    public CorrectImages worst() {
        return right().stream().reduce(clean, CorrectImages::and);
    }

    /**
     * Who was right, image by image.
     *
     * @return without an attack, and then for each score before and under its attack
     */
    public List<CorrectImages> right() {
        return Stream.concat(Stream.of(clean), scores.stream().map(Score::robust))
                .toList();
    }

    /**
     * The same with other scores.
     *
     * @param scores some of its scores
     * @return a changed copy
     */
    public Outcome of(List<Score> scores) {
        return new Outcome(name, description, clean, predicted, checks, scores);
    }

    /**
     * The score under the attack that lowers accuracy most.
     *
     * @return the first of the lowest robust accuracy; empty if there is no attack
     */
    public Optional<Score> weakest() {
        return scores.stream().min(Comparator.comparingDouble(Score::robustAccuracy));
    }

    /** With what another check of the network found. */
    Outcome and(MaskingChecks further) {
        return new Outcome(name, description, clean, predicted, checks.and(further), scores);
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
