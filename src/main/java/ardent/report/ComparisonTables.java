package ardent.report;

import ardent.evaluate.CorrectImages;
import ardent.evaluate.statistics.Interval;
import ardent.evaluate.statistics.MeanAndDeviation;
import ardent.evaluate.statistics.PairedOutcomes;
import ardent.grid.Candidate.Role;
import ardent.grid.GridCell;
import ardent.grid.NamedCandidate;
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
import tech.tablesaw.api.Table;

/** Comparisons as tables. */
final class ComparisonTables {
    private static final int MOST = 6;

    private final ComparisonNumbers standing;
    private final List<NamedCandidate> entrants;

    ComparisonTables(ComparisonNumbers standing) {
        this.standing = standing;
        this.entrants = standing.trials().entrants();
    }

    /** One row per candidate, to be read. */
    Table wide() {
        return wide(this::spread);
    }

    /** The same for print: what stands for one seed alone has its Wilson interval. */
    Table printed() {
        return wide((entrant, measure) ->
                standing.spread(entrant.name(), measure).count() == 1
                        ? standing.trials().of(entrant.name()).stream()
                                .flatMap(trial -> standing.hits(trial, measure).stream())
                                .findFirst()
                                .map(Tables::text)
                                .orElse("")
                        : spread(entrant, measure));
    }

    private Table wide(BiFunction<NamedCandidate, String, String> accuracy) {
        Table table = Table.create(Footnotes.COUNTED);
        Map<String, String> differing = differing();
        table.addColumns(
                Tables.texts("method", entrants, entrant -> differing.isEmpty() ? entrant.name() : entrant.label()));
        if (entrants.stream().anyMatch(entrant -> entrant.role() != Role.METHOD)) {
            table.addColumns(Tables.texts("role", entrants, ComparisonTables::role));
        }
        var later = new ArrayList<>(standing.measures());
        later.addAll(List.of("seeds", "p", "p (Holm)"));
        differing.forEach((path, label) -> table.addColumns(Tables.texts(
                Tables.free(table, label, later),
                entrants,
                entrant -> entrant.description().shown(path).orElse(""))));
        table.addColumns(Tables.texts("seeds", entrants, this::seeds));
        for (String measure : standing.measures()) {
            table.addColumns(Tables.texts(measure, entrants, entrant -> accuracy.apply(entrant, measure)));
        }
        standing.baseline().ifPresent(baseline -> compare(table, baseline.name()));
        return table;
    }

    private void compare(Table table, String baseline) {
        String measure = standing.deciding();
        Map<String, Match> matches = standing.matches(standing.challengers(), baseline, measure);
        if (!matches.isEmpty()) {
            table.addColumns(
                    Tables.texts("Δ " + measure, entrants, of(matches, match -> gain(match))),
                    Tables.texts(
                            matches.size() > 1 ? "p (Holm)" : "p",
                            entrants,
                            of(matches, match -> Tables.probability(match.holm()))));
        }
    }

    private static Function<NamedCandidate, String> of(Map<String, Match> matches, Function<Match, String> text) {
        return entrant ->
                Optional.ofNullable(matches.get(entrant.name())).map(text).orElse("");
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
    static String marked(NamedCandidate entrant) {
        return entrant.role() == Role.METHOD ? entrant.name() : entrant.name() + " (" + role(entrant) + ")";
    }

    private static String role(NamedCandidate entrant) {
        return entrant.role() == Role.METHOD ? "" : entrant.role().name().toLowerCase(Locale.ROOT);
    }

    private String seeds(NamedCandidate entrant) {
        return standing.seeds(entrant.name()) + "/" + standing.trials().seeds().size();
    }

    private String spread(NamedCandidate entrant, String measure) {
        MeanAndDeviation spread = standing.spread(entrant.name(), measure);
        int images = standing.trials().size();
        return switch (spread.count()) {
            case 0 -> "";
            case 1 -> Tables.text(spread.mean() / 100, images);
            default -> Tables.text(spread.mean() / 100, images) + " ± " + Tables.text(spread.deviation() / 100, images);
        };
    }

    /** What tells the candidates apart besides the method's name; empty if the names do that better. */
    private Map<String, String> differing() {
        var descriptions = entrants.stream().map(NamedCandidate::description).toList();
        var paths = new LinkedHashMap<>(Description.differing(descriptions));
        paths.remove("method");
        paths.keySet().removeIf(path -> entrants.stream().allMatch(entrant -> isTold(entrant, path)));
        var rows = entrants.stream()
                .map(entrant -> entrant.label()
                        + paths.keySet().stream()
                                .map(path -> entrant.description().shown(path))
                                .toList())
                .distinct();
        return paths.size() > MOST || rows.count() < entrants.size() ? Map.of() : paths;
    }

    /** Whether the name of a method says already what stands there, as that of TRADES, self-training does. */
    private static boolean isTold(NamedCandidate entrant, String path) {
        String value = entrant.description().at(path).orElse("").toLowerCase(Locale.ROOT);
        return value.isEmpty()
                || (Character.isLetter(value.charAt(0))
                        && entrant.label().toLowerCase(Locale.ROOT).contains(value));
    }

    private record Line(NamedCandidate entrant, GridCell trial, String measure, Optional<CorrectImages> hits) {
        double rate(Function<CorrectImages, Double> rate) {
            return hits.map(rate).map(Tables::percent).orElse(Double.NaN);
        }
    }

    /** One row per candidate, seed and measure, for further work. */
    Table cells() {
        var lines = new ArrayList<Line>();
        for (NamedCandidate entrant : entrants) {
            for (GridCell trial : standing.trials().of(entrant.name())) {
                standing.measures()
                        .forEach(
                                measure -> lines.add(new Line(entrant, trial, measure, standing.hits(trial, measure))));
            }
        }
        String accuracy = Tables.pattern(standing.trials().size());
        return Table.create(
                Footnotes.COUNTED + "; 95 % Wilson intervals from low to high",
                Tables.texts("method", lines, line -> line.entrant.name()),
                Tables.texts("role", lines, line -> role(line.entrant)),
                Tables.texts("seed", lines, line -> Long.toString(line.trial.seed())),
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
                Tables.texts("failure", lines, line -> line.trial.failure()));
    }

    private static double seconds(Line line) {
        return Optional.ofNullable(line.trial.measures().get(line.measure))
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
    Table tests(List<NamedCandidate> rows, String against) {
        var bouts = new ArrayList<Bout>();
        for (String measure : standing.measures()) {
            standing.matches(rows, against, measure).forEach((name, match) -> {
                bouts.add(new Bout(name, measure, "all", Optional.empty(), match));
                for (int s = 0; s < match.seeds().size(); s++) {
                    var pair = Optional.of(match.test().seeds().get(s));
                    bouts.add(
                            new Bout(name, measure, Long.toString(match.seeds().get(s)), pair, match));
                }
            });
        }
        double none = Double.NaN;
        String points = Tables.pattern(standing.trials().size());
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
