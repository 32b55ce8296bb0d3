package ardent.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** A run as text: its epochs as CSV, its end as a page to read. */
final class Summary {
    private static final int FIXED = 6;

    private Summary() {}

    /** One row an epoch; a term that an epoch did not have is empty. */
    static String csv(List<Epoch> history) {
        Set<String> terms = new LinkedHashSet<>();
        history.forEach(epoch -> terms.addAll(epoch.terms().keySet()));
        var text = new StringBuilder("epoch,loss,clean,robust,rate,seconds");
        terms.forEach(term -> text.append(',').append(term));
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

    /**
     * Reads what {@link #csv} wrote.
     *
     * @throws IllegalArgumentException in one sentence that names the file, if it is damaged
     */
    static List<Epoch> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            String[] names = lines.get(0).split(",", -1);
            var history = new ArrayList<Epoch>();
            for (String line : lines.subList(1, lines.size())) {
                String[] row = line.split(",", -1);
                var terms = new LinkedHashMap<String, Double>();
                for (int i = FIXED; i < names.length; i++) {
                    if (!row[i].isEmpty()) {
                        terms.put(names[i], Double.parseDouble(row[i]));
                    }
                }
                int number = Integer.parseInt(row[0]);
                double rate = Double.parseDouble(row[4]);
                history.add(new Epoch(
                        number, value(row[1]), terms, value(row[2]), value(row[3]), rate, Double.parseDouble(row[5])));
            }
            return history;
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("The table " + file + " is damaged: " + e + ".", e);
        }
    }

    private static double value(String text) {
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    /** What was trained, how it went, and where things are. */
    static String of(Run run) {
        var about = (Run.Description) run.student().origin();
        var text = new StringBuilder("# " + run.student().name() + "\n\n");
        for (var line : Map.of(
                        "Architecture", about.architecture(),
                        "Method", about.method().label(),
                        "Data", about.data(),
                        "Plan", about.plan())
                .entrySet()) {
            text.append("* **")
                    .append(line.getKey())
                    .append(":** ")
                    .append(line.getValue())
                    .append('\n');
        }
        text.append("\n| Epoch | Loss | Clean | Robust |\n|---|---|---|---|\n");
        List<Epoch> history = run.history();
        for (Epoch epoch : history) {
            boolean best = epoch.number() == run.best();
            if (best || epoch.number() == history.size()) {
                text.append(String.format(
                        Locale.ROOT,
                        "| %d%s | %.4f | %.4f | %.4f |%n",
                        epoch.number(),
                        best ? " (best)" : "",
                        epoch.loss(),
                        epoch.clean(),
                        epoch.robust()));
            }
        }
        return text.append(
                        "\nAccuracies are of validation images. `student.safetensors` bears the best epoch (`Classifier.load`),")
                .append(" `run.json` says how it came about, `epochs.csv` and `steps.csv` have every number.\n")
                .toString();
    }
}
