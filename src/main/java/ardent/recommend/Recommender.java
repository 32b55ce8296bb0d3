package ardent.recommend;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ardent.data.Origin;
import ardent.network.Layers;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Fact;
import ardent.provenance.PlainName;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Optimiser;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Batches;
import ardent.train.EpochOrder;
import ardent.train.Plan;
import ardent.train.PlanCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A recommender: for each user it scores every item. Trained by {@link #train}, it holds memory until it is closed.
 *
 * <p>The loop goes over users in batches with Adam, weight decay as in PyTorch's {@code Adam}. Every tenth epoch, or oftener in short
 * plans, the validation pairs are asked for: the weights of the best Recall@50 are kept, and after the plan's patience
 * without a better one the training ends.
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

    /** As above; who listens hears of every validation. */
    static Recommender train(
            RecommenderModel model,
            RecommenderLoss loss,
            Interactions data,
            Plan plan,
            Work.Task task,
            BiConsumer<Integer, Recommender> judged) {
        Arguments.given("model, loss, data, plan, task", model, loss, data, plan, task);
        data.requireSplit();
        PlanCheck.rates(plan, data.users());
        RecommenderLoss.Lesson lesson = loss.begin(data);
        var student = new Recommender(model, data, plan.seed());
        try (var optimiser = Optimiser.adam(student.layers.learnable().values());
                NDManager manager = Torch.manager().newSubManager()) {
            Map<String, NDArray> best = student.layers.copy(manager);
            int bestEpoch = 0;
            double bestRecall = -1;
            boolean going = true;
            int every = Math.max(1, Math.min(OFTEN, plan.epochs() / TIMES));
            for (int epoch = 1; epoch <= plan.epochs() && going; epoch++) {
                going = student.epoch(lesson, optimiser, plan, epoch, task, Math.max(0, bestRecall));
                lesson.ended(epoch, student);
                if (epoch % every == 0 || epoch == plan.epochs()) {
                    double recall = student.validated();
                    judged.accept(epoch, student);
                    if (recall > bestRecall) {
                        bestRecall = recall;
                        bestEpoch = epoch;
                        best.values().forEach(NDArray::close);
                        best = student.layers.copy(manager);
                    } else if (plan.patience() > 0 && epoch - bestEpoch >= plan.patience()) {
                        break;
                    }
                }
            }
            if (bestEpoch > 0) {
                student.layers.set(best);
            }
            student.versions = lesson.versions();
            String weights = Weights.sha256(student.layers.all());
            student.origin = new Description(model, loss, data.origin(), plan, bestEpoch, bestRecall, !going, weights);
            return student;
        } catch (RuntimeException | Error e) {
            student.close();
            throw e;
        }
    }

    private boolean epoch(
            RecommenderLoss.Lesson lesson, Optimiser optimiser, Plan plan, int epoch, Work.Task task, double best) {
        var random = Interactions.random(plan.seed(), epoch);
        int[] order = EpochOrder.shuffled(data.users(), random);
        BatchBounds batches = Batches.bounds(order.length, plan);
        double sum = 0;
        for (int i = 0; i < batches.count(); i++) {
            if (task.stopping()) {
                return false;
            }
            int from = batches.from(i);
            int[] users = Arrays.copyOfRange(order, from, batches.end(from));
            float loss = Tape.record(() -> lesson.loss(users, scores.apply(numbers(users), true), random)
                    .add(decayed(plan.decay())));
            if (!Float.isFinite(loss)) {
                throw new ArithmeticException("The training of a recommender stopped in epoch " + epoch + ", batch "
                        + (i + 1) + ": its loss is " + loss + ". A lower rate usually helps.");
            }
            optimiser.step(plan.rateAt(epoch, i, batches.count()), plan.clip());
            sum += loss;
        }
        task.report(
                "epoch " + epoch + "/" + plan.epochs(),
                epoch,
                plan.epochs(),
                Map.of(
                        "loss",
                        String.format(Locale.ROOT, "%.4f", sum / data.users()),
                        "best validation Recall@50",
                        String.format(Locale.ROOT, "%.4f", best)));
        return true;
    }

    /** Half the decay times the square of all weights, whose gradient is what PyTorch's Adam adds. */
    private NDArray decayed(double decay) {
        return layers.learnable().values().stream()
                .map(weight -> weight.mul(weight).sum())
                .reduce(NDArray::add)
                .orElseThrow()
                .mul(Torch.constant(decay / 2));
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

    /** For each user the best items, best first, without those of training. */
    int[][] best(int count) {
        float[][] all = scores(data.everybody());
        var best = new int[all.length][];
        Arrays.setAll(best, u -> TopItems.order(all[u], count, data.training(u)));
        return best;
    }

    /** Validation Recall@50; the test items are taken out, as in the code of HetComp. */
    private double validated() {
        float[][] all = scores(data.everybody());
        double sum = 0;
        int judged = 0;
        for (int u = 0; u < all.length; u++) {
            if (data.validation(u).length > 0) {
                int[] top = TopItems.order(all[u], DEPTH, data.training(u), data.test(u));
                sum += TopItems.recall(top, data.validation(u), DEPTH);
                judged++;
            }
        }
        return judged == 0 ? 0 : sum / judged;
    }

    /**
     * Where the versions of its teachers were along the training, for HetComp.
     *
     * @return oldest first; empty for other losses
     */
    public List<HetComp.Versions> versions() {
        return versions;
    }

    /** The weights. */
    Layers layers() {
        return layers;
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
