package ardent.recommend;

import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.rank.ListNetwork;
import ardent.rank.Lists;
import ardent.train.Plan;
import ardent.train.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * A teacher of HetComp as the versions it went through in its training, easy to hard: for each user its order of unobserved items,
 * as far as it is needed, and at the end its order of the observed ones. Its weights are not kept.
 *
 * @param origin where the versions come from
 * @param lists unobserved items by version and user, best first
 * @param observed the items of training by user, best first
 */
@SuppressWarnings("ArrayRecordComponent") // lists that nobody compares
public record TeacherVersions(Made origin, int[][][] lists, int[][] observed) implements Described {
    /** Versions of a teacher, as in the paper. */
    static final int COUNT = 4;

    static final int KEPT = 200;

    /** Nothing is null. */
    public TeacherVersions {
        Arguments.given("origin", origin);
        Arguments.given("lists, observed", lists, observed);
    }

    /**
     * Where the versions come from.
     *
     * @param teacher the training
     * @param epochs after which epoch each version was taken
     */
    public record Made(Run.Description teacher, List<Integer> epochs) {
        /** Copies the list. */
        public Made {
            Arguments.given("teacher", teacher);
            epochs = Arguments.all("epochs", epochs);
        }
    }

    /**
     * Trains a teacher and keeps four of its versions: after a quarter, a half, three quarters and all of the epochs up to its best
     * one, as near as it was validated.
     *
     * @param model how it scores
     * @param loss what for
     * @param data pairs, split
     * @param plan for how long
     * @return the versions
     * @throws IllegalArgumentException in one sentence, if the data are not split
     * @throws CancellationException in one sentence, if it was interrupted: a run takes its teachers again by training them to
     *     their end
     */
    public static TeacherVersions of(RecommenderModel model, RecommenderLoss loss, Interactions data, Plan plan) {
        Arguments.given("model, loss, data, plan", model, loss, data, plan);
        return Work.run("train a teacher by " + loss.name(), task -> of(model, loss, data, plan, task));
    }

    /** The same teacher as before, trained once more. */
    static TeacherVersions again(Record origin, Interactions data, Work.Task task) {
        if (!(origin instanceof Made made)) {
            throw new IllegalArgumentException(
                    "The run has a teacher that is described as " + origin + " and not as versions.");
        }
        Run.Description then = made.teacher();
        TeacherVersions again =
                of((RecommenderModel) then.architecture(), (RecommenderLoss) then.method(), data, then.plan(), task);
        if (!again.origin.teacher().weights().equals(then.weights())) {
            throw new IllegalArgumentException(
                    "The teacher " + again.name() + ", trained once more, has other weights than"
                            + " the run was begun with: another machine or number of threads rounds otherwise.");
        }
        return again;
    }

    static TeacherVersions of(
            RecommenderModel model, RecommenderLoss loss, Interactions data, Plan plan, Work.Task task) {
        var epochs = new ArrayList<Integer>();
        var all = new ArrayList<int[][]>();
        try (var training = Recommender.training(model, loss, data, plan, (epoch, scores) -> {
                    epochs.add(epoch);
                    all.add(data.best(scores, KEPT));
                });
                Recommender teacher = training.run(task)) {
            if (!training.finished()) {
                throw new CancellationException("The teacher " + teacher.name() + " was stopped after "
                        + training.history().size() + " of " + plan.epochs()
                        + " epochs, and no run could train it once more to the same place: train it again, in fewer epochs"
                        + " if it takes too long.");
            }
            int count = epochs.indexOf(training.best()) + 1;
            int[] taken = IntStream.rangeClosed(1, COUNT)
                    .map(v -> Math.max(0, (int) Math.round((double) v * count / COUNT) - 1))
                    .toArray();
            var made = new Made(
                    (Run.Description) teacher.origin(),
                    Arrays.stream(taken).mapToObj(epochs::get).toList());
            int[][][] lists = Arrays.stream(taken).mapToObj(all::get).toArray(int[][][]::new);
            return new TeacherVersions(made, lists, observed(teacher, data));
        }
    }

    /** The items of training in the teacher's order. */
    private static int[][] observed(Recommender teacher, Interactions data) {
        float[][] scores = teacher.scores(data.everybody());
        var orders = new int[scores.length][];
        Arrays.setAll(
                orders,
                u -> Arrays.stream(Lists.order(scores[u], data.items()))
                        .filter(item -> Arrays.binarySearch(data.training(u), item) >= 0)
                        .toArray());
        return orders;
    }

    /** Refuses other data than it was trained on. */
    void requireFor(Interactions interactions) {
        ListNetwork.requireSame(name(), origin.teacher().data(), interactions.origin());
    }

    @Override
    public String name() {
        return Recommender.name(
                origin.teacher().architecture(), origin.teacher().method());
    }

    /** Model, loss and epochs. */
    @Override
    public String toString() {
        return name() + ", versions of the epochs " + origin.epochs();
    }
}
