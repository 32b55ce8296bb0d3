package ardent.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/** A run as text: its epochs as CSV, its end as a page to read. */
final class Summary {
    private static final String HEAD = "epoch,loss,clean,robust,rate,seconds";
    private static final int COLUMNS = 6;
    private static final String TERM = "loss.";

    private Summary() {}

    /** One row an epoch; a term that an epoch did not have is empty. */
    static String csv(List<Epoch> history) {
        Set<String> terms = new LinkedHashSet<>();
        history.forEach(epoch -> terms.addAll(epoch.terms().keySet()));
        var text = new StringBuilder(HEAD);
        terms.forEach(term -> text.append(',').append(TERM).append(term));
        for (Epoch epoch : history) {
            var row = new StringJoiner(",", "\n", "");
            row.add(Integer.toString(epoch.number())).add(Double.toString(epoch.loss()));
            row.add(number(epoch.clean())).add(number(epoch.robust()));
            row.add(Double.toString(epoch.rate())).add(String.format(Locale.ROOT, "%.3f", epoch.seconds()));
            terms.forEach(term -> row.add(number(epoch.terms().getOrDefault(term, Double.NaN))));
            text.append(row);
        }
        return text.append('\n').toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    /** Reads what {@link #csv} wrote. */
    static List<Epoch> history(Path file) {
        if (Files.notExists(file)) {
            return List.of();
        }
        try {
            List<String> lines = Files.readAllLines(file);
            List<String> head = List.of(lines.get(0).split(",", -1));
            List<String> terms = head.subList(COLUMNS, head.size());
            return lines.stream()
                    .skip(1)
                    .map(line -> epoch(line.split(",", -1), terms))
                    .toList();
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IllegalArgumentException("The file " + file + " is no table of epochs (" + e + ").", e);
        }
    }

    private static Epoch epoch(String[] row, List<String> names) {
        var terms = new LinkedHashMap<String, Double>();
        for (int i = 0; i < names.size(); i++) {
            if (!row[COLUMNS + i].isEmpty()) {
                terms.put(names.get(i).substring(TERM.length()), Double.valueOf(row[COLUMNS + i]));
            }
        }
        return new Epoch(
                Integer.parseInt(row[0]),
                value(row[1]),
                terms,
                value(row[2]),
                value(row[3]),
                value(row[4]),
                value(row[5]));
    }

    private static double value(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }

    /** What was trained, how it went, and where things are. */
    static String of(Run run) {
        var about = (Run.Description) run.student().origin();
        var text = new StringBuilder("# " + run.student().name() + "\n\n");
        text.append("* **Architecture:** ").append(about.architecture()).append('\n');
        text.append("* **Method:** ").append(about.method().label()).append('\n');
        text.append("* **Data:** ").append(about.data()).append('\n');
        text.append("* **Plan:** ").append(about.plan()).append('\n');
        text.append("\n| Epoch | Loss | Clean | Robust |\n|---|---|---|---|\n");
        List<Epoch> history = run.history();
        for (Epoch epoch : history) {
            boolean best = epoch.number() == run.best();
            if (best || epoch.number() == history.size()) {
                text.append("| ").append(epoch.number()).append(best ? " (best) | " : " | ");
                text.append(String.format(Locale.ROOT, "%.4f | ", epoch.loss()));
                text.append(share(epoch.clean()))
                        .append(" | ")
                        .append(share(epoch.robust()))
                        .append(" |\n");
            }
        }
        return text.append("\nAccuracies are of validation images. `student.safetensors` bears the best epoch"
                        + " (`Classifier.load`), `run.json` says how it came about, `epochs.csv` and `steps.csv` have"
                        + " every number.\n")
                .toString();
    }

    private static String share(double accuracy) {
        return Double.isNaN(accuracy) ? "not measured" : String.format(Locale.ROOT, "%.4f", accuracy);
    }
}
