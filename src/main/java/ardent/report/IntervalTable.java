package ardent.report;

import static ardent.report.Tables.counts;
import static ardent.report.Tables.numbers;
import static ardent.report.Tables.percent;
import static ardent.report.Tables.texts;

import ardent.attack.Warning;
import ardent.evaluate.CorrectImages;
import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.evaluate.Score;
import ardent.evaluate.statistics.Interval;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tech.tablesaw.api.Table;

/** Scores one by one, each with its interval and what checks found. */
public final class IntervalTable {
    private IntervalTable() {}

    private record Line(Outcome outcome, String measure, CorrectImages hits, Optional<Score> score) {
        Interval interval() {
            return hits.interval();
        }
    }

    /** One row per network and attack. */
    public static Table table(Robustness robustness) {
        var lines = robustness.outcomes().stream()
                .flatMap(outcome -> Tables.measures(robustness).stream()
                        .flatMap(measure -> Tables.hits(robustness, outcome, measure).stream()
                                .map(hits -> new Line(outcome, measure, hits, outcome.score(measure)))))
                .toList();
        String accuracy = Tables.pattern(robustness.size());
        return Table.create(
                Footnotes.COUNTED_BY_ROW + "; adversarial accuracy: under attack alone; attack success: broken among"
                        + " those correct clean; low to high: 95 % Wilson interval",
                texts(Tables.NAME, lines, line -> line.outcome.name()),
                texts("attack", lines, Line::measure),
                counts("images", lines, line -> Optional.of(line.hits.size())),
                counts("right", lines, line -> Optional.of(line.hits.count())),
                numbers("accuracy", accuracy, lines, line -> percent(line.hits.rate())),
                numbers("low", accuracy, lines, line -> percent(line.interval().low())),
                numbers("high", accuracy, lines, line -> percent(line.interval().high())),
                numbers(
                        "adversarial accuracy",
                        accuracy,
                        lines,
                        line -> of(line, s -> percent(s.adversarialAccuracy()))),
                numbers("attack success", accuracy, lines, line -> of(line, s -> percent(s.attackSuccess()))),
                numbers(
                        "max L∞",
                        "0.0000",
                        lines,
                        line -> of(line, s -> s.distances().linf())),
                numbers(
                        "max L2",
                        "0.0000",
                        lines,
                        line -> of(line, s -> s.distances().l2())),
                numbers("seconds", "0.0", lines, line -> of(line, s -> s.time().toMillis() / 1e3)),
                texts(
                        "findings",
                        lines,
                        line -> line.score
                                .map(IntervalTable::findings)
                                .orElseGet(() -> line.measure.equals(Tables.CLEAN)
                                        ? codes(line.outcome.checks().warnings())
                                        : "")));
    }

    /** What checks found about a score, by code and number. */
    private static String findings(Score score) {
        String findings = score.findings().stream()
                .map(finding -> finding.code() + " " + finding.images())
                .collect(Collectors.joining(", "));
        String warnings = codes(score.warnings());
        return findings + (findings.isEmpty() || warnings.isEmpty() ? "" : ", ") + warnings;
    }

    private static String codes(List<Warning> warnings) {
        return warnings.stream()
                .map(warning -> warning.code() + " " + warning.size())
                .collect(Collectors.joining(", "));
    }

    private static double of(Line line, ToDoubleFunction<Score> figure) {
        return line.score.map(figure::applyAsDouble).orElse(Double.NaN);
    }
}
