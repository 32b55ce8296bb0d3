package ardent.recommend;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.method.Memory;
import ardent.network.Layers;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.CellSource;
import ardent.provenance.Description;
import ardent.provenance.PlainName;
import ardent.rank.ListNetwork;
import ardent.rank.ListTraining;
import ardent.rank.Lists;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.RunSetup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A recommender: for each user it scores every item.
 *
 * <p>{@link ListTraining} goes over users in batches. Every tenth epoch, or oftener in short plans and those of little
 * patience, the validation items of all users are asked for: the weights of the best Recall@50 are kept, or, where 50 are
 * more than half of all items and nearly any order finds what is asked for, of the best recall among the first tenth. A
 * plan's {@code validation} counts the users who have such items, or is 0, which keeps the last epoch.
 */
public final class Recommender extends ListNetwork {
    private static final int DEPTH = 50;
    private static final int TENTH = 10;
    private static final int OFTEN = 10;
    private static final int TIMES = 20;
    private static final int BATCH = 512;

    private final Layers.Layer scores;
    private final Interactions data;
    private final RecommenderLoss.Lesson lesson;

    private Recommender(RecommenderModel model, RecommenderLoss.Lesson lesson, Interactions data, long seed) {
        super(seed);
        this.lesson = lesson;
        this.data = data;
        Layers.Layer built = layers().filled(() ->
                Tape.read(() -> model.build(layers(), data, Noise.of(seed).fork(1))));
        scores = (users, training) -> checked(built.apply(users, training), users.size(), model);
    }

    private NDArray checked(NDArray given, long users, RecommenderModel model) {
        var wanted = new Shape(users, data.items());
        if (!given.getShape().equals(wanted)) {
            throw new IllegalArgumentException(
                    "The scores of " + PlainName.of(model, "model") + " have the shape " + given.getShape()
                            + " instead of " + wanted + ": give a row for each user and a score for each item.");
        }
        return given;
    }

    /**
     * A plan for recommenders: 200 epochs of 128 users a batch, a rate of 0.005 after half an epoch of warm-up, decay 10⁻⁵, patience of 50 epochs.
     *
     * @return the plan
     */
    public static Plan plan() {
        Plan longer = Plan.quick().epochs(200).batchSize(128);
        return longer.rate(0.005).decay(1e-5).constant().patience(50);
    }

    /**
     * The training of a recommender.
     *
     * @param model how it scores
     * @param loss what for
     * @param data pairs, split
     * @param plan epochs, users in a batch, Adam's rate, decay, schedule, warm-up, clip, patience, seed
     * @return the training at its beginning
     * @throws IllegalArgumentException in one sentence, if the data are not split or do not fit, no item could judge an epoch, or the
     *     plan asks for what is not done here
     */
    public static ListTraining<Recommender> training(
            RecommenderModel model, RecommenderLoss loss, Interactions data, Plan plan) {
        return training(model, loss, data, plan, (epoch, scores) -> {});
    }

    /** As above; who listens receives the scores of all users at every validation. */
    static ListTraining<Recommender> training(
            RecommenderModel model,
            RecommenderLoss loss,
            Interactions data,
            Plan asked,
            BiConsumer<Integer, float[][]> judged) {
        return training(model, loss, data, asked, judged, depth(data.items()));
    }

    private static ListTraining<Recommender> training(
            RecommenderModel model,
            RecommenderLoss loss,
            Interactions data,
            Plan asked,
            BiConsumer<Integer, float[][]> judged,
            int depth) {
        Arguments.given("model, loss, data, plan", model, loss, data, asked);
        data.requireSplit();
        Plan plan = judging(asked, data);
        boolean judging = plan.validation() > 0;
        String name = name(model, loss);
        var start = new RunSetup(name, model, loss, data.origin(), plan, judging ? "Recall@" + depth : "");
        RecommenderLoss.Lesson lesson = loss.begin(data);
        int often = plan.patience() > 0 ? Math.min(OFTEN, plan.patience()) : OFTEN; // or the first one would end it
        int every = Math.max(1, Math.min(often, plan.epochs() / TIMES));
        return new ListTraining<>(
                start, plan(), data.users(), () -> new Recommender(model, lesson, data, plan.seed())) {
            @Override
            protected Supplier<NDArray> prepare(Recommender student, int[] users, SplittableRandom random) {
                return () -> lesson.loss(users, student.scores.apply(array(users), true), random);
            }

            @Override
            protected double judged(Recommender student, int epoch) {
                lesson.ended(epoch, student);
                if (epoch % every != 0 && epoch != plan.epochs()) {
                    return Double.NaN;
                }
                float[][] all = student.scores(data.everybody());
                judged.accept(epoch, all);
                return judging ? student.validated(all, depth) : Double.NaN;
            }

            @Override
            protected SortedMap<String, Memory> memories() {
                return lesson.memories();
            }
        };
    }

    /**
     * The training of a run at its beginning; teachers are trained once more as they were.
     *
     * @param run its folder
     * @param data the same data again
     * @param task receives progress of the teachers' trainings
     * @return the training
     * @throws IllegalArgumentException in one sentence, if the run was begun with other data, or a part cannot be built again
     */
    public static ListTraining<Recommender> training(Path run, Interactions data, Work.Task task) {
        Arguments.given("run, data, task", run, data, task);
        Description begun = begun(run, data.origin());
        Stream.of("architecture", "method").map(begun::part).forEach(part -> requireTold(run, part));
        Record loss = begun.part("method").rebuild((origin, wanted) -> TeacherVersions.again(origin, data, task));
        var model = (RecommenderModel) begun.part("architecture").rebuild();
        return training(model, (RecommenderLoss) loss, begun, data);
    }

    /**
     * The training of a run at its beginning whose model or loss is one's own, or whose teachers are still there.
     *
     * @param run its folder
     * @param data the same data again
     * @param model the same model again
     * @param loss the same loss again
     * @return the training
     * @throws IllegalArgumentException in one sentence, if the run was begun with others
     */
    public static ListTraining<Recommender> training(
            Path run, Interactions data, RecommenderModel model, RecommenderLoss loss) {
        Arguments.given("run, data, model, loss", run, data, model, loss);
        Description begun = begun(run, data.origin());
        requireGiven(run, "model", begun.part("architecture"), Description.of(model));
        requireGiven(run, "loss", begun.part("method"), Description.of(loss));
        return training(model, loss, begun, data);
    }

    /** A run whose epochs are judged as its first ones were, whatever number an earlier version wrote down. */
    private static ListTraining<Recommender> training(
            RecommenderModel model, RecommenderLoss loss, Description begun, Interactions data) {
        Optional<String> measure = begun.at("measure").filter(each -> !each.isEmpty());
        Plan plan = ((Plan) begun.part("plan").rebuild()).validation(measure.isPresent() ? judges(data) : 0);
        int depth = measure.map(each -> Integer.parseInt(each.substring(each.indexOf('@') + 1)))
                .orElse(DEPTH);
        return training(model, loss, data, plan, (epoch, scores) -> {}, depth);
    }

    /** How many users have items by which epochs can be judged. */
    private static int judges(Interactions data) {
        return (int) IntStream.range(0, data.users())
                .filter(u -> data.validation(u).length > 0)
                .count();
    }

    private static void requireTold(Path run, Description part) {
        if (!part.repeatable()) {
            throw new IllegalArgumentException("The run " + run + " was begun with " + part.brief()
                    + ", which is not of Ardent and cannot be built from its description: give model and loss again, as in"
                    + " resume(folder, data, model, loss) and reproduce(folder, data, model, loss).");
        }
    }

    private static void requireGiven(Path run, String what, Description then, Description now) {
        boolean same = now.essence().root().text().equals(then.essence().root().text())
                && now.essence().flat().equals(then.essence().flat());
        if (!same || !CellSource.agrees(then, now)) {
            throw new IllegalArgumentException("The " + what + " given is " + now.brief() + ", and the run " + run
                    + " was begun with another one, " + then.brief() + ": give that one, as its run.json has it.");
        }
    }

    /** The plan with the number of users whose items judge its epochs; 0 for none. */
    private static Plan judging(Plan plan, Interactions data) {
        int users = judges(data);
        if (plan.validation() == 0 || plan.validation() == users) {
            return plan;
        }
        String last = "plan.patience(0).validation(0), which keeps the last epoch";
        if (users == 0) {
            throw new IllegalArgumentException("No validation item of " + data.origin()
                    + " is in the training of any user, so that no epoch could be judged: train by " + last
                    + ", or give users who share items.");
        }
        if (plan.validation() != plan().validation()) {
            throw new IllegalArgumentException(
                    "Epochs of a recommender are judged by the validation items of all " + users
                            + " users of " + data.origin() + " who have some, and this plan's validation is "
                            + plan.validation()
                            + ": leave it as Recommender.plan() has it, or train by " + last + ".");
        }
        return plan.validation(users);
    }

    /** How tables call a recommender. */
    static String name(Object model, Object loss) {
        return PlainName.of(model, "model") + " · " + ((RecommenderLoss) loss).name();
    }

    private static NDArray array(int... users) {
        return Torch.array(Arrays.stream(users).asLongStream().toArray(), new Shape(users.length));
    }

    /**
     * Scores of all items.
     *
     * @param users user numbers
     * @return one row for each user, one number for each item; the larger the better
     * @throws IllegalArgumentException in one sentence, if there is no such user, or a score is not finite
     * @throws IllegalStateException in one sentence, if this recommender is closed
     */
    public float[][] scores(int... users) {
        for (int user : users) {
            if (user < 0 || user >= data.users()) {
                throw new IllegalArgumentException("There is no user " + user + ": the " + data.users() + " users of "
                        + data.origin() + " count from 0.");
            }
        }
        layers().requireOpen(name());
        var rows = new ArrayList<float[]>();
        var bounds = new BatchBounds(users.length, BATCH);
        for (int b = 0; b < bounds.count(); b++) {
            int[] batch = Arrays.copyOfRange(users, bounds.from(b), bounds.end(bounds.from(b)));
            rows.addAll(Tape.read(() -> List.of(Lists.rows(scores.apply(array(batch), false)))));
        }
        for (int r = 0; r < users.length; r++) {
            requireFinite("A score for user " + users[r], rows.get(r));
        }
        return rows.toArray(float[][]::new);
    }

    private static int depth(int items) {
        return items >= 2 * DEPTH ? DEPTH : Math.max(1, items / TENTH);
    }

    /** Validation recall; the test items are taken out, as in the code of HetComp. */
    private double validated(float[][] all, int depth) {
        return IntStream.range(0, all.length)
                .filter(u -> data.validation(u).length > 0)
                .mapToDouble(u -> TopItems.recall(
                        Lists.order(all[u], depth, data.training(u), data.test(u)), data.validation(u), depth))
                .average()
                .orElseThrow();
    }

    /**
     * Where the versions of its teachers were along the training, for HetComp.
     *
     * @return oldest first; empty for other losses
     */
    public List<HetComp.Versions> versions() {
        return lesson.versions();
    }
}
