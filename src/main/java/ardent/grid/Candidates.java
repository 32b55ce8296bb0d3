package ardent.grid;

import ardent.data.Origin;
import ardent.evaluate.UniqueNames;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.provenance.Description;
import ardent.train.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Who plays in a grid: names, and for each cell the description of all that determines its training. */
final class Candidates {
    /** What tables compare. */
    private record Row(Architecture architecture, Method method, Plan plan) {}

    /** What determines a training; {@code only} is where it stands, if the rest does not tell all. */
    private record Setup(
            Architecture architecture,
            Method method,
            List<String> teachers,
            Origin data,
            List<Long> shape,
            int classes,
            Plan plan,
            String only) {}

    private final Grid grid;
    private final List<NamedCandidate> entrants;
    private final List<List<String>> teachers;

    private Candidates(Grid grid, List<NamedCandidate> entrants, List<List<String>> teachers) {
        this.grid = grid;
        this.entrants = entrants;
        this.teachers = teachers;
    }

    static Candidates of(Grid grid) {
        List<Candidate> candidates = grid.candidates();
        if (candidates.isEmpty() || grid.seeds().isEmpty()) {
            throw new IllegalArgumentException("A grid needs a method and a seed, and has " + candidates.size()
                    + " methods and " + grid.seeds().size() + " seeds.");
        }
        List<Description> rows = candidates.stream()
                .map(each -> Description.of(
                        new Row(each.architecture(), each.method(), each.plan().seed(0))))
                .toList();
        List<String> labels =
                candidates.stream().map(each -> each.method().label()).toList();
        List<String> names = UniqueNames.of(labels, rows, UniqueNames.Kind.METHOD);
        List<List<String>> teachers = candidates.stream()
                .map(each -> HeldTeachers.hashes(each.method()))
                .toList();
        var entrants = new ArrayList<NamedCandidate>();
        for (int i = 0; i < rows.size(); i++) {
            Candidate candidate = candidates.get(i);
            requireTrains(names.get(i), candidate.plan(), grid.training().size());
            for (int j = 0; j < i; j++) {
                if (rows.get(i).repeatable()
                        && rows.get(i).equals(rows.get(j))
                        && teachers.get(i).equals(teachers.get(j))) {
                    throw new IllegalArgumentException("The candidates " + (j + 1) + " and " + (i + 1)
                            + " of the grid are the same, " + names.get(j) + ": name each once.");
                }
            }
            entrants.add(new NamedCandidate(names.get(i), labels.get(i), candidate.role(), rows.get(i)));
        }
        return new Candidates(grid, List.copyOf(entrants), teachers);
    }

    private static void requireTrains(String name, Plan plan, int images) {
        try {
            plan.requireTrains(images);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The candidate " + name + ": " + e.getMessage(), e);
        }
    }

    List<NamedCandidate> entrants() {
        return entrants;
    }

    /** One cell per seed and entrant, seed by seed. */
    List<Cell> cells() {
        var cells = new ArrayList<Cell>();
        for (long seed : grid.seeds()) {
            IntStream.range(0, entrants.size()).forEach(row -> cells.add(cell(row, seed)));
        }
        return cells;
    }

    private Cell cell(int row, long seed) {
        Candidate candidate = grid.candidates().get(row);
        Plan plan = candidate.plan().seed(seed);
        boolean told = entrants.get(row).description().repeatable();
        var setup = new Setup(
                candidate.architecture(),
                candidate.method(),
                teachers.get(row),
                grid.training().origin(),
                LongStream.of(grid.training().shape().getShape()).boxed().toList(),
                grid.training().classCount(),
                plan,
                told ? "" : "candidate " + (row + 1));
        return new Cell(
                entrants.get(row), seed, plan, candidate, Description.of(setup).essence(), told);
    }

    /**
     * A cell to be filled.
     *
     * @param entrant its row
     * @param seed its column
     * @param plan with that seed
     * @param candidate what to train
     * @param setup all that determines the training
     * @param told whether that really is all
     */
    record Cell(NamedCandidate entrant, long seed, Plan plan, Candidate candidate, Description setup, boolean told) {}
}
