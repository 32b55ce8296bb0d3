package ardent.run;

import ardent.network.Classifier;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.provenance.Node;
import ardent.run.folder.RunFolder;
import ardent.run.folder.RunReport;
import ardent.run.folder.SealedRecords;
import ardent.train.Epoch;
import ardent.train.RunSetup;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run folder tells without its weights: the training, and what its student scored. Reading it takes milliseconds and
 * disturbs nobody who writes it.
 *
 * @param path the folder
 * @param setup what the run is: architecture, method with its teachers, data, plan, and with what and when it was begun;
 *     null if that cannot be read
 * @param state what its {@code state.json} says; null if that cannot be read
 * @param history its epochs as far as they are written
 * @param problems what cannot be read of the training, one sentence each
 * @param scores an {@link ardent.evaluate.Evidence} for each evaluation of its student
 * @param lost scores that cannot be read, one sentence each
 */
public record RunSummary(
        Path path,
        @Nullable Description setup,
        @Nullable RunState state,
        List<Epoch> history,
        List<String> problems,
        List<Description> scores,
        List<String> lost) {
    /** Copies the lists. */
    public RunSummary {
        Arguments.given("path", path);
        history = unattacked(setup, Arguments.all("history", history));
        problems = Arguments.all("problems", problems);
        scores = Arguments.all("scores", scores);
        lost = Arguments.all("lost", lost);
    }

    /**
     * Reads a run folder; what is damaged is missing and said.
     *
     * @param path the folder
     * @return what it tells
     * @throws IllegalArgumentException in one sentence, if there is no run in it
     */
    public static RunSummary of(Path path) {
        Arguments.given("path", path);
        RunFolder.require(path);
        var problems = new ArrayList<String>();
        Description setup = attempt(() -> Runs.setup(path), problems);
        RunState state = onlyBegun(path) ? null : attempt(() -> RunState.read(path), problems);
        List<Epoch> history = attempt(() -> RunReport.history(path, state), problems);
        List<Epoch> known = history == null ? List.of() : history;
        var lost = new ArrayList<String>();
        List<Description> scores = Scores.of(path, lost::add);
        return new RunSummary(path, setup, state, known, problems, scores, lost);
    }

    /** Without the robust accuracy of a method that has no attack: earlier versions wrote the clean one there. */
    private static List<Epoch> unattacked(@Nullable Description setup, List<Epoch> history) {
        boolean attacked = history.stream().noneMatch(epoch -> epoch.robust() == epoch.clean())
                || history.stream().anyMatch(epoch -> epoch.robust() != epoch.clean() && !Double.isNaN(epoch.robust()))
                || setup == null
                || !RunSetup.ofClassifier(setup)
                || setup.at("method").isEmpty()
                || !setup.part("method").repeatable() // a lambda does not tell
                || inner(setup.part("method")).root() instanceof Node.Fields;
        return attacked
                ? history
                : history.stream()
                        .map(epoch -> new Epoch(
                                epoch.number(),
                                epoch.loss(),
                                epoch.terms(),
                                epoch.clean(),
                                Double.NaN,
                                epoch.rate(),
                                epoch.seconds()))
                        .toList();
    }

    /** Whether the run was killed before it wrote its state: nothing is missing then. */
    private static boolean onlyBegun(Path path) {
        return Files.notExists(path.resolve(RunFolder.STATE)) && Files.notExists(path.resolve(RunFolder.EPOCHS));
    }

    private static <T> @Nullable T attempt(Supplier<T> reading, List<String> problems) {
        try {
            return reading.get();
        } catch (IllegalArgumentException | UncheckedIOException e) {
            problems.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /**
     * Reads all runs below a folder.
     *
     * @param root the folder of runs
     * @return what they tell, oldest first; none if the folder is missing
     */
    public static List<RunSummary> all(Path root) {
        return Runs.unsorted(root).parallelStream()
                .map(RunSummary::of)
                .sorted(Comparator.comparing((RunSummary run) -> run.at("begun"))
                        .thenComparing(RunSummary::path))
                .toList();
    }

    /**
     * A part of what the run is.
     *
     * @param name {@code architecture}, {@code method}, {@code data}, {@code plan} or {@code environment}
     * @return its description; empty if the run cannot be read
     */
    public Optional<Description> part(String name) {
        return Optional.ofNullable(setup).map(known -> known.part(name));
    }

    /**
     * A component of what the run is.
     *
     * @param path such as {@code plan.seed}
     * @return its text; empty where there is none, or where the run cannot be read
     */
    public String at(String path) {
        return setup == null ? "" : setup.at(path).orElse("");
    }

    /**
     * Whether it trains a classifier.
     *
     * @return false for recommenders and rankers; true if the run cannot be read
     */
    public boolean ofClassifier() {
        return setup == null || RunSetup.ofClassifier(setup);
    }

    /**
     * The name of its folder.
     *
     * @return the name, which holds the day and ends with what tells it from others
     */
    public String name() {
        return String.valueOf(path.getFileName());
    }

    /**
     * How many epochs are written.
     *
     * @return at least 0
     */
    public int epochs() {
        return history.size();
    }

    /**
     * All that cannot be read.
     *
     * @return one sentence each; empty if all is well
     */
    public List<String> unreadable() {
        return Stream.concat(problems.stream(), lost.stream()).toList();
    }

    /**
     * What the run does, as far as one can tell from outside: a run that says it is at work while nobody holds its lock was
     * killed.
     *
     * @return {@code running}, {@code paused}, {@code finished}, {@code failed}, {@code killed} or {@code unreadable}
     */
    public String status() {
        if (state == null) {
            return setup == null ? "unreadable" : "killed";
        }
        return switch (state.phase()) {
            case RUNNING -> RunFolder.held(path) ? "running" : "killed";
            case FAILED, ABORTED -> "failed";
            default -> state.phase().name().toLowerCase(Locale.ROOT);
        };
    }

    /**
     * The epoch whose weights the student has.
     *
     * @return the best epoch so far, empty before there is one
     */
    public Optional<Epoch> best() {
        int number = state == null ? 0 : state.best();
        return history.stream().filter(epoch -> epoch.number() == number).findFirst();
    }

    /**
     * Whether the run is done and has a student.
     *
     * @return false too if that cannot be read
     */
    public boolean finished() {
        return state != null && state.phase() == RunState.Phase.FINISHED;
    }

    /**
     * Whether the run is done and its student lies there as it was written.
     *
     * @return false too while the run is not done
     */
    public boolean whole() {
        try {
            String hash = state == null ? "" : state.files().getOrDefault(RunFolder.STUDENT, "");
            SealedRecords.requireHash(student(), hash);
            return finished();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The hash of the weights of the student of a run that is done.
     *
     * @param path the folder of the run
     * @return SHA-256; empty if there is no student, or if it is damaged
     */
    public static Optional<String> weights(Path path) {
        try {
            Path student = student(path);
            return Files.isRegularFile(student) ? Classifier.origin(student).at("weights") : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // damaged, or no run
        }
    }

    /**
     * The file with the student of a run that is done.
     *
     * @return the file; it may be missing
     * @throws IllegalArgumentException if it is a link that leads out of the folder
     */
    public Path student() {
        return Folder.inside(path, RunFolder.STUDENT);
    }

    /**
     * The file with the student of a run that is done.
     *
     * @param path the folder of the run
     * @return the file; it may be missing
     * @throws IllegalArgumentException in one sentence, if there is no run in it, or the file is a link out of it
     */
    public static Path student(Path path) {
        RunFolder.require(path);
        return Folder.inside(path, RunFolder.STUDENT);
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
        Description clean = Description.of(new RecordedAccuracy.Clean(images, ""));
        String measure = at("measure");
        best().filter(epoch -> setup != null).ifPresent(epoch -> {
            if (!ofClassifier()) {
                add(all, measure + " (validation)", clean, epoch.robust());
                return;
            }
            add(all, "clean (validation)", clean, epoch.clean());
            add(
                    all,
                    "robust (validation)",
                    Description.of(new RecordedAccuracy.Validated(
                            inner(Objects.requireNonNull(setup).part("method")), images)),
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
    private static Description inner(Description method) {
        var waiting = new ArrayDeque<Node>(List.of(method.root()));
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
        return history.stream().mapToDouble(epoch -> value(epoch, name)).toArray();
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
