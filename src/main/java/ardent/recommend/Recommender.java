package ardent.recommend;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ardent.data.Origin;
import ardent.network.Layers;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Fact;
import ardent.provenance.PlainName;
import ardent.rank.ListTraining;
import ardent.rank.Lists;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A recommender: for each user it scores every item. Trained by {@link #train}, it holds memory until it is closed.
 *
 * <p>{@link ListTraining} goes over users in batches. Every tenth epoch, or oftener in short plans, the validation pairs are asked for: the
 * weights of the best Recall@50 are kept.
 */
public final class Recommender implements Described, AutoCloseable {
    private static final int DEPTH = 50;
    private static final int OFTEN = 10;
    private static final int TIMES = 20;
    private static final int BATCH = 512;

    private final Layers layers;
    private final Layers.Layer scores;
    private final Interactions data;
    private List<HetComp.Versions> versions = List.of();
    private Record origin;

    /**
     * Where a recommender comes from.
     *
     * @param model how it scores
     * @param loss what it was trained for, teachers included
     * @param data the pairs
     * @param plan for how long; momentum, validation, averaging and perturbation are not used
     * @param best the epoch whose weights it has
     * @param recall validation Recall@50 of that epoch
     * @param stopped whether the training was stopped from outside
     * @param weights SHA-256 of its weights
     */
    public record Description(
            RecommenderModel model,
            RecommenderLoss loss,
            Origin data,
            Plan plan,
            @Fact int best,
            @Fact double recall,
            @Fact boolean stopped,
            @Fact String weights) {
        /** Nothing is null. */
        public Description {
            Arguments.given("model, loss, data, plan, weights", model, loss, data, plan, weights);
        }

        /** Model and loss. */
        String name() {
            return PlainName.of(model, "model") + " · " + loss.name();
        }
    }

    /** One with fresh weights. */
    private record Fresh(RecommenderModel model, Origin data, long seed) {}

    private Recommender(RecommenderModel model, Interactions data, long seed) {
        this.data = data;
        origin = new Fresh(model, data.origin(), seed);
        layers = new Layers(seed);
        scores = layers.filled(() -> {
            try (var scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                return Tape.quiet(() -> model.build(layers, data, Noise.of(seed).fork(1)));
            }
        });
    }

    /**
     * A plan for recommenders: 200 epochs of 128 users a batch, a constant rate of 0.005, decay 10⁻⁵, patience of 50 epochs.
     *
     * @return the plan
     */
    public static Plan plan() {
        return Plan.quick()
                .epochs(200)
                .batchSize(128)
                .rate(0.005)
                .decay(1e-5)
                .constant()
                .patience(50);
    }

    /**
     * Trains a recommender.
     *
     * @param model how it scores
     * @param loss what for
     * @param data pairs, split
     * @param plan epochs, users in a batch, Adam's rate, decay, schedule, warm-up, clip, patience, seed
     * @param task receives progress; once it asks to stop, training ends after the current batch
     * @return the recommender with the weights of its best epoch
     * @throws IllegalArgumentException in one sentence, if the data are not split or do not fit
     * @throws ArithmeticException naming the epoch, if the loss is not a number
     */
    public static Recommender train(
            RecommenderModel model, RecommenderLoss loss, Interactions data, Plan plan, Work.Task task) {
        return train(model, loss, data, plan, task, (epoch, student) -> {});
    }

    /** As above; who listens hears of the scores of all users at every validation. */
    static Recommender train(
            RecommenderModel model,
            RecommenderLoss loss,
            Interactions data,
            Plan plan,
            Work.Task task,
            BiConsumer<Integer, float[][]> judged) {
        Arguments.given("model, loss, data, plan, task", model, loss, data, plan, task);
        data.requireSplit();
        RecommenderLoss.Lesson lesson = loss.begin(data);
        var student = new Recommender(model, data, plan.seed());
        int every = Math.max(1, Math.min(OFTEN, plan.epochs() / TIMES));
        var training = new ListTraining.Lesson() {
            @Override
            public Supplier<NDArray> prepare(int[] users, SplittableRandom random) {
                return () -> lesson.loss(users, student.scores.apply(numbers(users), true), random);
            }

            @Override
            public double judged(int epoch) {
                lesson.ended(epoch, student);
                if (epoch % every != 0 && epoch != plan.epochs()) {
                    return Double.NaN;
                }
                float[][] all = student.scores(data.everybody());
                judged.accept(epoch, all);
                return student.validated(all);
            }
        };
        try {
            ListTraining.Result result =
                    ListTraining.run("a recommender", student.layers, data.users(), plan, training, task);
            student.versions = lesson.versions();
            student.origin = new Description(
                    model,
                    loss,
                    data.origin(),
                    plan,
                    result.best(),
                    result.score(),
                    result.stopped(),
                    result.weights());
            return student;
        } catch (RuntimeException | Error e) {
            student.close();
            throw e;
        }
    }

    private static NDArray numbers(int... users) {
        return Torch.array(Arrays.stream(users).asLongStream().toArray(), new Shape(users.length));
    }

    /**
     * Scores of all items.
     *
     * @param users user numbers
     * @return one row for each user, one number for each item; the larger the better
     */
    public float[][] scores(int... users) {
        var rows = new float[users.length][];
        var bounds = new BatchBounds(users.length, BATCH);
        for (int b = 0; b < bounds.count(); b++) {
            int from = bounds.from(b);
            int[] batch = Arrays.copyOfRange(users, from, bounds.end(from));
            float[] flat = Tape.read(() -> scores.apply(numbers(batch), false).toFloatArray());
            for (int i = 0; i < batch.length; i++) {
                rows[from + i] = Arrays.copyOfRange(flat, i * data.items(), (i + 1) * data.items());
            }
        }
        return rows;
    }

    /** For each user the best items of some scores, best first, without those of training. */
    int[][] best(float[][] all, int count) {
        var best = new int[all.length][];
        Arrays.setAll(best, u -> Lists.order(all[u], count, data.training(u)));
        return best;
    }

    /** Validation Recall@50; the test items are taken out, as in the code of HetComp. */
    private double validated(float[][] all) {
        return IntStream.range(0, all.length)
                .filter(u -> data.validation(u).length > 0)
                .mapToDouble(u -> TopItems.recall(
                        Lists.order(all[u], DEPTH, data.training(u), data.test(u)), data.validation(u), DEPTH))
                .average()
                .orElse(0);
    }

    /**
     * Where the versions of its teachers were along the training, for HetComp.
     *
     * @return oldest first; empty for other losses
     */
    public List<HetComp.Versions> versions() {
        return versions;
    }

    @Override
    public String name() {
        return origin instanceof Description made ? made.name() : "recommender";
    }

    @Override
    public Record origin() {
        return origin;
    }

    @Override
    public void close() {
        layers.close();
    }
}
