package ardent.anomaly;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Fact;
import ardent.tensor.BatchBounds;
import ardent.tensor.Optimiser;
import ardent.tensor.Shuffle;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Batches;
import ardent.train.Plan;
import ardent.train.PlanCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * RD4AD, reverse distillation for anomaly detection (Deng and Li, CVPR 2022): a student that has seen normal images only
 * decodes a frozen teacher's features from a one-class embedding, and fails on anomalies.
 *
 * <p>Inner: none. Outer: Σ_k mean over images of 1 − cos(vec E_k, vec D_k), with E_k the maps of the teacher's stage k and
 * D_k those that {@link ReverseStudent} decodes. Adam with β₁ = 0.5. The authors train at a constant rate of 0.005 for 200
 * epochs of batch 16 on 256×256 images, with a WideResNet-50 trained on ImageNet as the teacher. Deviations: any
 * classifier of the kit is a teacher; the rate follows the plan's schedule and warm-up, as a share of Adam's own.
 *
 * @param teacher a trained network; one that was trained to recognise the anomalies has seen them
 * @param stages how many of its first stages are decoded, at least 1
 * @param rate Adam's rate, greater than 0
 */
public record ReverseDistillation(Classifier teacher, int stages, float rate) {
    private static final int PUBLISHED = 3;

    /** Checks stages and rate. */
    public ReverseDistillation {
        Arguments.given("teacher", teacher);
        ReverseStudent.shapes(teacher, stages);
        if (!(rate > 0)) {
            throw new IllegalArgumentException("Adam's rate is greater than 0, not " + rate + ".");
        }
    }

    /**
     * The first three stages, or all where there are fewer; rate 0.005.
     *
     * @param teacher a trained network
     */
    public ReverseDistillation(Classifier teacher) {
        this(teacher, Math.min(PUBLISHED, ReverseStudent.shapes(teacher).size()), 0.005f);
    }

    /**
     * Where a trained detector comes from.
     *
     * @param method how it was trained, teacher included
     * @param data the normal images
     * @param plan for how long; epochs, batch size, schedule, warm-up, clip and seed of it are used
     * @param stopped whether the training was stopped before its plan was done
     * @param weights SHA-256 of its weights
     */
    public record Description(
            ReverseDistillation method,
            Origin data,
            Plan plan,
            @Fact boolean stopped,
            String weights) {
        /** Nothing is null. */
        public Description {
            Arguments.given("method, data, plan, weights", method, data, plan, weights);
        }
    }

    /**
     * Trains a detector to the end of the plan, or until the task is asked to stop.
     *
     * @param normal normal images only
     * @param plan epochs, batch size, schedule, warm-up, clip and seed
     * @param task receives progress; once it asks to stop, training ends after the current batch
     * @return the detector, which holds memory until it is closed; the teacher must stay open
     * @throws IllegalArgumentException in one sentence, if the images are not of the teacher's shape, if every step of the plan
     *     has the rate 0, or if it asks for more than {@link Plan#quick} by what is not used
     * @throws ArithmeticException naming epoch and batch, if the loss is not a number
     */
    public ReverseStudent run(Images normal, Plan plan, Work.Task task) {
        if (!normal.shape().equals(teacher.image())) {
            throw new IllegalArgumentException("The teacher takes images of shape " + teacher.image()
                    + " and the normal ones have " + normal.shape() + ".");
        }
        PlanCheck.unused("RD4AD", plan, Plan.quick(), List.of("rate", "decay", "patience"));
        PlanCheck.rates(plan, normal.size());
        var student = new ReverseStudent(teacher, stages, plan.seed());
        boolean going = true;
        try (var optimiser = Optimiser.adam(student.layers().learnable().values(), 0.5);
                NDManager manager = Torch.manager().newSubManager()) {
            for (int epoch = 1; epoch <= plan.epochs() && going; epoch++) {
                going = epoch(student, optimiser, normal, plan, epoch, manager, task);
            }
        } catch (RuntimeException | Error e) {
            student.close();
            throw e;
        }
        String weights = Weights.sha256(student.layers().all());
        return student.as(new Description(this, normal.origin(), plan, !going, weights));
    }

    private boolean epoch(
            ReverseStudent student,
            Optimiser optimiser,
            Images normal,
            Plan plan,
            int epoch,
            NDManager manager,
            Work.Task task) {
        int[] order = Shuffle.order(normal.size(), new SplittableRandom(plan.seed() + epoch));
        BatchBounds batches = Batches.bounds(order.length, plan);
        int steps = batches.count();
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            if (task.stopping()) {
                return false;
            }
            int from = batches.from(i);
            int[] batch = Arrays.copyOfRange(order, from, batches.end(from));
            double share = plan.rateAt(epoch, i, steps) / plan.rate();
            float loss = step(student, normal.pixels(manager, batch));
            if (!Float.isFinite(loss)) {
                throw new ArithmeticException("Reverse distillation stopped in epoch " + epoch + ", batch " + (i + 1)
                        + ": its loss is " + loss + ". A lower rate usually helps.");
            }
            optimiser.step(rate * share, plan.clip());
            sum += loss * (double) batch.length;
            task.report(
                    "epoch " + epoch + "/" + plan.epochs(),
                    (epoch - 1L) * steps + i + 1,
                    (long) plan.epochs() * steps,
                    Map.of("loss", String.format(Locale.ROOT, "%.4f", sum / batches.end(from))));
        }
        return true;
    }

    private static float step(ReverseStudent student, NDArray images) {
        try (images;
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            List<NDArray> taught = Tape.quiet(() -> student.taught(images));
            return Tape.record(() -> loss(taught, student.decoded(taught, true)));
        }
    }

    /** Σ_k mean(1 − cos(vec E_k, vec D_k)). */
    static NDArray loss(List<NDArray> taught, List<NDArray> decoded) {
        return IntStream.range(0, taught.size())
                .mapToObj(k -> ReverseStudent.gap(flat(taught.get(k)), flat(decoded.get(k)))
                        .mean())
                .reduce(NDArray::add)
                .orElseThrow();
    }

    private static NDArray flat(NDArray maps) {
        return maps.reshape(maps.getShape().get(0), -1);
    }
}
