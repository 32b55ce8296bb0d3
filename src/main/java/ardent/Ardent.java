package ardent;

import ai.djl.ndarray.NDArray;
import ardent.anomaly.AnomalyScores;
import ardent.anomaly.Detector;
import ardent.anomaly.ReverseDistillation;
import ardent.anomaly.ReverseStudent;
import ardent.attack.Attack;
import ardent.attack.CascadeElsewhere;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.Curve;
import ardent.attack.PerturbationVerifier;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.evaluate.Evidence;
import ardent.evaluate.Outcome;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.grid.Grid;
import ardent.method.Method;
import ardent.method.Trajectory;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.EngineEnvironment;
import ardent.network.Network;
import ardent.notebook.Notebook;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.rank.AttackedLists;
import ardent.rank.Knrm;
import ardent.rank.ListNetwork;
import ardent.rank.ListScores;
import ardent.rank.ListTraining;
import ardent.rank.Piat;
import ardent.rank.Rankings;
import ardent.rank.Substitution;
import ardent.recommend.Interactions;
import ardent.recommend.Recommender;
import ardent.recommend.RecommenderLoss;
import ardent.recommend.RecommenderModel;
import ardent.recommend.TopItems;
import ardent.report.Comparison;
import ardent.report.Price;
import ardent.report.Report;
import ardent.report.RunComparison;
import ardent.report.RunTable;
import ardent.report.Sweep;
import ardent.report.TableCells;
import ardent.report.card.ModelCard;
import ardent.run.Repetition;
import ardent.run.Reproduction;
import ardent.run.RunOfNetwork;
import ardent.run.RunParts;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.run.Scores;
import ardent.spark.Spark;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Epoch;
import ardent.train.Plan;
import ardent.train.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.Table;

/**
 * The verbs of the kit, for {@code import static ardent.Ardent.*}: they return new values and change nothing they were
 * given, so that running a cell twice gives the same answer.
 *
 * <p>Long ones tell their progress in the cell. Interrupting the cell ends them within one batch: a training returns its
 * best weights so far and goes on with {@link #resume()}, an evaluation returns the scores it has finished.
 *
 * <p>With {@code ARDENT_SMOKE=1} in the environment, trainings and evaluations are cut to seconds, for trying out whether
 * notebooks run; their numbers mean nothing, and every description says how many images were used.
 */
public final class Ardent {
    private static final boolean SMOKE = "1".equals(System.getenv("ARDENT_SMOKE"));
    private static final int SMOKE_TRAINING = 256;
    private static final int SMOKE_TEST = 40;
    private static final int SMOKE_ATTACK = 2;

    private static volatile @Nullable Run lastRun;
    private static volatile RunParts.Given lastGiven = RunParts.Given.NOTHING;

    /** Whether somebody may hold networks of the last training: one that ended by an error was not returned. */
    private static volatile boolean lastHeld;

    private Ardent() {}

    /**
     * Trains a network, and keeps the training in a folder under {@code runs}, see {@link Runs}.
     *
     * @param architecture what to train
     * @param method how
     * @param data on what
     * @param plan for how long
     * @return the network with the weights of its best epoch; {@link #lastRun} has its history
     * @throws IllegalArgumentException in one sentence, where the parts do not fit
     * @throws ArithmeticException naming epoch, batch and term, if the loss is not a number; {@link #lastRun} has the best
     *     weights so far
     */
    public static Classifier train(Architecture architecture, Method method, Images data, Plan plan) {
        Arguments.verb("train(architecture, method, data, plan)", architecture, method, data, plan);
        return train(new RunParts(architecture, method, data, plan));
    }

    private static Classifier train(RunParts whole) {
        RunParts parts = SMOKE ? smoke(whole) : whole;
        Path root = root();
        return kept(
                "train " + parts.architecture().label() + " · " + parts.method().label(),
                parts.given(),
                (task, result) -> Runs.train(parts, root, task, result));
    }

    /** Runs a training and prints what was noticed about its folder, here and not on the thread of the work. */
    private static Classifier kept(String what, RunParts.Given given, BiConsumer<Work.Task, Consumer<Run>> work) {
        var notes = new ArrayList<String>();
        try {
            return Work.run(what, task -> {
                work.accept(task, run -> {
                    remember(run, given);
                    notes.addAll(run.notes());
                    task.ending(ending(run));
                });
                return lastRun().student();
            });
        } finally {
            notes.forEach(System.err::println);
        }
    }

    private static String ending(Run run) {
        if (!run.stopped()) {
            return "finished before it could stop";
        }
        return run.folder() == null
                ? "stopped early; lastRun().student() has its best weights"
                : "paused; resume() goes on";
    }

    private static void remember(Run run, RunParts.Given given) {
        Run before = lastRun;
        if (before != null && !lastHeld) {
            before.student().close();
            before.last().close();
        }
        lastHeld = false;
        lastRun = run;
        lastGiven = given;
    }

    private static Optional<String> weights(Network network) {
        return Description.of(network).at("weights");
    }

    /**
     * Continues the last training of this program, which was interrupted.
     *
     * @return the network with the weights of its best epoch; one that was not interrupted is given again
     * @throws IllegalStateException in one sentence, if nothing was trained yet or it is not kept in a folder
     */
    public static Classifier resume() {
        Path folder = last().folder();
        if (folder == null) {
            throw new IllegalStateException("The last training is not kept in a folder, since ARDENT_RUNS is off or its"
                    + " folder could not be written; train again.");
        }
        return resume(folder, lastGiven);
    }

    /**
     * Continues an interrupted or killed training exactly where its newest checkpoint is, as if it had never ended; all
     * it needs is in its folder, and published data where they were.
     *
     * @param folder the folder of the run, such as {@code runs/2026-08-04-smallcnn-crdnd-3f9a2c}
     * @return the network with the weights of its best epoch
     * @throws IllegalArgumentException in one sentence, if a part cannot be built from its description, is missing,
     *     damaged or another one
     * @throws IllegalStateException if somebody else is writing the folder
     */
    public static Classifier resume(Path folder) {
        Arguments.verb("resume(folder)", folder);
        return resume(folder, RunParts.Given.NOTHING);
    }

    /**
     * Continues a training whose method was defined in a notebook.
     *
     * @param folder the folder of the run
     * @param method the method again
     * @return the network with the weights of its best epoch
     */
    public static Classifier resume(Path folder, Method method) {
        Arguments.verb("resume(folder, method)", folder, method);
        return resume(folder, new RunParts.Given(null, method, null));
    }

    /**
     * Continues a training on images that were given in memory.
     *
     * @param folder the folder of the run
     * @param images the images again
     * @return the network with the weights of its best epoch
     */
    public static Classifier resume(Path folder, Images images) {
        Arguments.verb("resume(folder, images)", folder, images);
        return resume(folder, new RunParts.Given(null, null, images));
    }

    /**
     * Continues a training whose parts are given again.
     *
     * @param folder the folder of the run
     * @param architecture what is trained
     * @param method how
     * @param images on what
     * @return the network with the weights of its best epoch
     */
    public static Classifier resume(Path folder, Architecture architecture, Method method, Images images) {
        Arguments.verb("resume(folder, architecture, method, images)", folder, architecture, method, images);
        return resume(folder, new RunParts.Given(architecture, method, images));
    }

    private static Classifier resume(Path folder, RunParts.Given given) {
        return kept(
                "resume " + folder.getFileName(), given, (task, result) -> Runs.resume(folder, given, task, result));
    }

    /**
     * Trains a detector of anomalies.
     *
     * @param method how, teacher included
     * @param normal normal images only, such as {@code mnist.train().only(1)}
     * @param plan for how long
     * @return the detector; the teacher must stay open
     * @throws IllegalArgumentException in one sentence, where the parts do not fit
     * @throws ArithmeticException naming epoch and batch, if the loss is not a number
     */
    public static ReverseStudent train(ReverseDistillation method, Images normal, Plan plan) {
        Arguments.verb("train(method, normal, plan)", method, normal, plan);
        Images images = cut(normal, SMOKE_TRAINING);
        Plan budget = SMOKE ? plan.tried(SMOKE_TEST) : plan;
        return Work.run("train RD4AD", task -> method.run(images, budget, task));
    }

    /** Where runs are kept, or null for nowhere. */
    private static @Nullable Path root() {
        return SMOKE && !Runs.named() ? null : Runs.root().orElse(null);
    }

    private static <N extends ListNetwork> N trained(ListTraining<N> training, Work.Task task) {
        return Runs.train(training, root(), task, System.err::println);
    }

    private static <N extends ListNetwork> Reproduction again(Path folder, ListTraining<N> training, Work.Task task) {
        return Repetition.run(folder, training, () -> {
            try (N made = trained(training, task)) {
                return made;
            }
        });
    }

    /**
     * A teacher as the versions that a run with {@link Plan#versions} kept, for any method in the place of a teacher.
     *
     * @param folder folder of a finished run, such as {@code lastRun().folder()}
     * @return the versions, easy to hard
     * @throws IllegalArgumentException in one sentence, if the run is not finished or kept no version before its best epoch
     */
    public static Trajectory trajectory(Path folder) {
        if (SMOKE) { // trainings of one epoch keep no versions
            return new Trajectory(List.of(lastRun().student()));
        }
        Arguments.verb("trajectory(folder)", folder);
        return new Trajectory(Runs.versions(folder, null));
    }

    /**
     * The same of a run with an architecture of one's own, which no file builds.
     *
     * @param folder folder of a finished run
     * @param architecture what was trained
     * @return the versions, easy to hard
     * @throws IllegalArgumentException as {@link #trajectory(Path)}, or if another architecture was trained
     */
    public static Trajectory trajectory(Path folder, Architecture architecture) {
        if (SMOKE) {
            return trajectory(folder);
        }
        Arguments.verb("trajectory(folder, architecture)", folder, architecture);
        return new Trajectory(Runs.versions(folder, architecture));
    }

    /**
     * The last training: its history, its last weights, its best epoch. In a program that has not trained yet it is the
     * newest run of a classifier that is kept, where its newest checkpoint is.
     *
     * @return the run, also if the cell that began it was interrupted or ended by an error
     * @throws IllegalStateException if nothing was trained yet
     */
    public static Run lastRun() {
        Run run = last();
        lastHeld = true;
        return run;
    }

    private static Run last() {
        Work.settle();
        Run run = lastRun;
        if (run != null) {
            return run;
        }
        List<Path> folders = Runs.root().map(Runs::folders).orElse(List.of());
        if (folders.isEmpty()) {
            throw new IllegalStateException("Nothing has been trained in this program yet; call train first.");
        }
        Path newest = newest(folders);
        return Work.run("look at " + newest.getFileName(), task -> {
            Run found = Runs.look(newest, RunParts.Given.NOTHING);
            remember(found, RunParts.Given.NOTHING);
            return found;
        });
    }

    /** The last run of a classifier whose folder can be read; what cannot is said, and looked at only where there is no other. */
    private static Path newest(List<Path> folders) {
        for (int i = folders.size() - 1; i >= 0; i--) {
            RunSummary run = RunSummary.of(folders.get(i));
            if (!run.ofClassifier()) {
                continue;
            }
            List<String> problems = run.problems();
            if (problems.isEmpty()) {
                return folders.get(i);
            }
            System.err.println("The run " + folders.get(i) + " is skipped: " + String.join(" ", problems));
        }
        return folders.get(folders.size() - 1);
    }

    /**
     * All runs that are kept where {@link Runs#root} says: what each is, its state, and its accuracies in %. Cells of a sweep are runs
     * in the folder of the sweep: {@link #runs(Path)}.
     *
     * @return a table that sorts by every column, oldest first; empty if none are kept. {@code latex(runs())} is it for a paper,
     *     {@code markdown(runs())} for a page, {@code runs().write().csv("runs.csv")} for a program
     */
    public static Table runs() {
        return runs(Runs.root().orElse(Path.of("runs")));
    }

    /**
     * All runs in a folder, such as the cells of a sweep, {@code runs(Path.of("runs/ablation"))}.
     *
     * @param root the folder of runs
     * @return a table that sorts by every column, oldest first; empty if there are none
     */
    public static Table runs(Path root) {
        Arguments.verb("runs(root)", root);
        return RunTable.of(RunSummary.all(root));
    }

    /**
     * Puts runs side by side: the parameters in which they differ, their accuracies, and their curves in one chart.
     *
     * @param runs folders of runs
     * @return the comparison, to be shown
     * @throws IllegalArgumentException in one sentence, if there is no run in a folder
     */
    public static RunComparison compare(Path... runs) {
        Arguments.verb("compare(runs)", (Object) runs);
        return new RunComparison(Arrays.stream(runs).map(RunSummary::of).toList());
    }

    /**
     * What if: trains what a run trained, with changes, from the beginning and in a folder of its own. A part that a change
     * replaces, {@code run.method(method)}, need not be built from its description.
     *
     * <pre>{@code rerun(path, run -> run.plan(run.plan().seed(1)))}</pre>
     *
     * @param folder folder of the run, whatever its state
     * @param changes what to change; none to repeat the run
     * @return the network with the weights of its best epoch
     * @throws IllegalArgumentException in one sentence, if a part cannot be built from its description
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are looked at for nulls
    public static Classifier rerun(Path folder, UnaryOperator<RunParts>... changes) {
        Arguments.verb("rerun(folder, changes)", folder, changes);
        return rerun(folder, RunParts.Given.NOTHING, changes);
    }

    /**
     * What if, for a run on images that were given in memory.
     *
     * @param folder folder of the run
     * @param images the images again, or those that they were chosen from
     * @param changes what to change
     * @return the network with the weights of its best epoch
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are looked at for nulls
    public static Classifier rerun(Path folder, Images images, UnaryOperator<RunParts>... changes) {
        Arguments.verb("rerun(folder, images, changes)", folder, images, changes);
        return rerun(folder, new RunParts.Given(null, null, images), changes);
    }

    /**
     * What if, for a run whose parts are given again.
     *
     * @param folder folder of the run
     * @param architecture what was trained
     * @param method how
     * @param images on what
     * @param changes what to change
     * @return the network with the weights of its best epoch
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are looked at for nulls
    public static Classifier rerun(
            Path folder, Architecture architecture, Method method, Images images, UnaryOperator<RunParts>... changes) {
        Arguments.verb(
                "rerun(folder, architecture, method, images, changes)", folder, architecture, method, images, changes);
        return rerun(folder, new RunParts.Given(architecture, method, images), changes);
    }

    private static Classifier rerun(Path folder, RunParts.Given given, UnaryOperator<RunParts>[] changes) {
        RunParts parts = Runs.parts(folder, given, "rerun");
        Run before = lastRun;
        try {
            for (UnaryOperator<RunParts> change : changes) {
                parts = change.apply(parts);
            }
            return train(parts);
        } catch (RuntimeException | Error e) {
            parts.close();
            lastGiven = Objects.equals(lastRun, before)
                    ? lastGiven
                    : given; // what is in the new folder is built from there
            throw e;
        }
    }

    /**
     * Repeats a finished run from its folder, in a folder of its own, with the evaluations of its student, and says what
     * differs.
     *
     * @param folder folder of the run
     * @return what differs; nothing on the same machine with as many threads
     * @throws IllegalArgumentException in one sentence and before work starts, if the run is not finished or damaged, or if
     *     a part of it cannot be built again
     */
    public static Reproduction reproduce(Path folder) {
        Arguments.verb("reproduce(folder)", folder);
        return reproduce(folder, RunParts.Given.NOTHING);
    }

    /**
     * Repeats a finished run whose method was defined in a notebook.
     *
     * @param folder folder of the run
     * @param method the method again
     * @return what differs
     */
    public static Reproduction reproduce(Path folder, Method method) {
        Arguments.verb("reproduce(folder, method)", folder, method);
        return reproduce(folder, new RunParts.Given(null, method, null));
    }

    /**
     * Repeats a finished run on images that were given in memory.
     *
     * @param folder folder of the run
     * @param images the images of its training again, or those that they were chosen from
     * @param test images of its evaluations that were given in memory too, if they are not among the first
     * @return what differs
     */
    public static Reproduction reproduce(Path folder, Images images, Images... test) {
        Arguments.verb("reproduce(folder, images, test)", folder, images, test);
        return reproduce(folder, new RunParts.Given(null, null, images), test);
    }

    /**
     * Repeats a finished run whose parts are given again.
     *
     * @param folder folder of the run
     * @param architecture what was trained
     * @param method how
     * @param images on what
     * @param test images of its evaluations that were given in memory, if they are not among the first
     * @return what differs
     */
    public static Reproduction reproduce(
            Path folder, Architecture architecture, Method method, Images images, Images... test) {
        Arguments.verb(
                "reproduce(folder, architecture, method, images, test)", folder, architecture, method, images, test);
        return reproduce(folder, new RunParts.Given(architecture, method, images), test);
    }

    private static Reproduction reproduce(Path folder, RunParts.Given given, Images... test) {
        Path root = Runs.root().orElse(null);
        var notes = new ArrayList<String>();
        try {
            return Work.run("reproduce " + folder.getFileName(), task -> {
                task.ending("stopped; what was repeated so far is compared");
                return Repetition.run(folder, given, List.of(test), root, task, notes::add);
            });
        } finally {
            notes.forEach(System.err::println);
        }
    }

    /**
     * Measures a network on clean images and under attacks.
     *
     * @param network the network
     * @param images test images
     * @param attacks none or more
     * @return the scores, to be shown
     */
    public static Report evaluate(Network network, Images images, Attack... attacks) {
        Arguments.verb("evaluate(network)", network);
        return evaluate(List.of(network), images, attacks);
    }

    /**
     * Measures networks on clean images and under attacks. Where an attack follows gradients, each network is looked at for
     * reasons to doubt it; the report says what was found.
     *
     * @param networks the networks; columns of the table tell in which parameters they differ
     * @param images test images
     * @param attacks none or more
     * @return the scores, to be shown
     */
    public static Report evaluate(List<? extends Network> networks, Images images, Attack... attacks) {
        Arguments.verb("evaluate(networks, images, attacks)", networks, images, attacks);
        List<Subject> subjects = networks.stream().map(Subject::of).toList();
        Images sample = cut(images, SMOKE_TEST);
        return kept(networks, Report.of(Robustness.measure(subjects, sample, List.of(attacks), new Protocol())));
    }

    /**
     * Measures a network on a cluster: as {@link #evaluate(Network, Images, Attack...)}, but executors of Apache Spark do it, each some of
     * the images at a time.
     *
     * @param network the network
     * @param images test images
     * @param spark the cluster, such as {@code Spark.local(2)}
     * @param attacks none or more
     * @return the scores, to be shown
     */
    public static Report evaluate(Network network, Images images, Spark spark, Attack... attacks) {
        Arguments.verb("evaluate(network)", network);
        return evaluate(List.of(network), images, spark, attacks);
    }

    /**
     * Measures networks on a cluster: as {@link #evaluate(List, Images, Attack...)}, but executors of Apache Spark do it, each some of
     * the images at a time. Which images remain correctly classified and what checks find is equal; times and costs are those of all
     * executors together, and the provenance names them. Interrupted, it returns the scores of the networks that are complete.
     *
     * @param networks the networks; columns of the table tell in which parameters they differ
     * @param images test images; published ones are loaded by the executors, others travel as they are needed
     * @param spark the cluster, such as {@code Spark.local(2)}
     * @param attacks none or more
     * @return the scores, to be shown
     * @throws IllegalArgumentException in one sentence, before work starts, if a network or an attack cannot be told to other
     *     programs, if a cascade in {@link ardent.attack.Mode#PARITY} would be cut, or where an executor lacks a data set
     * @throws IllegalStateException in one sentence, if Spark is not on the class path or no executor comes
     */
    public static Report evaluate(List<? extends Network> networks, Images images, Spark spark, Attack... attacks) {
        Arguments.verb("evaluate(networks, images, spark, attacks)", networks, images, spark, attacks);
        List<Subject> subjects = networks.stream().map(Subject::of).toList();
        Images sample = cut(images, SMOKE_TEST);
        Report report = Work.run("evaluate", task -> {
            task.ending("stopped; the report has the networks that were complete");
            var with = new AtomicReference<>(EngineEnvironment.now());
            Robustness measured = spark.workers(
                    task,
                    workers -> Robustness.measure(
                            subjects, sample, List.of(attacks), new Protocol(), workers, task, with::set));
            return new Report(measured, Objects.requireNonNull(with.get()), Instant.now());
        });
        return kept(networks, report);
    }

    /** Keeps scores with the runs of their networks. */
    private static Report kept(List<? extends Network> networks, Report report) {
        boolean real = !SMOKE || Runs.named();
        for (int i = 0; i < networks.size() && real && report.robustness().complete(); i++) {
            Outcome outcome = report.robustness().outcomes().get(i);
            Scores.keep(
                    networks.get(i),
                    Description.of(
                            Evidence.of(report.robustness(), List.of(outcome), report.environment(), report.time())),
                    outcome.right(),
                    System.err::println);
        }
        return report;
    }

    /**
     * Measures how well a detector ranks strange images above normal ones.
     *
     * @param detector the detector
     * @param images test images, of the normal class and of others
     * @param normal label of the class that is normal
     * @return the area under the receiver's curve, to be shown
     * @throws IllegalArgumentException in one sentence, if the images are all normal or all strange
     * @throws CancellationException if it was interrupted
     */
    public static AnomalyScores evaluate(Detector detector, Images images, int normal) {
        Arguments.verb("evaluate(detector, images)", detector, images);
        return AnomalyScores.measure(detector, images, normal, new Protocol());
    }

    /**
     * Trains a recommender.
     *
     * @param model how it scores, such as {@code new Factors(6)}
     * @param loss what for, such as {@code new HetComp(teachers)}
     * @param data pairs of users and items, split
     * @param plan for how long, such as {@code Recommender.plan()}
     * @return the recommender with the weights of its best epoch
     * @throws IllegalArgumentException in one sentence, where the parts do not fit
     * @throws ArithmeticException naming the epoch, if the loss is not a number
     */
    public static Recommender train(RecommenderModel model, RecommenderLoss loss, Interactions data, Plan plan) {
        Arguments.verb("train(model, loss, data, plan)", model, loss, data, plan);
        Plan budget = SMOKE ? plan.tried(plan.validation()) : plan;
        return Work.run(
                "train a recommender by " + loss.name(),
                task -> trained(Recommender.training(model, loss, data, budget), task));
    }

    /**
     * Tests a recommender on the test pairs.
     *
     * @param recommender the recommender
     * @param data what it was trained on
     * @param depths each K of Recall@K and NDCG@K, such as 10 and 50
     * @return its scores, which print themselves
     */
    public static ListScores evaluate(Recommender recommender, Interactions data, int... depths) {
        Arguments.verb("evaluate(recommender, data, depths)", recommender, data, depths);
        return TopItems.of(recommender, data, depths);
    }

    /**
     * Trains a ranker of documents.
     *
     * @param method how: {@code new Piat()}, or a control in another form
     * @param data queries and documents, split
     * @param plan for how long, such as {@code Knrm.plan()}
     * @return the ranker
     * @throws IllegalArgumentException in one sentence, if the data are not split or do not fit
     */
    public static Knrm train(Piat method, Rankings data, Plan plan) {
        Arguments.verb("train(method, data, plan)", method, data, plan);
        Plan budget = SMOKE ? plan.tried(SMOKE_TEST) : plan;
        return Work.run("train a ranker, " + method.name(), task -> trained(Knrm.training(method, data, budget), task));
    }

    /**
     * Tests a ranker on the test queries, clean and under attack: MRR@10, and with the budget of the attack in their names, such as
     * {@code attacked MRR@10 (10 words)}, attacked MRR@10, ranks gained and attack success.
     *
     * @param ranker the ranker
     * @param data what it was trained on
     * @param attack the exchange of words, greedy here
     * @return its scores with intervals over queries
     */
    public static ListScores evaluate(Knrm ranker, Rankings data, Substitution attack) {
        Arguments.verb("evaluate(ranker, data, attack)", ranker, data, attack);
        return AttackedLists.of(ranker, data, attack);
    }

    /**
     * Continues the interrupted or killed training of a recommender where its newest checkpoint is; teachers of HetComp are
     * trained once more as they were.
     *
     * @param folder the folder of the run, such as {@code recommender.folder().get()}
     * @param data the same pairs again, in the same split
     * @return the recommender with the weights of its best epoch
     * @throws IllegalArgumentException in one sentence, if the run was begun with other data, or a part cannot be built again
     * @throws IllegalStateException if somebody else is writing the folder
     */
    public static Recommender resume(Path folder, Interactions data) {
        Arguments.verb("resume(folder, data)", folder, data);
        return Work.run(
                "resume " + folder.getFileName(),
                task -> Runs.resume(folder, Recommender.training(folder, data, task), task, System.err::println));
    }

    /**
     * Continues the training of a recommender whose model or loss is one's own; teachers of HetComp that are given are not trained
     * again.
     *
     * @param folder the folder of the run
     * @param data the same pairs again, in the same split
     * @param model the model again
     * @param loss the loss again
     * @return the recommender with the weights of its best epoch
     */
    public static Recommender resume(Path folder, Interactions data, RecommenderModel model, RecommenderLoss loss) {
        Arguments.verb("resume(folder, data, model, loss)", folder, data, model, loss);
        return Work.run(
                "resume " + folder.getFileName(),
                task -> Runs.resume(
                        folder, Recommender.training(folder, data, model, loss), task, System.err::println));
    }

    /**
     * Continues the interrupted or killed training of a ranker where its newest checkpoint is.
     *
     * @param folder the folder of the run, such as {@code ranker.folder().get()}
     * @param data the same texts again, in the same split
     * @return the ranker
     * @throws IllegalArgumentException in one sentence, if the run was begun with other data
     * @throws IllegalStateException if somebody else is writing the folder
     */
    public static Knrm resume(Path folder, Rankings data) {
        Arguments.verb("resume(folder, data)", folder, data);
        return Work.run(
                "resume " + folder.getFileName(),
                task -> Runs.resume(folder, Knrm.training(folder, data), task, System.err::println));
    }

    /**
     * Repeats the training of a recommender, teachers included, in a folder of its own, and says what differs.
     *
     * @param folder folder of a finished run
     * @param data the same pairs again, in the same split
     * @return what differs; nothing on the same machine with as many threads
     */
    public static Reproduction reproduce(Path folder, Interactions data) {
        Arguments.verb("reproduce(folder, data)", folder, data);
        return Work.run(
                "reproduce " + folder.getFileName(),
                task -> again(folder, Recommender.training(folder, data, task), task));
    }

    /**
     * Repeats the training of a recommender whose model or loss is one's own.
     *
     * @param folder folder of a finished run
     * @param data the same pairs again, in the same split
     * @param model the model again
     * @param loss the loss again
     * @return what differs
     */
    public static Reproduction reproduce(Path folder, Interactions data, RecommenderModel model, RecommenderLoss loss) {
        Arguments.verb("reproduce(folder, data, model, loss)", folder, data, model, loss);
        return Work.run(
                "reproduce " + folder.getFileName(),
                task -> again(folder, Recommender.training(folder, data, model, loss), task));
    }

    /**
     * Repeats the training of a ranker in a folder of its own, and says what differs.
     *
     * @param folder folder of a finished run
     * @param data the same texts again, in the same split
     * @return what differs; nothing on the same machine with as many threads
     */
    public static Reproduction reproduce(Path folder, Rankings data) {
        Arguments.verb("reproduce(folder, data)", folder, data);
        return Work.run("reproduce " + folder.getFileName(), task -> again(folder, Knrm.training(folder, data), task));
    }

    /**
     * Adversarial images.
     *
     * @param attack the attack
     * @param victim the network to fool
     * @param images clean images, attacked in one batch
     * @return {@code [N, C, H, W]} in [0, 1], in the order of the images; it holds memory until it is closed. That some left
     *     the attack's ball or the pixel range is printed
     */
    public static NDArray attack(Attack attack, Network victim, Images images) {
        Arguments.verb("attack(attack, victim, images)", attack, victim, images);
        Subject.requireFit(List.of(Subject.of(victim)), images, List.of(attack));
        try (NDArray clean = images.pixels(Torch.manager());
                NDArray labels = images.labels(Torch.manager());
                NDArray given = clean.duplicate()) {
            return Tape.scope(() -> {
                NDArray found = attack.perturb(victim, given, labels, Noise.of(0));
                PerturbationVerifier.trouble(attack, clean, found).ifPresent(System.err::println);
                return found == given ? found.duplicate() : found;
            });
        }
    }

    /**
     * Runs a cascade, such as AutoAttack, the field's yardstick, and tells how many images remain correctly classified after each of its stages.
     *
     * @param attack the cascade, in its own batches and from its own seed
     * @param victim the network to fool
     * @param images clean images
     * @return accuracies, what broke each image, costs, and reasons to doubt them
     * @throws CancellationException if it was interrupted
     */
    public static CascadeResult attack(StagedAttack attack, Network victim, Images images) {
        return attack(attack, victim, images, new CascadeOptions());
    }

    /**
     * Runs a cascade, such as AutoAttack, and keeps a journal on disk: killed at any moment and started again with the same
     * journal, it goes on after its last batch and ends with the identical result.
     *
     * @param attack the cascade, in its own batches and from its own seed
     * @param victim the network to fool
     * @param images clean images
     * @param journal a file that is made, with its folder, if it is not there
     * @return accuracies, what broke each image, costs, and reasons to doubt them
     * @throws CancellationException if it was interrupted
     * @throws IllegalArgumentException in one sentence, if the file belongs to another attack, network or images, or is no
     *     journal; it is left alone
     */
    public static CascadeResult attack(StagedAttack attack, Network victim, Images images, Path journal) {
        Arguments.verb("attack(journal)", journal);
        return attack(attack, victim, images, new CascadeOptions().journal(journal));
    }

    /**
     * Runs a cascade, such as AutoAttack, on a cluster: executors of Apache Spark do it, each some of the images at a time. What
     * breaks each image is what breaks it in this program; costs and times are those of all executors together.
     *
     * @param attack the cascade, in its own batches and from its own seed
     * @param victim the network to fool
     * @param images clean images
     * @param spark the cluster, such as {@code Spark.local(2)}
     * @return accuracies, what broke each image, costs, and reasons to doubt them
     * @throws CancellationException if it was interrupted
     * @throws IllegalArgumentException in one sentence, before work starts, if the network or the attack cannot be told to other
     *     programs, or if a cascade in {@link ardent.attack.Mode#PARITY} would be cut
     */
    public static CascadeResult attack(StagedAttack attack, Network victim, Images images, Spark spark) {
        Arguments.verb("attack(attack, victim, images, spark)", attack, victim, images, spark);
        try {
            Path folder = Files.createTempDirectory("ardent-attack");
            try {
                return attack(attack, victim, images, folder, spark, "stopped; without a folder nothing is kept");
            } finally {
                Folder.remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The folder for temporary files cannot be written: " + e + ".", e);
        }
    }

    /**
     * Runs a cascade, such as AutoAttack, on a cluster and keeps the journal of each part of the images as it comes back: killed at any
     * moment and started again with the same folder, it does only the parts that are missing and ends with the identical result.
     *
     * @param attack the cascade, in its own batches and from its own seed
     * @param victim the network to fool
     * @param images clean images
     * @param journals a folder that is made if it is not there
     * @param spark the cluster, such as {@code Spark.local(2)}
     * @return accuracies, what broke each image, costs, and reasons to doubt them
     * @throws CancellationException if it was interrupted
     * @throws IllegalArgumentException in one sentence, as without a folder, and if a journal in it belongs to another attack,
     *     network or images
     */
    public static CascadeResult attack(StagedAttack attack, Network victim, Images images, Path journals, Spark spark) {
        Arguments.verb("attack(attack, victim, images, journals, spark)", attack, victim, images, journals, spark);
        return attack(attack, victim, images, journals, spark, "stopped; the same call does only what is missing");
    }

    private static CascadeResult attack(
            StagedAttack attack, Network victim, Images images, Path journals, Spark spark, String ending) {
        Images sample = cut(images, SMOKE_ATTACK);
        return Work.run(attack.label(sample.classCount()), task -> {
            Subject.requireFit(List.of(Subject.of(victim)), sample, List.of(attack));
            task.ending(ending);
            return spark.workers(
                    task, workers -> CascadeElsewhere.run(attack, victim, sample, journals, workers, task));
        });
    }

    /**
     * Runs a cascade, such as AutoAttack, with options: radii for each image, a journal, a listener.
     *
     * @param attack the cascade, in its own batches and from its own seed
     * @param victim the network to fool
     * @param images clean images
     * @param options radii, a journal, a listener
     * @return accuracies, what broke each image, costs, and reasons to doubt them
     * @throws CancellationException if it was interrupted
     */
    public static CascadeResult attack(StagedAttack attack, Network victim, Images images, CascadeOptions options) {
        Arguments.verb("attack(attack, victim, images, options)", attack, victim, images, options);
        Images sample = options.radii() == null ? cut(images, SMOKE_ATTACK) : images;
        return Work.run(attack.label(sample.classCount()), task -> {
            Subject.requireFit(List.of(Subject.of(victim)), sample, List.of(attack));
            try (NDArray clean = sample.pixels(Torch.manager());
                    NDArray labels = sample.labels(Torch.manager())) {
                task.ending(
                        options.journal() == null
                                ? "stopped; without a journal nothing is kept"
                                : "stopped; the same call goes on from its journal");
                return attack.run(
                        victim, clean, labels, options.watch(attack.label(sample.classCount()), task, moment -> {
                            options.watch().at(moment);
                            tell(task, moment);
                        }));
            }
        });
    }

    /**
     * Accuracy against the radius: one attack at rising radii, each on the images that withstood the smaller ones.
     *
     * @param networks at least one
     * @param images clean images
     * @param attack the attack for a radius, such as {@code e -> new Pgd(new Linf(e), 20)}
     * @param radii ε, rising; 0 gives the clean accuracy
     * @return the curves, to be shown
     */
    public static Sweep sweep(
            List<? extends Network> networks, Images images, Function<Float, Attack> attack, float... radii) {
        Arguments.verb("sweep(networks, images, attack, radii)", networks, images, attack, radii);
        List<Float> rising =
                IntStream.range(0, radii.length).mapToObj(i -> radii[i]).toList();
        List<Attack> attacks = Curve.attacks(rising, attack);
        Images sample = cut(images, SMOKE_TEST);
        return Work.run("sweep", task -> {
            Subject.requireFit(networks.stream().map(Subject::of).toList(), sample, attacks);
            return Sweep.measure(networks, sample, attack, rising, task);
        });
    }

    /**
     * Methods × seeds: trains every candidate with every seed, judges all on the same images, and compares them. The table
     * fills as results come in.
     *
     * <p>Everything is kept in the folder as soon as it is there. Called again, also after a crash and also with more
     * methods, seeds or attacks, it does only what is missing; what was described otherwise is not taken for the same.
     * Interrupted, it stops after the batch in hand and returns what is known. Programs that run the same grid in the same
     * folder at once share the work: start a notebook or a script once for each core.
     *
     * @param folder where results are kept; made if it is missing
     * @param grid what to compare
     * @return the comparison, to be shown
     * @throws IllegalArgumentException in one sentence, before work starts, where the parts of the grid do not fit
     * @throws java.io.UncheckedIOException if the folder cannot be written
     */
    public static Comparison sweep(Path folder, Grid grid) {
        Arguments.verb("sweep(folder, grid)", folder, grid);
        Grid small = SMOKE ? smoke(grid) : grid;
        return Work.run("sweep", task -> {
            task.ending("stopped; the same call does only what is missing");
            return new Comparison(small.run(folder, task, cells -> task.show(new Comparison(cells))));
        });
    }

    /**
     * Methods × seeds on a cluster: as {@link #sweep(Path, Grid)}, but executors of Apache Spark fill the cells. The folder, the
     * weights and the comparison are the same; what an executor that is lost was at is done again by another one. Interrupted,
     * it keeps what came back. Methods and attacks that no description tells, such as a lambda, are computed in this program
     * meanwhile.
     *
     * @param folder where results are kept; made if it is missing
     * @param grid what to compare
     * @param spark the cluster, such as {@code Spark.local(2)}
     * @return the comparison, to be shown
     * @throws IllegalArgumentException in one sentence, before work starts, where the parts of the grid do not fit, or where an
     *     executor lacks a data set or has another version of the kit
     * @throws IllegalStateException in one sentence, if Spark is not on the class path or no executor comes
     * @throws java.io.UncheckedIOException if the folder cannot be written
     */
    public static Comparison sweep(Path folder, Grid grid, Spark spark) {
        Arguments.verb("sweep(folder, grid, spark)", folder, grid, spark);
        Grid small = SMOKE ? smoke(grid) : grid;
        return Work.run("sweep", task -> {
            task.ending("stopped; the same call does only what is missing");
            return spark.workers(
                    task,
                    workers -> new Comparison(
                            small.run(folder, workers, task, cells -> task.show(new Comparison(cells)))));
        });
    }

    /**
     * What a sweep will take, before it begins: forwards, backwards, time and end, for each method and attack. It tries three
     * steps of each method and one batch of each attack, and extrapolates; nothing is kept, and the sweep stays the same.
     *
     * @param grid what to compare
     * @return the price, to be shown
     * @throws IllegalArgumentException in one sentence, where the parts of the grid do not fit
     * @throws ArithmeticException if the loss of a step is not a number
     * @throws CancellationException if it was interrupted
     */
    public static Price cost(Grid grid) {
        Arguments.verb("cost(grid)", grid);
        return cost(null, grid, 1);
    }

    /**
     * What a sweep will still take: cells that are done in its folder take nothing.
     *
     * @param folder where results are kept; only read
     * @param grid what to compare
     * @return the price, to be shown
     */
    public static Price cost(Path folder, Grid grid) {
        Arguments.verb("cost(folder, grid)", folder, grid);
        return cost(folder, grid, 1);
    }

    /**
     * What a sweep will still take on a cluster whose executors are as fast as this program; of a cluster whose number of
     * executors is its own choice, on one of them.
     *
     * @param folder where results are kept; only read
     * @param grid what to compare
     * @param spark the cluster, which is not started
     * @return the price, to be shown
     */
    public static Price cost(Path folder, Grid grid, Spark spark) {
        Arguments.verb("cost(folder, grid, spark)", folder, grid, spark);
        return cost(folder, grid, Math.max(1, spark.executors()));
    }

    private static Price cost(@Nullable Path folder, Grid grid, int slots) {
        Grid small = SMOKE ? smoke(grid) : grid;
        return Work.run("cost", task -> new Price(small.price(folder, task).over(slots)));
    }

    /**
     * Methods × seeds of one architecture; the first method is the baseline. {@link Grid} says more.
     *
     * @param folder where results are kept; made if it is missing
     * @param architecture what to train
     * @param methods how; the first is what the others have to beat
     * @param training on what
     * @param plan for how long; its seed is that of the cell
     * @param seeds at least one
     * @param test what to judge on
     * @param attacks none or more
     * @return the comparison, to be shown
     */
    public static Comparison sweep(
            Path folder,
            Architecture architecture,
            List<? extends Method> methods,
            Images training,
            Plan plan,
            List<Long> seeds,
            Images test,
            Attack... attacks) {
        Arguments.verb("sweep(folder, architecture, methods, training)", folder, architecture, methods, training);
        Arguments.verb("sweep(plan, seeds, test, attacks)", plan, seeds, test, attacks);
        Method[] all = methods.toArray(Method[]::new);
        Grid grid = new Grid(architecture, training, plan, test)
                .baselines(Arrays.copyOf(all, Math.min(1, all.length)))
                .methods(Arrays.copyOfRange(all, Math.min(1, all.length), all.length))
                .seeds(seeds.stream().mapToLong(Long::longValue).toArray())
                .attacks(attacks);
        return sweep(folder, grid);
    }

    /**
     * A model card: what a user of a network has to know, to be saved together with its weights.
     *
     * @param student the network; if this program trained it, or its run is kept, the curves of its training are shown
     * @param report its scores, and perhaps those of others
     * @return the card
     * @throws IllegalArgumentException if the report has no scores of it
     */
    public static ModelCard card(Classifier student, Report report) {
        Arguments.verb("card(student, report)", student, report);
        Optional<String> hash = weights(student);
        Run run = lastRun;
        List<Epoch> history = run != null
                        && hash.isPresent()
                        && weights(run.student()).equals(hash)
                ? run.history()
                : RunOfNetwork.of(student, trouble -> {}).map(Runs::history).orElse(List.of());
        return report.card(student, Epoch.accuracies(history));
    }

    private static RunParts smoke(RunParts parts) {
        return parts.data(cut(parts.data(), SMOKE_TRAINING)).plan(parts.plan().tried(SMOKE_TEST));
    }

    private static Images cut(Images images, int most) {
        return SMOKE ? images.take(Math.min(most, images.size())) : images;
    }

    private static Grid smoke(Grid grid) {
        boolean strong = grid.attacks().stream().anyMatch(StagedAttack.class::isInstance);
        Images test = cut(grid.test(), strong ? SMOKE_ATTACK : SMOKE_TEST);
        return grid.tried(cut(grid.training(), SMOKE_TRAINING), test, SMOKE_TEST)
                .seeds(grid.seeds().stream().limit(1).mapToLong(Long::longValue).toArray());
    }

    private static void tell(Work.Task task, CascadeOptions.Moment moment) {
        long done = Math.round(100 * (moment.number() - 1 + moment.share()));
        task.report(moment.stage(), done, 100L * moment.stages(), moment.figures());
    }

    /**
     * A table for a paper, such as {@code latex(runs())} or {@code latex(report.stages("CRDND", "AutoAttack"))}. Reports and
     * comparisons have {@code report.latex()}, with intervals in the cells.
     *
     * @param table any table; its name, {@code table.setName("…")}, is the caption
     * @return LaTeX, which needs {@code \\usepackage{booktabs}}
     */
    public static String latex(Table table) {
        Arguments.verb("latex(table)", table);
        return TableCells.of(table).latex(Objects.requireNonNullElse(table.name(), ""));
    }

    /**
     * A table for a page or an issue, such as {@code markdown(runs())}. Reports and comparisons have {@code report.markdown()}, with
     * intervals in the cells.
     *
     * @param table any table; its name, {@code table.setName("…")}, is the caption
     * @return Markdown, the caption below the table
     */
    public static String markdown(Table table) {
        Arguments.verb("markdown(table)", table);
        return TableCells.of(table).markdown(Objects.requireNonNullElse(table.name(), ""));
    }

    /**
     * Shows each thing below the cell: reports, tables, charts, images, runs, networks.
     *
     * @param things what to show
     */
    public static void show(@Nullable Object @Nullable ... things) {
        // What is one array, such as an int[][], arrives as the array of things.
        boolean one = things != null && things.getClass() != Object[].class;
        Object given = one ? "one thing" : things;
        Arguments.verb("show(things)", given);
        Notebook.show(things);
    }
}
