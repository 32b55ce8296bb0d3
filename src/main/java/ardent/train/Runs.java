package ardent.train;

import ardent.data.DataException;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.Recall;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.tensor.Torch;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Trainings that are kept in folders, and go on from there.
 *
 * <p>The folders lie in {@code runs} of the working directory, or in the folder that the system property
 * {@code ardent.runs} or the environment variable {@code ARDENT_RUNS} names; {@code off} keeps none.
 */
public final class Runs {
    private static final String OFF = "off";

    private Runs() {}

    /**
     * What a run is made of.
     *
     * @param architecture what to train
     * @param method how
     * @param data on what
     * @param plan for how long
     */
    public record Parts(Architecture architecture, Method method, Images data, Plan plan) {
        /**
         * These parts as they are given to a run that goes on.
         *
         * @return the parts that a description may not build
         */
        public Given given() {
            return new Given(architecture, method, data);
        }
    }

    /**
     * Where new runs are kept.
     *
     * @return the folder, empty if none are kept
     */
    public static Optional<Path> root() {
        String named = System.getProperty("ardent.runs", System.getenv("ARDENT_RUNS"));
        return OFF.equals(named) ? Optional.empty() : Optional.of(Path.of(named == null ? "runs" : named));
    }

    /**
     * Trains from the beginning.
     *
     * @param parts what to train
     * @param root where to keep it, or null for nowhere
     * @param task hears of progress and tells when to stop
     * @param result takes the run, also that of a training that ends by an error
     * @throws ArithmeticException naming epoch, batch and term, if the loss is not a number
     */
    public static void train(Parts parts, @Nullable Path root, Work.Task task, Consumer<Run> result) {
        train(parts, root, Rhythm.usual(), task, result);
    }

    static void train(Parts parts, @Nullable Path root, Rhythm rhythm, Work.Task task, Consumer<Run> result) {
        var notes = new Notes();
        try (var training = training(parts);
                var folder = root == null ? null : created(parts, root, notes)) {
            FolderKeeper keeper = folder == null ? null : FolderKeeper.fresh(folder, notes, rhythm);
            work(training, keeper, folder, notes, task, result);
        }
    }

    private static Training training(Parts parts) {
        return new Training(parts.architecture, parts.method, parts.data, parts.plan);
    }

    private static @Nullable RunFolder created(Parts parts, Path root, Notes notes) {
        try {
            return RunFolder.create(root, parts.architecture, parts.method, parts.data.origin(), parts.plan);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            notes.add("This training is not kept in a folder and cannot be resumed: " + e.getMessage());
            return null;
        }
    }

    private static void work(
            Training training,
            @Nullable FolderKeeper keeper,
            @Nullable RunFolder folder,
            Notes notes,
            Work.Task task,
            Consumer<Run> result) {
        Path path = folder == null ? null : folder.path();
        if (keeper == null) {
            try {
                result.accept(training.run(task).kept(path, notes.all()));
            } catch (ArithmeticException e) {
                result.accept(training.result(true).kept(path, notes.all()));
                throw e;
            }
            return;
        }
        keeper.begin(training);
        try {
            Run run = training.run(warning(task, keeper), keeper);
            if (run.stopped()) {
                keeper.save(training, Standing.Phase.PAUSED);
            } else {
                keeper.finish(training, run);
            }
            result.accept(run.kept(path, notes.all()));
        } catch (ArithmeticException e) {
            keeper.fail(training, e);
            result.accept(training.result(true).kept(path, notes.all()));
            throw e;
        } catch (RuntimeException | Error e) {
            keeper.fail(training, e);
            throw e;
        }
    }

    /** Says with every progress that the folder cannot be written, as long as it cannot. */
    private static Work.Task warning(Work.Task task, FolderKeeper keeper) {
        return new Work.Task() {
            @Override
            public void report(String phase, long done, long total, Map<String, String> figures) {
                var all = new LinkedHashMap<>(figures);
                if (keeper.troubled()) {
                    all.put("run folder", "cannot be written");
                }
                task.report(phase, done, total, all);
            }

            @Override
            public boolean stopping() {
                return task.stopping();
            }
        };
    }

    /**
     * Goes on with a run where its newest whole checkpoint is; a run that is done gives its result again.
     *
     * @param path its folder
     * @param given parts to use instead of those that its description names
     * @param task hears of progress and tells when to stop
     * @param result takes the run
     * @throws IllegalArgumentException in one sentence, if a part is missing, damaged or another one
     * @throws IllegalStateException if somebody else is writing the folder
     */
    public static void resume(Path path, Given given, Work.Task task, Consumer<Run> result) {
        resume(path, given, Rhythm.usual(), task, result);
    }

    static void resume(Path path, Given given, Rhythm rhythm, Work.Task task, Consumer<Run> result) {
        var notes = new Notes();
        try (RunFolder folder = RunFolder.open(path)) {
            Parts parts = parts(folder, given, notes);
            try (var training = training(parts)) {
                var checkpoint = Checkpoint.newest(path, training.manager(), notes);
                checkpoint.ifPresent(found -> training.restore(found.state(), found.bestWeights()));
                FolderKeeper keeper = checkpoint
                        .map(found -> FolderKeeper.from(folder, notes, rhythm, found.files()))
                        .orElseGet(() -> FolderKeeper.fresh(folder, notes, rhythm));
                work(training, keeper, folder, notes, task, result);
            }
        }
    }

    /**
     * Parts of a run that are given again, since a description cannot build them.
     *
     * @param architecture what is trained, or null as described
     * @param method how, or null as described
     * @param data on what, or null as described
     */
    public record Given(
            @Nullable Architecture architecture,
            @Nullable Method method,
            @Nullable Images data) {}

    private static Parts parts(RunFolder folder, Given given, Notes notes) {
        Description charter = folder.charter();
        var plan = (Plan) charter.part("plan").rebuild();
        var origin = (Origin) charter.part("data").rebuild();
        threads(charter, notes);
        Images data = given.data == null ? recalled(origin, folder.path()) : given.data;
        if (!data.origin().equals(origin)) {
            throw new IllegalArgumentException("The images given are " + data.origin() + ", and the run "
                    + folder.path() + " was begun with " + origin + ": the same files and choices are needed.");
        }
        Architecture architecture = given.architecture;
        if (architecture == null) {
            architecture = (Architecture) charter.part("architecture").rebuild();
        } else if (!Description.of(architecture).equals(charter.part("architecture"))) {
            throw new IllegalArgumentException("The architecture given is " + architecture + ", and the run "
                    + folder.path() + " was begun with another one.");
        }
        Method method = given.method;
        if (method == null) {
            method = folder.method(charter);
        } else {
            folder.requireSame(charter, method);
        }
        return new Parts(architecture, method, data, plan);
    }

    private static Images recalled(Origin origin, Path path) {
        try {
            return Recall.of(origin);
        } catch (DataException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + " To go on with the run " + path + ", give them: resume(path, images).", e);
        }
    }

    private static void threads(Description charter, Notes notes) {
        var begun = (Environment) charter.part("environment").rebuild();
        if (begun.threads() != Torch.threads()) {
            notes.add("The run was begun with " + begun.threads() + " threads an operation and went on with "
                    + Torch.threads() + ": its weights can differ in rounding from those of a run in one go.");
        }
    }

    /**
     * Looks whether the files of a run are what was written; reads only.
     *
     * @param path its folder
     * @return one sentence for each file that is missing or damaged, naming it
     */
    public static List<String> check(Path path) {
        var problems = new ArrayList<String>();
        Inspect.all(path, problems::add);
        return problems;
    }

    /**
     * Reads how a run stands.
     *
     * @param path its folder
     * @return its {@code state.json}
     * @throws IllegalArgumentException in one sentence, if it is missing or damaged
     */
    public static Standing standing(Path path) {
        return (Standing) Sealed.read(path.resolve(RunFolder.STANDING)).rebuild();
    }
}
