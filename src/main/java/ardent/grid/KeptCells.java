package ardent.grid;

import ardent.attack.Attack;
import ardent.evaluate.Robustness;
import ardent.provenance.Description;
import ardent.run.KeptScore;
import ardent.run.RunSummary;
import ardent.run.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a folder has of the cells of a grid: of each its run, and what its student scores.
 *
 * @param runs the folder; null for none
 * @param measures what is measured, clean accuracy first
 */
record KeptCells(@Nullable FolderRuns runs, List<Measure> measures) {
    /** Clean accuracy, or that under one attack. */
    record Measure(String name, Optional<Attack> attack, Description question) {}

    static KeptCells of(Grid grid, @Nullable FolderRuns runs) {
        var measures = new ArrayList<Measure>();
        measures.add(measure(grid, GridCells.CLEAN, Optional.empty()));
        List<Robustness.Attacked> attacks =
                Robustness.Attacked.of(grid.attacks(), grid.test().classCount());
        for (int i = 0; i < attacks.size(); i++) {
            measures.add(measure(
                    grid, attacks.get(i).name(), Optional.of(grid.attacks().get(i))));
        }
        return new KeptCells(runs, List.copyOf(measures));
    }

    private static Measure measure(Grid grid, String name, Optional<Attack> attack) {
        return new Measure(name, attack, KeptScore.question(grid.test(), attack, grid.protocol()));
    }

    /** What is known of a cell. */
    GridCell of(Candidates.Cell cell) {
        if (runs == null || !cell.told()) {
            return cell(cell, Optional.empty(), Map.of());
        }
        Set<String> notes = runs.notes();
        Optional<RunSummary> run = runs.done(cell);
        var scores = new LinkedHashMap<String, KeptScore>();
        run.filter(RunSummary::finished).ifPresent(done -> {
            List<KeptScore> all = Scores.kept(done.path(), notes::add);
            for (Measure measure : measures) {
                all.stream()
                        .filter(score -> measure.question().complete()
                                && score.question().equals(measure.question()))
                        .findFirst()
                        .ifPresent(score -> scores.put(measure.name(), score));
            }
        });
        return cell(cell, run, scores);
    }

    static GridCell cell(Candidates.Cell cell, Optional<RunSummary> run, Map<String, KeptScore> scores) {
        String failure = run.flatMap(FolderRuns::failure).orElse("");
        return new GridCell(cell.candidate().name(), cell.seed(), run, scores, failure);
    }

    /** Whether there is nothing left to do for a cell. */
    boolean done(GridCell result) {
        return !result.failure().isEmpty() || result.measures().size() == measures.size();
    }
}
