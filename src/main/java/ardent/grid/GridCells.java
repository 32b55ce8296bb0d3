package ardent.grid;

import ardent.evaluate.Robustness;
import ardent.provenance.Arguments;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is known of a grid: the results of all its cells, or of those that are done.
 *
 * @param candidates the rows
 * @param seeds the columns
 * @param attacks the attacks, with the balls they keep to
 * @param cells one per cell, seed by seed
 * @param images the test images in a few words
 * @param size number of test images
 * @param folder where everything is kept
 * @param notes what happened with the folder, one sentence each
 */
public record GridCells(
        List<Candidate.Named> candidates,
        List<Long> seeds,
        List<Robustness.Attacked> attacks,
        List<GridCell> cells,
        String images,
        int size,
        Path folder,
        List<String> notes) {
    /** What every grid measures first. */
    public static final String CLEAN = "clean";

    /** Copies the lists. */
    public GridCells {
        Arguments.given("images, folder", images, folder);
        candidates = Arguments.all("candidates", candidates);
        seeds = Arguments.all("seeds", seeds);
        attacks = Arguments.all("attacks", attacks);
        cells = Arguments.all("cells", cells);
        notes = Arguments.all("notes", notes);
    }

    /**
     * What each cell is asked for.
     *
     * @return {@link #CLEAN} and then the attacks, by name
     */
    public List<String> measures() {
        return Stream.concat(Stream.of(CLEAN), attacks.stream().map(Robustness.Attacked::name))
                .toList();
    }

    /**
     * Whether every cell is done or has failed.
     *
     * @return false if the work was stopped
     */
    public boolean complete() {
        return cells.stream()
                .allMatch(cell -> !cell.failure().isEmpty() || cell.measures().size() == 1 + attacks.size());
    }

    /**
     * The cells of a row.
     *
     * @param candidate its name
     * @return one per seed, in their order
     */
    public List<GridCell> of(String candidate) {
        return cells.stream().filter(cell -> cell.candidate().equals(candidate)).toList();
    }
}
