package ardent.run;

import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Node;
import ardent.train.Epoch;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run: what its folder tells of the training, and what its student scored.
 *
 * @param account what its folder tells of the training
 * @param scores an {@link ardent.evaluate.Evidence} for each evaluation of its student
 * @param problems what cannot be read, one sentence each
 */
public record RunEntry(RunSummary account, List<Description> scores, List<String> problems) {
    /** Copies the lists. */
    public RunEntry {
        Arguments.given("account", account);
        scores = Arguments.all("scores", scores);
        problems = Arguments.all("problems", problems);
    }

    /**
     * Reads a run.
     *
     * @param path its folder
     * @return the entry
     * @throws IllegalArgumentException in one sentence, if there is no run in it
     */
    public static RunEntry of(Path path) {
        Arguments.given("path", path);
        return of(RunSummary.of(path));
    }

    /**
     * Reads all runs below a folder.
     *
     * @param root the folder of runs
     * @return their entries, oldest first; none if the folder is missing
     */
    public static List<RunEntry> all(Path root) {
        return RunSummary.all(root).stream().map(RunEntry::of).toList();
    }

    private static RunEntry of(RunSummary account) {
        var problems = new ArrayList<>(account.problems());
        List<Description> scores = Scores.of(account.path(), problems::add);
        return new RunEntry(account, scores, problems);
    }

    /**
     * The name of its folder.
     *
     * @return the name, which holds the day and ends with what tells it from others
     */
    public String name() {
        return String.valueOf(account.path().getFileName());
    }

    /**
     * What the run does, see {@link RunSummary#state}.
     *
     * @return {@code running}, {@code paused}, {@code finished}, {@code failed}, {@code killed} or {@code unreadable}
     */
    public String state() {
        return account.state();
    }

    /**
     * How many epochs are written.
     *
     * @return at least 0
     */
    public int epochs() {
        return account.history().size();
    }

    /**
     * A component of what the run is.
     *
     * @param path such as {@code plan.seed}
     * @return its text; empty where there is none, or where the run cannot be read
     */
    public String at(String path) {
        Description charter = account.charter();
        return charter == null ? "" : charter.at(path).orElse("");
    }

    /**
     * A part of what the run is.
     *
     * @param name {@code architecture}, {@code method}, {@code data} or {@code plan}
     * @return its description; empty if the run cannot be read
     */
    public Optional<Description> part(String name) {
        return account.part(name);
    }

    /**
     * Validation accuracies of the best epoch, by {@code clean (validation)} and {@code robust (validation)}, and those of
     * the student on test images, {@code clean} and the attacks.
     *
     * @return with what was asked; without what was not measured
     */
    public List<RecordedAccuracy> accuracies() {
        var all = new ArrayList<RecordedAccuracy>();
        String images = at("data.name") + " " + at("data.split");
        // Without a description nobody knows what they are accuracies of.
        account.best().filter(epoch -> account.charter() != null).ifPresent(epoch -> {
            add(all, "clean (validation)", Description.of(new RecordedAccuracy.Clean(images, "")), epoch.clean());
            add(
                    all,
                    "robust (validation)",
                    Description.of(new RecordedAccuracy.Validated(inner(), images)),
                    epoch.robust());
        });
        scores.forEach(evidence -> all.addAll(Scores.answers(evidence)));
        return all;
    }

    private static void add(List<RecordedAccuracy> all, String name, Description question, double value) {
        if (!Double.isNaN(value)) {
            all.add(new RecordedAccuracy(name, question, value));
        }
    }

    /** The attack of the training, by which validation images are judged: the outermost part of that name. */
    private Description inner() {
        var waiting = new ArrayDeque<Node>();
        part("method").ifPresent(method -> waiting.add(method.root()));
        while (!waiting.isEmpty()) {
            if (waiting.remove() instanceof Node.Fields fields) {
                if (fields.parts().containsKey("inner")) {
                    return new Description(fields.part("inner"));
                }
                waiting.addAll(fields.parts().values());
            }
        }
        return new Description(new Node.Leaf(null));
    }

    /**
     * A curve over its epochs.
     *
     * @param name {@code loss}, {@code clean} or {@code robust} (in %), or a term of the loss
     * @return one value per epoch, NaN where there is none
     */
    public double[] curve(String name) {
        return account.history().stream()
                .mapToDouble(epoch -> value(epoch, name))
                .toArray();
    }

    private static double value(Epoch epoch, String name) {
        return switch (name) {
            case "loss" -> epoch.loss();
            case "clean" -> 100 * epoch.clean();
            case "robust" -> 100 * epoch.robust();
            default -> epoch.terms().getOrDefault(name, Double.NaN);
        };
    }
}
