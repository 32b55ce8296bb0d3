package ardent.grid;

import ardent.provenance.Arguments;
import java.nio.file.Path;
import java.util.List;

/**
 * What is known of a grid: the results of all its cells, or of those that are done.
 *
 * @param entrants the rows
 * @param seeds the columns
 * @param measures {@code clean} and then the attacks, by name
 * @param trials one per cell, seed by seed
 * @param images the test images in a few words
 * @param size number of test images
 * @param folder where everything is kept
 * @param notes what happened with the folder, one sentence each
 */
public record GridCells(
        List<NamedCandidate> entrants,
        List<Long> seeds,
        List<String> measures,
        List<GridCell> trials,
        String images,
        int size,
        Path folder,
        List<String> notes) {
    /** What every grid measures first. */
    public static final String CLEAN = "clean";

    /** Copies the lists. */
    public GridCells {
        Arguments.given("images, folder", images, folder);
        entrants = Arguments.all("entrants", entrants);
        seeds = Arguments.all("seeds", seeds);
        measures = Arguments.all("measures", measures);
        trials = Arguments.all("trials", trials);
        notes = Arguments.all("notes", notes);
    }

    /**
     * Whether every cell is done or has failed.
     *
     * @return false if the work was stopped
     */
    public boolean complete() {
        return trials.stream()
                .allMatch(
                        trial -> !trial.failure().isEmpty() || trial.measures().size() == measures.size());
    }

    /**
     * The cells of a row.
     *
     * @param entrant its name
     * @return one per seed, in their order
     */
    public List<GridCell> of(String entrant) {
        return trials.stream().filter(trial -> trial.entrant().equals(entrant)).toList();
    }
}
