package ardent.grid;

import ardent.evaluate.UniqueNames;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.run.RunParts;
import ardent.run.Runs;
import ardent.train.Plan;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Who plays in a grid: names, and for each cell the description of all that determines its training.
 *
 * @param grid the grid
 * @param rows one per candidate, as tables call it
 * @param teachers what stands for teachers, whose weights are hashed once
 */
record Candidates(Grid grid, List<Candidate.Named> rows, Map<Described, Record> teachers) {
    /** What tables compare. */
    private record Row(Architecture architecture, Method method, Plan plan) {}

    static Candidates of(Grid grid) {
        List<Candidate> given = grid.candidates();
        if (given.isEmpty() || grid.seeds().isEmpty()) {
            throw new IllegalArgumentException("A grid needs a method and a seed, and has " + given.size()
                    + " methods and " + grid.seeds().size() + " seeds.");
        }
        IntStream.range(0, grid.test().size()).forEach(grid.test()::label); // says so where one has none
        List<Description> descriptions = given.stream()
                .map(each -> Description.of(
                        new Row(each.architecture(), each.method(), each.plan().seed(0))))
                .toList();
        List<String> labels = given.stream().map(each -> each.method().label()).toList();
        List<String> names = UniqueNames.of(labels, descriptions, UniqueNames.Kind.METHOD);
        var teachers = new IdentityHashMap<Described, Record>();
        List<Description> setups = given.stream()
                .map(each -> setup(parts(grid, each, 0), teachers))
                .toList();
        var named = new ArrayList<Candidate.Named>();
        for (int i = 0; i < given.size(); i++) {
            Candidate candidate = given.get(i);
            requireTrains(names.get(i), candidate.plan(), grid.training().size());
            for (int j = 0; j < i; j++) {
                if (descriptions.get(i).complete() && setups.get(i).equals(setups.get(j))) {
                    throw new IllegalArgumentException("The candidates " + (j + 1) + " and " + (i + 1)
                            + " of the grid are the same, " + names.get(j) + ": name each once.");
                }
            }
            named.add(new Candidate.Named(
                    names.get(i), labels.get(i), candidate.role(), candidate.architecture(), descriptions.get(i)));
        }
        return new Candidates(grid, List.copyOf(named), teachers);
    }

    private static void requireTrains(String name, Plan plan, int images) {
        try {
            plan.requireTrains(images);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The candidate " + name + ": " + e.getMessage(), e);
        }
    }

    /** One cell per seed and candidate, seed by seed. */
    List<Cell> cells() {
        var cells = new ArrayList<Cell>();
        for (long seed : grid.seeds()) {
            IntStream.range(0, rows.size()).forEach(row -> cells.add(cell(row, seed)));
        }
        return cells;
    }

    private Cell cell(int row, long seed) {
        RunParts parts = parts(grid, grid.candidates().get(row), seed);
        boolean told = rows.get(row).description().complete();
        return new Cell(rows.get(row), seed, parts, setup(parts, teachers), told);
    }

    private static RunParts parts(Grid grid, Candidate each, long seed) {
        return new RunParts(
                each.architecture(), each.method(), grid.training(), each.plan().seed(seed));
    }

    /** All that determines a training. */
    private static Description setup(RunParts parts, Map<Described, Record> teachers) {
        return Runs.description(parts, teachers).essence();
    }

    /**
     * A cell to be filled.
     *
     * @param candidate its row
     * @param seed its column
     * @param parts what to train
     * @param setup all that determines the training, as the run of the cell tells it
     * @param told whether that really is all
     */
    record Cell(Candidate.Named candidate, long seed, RunParts parts, Description setup, boolean told) {
        String name() {
            return candidate.name() + ", seed " + seed;
        }
    }
}
