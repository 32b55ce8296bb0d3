package ardent.grid;

import ardent.evaluate.CorrectImages;
import ardent.provenance.Arguments;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One cell of a grid.
 *
 * @param entrant name of its candidate
 * @param seed its seed
 * @param student file of the student's weights, once it is trained
 * @param trained the training; empty if it is not done
 * @param measures what is done of {@code clean} and the attacks, by name
 * @param failure why it cannot be finished; empty if it can
 */
public record GridCell(
        String entrant,
        long seed,
        Path student,
        Optional<Trained> trained,
        Map<String, Measured> measures,
        String failure) {
    /** Copies the map. */
    public GridCell {
        Arguments.given("entrant", entrant);
        Arguments.given("student", student);
        Arguments.given("trained", trained);
        Arguments.given("failure", failure);
        measures = Arguments.all("measures", measures);
    }

    /**
     * Who was right by a measure.
     *
     * @param measure {@code clean} or an attack
     * @return empty if it is not done
     */
    public Optional<CorrectImages> hits(String measure) {
        return Optional.ofNullable(measures.get(measure)).map(Measured::hits);
    }
}
