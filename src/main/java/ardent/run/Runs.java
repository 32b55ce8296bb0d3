package ardent.run;

import ardent.data.Images;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.run.folder.Checkpoint;
import ardent.run.folder.CheckpointInterval;
import ardent.run.folder.CheckpointWriter;
import ardent.run.folder.FileCheck;
import ardent.run.folder.RunFolder;
import ardent.run.folder.RunReport;
import ardent.run.folder.RunStart;
import ardent.run.folder.SealedRecords;
import ardent.train.Epoch;
import ardent.train.Plan;
import ardent.train.Run;
import ardent.train.Training;
import ardent.train.TrainingListener;
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
import java.util.Optional;
import java.util.Set;
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

    /** What a run is made of; what its description has to build is built when it is asked for. */
    public static final class Parts {
        private final Supplier<Architecture> architecture;
        private final Supplier<Method> method;
        private final Supplier<Images> data;
        private final Plan plan;
        private final List<Classifier> opened;

        /**
         * Parts that are there.
         *
         * @param architecture what to train
         * @param method how
         * @param data on what
         * @param plan for how long
         */
        public Parts(Architecture architecture, Method method, Images data, Plan plan) {
            this(() -> architecture, () -> method, () -> data, plan, List.of());
            Arguments.given("architecture, method, data, plan", architecture, method, data, plan);
        }

        /** Parts that are built once they are asked for, and the networks that are opened for it. */
        public Parts(
                Supplier<Architecture> architecture,
                Supplier<Method> method,
                Supplier<Images> data,
                Plan plan,
                List<Classifier> opened) {
            this.architecture = architecture;
            this.method = method;
            this.data = data;
            this.plan = plan;
            this.opened = opened;
        }

        /**
         * What to train.
         *
         * @return the architecture
         * @throws IllegalArgumentException in one sentence, if its description cannot build it
         */
        public Architecture architecture() {
            return architecture.get();
        }

        /**
         * How to train.
         *
         * @return the method; its teachers hold memory until they, or these parts, are closed
         * @throws IllegalArgumentException in one sentence, if its description cannot build it, or a teacher is missing,
         *     damaged or another one
         */
        public Method method() {
            return method.get();
        }

        /**
         * On what to train.
         *
         * @return the images
         * @throws IllegalArgumentException in one sentence, if they are not found or other ones
         */
        public Images data() {
            return data.get();
        }

        /**
         * For how long to train.
         *
         * @return the plan
         */
        public Plan plan() {
            return plan;
        }

        /**
         * These parts as they are given to a run that goes on.
         *
         * @return the parts that a description may not build
         */
        public Given given() {
            return new Given(architecture(), method(), data());
        }

        /**
         * With another architecture.
         *
         * @param architecture what to train
         * @return changed parts
         */
        public Parts architecture(Architecture architecture) {
            return new Parts(() -> architecture, method, data, plan, opened);
        }

        /**
         * With another method.
         *
         * @param method how
         * @return changed parts
         */
        public Parts method(Method method) {
            return new Parts(architecture, () -> method, data, plan, opened);
        }

        /**
         * With other images.
         *
         * @param data on what
         * @return changed parts
         */
        public Parts data(Images data) {
            return new Parts(architecture, method, () -> data, plan, opened);
        }

        /**
         * With another plan.
         *
         * @param plan for how long
         * @return changed parts
         */
        public Parts plan(Plan plan) {
            return new Parts(architecture, method, data, plan, opened);
        }

        /** Frees the teachers that were loaded for these parts from the folder of a run. */
        public void close() {
            opened.forEach(Classifier::close);
        }
    }

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
     * @param task hears of progress and tells when to stop
     * @param result takes the run, also that of a training that ends by an error
     * @throws ArithmeticException naming epoch, batch and term, if the loss is not a number
     */
    public static void train(Parts parts, @Nullable Path root, Work.Task task, Consumer<Run> result) {
        train(parts, root, CheckpointInterval.usual(), task, result);
    }

    public static void train(
            Parts parts, @Nullable Path root, CheckpointInterval rhythm, Work.Task task, Consumer<Run> result) {
        var notes = new LinkedHashSet<String>();
        try (var training = new Training(parts.architecture(), parts.method(), parts.data(), parts.plan());
                var folder = root == null ? null : created(parts, root, notes)) {
            TrainingListener keeper =
                    folder == null ? TrainingListener.NONE : CheckpointWriter.fresh(folder, notes, rhythm);
            Path path = folder == null ? null : folder.path();
            if (folder != null) {
                training.keptIn(folder.real());
            }
            work(training, keeper, task, run -> result.accept(run.kept(path, List.copyOf(notes))));
        }
    }

    /**
     * Makes the folder of a run that {@link #resume} then trains.
     *
     * @param parts what to train
     * @param root where to keep it
     * @return the folder of the run
     * @throws UncheckedIOException in one sentence, if it cannot be written
     */
    public static Path begin(Parts parts, Path root) {
        try (RunFolder folder = create(parts, root)) {
            return folder.path();
        }
    }

    /**
     * What a run of these parts is, as {@link #charter} tells it of one that was begun; equal runs have equal essences.
     *
     * @param parts what to train
     * @param known what stands for their teachers, once each is described; an identity map, empty to begin with
     * @return the description; teachers stand in it by the hash of their weights
     */
    public static Description description(Parts parts, Map<Described, Record> known) {
        return RunStart.description(parts, known);
    }

    private static RunFolder create(Parts parts, Path root) {
        return RunFolder.create(
                root, parts.architecture(), parts.method(), parts.data().origin(), parts.plan());
    }

    private static @Nullable RunFolder created(Parts parts, Path root, Set<String> notes) {
        try {
            return create(parts, root);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            notes.add("This training is not kept in a folder and cannot be resumed: " + e.getMessage());
            return null;
        }
    }

    private static Training again(Parts parts) {
        return Training.again(parts.architecture(), parts.method(), parts.data(), parts.plan());
    }

    private static void work(Training training, TrainingListener keeper, Work.Task task, Consumer<Run> result) {
        keeper.begin(training);
        try {
            Run run = training.run(warning(task, keeper), keeper);
            keeper.ended(training, run);
            result.accept(run);
        } catch (ArithmeticException e) {
            keeper.failed(training, e);
            result.accept(training.result(true));
            throw e;
        } catch (RuntimeException | Error e) {
            keeper.failed(training, e);
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
     * @param task hears of progress and tells when to stop
     * @param result takes the run
     * @throws IllegalArgumentException in one sentence, if a part is missing, damaged or another one
     * @throws IllegalStateException if somebody else is writing the folder
     */
    public static void resume(Path path, Given given, Work.Task task, Consumer<Run> result) {
        resume(path, given, CheckpointInterval.usual(), task, result);
    }

    public static void resume(Path path, Given given, CheckpointInterval rhythm, Work.Task task, Consumer<Run> result) {
        var notes = new LinkedHashSet<String>();
        try (RunFolder folder = RunFolder.open(path)) {
            RunStart begun = RunStart.at(path);
            begun.compare(notes);
            Parts parts = begun.parts(given, "resume");
            try (var training = again(parts)) {
                training.keptIn(folder.real());
                var checkpoint = Checkpoint.newest(path, training.manager(), notes);
                checkpoint.ifPresent(found -> training.restore(found.state(), found.bestWeights()));
                TrainingListener keeper = checkpoint
                        .map(found -> CheckpointWriter.from(folder, notes, rhythm, found.files()))
                        .orElseGet(() -> CheckpointWriter.fresh(folder, notes, rhythm));
                work(training, keeper, task, run -> result.accept(run.kept(path, List.copyOf(notes))));
            } catch (RuntimeException | Error e) {
                parts.close();
                throw e;
            }
        }
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
    public static Run look(Path path, Given given) {
        var notes = new LinkedHashSet<String>();
        try (RunFolder folder = RunFolder.open(path)) {
            Parts parts = RunStart.at(path).parts(given, "resume");
            try (var training = again(parts)) {
                training.keptIn(folder.real());
                Checkpoint.newest(path, training.manager(), notes)
                        .ifPresent(found -> training.restore(found.state(), found.bestWeights()));
                return training.result(!training.finished()).kept(path, List.copyOf(notes));
            } catch (RuntimeException | Error e) {
                parts.close();
                throw e;
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
            @Nullable Images data) {
        /** Nothing: all is as described. */
        public static final Given NOTHING = new Given(null, null, null);
    }

    /**
     * The folders of all runs, oldest first.
     *
     * @param root where they are kept, see {@link #root}
     * @return folders that hold a run, however it stands; none if there is no such folder
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
     * @return folders that hold a run, however it stands; none if there is no such folder
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
            return charter(folder).at("begun").orElse("");
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
    public static Description charter(Path path) {
        return RunStart.at(path).charter();
    }

    /**
     * What is needed to train a run once more, its teachers loaded from its folder.
     *
     * @param path its folder
     * @param given parts to use instead of those that its description names
     * @return the parts, built when they are asked for; teachers hold memory until they are closed
     * @throws IllegalArgumentException in one sentence, if the folder holds no run or its description is damaged
     */
    public static Parts parts(Path path, Given given) {
        return parts(path, given, "rerun");
    }

    /**
     * As {@link #parts(Path, Given)}, for a verb that takes them.
     *
     * @param path its folder
     * @param given parts to use instead of those that its description names
     * @param verb what sentences that ask for a part tell to call
     * @return the parts
     */
    public static Parts parts(Path path, Given given, String verb) {
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
        RunState standing;
        try {
            standing = standing(path);
        } catch (IllegalArgumentException e) {
            standing = null; // the rows vouch for themselves, though not for their number
        }
        return history(path, standing);
    }

    static List<Epoch> history(Path path, @Nullable RunState standing) {
        Path file = Folder.inside(path, RunFolder.EPOCHS);
        List<Epoch> history = RunReport.history(file);
        if (standing != null && standing.files().containsKey(RunFolder.EPOCHS)) {
            Checkpoint.requireHash(file, standing.files().getOrDefault(RunFolder.EPOCHS, ""));
        } else if (standing != null && history.size() < standing.epoch()) {
            throw new IllegalArgumentException("The file " + file + " is damaged or missing: it has " + history.size()
                    + " epochs, and " + standing.epoch() + " were written.");
        }
        return history;
    }

    /**
     * Looks whether the files of a run are what was written; reads only.
     *
     * @param path its folder
     * @return one sentence for each file that is missing or damaged, naming it
     */
    public static List<String> check(Path path) {
        var problems = new ArrayList<String>();
        FileCheck.all(path, problems::add);
        return problems;
    }

    /**
     * Reads how a run stands.
     *
     * @param path its folder
     * @return its {@code state.json}
     * @throws IllegalArgumentException in one sentence, if it is missing or damaged
     */
    public static RunState standing(Path path) {
        return SealedRecords.read(Folder.inside(path, RunFolder.STANDING), RunState.class);
    }
}
