package ardent.report;

import ardent.evaluate.CorrectImages;
import ardent.evaluate.statistics.MeanAndDeviation;
import ardent.evaluate.statistics.PairedTest;
import ardent.grid.Candidate;
import ardent.grid.Candidate.Role;
import ardent.grid.GridCell;
import ardent.grid.GridCells;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The numbers behind a comparison.
 *
 * @param grid what is known of the grid
 */
record ComparisonNumbers(GridCells grid) {
    private static final int KEPT = 500;

    /** Tests that were done, newest last: a table that fills shows most of them again. */
    private static final Map<List<List<CorrectImages>>, PairedTest> DONE = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<List<CorrectImages>>, PairedTest> eldest) {
            return size() > KEPT;
        }
    };

    /** Clean, the attacks, and the worst of several of one norm. */
    List<String> measures() {
        return Tables.measures(grid.attacks());
    }

    /**
     * The measure that decides: the worst of all attacks, the only attack, the first one where their norms differ, or
     * clean accuracy where there is none.
     */
    String deciding() {
        List<String> measures = measures();
        return measures.contains(Tables.WORST) ? Tables.WORST : measures.get(Math.min(1, measures.size() - 1));
    }

    Optional<CorrectImages> hits(GridCell cell, String measure) {
        if (!measure.equals(Tables.WORST)) {
            return cell.hits(measure);
        }
        return cell.measures().size() < grid.measures().size()
                ? Optional.empty()
                : grid.measures().stream()
                        .map(each -> cell.hits(each).orElseThrow())
                        .reduce(CorrectImages::and);
    }

    /** Accuracies in % over the seeds that are done. */
    MeanAndDeviation spread(String candidate, String measure) {
        return MeanAndDeviation.of(grid.of(candidate).stream()
                .flatMap(cell -> hits(cell, measure).stream())
                .mapToDouble(hits -> Tables.percent(hits.rate())));
    }

    /** Number of seeds of which everything is known. */
    long seeds(String candidate) {
        return grid.of(candidate).stream()
                .filter(cell -> cell.measures().size() == grid.measures().size())
                .count();
    }

    /** The row with the highest mean by the deciding measure; empty if nothing is known yet. */
    Optional<Candidate.Named> best(List<Candidate.Named> among) {
        var means = new LinkedHashMap<Candidate.Named, Double>();
        for (Candidate.Named candidate : among) {
            MeanAndDeviation spread = spread(candidate.name(), deciding());
            if (spread.count() > 0) {
                means.put(candidate, spread.mean());
            }
        }
        return means.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }

    Optional<Candidate.Named> baseline() {
        return best(grid.candidates().stream()
                .filter(candidate -> candidate.role() == Role.BASELINE)
                .toList());
    }

    /** What is compared with the best baseline: all that are none. */
    List<Candidate.Named> challengers() {
        return grid.candidates().stream()
                .filter(candidate -> candidate.role() != Role.BASELINE)
                .toList();
    }

    /**
     * A row against another, over the seeds that both have.
     *
     * @param seeds those seeds
     * @param test difference, interval and joint p
     * @param holm p corrected for the number of rows that were compared
     */
    record Match(List<Long> seeds, PairedTest test, double holm) {}

    /** Rows against one row by a measure; those without a common seed are left out. */
    Map<String, Match> matches(List<Candidate.Named> rows, String against, String measure) {
        var seeds = new LinkedHashMap<String, List<Long>>();
        var tests = new LinkedHashMap<String, PairedTest>();
        Map<Long, CorrectImages> theirs = bySeed(against, measure);
        for (Candidate.Named row : rows) {
            Map<Long, CorrectImages> ours = bySeed(row.name(), measure);
            ours.keySet().retainAll(theirs.keySet());
            if (!ours.isEmpty()) {
                seeds.put(row.name(), List.copyOf(ours.keySet()));
                List<CorrectImages> others = ours.keySet().stream()
                        .map(seed -> Objects.requireNonNull(theirs.get(seed)))
                        .toList();
                tests.put(row.name(), test(List.copyOf(ours.values()), others));
            }
        }
        List<Double> holm =
                PairedTest.holm(tests.values().stream().map(PairedTest::p).toList());
        var matches = new LinkedHashMap<String, Match>();
        tests.forEach((name, test) ->
                matches.put(name, new Match(seeds.getOrDefault(name, List.of()), test, holm.get(matches.size()))));
        return matches;
    }

    private static PairedTest test(List<CorrectImages> ours, List<CorrectImages> theirs) {
        synchronized (DONE) {
            return DONE.computeIfAbsent(List.of(ours, theirs), pair -> PairedTest.of(pair.get(0), pair.get(1)));
        }
    }

    private Map<Long, CorrectImages> bySeed(String candidate, String measure) {
        var hits = new LinkedHashMap<Long, CorrectImages>();
        grid.of(candidate).forEach(cell -> hits(cell, measure).ifPresent(found -> hits.put(cell.seed(), found)));
        return hits;
    }
}
