package ardent.run;

import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.run.folder.Checkpoint;
import ardent.run.folder.CheckpointWriter;
import ardent.run.folder.FileCheck;
import ardent.run.folder.RunFolder;
import ardent.run.folder.RunReport;
import ardent.run.folder.RunStart;
import ardent.train.Epoch;
import ardent.train.Run;
import ardent.train.Training;
import ardent.train.TrainingListener;
import ardent.train.TrainingLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
     * Where new runs are kept.
     *
     * @return the folder, empty if none are kept
     */
    public static Optional<Path> root() {
        String named = place();
        return OFF.equals(named) ? Optional.empty() : Optional.of(Path.of(named == null ? "runs" : named));
    }

    /**
     * Whether somebody chose where runs are kept.
     *
     * @return false for the usual place
     */
    public static boolean named() {
        return place() != null;
    }

    private static @Nullable String place() {
        return System.getProperty("ardent.runs", System.getenv("ARDENT_RUNS"));
    }

    /**
     * Trains from the beginning.
     *
     * @param parts what to train
     * @param root where to keep it, or null for nowhere
     * @param task receives progress and tells when to stop
     * @param result takes the run, also that of a training that ends by an error
     * @throws ArithmeticException naming epoch, batch and term, if the loss is not a number
     */
    public static void train(RunParts parts, @Nullable Path root, Work.Task task, Consumer<Run> result) {
        train(parts, root, CheckpointWriter.Interval.usual(), task, result);
    }

    static void train(
            RunParts parts,
            @Nullable Path root,
            CheckpointWriter.Interval rhythm,
            Work.Task task,
            Consumer<Run> result) {
        var notes = new LinkedHashSet<String>();
        try (var training = new Training(parts.architecture(), parts.method(), parts.data(), parts.plan());
                var folder = root == null ? null : created(() -> RunFolder.create(root, training.start()), notes)) {
            Path path = folder == null ? null : folder.path();
            if (folder == null && parts.plan().versions() > 1) {
                notes.add("Versions are not kept, because this training has no folder.");
            }
            Consumer<Run> told = run -> result.accept(run.kept(path, List.copyOf(notes)));
            kept(training, folder, notes, rhythm, task, told, told);
        }
    }

    /**
     * Trains what is no classifier from the beginning, in a folder of its own.
     *
     * @param training at its beginning; closed afterwards
     * @param root where to keep it, or null for nowhere
     * @param task receives progress and tells when to stop
     * @param trouble receives in one sentence what could not be kept
     * @param <R> the result
     * @return the result
     */
    public static <R extends AutoCloseable> R train(
            TrainingLoop<R> training, @Nullable Path root, Work.Task task, Consumer<String> trouble) {
        var notes = new LinkedHashSet<String>();
        var made = new AtomicReference<R>();
        try (training;
                var folder = root == null ? null : created(() -> RunFolder.create(root, training.start()), notes)) {
            kept(training, folder, notes, CheckpointWriter.Interval.usual(), task, made::set, Runs::close);
        } finally {
            notes.forEach(trouble);
        }
        return Objects.requireNonNull(made.get());
    }

    /** Frees what a training gave that is handed to nobody. */
    private static void close(AutoCloseable partial) {
        try {
            partial.close();
        } catch (Exception e) {
            throw new IllegalStateException(partial + " cannot be closed.", e);
        }
    }

    private static <R> void kept(
            TrainingLoop<R> training,
            @Nullable RunFolder folder,
            Set<String> notes,
            CheckpointWriter.Interval rhythm,
            Work.Task task,
            Consumer<R> result,
            Consumer<R> partial) {
        if (folder != null) {
            training.keptIn(folder.real());
        }
        TrainingListener keeper =
                folder == null ? TrainingListener.NONE : CheckpointWriter.fresh(folder, notes, rhythm);
        work(training, keeper, task, result, partial);
    }

    /**
     * Makes the folder of a run that {@link #resume} then trains.
     *
     * @param parts what to train
     * @param root where to keep it
     * @return the folder of the run
     * @throws UncheckedIOException in one sentence, if it cannot be written
     */
    public static Path begin(RunParts parts, Path root) {
        try (RunFolder folder = RunFolder.create(root, parts.description())) {
            return folder.path();
        }
    }

    /**
     * What a run of these parts is, as {@link #setup} tells it of one that was begun; equal runs have equal essences.
     *
     * @param parts what to train
     * @param known what stands for their teachers, once each is described; an identity map, empty to begin with
     * @return the description; teachers stand in it by the hash of their weights
     */
    public static Description description(RunParts parts, Map<Described, Record> known) {
        return RunStart.description(parts, known);
    }

    private static @Nullable RunFolder created(Supplier<RunFolder> making, Set<String> notes) {
        try {
            return making.get();
        } catch (UncheckedIOException | IllegalArgumentException e) {
            notes.add("This training is not kept in a folder and cannot be resumed: " + e.getMessage());
            return null;
        }
    }

    private static Training again(RunParts parts) {
        return Training.again(parts.architecture(), parts.method(), parts.data(), parts.plan());
    }

    private static <R> void work(
            TrainingLoop<R> training,
            TrainingListener keeper,
            Work.Task task,
            Consumer<R> result,
            Consumer<R> partial) {
        keeper.begin(training);
        try {
            R run = training.run(warning(task, keeper), keeper);
            keeper.ended(training, run, !training.finished());
            result.accept(run);
        } catch (RuntimeException | Error e) {
            keeper.failed(training, e);
            try { // what there is of it is the last training, and not the one before
                partial.accept(training.result(true));
            } catch (RuntimeException | Error more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    /** Says with every progress that the folder cannot be written, as long as it cannot. */
    private static Work.Task warning(Work.Task task, TrainingListener keeper) {
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
     * @param task receives progress and tells when to stop
     * @param result takes the run
     * @throws IllegalArgumentException in one sentence, if a part is missing, damaged or another one
     * @throws IllegalStateException if somebody else is writing the folder
     */
    public static void resume(Path path, RunParts.Given given, Work.Task task, Consumer<Run> result) {
        resume(path, given, CheckpointWriter.Interval.usual(), task, result);
    }

    static void resume(
            Path path, RunParts.Given given, CheckpointWriter.Interval rhythm, Work.Task task, Consumer<Run> result) {
        var notes = new LinkedHashSet<String>();
        RunStart.at(path).compare(notes);
        open(path, given, (folder, training) -> {
            Consumer<Run> told = run -> result.accept(run.kept(path, List.copyOf(notes)));
            goOn(folder, training, notes, rhythm, task, told, told);
            return training;
        });
    }

    /**
     * Goes on with a run of what is no classifier where its newest whole checkpoint is.
     *
     * @param path its folder
     * @param training of the same parts, at its beginning; closed afterwards
     * @param task receives progress and tells when to stop
     * @param trouble receives in one sentence what could not be kept
     * @param <R> the result
     * @return the result
     * @throws IllegalStateException if somebody else is writing the folder
     */
    public static <R extends AutoCloseable> R resume(
            Path path, TrainingLoop<R> training, Work.Task task, Consumer<String> trouble) {
        var notes = new LinkedHashSet<String>();
        RunStart.at(path).compare(notes);
        var made = new AtomicReference<R>();
        try (training;
                RunFolder folder = RunFolder.open(path)) {
            training.keptIn(folder.real());
            goOn(folder, training, notes, CheckpointWriter.Interval.usual(), task, made::set, Runs::close);
        } finally {
            notes.forEach(trouble);
        }
        return Objects.requireNonNull(made.get());
    }

    private static <R> void goOn(
            RunFolder folder,
            TrainingLoop<R> training,
            Set<String> notes,
            CheckpointWriter.Interval rhythm,
            Work.Task task,
            Consumer<R> result,
            Consumer<R> partial) {
        TrainingListener keeper = restored(folder.path(), training, notes)
                .map(found -> CheckpointWriter.from(folder, notes, rhythm, found.files()))
                .orElseGet(() -> CheckpointWriter.fresh(folder, notes, rhythm));
        work(training, keeper, task, result, partial);
    }

    private static Optional<Checkpoint> restored(Path path, TrainingLoop<?> training, Set<String> notes) {
        Optional<Checkpoint> newest = Checkpoint.newest(path, training.manager(), notes);
        newest.ifPresent(found -> training.restore(found.state(), found.bestWeights()));
        return newest;
    }

    /** A run that was begun, while nobody else writes its folder. */
    private static <T> T open(Path path, RunParts.Given given, Use<T> use) {
        try (RunFolder folder = RunFolder.open(path)) {
            RunParts parts = RunStart.at(path).parts(given, "resume");
            try (var training = again(parts)) {
                training.keptIn(folder.real());
                return use.of(folder, training);
            } catch (RuntimeException | Error e) {
                parts.close();
                throw e;
            }
        }
    }

    private interface Use<T> {
        T of(RunFolder folder, Training training);
    }

    /**
     * Where a run is at its newest whole checkpoint, without going on.
     *
     * @param path its folder
     * @param given parts to use instead of those that its description names
     * @return the run; its networks hold memory until they are closed
     * @throws IllegalArgumentException in one sentence, if a part is missing, damaged or another one
     * @throws IllegalStateException if somebody is writing the folder
     */
    public static Run look(Path path, RunParts.Given given) {
        var notes = new LinkedHashSet<String>();
        return open(path, given, (folder, training) -> {
            restored(path, training, notes);
            return training.result(!training.finished()).kept(path, List.copyOf(notes));
        });
    }

    /**
     * The folders of all runs, oldest first.
     *
     * @param root where they are kept, see {@link #root}
     * @return folders that hold a run, in whatever state; none if there is no such folder
     */
    public static List<Path> folders(Path root) {
        return unsorted(root).stream()
                .sorted(Comparator.comparing(Runs::begun).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /**
     * The folders of all runs in any order, without reading them.
     *
     * @param root where they are kept
     * @return folders that hold a run, in whatever state; none if there is no such folder
     */
    public static List<Path> unsorted(Path root) {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(
                            folder -> !String.valueOf(folder.getFileName()).startsWith("."))
                    .filter(RunFolder::isRun)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + root + " cannot be read: " + e + ".", e);
        }
    }

    private static String begun(Path folder) {
        try {
            return setup(folder).at("begun").orElse("");
        } catch (IllegalArgumentException e) {
            return ""; // what describes it is damaged, and its name has the day
        }
    }

    /**
     * What a run was begun with: architecture, method, data, plan, environment, time; reads one small file.
     *
     * @param path its folder
     * @return the description in its {@code run.json}
     * @throws IllegalArgumentException in one sentence, if there is no run or the file is damaged
     */
    public static Description setup(Path path) {
        return RunStart.at(path).setup();
    }

    /**
     * What is needed to train a run once more, its teachers loaded from its folder.
     *
     * @param path its folder
     * @param given parts to use instead of those that its description names
     * @param verb what sentences that ask for a part tell to call
     * @return the parts, built when they are asked for; teachers hold memory until they are closed
     * @throws IllegalArgumentException in one sentence, if the folder holds no run or its description is damaged
     */
    public static RunParts parts(Path path, RunParts.Given given, String verb) {
        return RunStart.at(path).parts(given, verb);
    }

    /**
     * The epochs of a run up to its newest checkpoint; reads one small file.
     *
     * @param path its folder
     * @return its {@code epochs.csv}, none before the first checkpoint
     * @throws IllegalArgumentException in one sentence, if it is damaged
     */
    public static List<Epoch> history(Path path) {
        return RunReport.history(path);
    }

    /**
     * The versions of a network along its training that its plan kept, up to its best epoch, and the student at last.
     *
     * @param path folder of a finished run
     * @param architecture what was trained; null for one of the kit, which the files tell
     * @return at least two, easy to hard, each named by its epoch, for a {@link ardent.method.Trajectory}; each holds memory until
     *     it is closed
     * @throws IllegalArgumentException in one sentence, if the run is not of a classifier, is not finished, kept no version before its best epoch, or a
     *     file is damaged
     */
    public static List<Classifier> versions(Path path, @Nullable Architecture architecture) {
        RunStart start = RunStart.at(path);
        start.requireClassifier("a recommender or a ranker keeps no versions of its training");
        Description trained = start.setup().part("architecture");
        if (architecture == null && !trained.repeatable()) {
            throw new IllegalArgumentException("The architecture of the run " + path + ", " + trained.brief()
                    + ", is no class of the kit: give it, as in trajectory(folder, architecture).");
        }
        RunState state = RunState.read(path);
        Path student = Folder.inside(path, RunFolder.STUDENT);
        if (state.phase() != RunState.Phase.FINISHED || !Files.exists(student)) {
            throw new IllegalArgumentException(
                    "The run " + path + " is not finished, so that its last version is missing: resume(path) first.");
        }
        List<Path> files = Checkpoint.versions(path, state);
        if (files.isEmpty()) {
            boolean asked = start.setup()
                    .at("plan.versions")
                    .filter(count -> !List.of("0", "1").contains(count)) // of one, the student is all
                    .isPresent();
            throw new IllegalArgumentException("The run " + path + " kept no version from before its best epoch "
                    + state.best() + ": train it with a plan "
                    + (asked
                            ? "whose best epoch comes later, as plan.validation(0) takes the last one."
                            : "that keeps some, as in plan.versions(4)."));
        }
        var versions = new ArrayList<Classifier>();
        try {
            Stream.concat(files.stream(), Stream.of(student))
                    .map(file -> architecture == null ? Classifier.load(file) : Classifier.load(file, architecture))
                    .forEach(version -> versions.add(byEpoch(version)));
        } catch (RuntimeException damaged) {
            versions.forEach(Classifier::close);
            throw damaged;
        }
        return List.copyOf(versions);
    }

    private static Classifier byEpoch(Classifier version) {
        return Description.of(version)
                .at("epoch")
                .map(epoch -> version.as(version.name() + " · epoch " + epoch, version.origin()))
                .orElse(version);
    }

    /**
     * Looks whether the files of a run are what was written; reads only.
     *
     * @param path its folder
     * @return one sentence for each file that is missing or damaged, naming it
     */
    public static List<String> check(Path path) {
        return FileCheck.of(path);
    }
}
