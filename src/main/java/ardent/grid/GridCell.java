package ardent.grid;

import ardent.evaluate.CorrectImages;
import ardent.provenance.Arguments;
import ardent.run.KeptScore;
import ardent.run.RunSummary;
import java.util.Map;
import java.util.Optional;

/**
 * One cell of a grid: a run, and the scores of its student.
 *
 * @param candidate name of its candidate
 * @param seed its seed
 * @param trained its run once the training is done or has failed; empty before
 * @param measures what is done of {@code clean} and the attacks, by name
 * @param failure why it cannot be finished; empty if it can
 */
public record GridCell(
        String candidate, long seed, Optional<RunSummary> trained, Map<String, KeptScore> measures, String failure) {
    /** Copies the map. */
    public GridCell {
        Arguments.given("candidate, trained, failure", candidate, trained, failure);
        measures = Arguments.all("measures", measures);
    }

    /**
     * The run of a cell that has a student.
     *
     * @return empty if its training is not done, or has failed
     */
    public Optional<RunSummary> student() {
        return trained.filter(RunSummary::finished);
    }

    /**
     * Who was right by a measure.
     *
     * @param measure {@code clean} or an attack
     * @return empty if it is not done
     */
    public Optional<CorrectImages> hits(String measure) {
        return Optional.ofNullable(measures.get(measure)).map(KeptScore::right);
    }
}
