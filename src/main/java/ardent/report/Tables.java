package ardent.report;

import ardent.evaluate.CorrectImages;
import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.evaluate.Score;
import ardent.evaluate.UniqueNames;
import ardent.evaluate.statistics.Interval;
import ardent.provenance.Description;
import ardent.provenance.Numbers;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/** Scores as tables. */
public final class Tables {
    static final String CLEAN = "clean";
    static final String WORST = "worst";
    static final String NAME = "network";

    /** More columns than this that only describe hide the numbers. */
    private static final int MOST = 6;

    private Tables() {}

    /** The names of the columns with numbers: clean, the attacks, and the worst of several of one norm. */
    public static List<String> measures(Robustness robustness) {
        return measures(robustness.attacks());
    }

    /** As above, by the attacks. */
    static List<String> measures(List<Robustness.Attacked> attacks) {
        var names = new ArrayList<>(List.of(CLEAN));
        attacks.forEach(attack -> names.add(attack.name()));
        if (attacks.size() > 1 && oneNorm(attacks)) {
            names.add(WORST);
        }
        return names;
    }

    /**
     * Whether attacks keep to balls of one norm, or none keeps to one: the worst of others is of no threat model. Attacks of one's own that
     * name no ball are taken to keep to that of the others.
     */
    static boolean oneNorm(List<Robustness.Attacked> attacks) {
        return attacks.stream()
                        .filter(attack -> attack.ball().isPresent()
                                || attack.description().repeatable())
                        .map(attack -> attack.ball().map(ThreatModel::norm))
                        .distinct()
                        .count()
                <= 1;
    }

    /** Who was right by a measure; empty if it was not measured. */
    public static Optional<CorrectImages> hits(Robustness robustness, Outcome outcome, String measure) {
        if (measure.equals(CLEAN)) {
            return Optional.of(outcome.clean());
        }
        if (measure.equals(WORST)) {
            return outcome.scores().size() == robustness.attacks().size()
                    ? Optional.of(outcome.worst())
                    : Optional.empty();
        }
        return outcome.score(measure).map(Score::robust);
    }

    /** The one that is named, in full or by a part of its name that no other has; else a sentence that lists them. */
    static <T> T named(String kind, String name, List<T> all, Function<T, String> naming) {
        List<T> exact =
                all.stream().filter(each -> naming.apply(each).equals(name)).toList();
        List<T> near =
                all.stream().filter(each -> naming.apply(each).contains(name)).toList();
        if (exact.size() == 1 || near.size() == 1) {
            return exact.size() == 1 ? exact.get(0) : near.get(0);
        }
        throw new IllegalArgumentException(
                (near.isEmpty() ? "Unknown " + kind + " \"" : "More than one " + kind + " matches \"") + name
                        + "\". Available: " + all.stream().map(naming).collect(Collectors.joining(", ")) + ".");
    }

    /** What tells the networks apart, path by short name; empty if they are of different kinds. */
    static Map<String, String> differing(Robustness robustness) {
        List<Description> descriptions =
                robustness.outcomes().stream().map(Outcome::description).toList();
        Map<String, String> differing = Description.differing(descriptions);
        return differing.containsKey("") ? Map.of() : differing;
    }

    /** How accuracies in % are written: with the digits that the number of images supports, 0.1 up to 1,000 and 0.01 beyond. */
    static String pattern(int images) {
        return images > 1000 ? "0.00" : "0.0";
    }

    /** An accuracy in % as text. */
    static String text(double rate, int images) {
        return Numbers.percent(rate, images);
    }

    /** An accuracy in % with its 95 % Wilson interval. */
    static String text(CorrectImages hits) {
        return interval(hits.rate(), hits.size());
    }

    /** An accuracy over so many images in % with its 95 % Wilson interval. */
    static String interval(double rate, int images) {
        Interval interval = Interval.wilson((int) Math.round(rate * images), images);
        return text(rate, images) + " [" + text(interval.low(), images) + ", " + text(interval.high(), images) + "]";
    }

    /** Numbers only. */
    static Table wide(Robustness robustness) {
        Table table = parameters(robustness);
        for (String measure : measures(robustness)) {
            table.addColumns(numbers(
                    measure,
                    pattern(robustness.size()),
                    robustness.outcomes(),
                    outcome -> hits(robustness, outcome, measure)
                            .map(hits -> percent(hits.rate()))
                            .orElse(Double.NaN)));
        }
        return table;
    }

    /** Numbers with their intervals. */
    static Table printed(Robustness robustness) {
        Table table = parameters(robustness);
        for (String measure : measures(robustness)) {
            table.addColumns(texts(
                    measure,
                    robustness.outcomes(),
                    outcome ->
                            hits(robustness, outcome, measure).map(Tables::text).orElse("")));
        }
        return table;
    }

    /** What tells the networks apart. */
    private static Table parameters(Robustness robustness) {
        List<Outcome> outcomes = robustness.outcomes();
        Table table = Table.create(Footnotes.COUNTED);
        Map<String, String> all = differing(robustness);
        Map<String, String> differing = all.size() > MOST ? Map.of() : all;
        if (differing.isEmpty()
                || rows(robustness, differing.keySet()).stream().distinct().count() < outcomes.size()) {
            table.addColumns(texts(NAME, outcomes, Outcome::name));
        }
        differing.forEach((path, label) -> table.addColumns(
                StringColumn.create(free(table, label, measures(robustness)), values(robustness, path))));
        return table;
    }

    /** The values of each network at some paths. */
    static List<List<String>> rows(Robustness robustness, Collection<String> paths) {
        List<List<String>> columns =
                paths.stream().map(path -> values(robustness, path)).toList();
        return IntStream.range(0, robustness.outcomes().size())
                .mapToObj(i -> columns.stream().map(column -> column.get(i)).toList())
                .toList();
    }

    /** A parameter of each network as the papers write it: where a network's name has the same word in capitals, that is taken. */
    static List<String> values(Robustness robustness, String path) {
        List<Outcome> outcomes = robustness.outcomes();
        List<String> shown =
                Description.shown(outcomes.stream().map(Outcome::description).toList(), path);
        return IntStream.range(0, shown.size())
                .mapToObj(i -> Arrays.stream(outcomes.get(i).name().split(" · "))
                        .filter(shown.get(i)::equalsIgnoreCase)
                        .findFirst()
                        .orElse(shown.get(i)))
                .toList();
    }

    /** A parameter as a number; empty if it is none. */
    static OptionalDouble number(Outcome outcome, String path) {
        return number(outcome.description(), path);
    }

    /** What stands at a path as a number; empty if it is none. */
    static OptionalDouble number(Description description, String path) {
        String plain = description.at(path).orElse("");
        return plain.matches("-?\\d+(\\.\\d+)?(E-?\\d+)?")
                ? OptionalDouble.of(Double.parseDouble(plain))
                : OptionalDouble.empty();
    }

    /** A heading that no column has, neither one that is there nor one to come, whatever the capitals. */
    static String free(Table table, String label, Collection<String> toCome) {
        var taken = new HashSet<>(table.columnNames());
        taken.addAll(toCome);
        return UniqueNames.numbered(List.of(label), taken).get(0);
    }

    /** Robust accuracy by class. */
    static Table classes(Robustness robustness, String attack) {
        Table table = Table.create(
                robustness.images() + " · " + robustness.size() + " images · Accuracy (%) by class "
                        + under(robustness, attack) + "; counts " + counted(attack),
                texts("class", robustness.classes(), c -> c));
        robustness
                .outcomes()
                .forEach(outcome -> byClass(robustness, outcome, attack)
                        .ifPresent(rates -> table.addColumns(numbers(
                                outcome.name(),
                                "0.0",
                                robustness.classes(),
                                label -> percent(rates.getOrDefault(label, Double.NaN))))));
        return table;
    }

    /** The accuracy of each class by a measure; empty if it was not measured. */
    static Optional<Map<String, Double>> byClass(Robustness robustness, Outcome outcome, String measure) {
        return hits(robustness, outcome, measure)
                .map(hits -> outcome.predicted().byClass(hits));
    }

    /** Under what an accuracy was measured. */
    static String under(Robustness robustness, String measure) {
        return switch (measure) {
            case CLEAN -> "without an attack";
            case WORST -> "under the worst of all attacks";
            default -> "under " + ThreatModel.named(robustness, measure);
        };
    }

    /** Which images an accuracy counts. */
    static String counted(String measure) {
        return "images classified correctly"
                + switch (measure) {
                    case CLEAN -> "";
                    case WORST -> " both clean and under every attack";
                    default -> " both clean and under attack";
                };
    }

    public static double percent(double rate) {
        return 100 * rate;
    }

    public static <T> StringColumn texts(String name, List<T> rows, Function<T, String> text) {
        return StringColumn.create(name, rows.stream().map(text).toList());
    }

    public static <T> DoubleColumn numbers(String name, String pattern, List<T> rows, ToDoubleFunction<T> number) {
        var signs = DecimalFormatSymbols.getInstance(Locale.ROOT);
        signs.setMinusSign('−');
        var format = new DecimalFormat(pattern, signs);
        return numbers(name, rows, number, new NumberColumnFormatter(format, "–") {
            @Override
            public String format(double value) {
                return Double.isFinite(value)
                        ? format.format(Numbers.decimals(value, format.getMaximumFractionDigits()))
                        : super.format(value);
            }
        });
    }

    private static <T> DoubleColumn numbers(
            String name, List<T> rows, ToDoubleFunction<T> number, NumberColumnFormatter format) {
        DoubleColumn column =
                DoubleColumn.create(name, rows.stream().mapToDouble(number).toArray());
        column.setPrintFormatter(format);
        return column;
    }

    /** Probabilities of a test; the smallest are only told to be small. */
    static <T> DoubleColumn probabilities(String name, List<T> rows, ToDoubleFunction<T> number) {
        return numbers(name, rows, number, new NumberColumnFormatter() {
            @Override
            public String format(double p) {
                return Double.isNaN(p) ? "–" : probability(p);
            }
        });
    }

    /** A probability as text. */
    static String probability(double p) {
        return p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
    }

    public static <T> IntColumn counts(String name, List<T> rows, Function<T, Optional<Integer>> count) {
        IntColumn column = IntColumn.create(name);
        rows.forEach(row -> count.apply(row).ifPresentOrElse(column::append, column::appendMissing));
        return column;
    }

    /** Rows as groups of a heat map: the mean over networks that share both keys, such as seeds. */
    static double[][] grid(
            Robustness robustness,
            String rowPath,
            String columnPath,
            List<String> rows,
            List<String> columns,
            String attack) {
        var sums = new double[rows.size()][columns.size()];
        var counts = new LinkedHashMap<String, Integer>();
        List<List<String>> places = rows(robustness, List.of(rowPath, columnPath));
        for (int i = 0; i < places.size(); i++) {
            int y = rows.indexOf(places.get(i).get(0));
            int x = columns.indexOf(places.get(i).get(1));
            hits(robustness, robustness.outcomes().get(i), attack).ifPresent(hits -> {
                sums[y][x] += percent(hits.rate());
                counts.merge(y + "," + x, 1, Integer::sum);
            });
        }
        for (int y = 0; y < rows.size(); y++) {
            for (int x = 0; x < columns.size(); x++) {
                sums[y][x] /= counts.getOrDefault(y + "," + x, 0);
            }
        }
        return sums;
    }
}
