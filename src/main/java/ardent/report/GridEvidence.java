package ardent.report;

import ardent.evaluate.Evidence;
import ardent.grid.GridCell;
import ardent.grid.GridCells;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.run.KeptScore;
import ardent.run.RunState;
import ardent.run.RunSummary;
import ardent.train.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything behind a comparison.
 *
 * @param data the test images in a few words
 * @param images number of test images
 * @param cells one per candidate and seed that is trained
 */
public record GridEvidence(String data, int images, List<Cell> cells) {
    /** Nothing is null. */
    public GridEvidence {
        Arguments.given("data", data);
        Arguments.all("cells", cells);
    }

    /**
     * A candidate trained with a seed.
     *
     * @param name what the comparison calls the candidate
     * @param role what it is compared as
     * @param seed its seed
     * @param failure why it has no numbers, if so
     * @param weights SHA-256 of the student's weights
     * @param measures its accuracies
     * @param took how long the training took
     * @param time when it was done
     * @param environment with what
     * @param setup all that determines the training
     */
    public record Cell(
            String name,
            String role,
            long seed,
            String failure,
            String weights,
            List<Figure> measures,
            Duration took,
            Instant time,
            Environment environment,
            Description setup) {
        /** Nothing is null. */
        public Cell {
            Arguments.given("name, role, failure, weights", name, role, failure, weights);
            Arguments.all("measures", measures);
            Arguments.given("took, time, environment, setup", took, time, environment, setup);
        }
    }

    /**
     * An accuracy.
     *
     * @param name of the measure
     * @param rate share of images right, with its 95 % interval
     * @param doubts what checks found
     * @param took how long it took
     * @param measure all that determines it
     */
    public record Figure(String name, Evidence.Rate rate, List<String> doubts, Duration took, Description measure) {
        /** Nothing is null. */
        public Figure {
            Arguments.given("name, rate", name, rate);
            Arguments.all("doubts", doubts);
            Arguments.given("took, measure", took, measure);
        }

        static Figure of(String name, KeptScore score) {
            return new Figure(name, Evidence.Rate.of(score.right()), score.doubts(), score.took(), score.question());
        }
    }

    static GridEvidence of(ComparisonNumbers numbers) {
        GridCells grid = numbers.grid();
        List<Cell> cells = grid.candidates().stream()
                .flatMap(candidate -> grid.of(candidate.name()).stream()
                        .flatMap(cell -> cell(candidate.role().name(), cell).stream()))
                .toList();
        return new GridEvidence(grid.images(), grid.size(), cells);
    }

    private static Optional<Cell> cell(String role, GridCell cell) {
        return cell.trained()
                .flatMap(run -> run.setup() == null || run.state() == null
                        ? Optional.empty()
                        : Optional.of(cell(role, cell, run, run.setup(), run.state())));
    }

    private static Cell cell(String role, GridCell cell, RunSummary run, Description setup, RunState state) {
        double seconds = run.history().stream().mapToDouble(Epoch::seconds).sum();
        return new Cell(
                cell.candidate(),
                role,
                cell.seed(),
                cell.failure(),
                RunSummary.weights(run.path()).orElse(""),
                cell.measures().entrySet().stream()
                        .map(entry -> Figure.of(entry.getKey(), entry.getValue()))
                        .toList(),
                Duration.ofMillis(Math.round(1000 * seconds)),
                state.updated(),
                (Environment) setup.part("environment").rebuild(),
                setup.essence());
    }
}
