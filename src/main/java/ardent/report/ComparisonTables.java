package ardent.report;

import ardent.evaluate.CorrectImages;
import ardent.evaluate.statistics.Interval;
import ardent.evaluate.statistics.MeanAndDeviation;
import ardent.evaluate.statistics.PairedOutcomes;
import ardent.grid.Candidate;
import ardent.grid.Candidate.Role;
import ardent.grid.GridCell;
import ardent.provenance.Description;
import ardent.report.ComparisonNumbers.Match;
import ardent.run.KeptScore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Comparisons as tables. */
final class ComparisonTables {
    private static final int MOST = 6;

    private final ComparisonNumbers numbers;
    private final List<Candidate.Named> candidates;

    ComparisonTables(ComparisonNumbers numbers) {
        this.numbers = numbers;
        this.candidates = numbers.grid().candidates();
    }

    /** One row per candidate, to be read. */
    Table wide() {
        return wide(this::spread);
    }

    /** The same for print: what stands for one seed alone has its Wilson interval. */
    Table printed() {
        return wide((candidate, measure) ->
                numbers.spread(candidate.name(), measure).count() == 1
                        ? numbers.grid().of(candidate.name()).stream()
                                .flatMap(cell -> numbers.hits(cell, measure).stream())
                                .findFirst()
                                .map(Tables::text)
                                .orElse("")
                        : spread(candidate, measure));
    }

    private Table wide(BiFunction<Candidate.Named, String, String> accuracy) {
        Table table = Table.create(Footnotes.COUNTED);
        Map<String, String> differing = differing();
        table.addColumns(Tables.texts(
                "method", candidates, candidate -> differing.isEmpty() ? candidate.name() : candidate.label()));
        if (candidates.stream().anyMatch(candidate -> candidate.role() != Role.METHOD)) {
            table.addColumns(Tables.texts("role", candidates, ComparisonTables::role));
        }
        var later = new ArrayList<>(numbers.measures());
        later.addAll(List.of("seeds", "p", "p (Holm)"));
        differing.forEach(
                (path, label) -> table.addColumns(StringColumn.create(Tables.free(table, label, later), values(path))));
        table.addColumns(Tables.texts("seeds", candidates, this::seeds));
        for (String measure : numbers.measures()) {
            table.addColumns(Tables.texts(measure, candidates, candidate -> accuracy.apply(candidate, measure)));
        }
        numbers.baseline().ifPresent(baseline -> compare(table, baseline.name()));
        return table;
    }

    private void compare(Table table, String baseline) {
        String measure = numbers.deciding();
        Map<String, Match> matches = numbers.matches(numbers.challengers(), baseline, measure);
        if (!matches.isEmpty()) {
            table.addColumns(
                    Tables.texts("Δ " + measure, candidates, of(matches, match -> gain(match))),
                    Tables.texts(
                            matches.size() > 1 ? "p (Holm)" : "p",
                            candidates,
                            of(matches, match -> Tables.probability(match.holm()))));
        }
    }

    private static Function<Candidate.Named, String> of(Map<String, Match> matches, Function<Match, String> text) {
        return candidate ->
                Optional.ofNullable(matches.get(candidate.name())).map(text).orElse("");
    }

    private static String gain(Match match) {
        Interval interval = match.test().interval();
        return String.format(
                        Locale.ROOT,
                        "%+.1f [%+.1f, %+.1f]",
                        100 * match.test().difference(),
                        100 * interval.low(),
                        100 * interval.high())
                .replace('-', '−');
    }

    /** A name for legends, with what it is compared as. */
    static String marked(Candidate.Named candidate) {
        return candidate.role() == Role.METHOD ? candidate.name() : candidate.name() + " (" + role(candidate) + ")";
    }

    private static String role(Candidate.Named candidate) {
        return candidate.role() == Role.METHOD ? "" : candidate.role().name().toLowerCase(Locale.ROOT);
    }

    private String seeds(Candidate.Named candidate) {
        return numbers.seeds(candidate.name()) + "/" + numbers.grid().seeds().size();
    }

    private String spread(Candidate.Named candidate, String measure) {
        MeanAndDeviation spread = numbers.spread(candidate.name(), measure);
        int images = numbers.grid().size();
        return switch (spread.count()) {
            case 0 -> "";
            case 1 -> Tables.text(spread.mean() / 100, images);
            default -> Tables.text(spread.mean() / 100, images) + " ± " + Tables.text(spread.deviation() / 100, images);
        };
    }

    /** What tells the candidates apart besides the method's name; empty if the names do that better. */
    private Map<String, String> differing() {
        var descriptions = candidates.stream().map(Candidate.Named::description).toList();
        var paths = new LinkedHashMap<>(Description.differing(descriptions));
        paths.remove("method");
        paths.keySet().removeIf(path -> candidates.stream().allMatch(candidate -> isTold(candidate, path)));
        List<List<String>> columns = paths.keySet().stream().map(this::values).toList();
        var rows = IntStream.range(0, candidates.size())
                .mapToObj(i -> candidates.get(i).label()
                        + columns.stream().map(column -> column.get(i)).toList())
                .distinct();
        return paths.size() > MOST || rows.count() < candidates.size() ? Map.of() : paths;
    }

    private List<String> values(String path) {
        return Description.shown(
                candidates.stream().map(Candidate.Named::description).toList(), path);
    }

    /** Whether the name of a method says already what stands there, as that of TRADES, self-training does. */
    private static boolean isTold(Candidate.Named candidate, String path) {
        String value = candidate.description().at(path).orElse("").toLowerCase(Locale.ROOT);
        return value.isEmpty()
                || (Character.isLetter(value.charAt(0))
                        && candidate.label().toLowerCase(Locale.ROOT).contains(value));
    }

    private record Line(Candidate.Named candidate, GridCell cell, String measure, Optional<CorrectImages> hits) {
        double rate(Function<CorrectImages, Double> rate) {
            return hits.map(rate).map(Tables::percent).orElse(Double.NaN);
        }
    }

    /** One row per candidate, seed and measure, for further work. */
    Table cells() {
        var lines = new ArrayList<Line>();
        for (Candidate.Named candidate : candidates) {
            for (GridCell cell : numbers.grid().of(candidate.name())) {
                numbers.measures()
                        .forEach(measure -> lines.add(new Line(candidate, cell, measure, numbers.hits(cell, measure))));
            }
        }
        String accuracy = Tables.pattern(numbers.grid().size());
        return Table.create(
                Footnotes.COUNTED_BY_ROW + "; 95 % Wilson intervals from low to high",
                Tables.texts("method", lines, line -> line.candidate.name()),
                Tables.texts("role", lines, line -> role(line.candidate)),
                Tables.texts("seed", lines, line -> Long.toString(line.cell.seed())),
                Tables.texts("measure", lines, Line::measure),
                Tables.counts("right", lines, line -> line.hits.map(CorrectImages::count)),
                Tables.numbers("accuracy", accuracy, lines, line -> line.rate(CorrectImages::rate)),
                Tables.numbers(
                        "low",
                        accuracy,
                        lines,
                        line -> line.rate(h -> h.interval().low())),
                Tables.numbers(
                        "high",
                        accuracy,
                        lines,
                        line -> line.rate(h -> h.interval().high())),
                Tables.numbers("seconds", "0.0", lines, ComparisonTables::seconds),
                Tables.texts("failure", lines, line -> line.cell.failure()));
    }

    private static double seconds(Line line) {
        return Optional.ofNullable(line.cell.measures().get(line.measure))
                .map(KeptScore::took)
                .filter(took -> !took.isZero())
                .map(took -> took.toMillis() / 1e3)
                .orElse(Double.NaN);
    }

    private record Bout(String method, String measure, String seed, Optional<PairedOutcomes> pair, Match match) {
        double value(Function<PairedOutcomes, Double> ofSeed, double ofAll) {
            return pair.map(ofSeed).orElse(ofAll);
        }
    }

    /** Every row against one, by every measure: over all seeds, and seed by seed. */
    Table tests(List<Candidate.Named> rows, String against) {
        var bouts = new ArrayList<Bout>();
        for (String measure : numbers.measures()) {
            numbers.matches(rows, against, measure).forEach((name, match) -> {
                bouts.add(new Bout(name, measure, "all", Optional.empty(), match));
                for (int s = 0; s < match.seeds().size(); s++) {
                    var pair = Optional.of(match.test().seeds().get(s));
                    bouts.add(
                            new Bout(name, measure, Long.toString(match.seeds().get(s)), pair, match));
                }
            });
        }
        double none = Double.NaN;
        String points = Tables.pattern(numbers.grid().size());
        return Table.create(
                "Difference in accuracy from " + against + ", in percentage points",
                Tables.texts("method", bouts, Bout::method),
                Tables.texts("against", bouts, bout -> against),
                Tables.texts("measure", bouts, Bout::measure),
                Tables.texts("seed", bouts, Bout::seed),
                Tables.counts("only method", bouts, bout -> bout.pair.map(PairedOutcomes::first)),
                Tables.counts("only other", bouts, bout -> bout.pair.map(PairedOutcomes::second)),
                Tables.numbers(
                        "difference",
                        points,
                        bouts,
                        bout -> 100
                                * bout.value(
                                        PairedOutcomes::difference,
                                        bout.match.test().difference())),
                Tables.numbers(
                        "low",
                        points,
                        bouts,
                        bout -> 100
                                * bout.value(
                                        p -> none, bout.match.test().interval().low())),
                Tables.numbers(
                        "high",
                        points,
                        bouts,
                        bout -> 100
                                * bout.value(
                                        p -> none, bout.match.test().interval().high())),
                Tables.probabilities(
                        "p",
                        bouts,
                        bout -> bout.value(
                                PairedOutcomes::mcnemar, bout.match.test().p())),
                Tables.probabilities("p (Holm)", bouts, bout -> bout.value(p -> none, bout.match.holm())));
    }
}
