package ardent.run.folder;

import ardent.method.Method;
import ardent.provenance.Folder;
import ardent.provenance.Sha256;
import ardent.run.RunState;
import ardent.train.Epoch;
import ardent.train.RunSetup;
import ardent.train.TrainingLoop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A run as text: its epochs as CSV, its end as a page to read. */
public final class RunReport {
    private static final String HEAD = "epoch,loss,clean,robust,rate,seconds";
    private static final int COLUMNS = 6;
    private static final String TERM = "loss.";
    private static final String CHECK = ",check";
    private static final int DIGITS = 16;

    private RunReport() {}

    /**
     * One row an epoch; a term that an epoch did not have is empty. The last cell of a row is the beginning of the SHA-256 of
     * all that is before it: the table of a run at work has nobody else to vouch for it.
     */
    static String csv(List<Epoch> history) {
        Set<String> terms = new LinkedHashSet<>();
        history.forEach(epoch -> terms.addAll(epoch.terms().keySet()));
        var text = new StringBuilder(HEAD);
        terms.forEach(term -> text.append(',').append(TERM).append(term));
        text.append(CHECK);
        MessageDigest before = Sha256.digest();
        int hashed = 0;
        for (Epoch epoch : history) {
            var row = new StringJoiner(",", "\n", "");
            row.add(Integer.toString(epoch.number())).add(Double.toString(epoch.loss()));
            row.add(number(epoch.clean())).add(number(epoch.robust()));
            row.add(Double.toString(epoch.rate())).add(String.format(Locale.ROOT, "%.3f", epoch.seconds()));
            terms.forEach(term -> row.add(number(epoch.terms().getOrDefault(term, Double.NaN))));
            text.append(row);
            String check = check(before, text.substring(hashed));
            hashed = text.length();
            text.append(',').append(check);
        }
        return text.append('\n').toString();
    }

    /** The beginning of the SHA-256 of all before, this text included. */
    private static String check(MessageDigest before, String more) {
        before.update(more.getBytes(StandardCharsets.UTF_8));
        return Sha256.soFar(before).substring(0, DIGITS);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    /** The epochs of a run up to its newest checkpoint. */
    public static List<Epoch> history(Path path) {
        RunState state;
        try {
            state = RunState.read(path);
        } catch (IllegalArgumentException e) {
            state = null; // the rows vouch for themselves, though not for their number
        }
        return history(path, state);
    }

    /** The epochs of a run, compared with its state if that is known. */
    public static List<Epoch> history(Path path, @Nullable RunState state) {
        Path file = Folder.inside(path, RunFolder.EPOCHS);
        List<Epoch> history = read(file);
        if (state != null && state.files().containsKey(RunFolder.EPOCHS)) {
            SealedRecords.requireHash(file, state.files().getOrDefault(RunFolder.EPOCHS, ""));
        } else if (state != null && history.size() < state.epoch()) {
            throw new IllegalArgumentException("The file " + file + " is damaged or missing: it has " + history.size()
                    + " epochs, and " + state.epoch() + " were written.");
        }
        return history;
    }

    /** Reads what {@link #csv} wrote. */
    private static List<Epoch> read(Path file) {
        if (Files.notExists(file)) {
            return List.of();
        }
        try {
            String text = Files.readString(file);
            int end = text.indexOf(CHECK + "\n");
            if (end < 0 || end > text.indexOf('\n') || !text.endsWith("\n")) {
                throw new IllegalArgumentException("its head or its end is missing");
            }
            List<String> head = List.of(text.substring(0, end).split(",", -1));
            List<String> terms = head.subList(COLUMNS, head.size());
            var history = new ArrayList<Epoch>();
            MessageDigest before = Sha256.digest();
            int hashed = 0;
            int start = end + CHECK.length() + 1;
            for (int next = text.indexOf('\n', start); next >= 0; next = text.indexOf('\n', start)) {
                int check = next - DIGITS - 1;
                if (check < start
                        || !text.substring(check + 1, next).equals(check(before, text.substring(hashed, check)))) {
                    throw new IllegalArgumentException("row " + (history.size() + 1) + " is damaged or was changed");
                }
                hashed = check;
                history.add(epoch(text.substring(start, check).split(",", -1), terms));
                start = next + 1;
            }
            return history;
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
    static String of(TrainingLoop<?> training) {
        RunSetup start = training.start();
        Object method = start.method() instanceof Method known ? known.label() : start.method();
        List<Epoch> history = training.history();
        Map<String, ToDoubleFunction<Epoch>> columns = columns(start.measure());
        boolean judged = start.plan().validation() > 0;
        var rows = new StringBuilder();
        for (Epoch epoch : history) {
            boolean best = judged && epoch.number() == training.best();
            if (best || epoch.number() == history.size()) {
                rows.append(String.format(
                        Locale.ROOT,
                        "| %d%s | %.4f |%s\n",
                        epoch.number(),
                        best ? " (best)" : "",
                        epoch.loss(),
                        cells(columns.values().stream().map(column -> share(column.applyAsDouble(epoch))))));
            }
        }
        return """
                # %s

                * **Architecture:** %s
                * **Method:** %s
                * **Data:** %s
                * **Plan:** %s

                | Epoch | Loss |%s
                |---|---|%s
                %s
                %s, `run.json` says how it came about, `epochs.csv` and `steps.csv` have every number.
                """.formatted(
                        start.name(),
                        start.architecture(),
                        method,
                        start.data(),
                        start.plan(),
                        cells(columns.keySet().stream()),
                        "---|".repeat(columns.size()),
                        rows,
                        judged(start.measure(), judged));
    }

    /** How an epoch was judged, by heading; what is no classifier is judged by one number at most. */
    private static Map<String, ToDoubleFunction<Epoch>> columns(String measure) {
        var columns = new LinkedHashMap<String, ToDoubleFunction<Epoch>>();
        if (measure.equals(RunSetup.ACCURACY)) {
            columns.put("Clean", Epoch::clean);
            columns.put("Robust", Epoch::robust);
        } else if (!measure.isEmpty()) {
            columns.put(measure, Epoch::robust);
        }
        return columns;
    }

    private static String cells(Stream<String> texts) {
        return texts.map(text -> " " + text + " |").collect(Collectors.joining());
    }

    private static String judged(String measure, boolean judged) {
        boolean classifier = measure.equals(RunSetup.ACCURACY);
        String what = classifier ? "Accuracies are of validation images" : measure + " is of the validation";
        return (judged ? what : "No epoch was judged") + ". `student.safetensors` has the weights of the "
                + (judged ? "best" : "last") + " epoch" + (classifier ? " (`Classifier.load`)" : "");
    }

    private static String share(double accuracy) {
        return Double.isNaN(accuracy) ? "not measured" : String.format(Locale.ROOT, "%.4f", accuracy);
    }
}
