package ardent.recommend;

import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.rank.Lists;
import ardent.train.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A teacher of HetComp as the versions it went through in its training, easy to hard: for each user its order of unobserved items,
 * as far as it is needed, and at the end its order of the observed ones. Its weights are not kept.
 */
public final class TeacherVersions implements Described {
    /** Versions of a teacher, as in the paper. */
    static final int COUNT = 4;

    private static final int KEPT = 200;

    private final Made origin;
    private final int[][][] lists;
    private final int[][] observed;

    /**
     * Where the versions come from.
     *
     * @param teacher the training
     * @param epochs after which epoch each version was taken
     */
    public record Made(Recommender.Description teacher, List<Integer> epochs) {
        /** Copies the list. */
        public Made {
            Arguments.given("teacher", teacher);
            epochs = Arguments.all("epochs", epochs);
        }
    }

    private TeacherVersions(Made origin, int[][][] lists, int[][] observed) {
        this.origin = origin;
        this.lists = lists;
        this.observed = observed;
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
     */
    public static TeacherVersions of(RecommenderModel model, RecommenderLoss loss, Interactions data, Plan plan) {
        Arguments.given("model, loss, data, plan", model, loss, data, plan);
        return Work.run("train a teacher by " + loss.name(), task -> {
            var epochs = new ArrayList<Integer>();
            var all = new ArrayList<int[][]>();
            Recommender teacher = Recommender.train(model, loss, data, plan, task, (epoch, scores) -> {
                epochs.add(epoch);
                all.add(best(scores, data));
            });
            try (teacher) {
                if (!(teacher.origin() instanceof Recommender.Description made) || Double.isNaN(made.recall())) {
                    throw new IllegalArgumentException(
                            "The teacher was stopped before its first validation: train it again.");
                }
                int count = epochs.indexOf(made.best()) + 1;
                var taken = new ArrayList<Integer>();
                var lists = new int[COUNT][][];
                for (int v = 0; v < COUNT; v++) {
                    int at = Math.max(0, (int) Math.round((v + 1.0) * count / COUNT) - 1);
                    taken.add(epochs.get(at));
                    lists[v] = all.get(at);
                }
                return new TeacherVersions(new Made(made, taken), lists, observed(teacher, data));
            }
        });
    }

    /** For each user the unobserved items, best first, as far as they are kept. */
    private static int[][] best(float[][] scores, Interactions data) {
        var best = new int[scores.length][];
        Arrays.setAll(best, u -> Lists.order(scores[u], KEPT, data.training(u)));
        return best;
    }

    /** The items of training in the teacher's order. */
    private static int[][] observed(Recommender teacher, Interactions data) {
        float[][] scores = teacher.scores(data.everybody());
        var orders = new int[scores.length][];
        for (int u = 0; u < orders.length; u++) {
            int[] mine = data.training(u);
            orders[u] = Arrays.stream(Lists.order(scores[u], data.items()))
                    .filter(item -> Arrays.binarySearch(mine, item) >= 0)
                    .toArray();
        }
        return orders;
    }

    /** Unobserved items by version and user, best first. */
    int[][][] lists() {
        return lists;
    }

    /** The items of training by user, best first. */
    int[][] observed() {
        return observed;
    }

    /** Refuses other data than it was trained on. */
    void requireFor(Interactions interactions) {
        if (!origin.teacher().data().equals(interactions.origin())) {
            throw new IllegalArgumentException("The teacher " + name() + " was trained on "
                    + origin.teacher().data() + " and not on "
                    + interactions.origin() + ": give the same data and the same split.");
        }
    }

    @Override
    public String name() {
        return origin.teacher().name();
    }

    @Override
    public Record origin() {
        return origin;
    }

    /** Model, loss and epochs. */
    @Override
    public String toString() {
        return name() + ", versions of the epochs " + origin.epochs();
    }
}
