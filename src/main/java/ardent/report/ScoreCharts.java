package ardent.report;

import ardent.evaluate.Outcome;
import ardent.evaluate.PredictedLabels;
import ardent.evaluate.Robustness;
import ardent.evaluate.statistics.Interval;
import ardent.report.chart.Charts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;

/** Scores as charts. */
final class ScoreCharts {
    /** Points of accuracy that the colours of a heat map span at least. */
    private static final double SPAN = 20;

    private ScoreCharts() {}

    static CategoryChart bars(Robustness robustness, String caption) {
        List<String> measures = Tables.measures(robustness);
        var bars = new LinkedHashMap<String, List<Charts.Bar>>();
        for (Outcome outcome : robustness.outcomes()) {
            bars.put(
                    outcome.name(),
                    measures.stream()
                            .map(measure -> bar(robustness, outcome, measure))
                            .toList());
        }
        String title = "Accuracy under attack · " + robustness.images();
        return Charts.bars(title, "accuracy in % with 95 % interval", measures, bars, caption);
    }

    private static Charts.Bar bar(Robustness robustness, Outcome outcome, String measure) {
        return Tables.hits(robustness, outcome, measure)
                .map(hits -> {
                    Interval interval = hits.interval();
                    return new Charts.Bar(
                            Tables.percent(hits.rate()),
                            Tables.percent(interval.low()),
                            Tables.percent(interval.high()));
                })
                .orElse(Charts.Bar.NONE);
    }

    /** Robust accuracy of each class with its interval. */
    static CategoryChart classes(Robustness robustness, String attack) {
        var bars = new LinkedHashMap<String, List<Charts.Bar>>();
        for (Outcome outcome : robustness.outcomes()) {
            Tables.byClass(robustness, outcome, attack).ifPresent(rates -> {
                int[][] confusion = outcome.predicted().confusion();
                bars.put(
                        outcome.name(),
                        IntStream.range(0, confusion.length)
                                .mapToObj(label -> bar(
                                        rates.get(robustness.classes().get(label)),
                                        IntStream.of(confusion[label]).sum()))
                                .toList());
            });
        }
        if (bars.isEmpty()) {
            throw new IllegalArgumentException("Of \"" + attack + "\" there is no score yet: the evaluation was stopped"
                    + " before it; evaluate again.");
        }
        String title = "Accuracy by class, " + attack + " · " + robustness.images();
        String caption = robustness.size() + " images " + Tables.under(robustness, attack)
                + ". Of each class, the share of " + Tables.counted(attack)
                + ". The fewer images a class has, the longer is its 95 % Wilson interval.";
        return Charts.bars(title, "accuracy in % with 95 % interval", robustness.classes(), bars, caption);
    }

    private static Charts.Bar bar(@Nullable Double rate, int images) {
        if (rate == null) {
            return Charts.Bar.NONE;
        }
        Interval interval = Interval.wilson((int) Math.round(rate * images), images);
        return new Charts.Bar(Tables.percent(rate), Tables.percent(interval.low()), Tables.percent(interval.high()));
    }

    /** Clean against robust accuracy; a curve joins networks that differ in one parameter alone, by its size. */
    static XYChart tradeoff(Robustness robustness, String parameter, String measure) {
        String path = path(robustness, parameter);
        requireNumber(robustness, parameter, path);
        var points = new LinkedHashMap<String, List<Charts.Bar>>();
        var curves = new LinkedHashMap<List<String>, List<Outcome>>();
        List<List<String>> others = Tables.rows(
                robustness,
                Tables.differing(robustness).keySet().stream()
                        .filter(other -> !other.equals(path))
                        .toList());
        for (int i = 0; i < others.size(); i++) {
            Outcome outcome = robustness.outcomes().get(i);
            points.put(
                    outcome.name(), List.of(bar(robustness, outcome, Tables.CLEAN), bar(robustness, outcome, measure)));
            if (Tables.number(outcome, path).isPresent()) {
                curves.computeIfAbsent(others.get(i), each -> new ArrayList<>()).add(outcome);
            }
        }
        return Charts.points(
                "Clean against " + measure + " · " + robustness.images(),
                List.of("clean accuracy in %", "accuracy under " + measure + " in %, with 95 % intervals"),
                points,
                curves.values().stream()
                        .map(curve -> curve.stream()
                                .sorted(Comparator.comparingDouble(
                                        outcome -> Tables.number(outcome, path).orElseThrow()))
                                .map(Outcome::name)
                                .toList())
                        .toList(),
                robustness.size() + " images. Up and to the right is better; a line joins networks that differ in "
                        + Tables.differing(robustness).getOrDefault(path, parameter)
                        + " alone, from its smallest value to its largest.");
    }

    private static void requireNumber(Robustness robustness, String parameter, String path) {
        if (robustness.outcomes().stream()
                .noneMatch(outcome -> Tables.number(outcome, path).isPresent())) {
            String numbers = Tables.differing(robustness).entrySet().stream()
                    .filter(each -> robustness.outcomes().stream()
                            .anyMatch(outcome ->
                                    Tables.number(outcome, each.getKey()).isPresent()))
                    .map(Map.Entry::getValue)
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException("A trade-off is drawn over a number, and \"" + parameter
                    + "\" is not a number; "
                    + (numbers.isEmpty()
                            ? "the networks differ in no number"
                            : "the networks differ in these: " + numbers)
                    + ".");
        }
    }

    static HeatMapChart heat(Robustness robustness, String row, String column, String measure) {
        String rowPath = path(robustness, row);
        String columnPath = path(robustness, column);
        List<String> rows = values(robustness, rowPath);
        List<String> columns = values(robustness, columnPath);
        Map<String, String> names = Tables.differing(robustness);
        return Charts.heat(
                "Accuracy in %, " + measure,
                List.of(names.getOrDefault(rowPath, row), names.getOrDefault(columnPath, column)),
                rows,
                columns,
                Tables.grid(robustness, rowPath, columnPath, rows, columns, measure),
                value -> Tables.text(value / 100, robustness.size()),
                SPAN);
    }

    /** The path of a parameter that is named by its path, as tables head it, or by the last step of the path. */
    private static String path(Robustness robustness, String key) {
        Map<String, String> differing = Tables.differing(robustness);
        List<String> headed = matching(differing, entry -> entry.getValue().equals(key));
        List<String> ending = matching(differing, entry -> ("." + entry.getKey()).endsWith("." + key));
        if (headed.isEmpty() && ending.size() != 1) {
            throw new IllegalArgumentException("The networks do not differ in \"" + key + "\"; "
                    + (differing.isEmpty()
                            ? "no parameter differs"
                            : "they differ in " + String.join(", ", differing.values()))
                    + ".");
        }
        return headed.isEmpty() ? ending.get(0) : headed.get(0);
    }

    private static List<String> matching(Map<String, String> differing, Predicate<Map.Entry<String, String>> wanted) {
        return differing.entrySet().stream()
                .filter(wanted)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The values at a path, numbers by size, others as they come. */
    private static List<String> values(Robustness robustness, String path) {
        List<Outcome> outcomes = robustness.outcomes();
        List<String> values = Tables.values(robustness, path);
        boolean numbers = outcomes.stream()
                .allMatch(outcome -> Tables.number(outcome, path).isPresent());
        Stream<Integer> all = IntStream.range(0, values.size()).boxed();
        Stream<Integer> ordered = numbers
                ? all.sorted(Comparator.comparingDouble(
                        i -> Tables.number(outcomes.get(i), path).orElseThrow()))
                : all;
        return ordered.map(values::get).distinct().toList();
    }

    static HeatMapChart confusion(String title, List<String> classes, PredictedLabels predicted) {
        double[][] counts = Arrays.stream(predicted.confusion())
                .map(row -> Arrays.stream(row).asDoubleStream().toArray())
                .toArray(double[][]::new);
        return Charts.heat(
                title,
                List.of("true class", "predicted class"),
                classes,
                classes,
                counts,
                count -> Long.toString(Math.round(count)));
    }
}
