package ardent.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.network.Layers;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Fact;
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
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The training of a recommender or a ranker: batches of numbered examples, users or queries, with Adam, weight decay as in PyTorch's
 * {@code Adam}. Where epochs are judged, the weights of the best one are kept, and after the plan's patience without a better one
 * the training ends. Order and draws of an epoch hang on seed and epoch alone.
 */
public final class ListTraining {
    private final String what;
    private final Layers layers;
    private final int examples;
    private final Plan plan;

    private ListTraining(String what, Layers layers, int examples, Plan plan) {
        this.what = what;
        this.layers = layers;
        this.examples = examples;
        this.plan = plan;
        PlanCheck.rates(plan, examples);
    }

    /** What is trained for. */
    @FunctionalInterface
    public interface Lesson {
        /**
         * Prepares the loss of a batch; what is done here is constant and leaves no array open, what the result does is
         * differentiated.
         *
         * @param batch numbers of its examples
         * @param random the stream of this epoch
         * @return gives a scalar
         */
        Supplier<NDArray> prepare(int[] batch, SplittableRandom random);

        /**
         * Judges the weights at the end of an epoch.
         *
         * @param epoch counted from 1
         * @return the higher the better; NaN where they are not judged
         */
        default double judged(int epoch) {
            return Double.NaN;
        }
    }

    /**
     * How a training ended.
     *
     * @param best the epoch whose weights are kept
     * @param score how it was judged, NaN if it was not
     * @param stopped whether the training was stopped from outside
     * @param weights SHA-256 of the weights
     */
    public record Result(
            @Fact int best,
            @Fact double score,
            @Fact boolean stopped,
            @Fact String weights) {
        /** Nothing is null. */
        public Result {
            Arguments.given("weights", weights);
        }
    }

    /**
     * Trains; in the end the layers have the weights of the best epoch, or of the last one where none was judged.
     *
     * @param what for messages, such as {@code a recommender}
     * @param layers whose weights are trained
     * @param examples how many there are
     * @param plan epochs, examples in a batch, Adam's rate, decay, schedule, warm-up, clip, patience, seed
     * @param lesson what for
     * @param task receives progress; once it asks to stop, training ends after the current batch
     * @return how it ended
     * @throws IllegalArgumentException in one sentence, if the plan would train nothing
     * @throws ArithmeticException naming the epoch, if the loss is not a number
     */
    public static Result run(String what, Layers layers, int examples, Plan plan, Lesson lesson, Work.Task task) {
        return new ListTraining(what, layers, examples, plan).run(lesson, task);
    }

    private Result run(Lesson lesson, Work.Task task) {
        try (var optimiser = Optimiser.adam(layers.learnable().values());
                NDManager manager = Torch.manager().newSubManager()) {
            Map<String, NDArray> kept = Map.of();
            int best = 0;
            double score = Double.NaN;
            boolean going = true;
            int epoch = 0;
            while (going && epoch < plan.epochs()) {
                going = epoch(lesson, optimiser, ++epoch, task, score);
                double judged = lesson.judged(epoch);
                if (judged > score || (Double.isNaN(score) && !Double.isNaN(judged))) {
                    score = judged;
                    best = epoch;
                    kept.values().forEach(NDArray::close);
                    kept = layers.copy(manager);
                } else if (!Double.isNaN(judged) && plan.patience() > 0 && epoch - best >= plan.patience()) {
                    break;
                }
            }
            if (best > 0) {
                layers.set(kept);
            }
            return new Result(best == 0 ? epoch : best, score, !going, Weights.sha256(layers.all()));
        }
    }

    private boolean epoch(Lesson lesson, Optimiser optimiser, int epoch, Work.Task task, double score) {
        var random = new SplittableRandom(Noise.mix(plan.seed(), epoch));
        int[] order = EpochOrder.shuffled(examples, random);
        BatchBounds batches = Batches.bounds(examples, plan);
        double sum = 0;
        for (int i = 0; i < batches.count(); i++) {
            if (task.stopping()) {
                return false;
            }
            int from = batches.from(i);
            Supplier<NDArray> objective = lesson.prepare(Arrays.copyOfRange(order, from, batches.end(from)), random);
            float loss = Tape.record(() -> objective.get().add(decayed()));
            if (!Float.isFinite(loss)) {
                throw new ArithmeticException("The training of " + what + " stopped in epoch " + epoch + ", batch "
                        + (i + 1) + ": its loss is " + loss + ". A lower rate usually helps.");
            }
            optimiser.step(plan.rateAt(epoch, i, batches.count()), plan.clip());
            sum += loss;
        }
        String mean = String.format(Locale.ROOT, "%.4f", sum / examples);
        task.report(
                "epoch " + epoch + "/" + plan.epochs(),
                epoch,
                plan.epochs(),
                Double.isNaN(score)
                        ? Map.of("loss", mean)
                        : Map.of("loss", mean, "best validation", String.format(Locale.ROOT, "%.4f", score)));
        return true;
    }

    /** Half the decay times the square of all weights, whose gradient is what PyTorch's Adam adds. */
    private NDArray decayed() {
        return layers.learnable().values().stream()
                .map(weight -> weight.mul(weight).sum())
                .reduce(NDArray::add)
                .orElseThrow()
                .mul(Torch.constant(plan.decay() / 2));
    }
}
