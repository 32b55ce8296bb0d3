package ardent.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ardent.data.Augmentation;
import ardent.data.Images;
import ardent.data.Split;
import ardent.method.Companion;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.tensor.Noise;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The training loop of classifiers, the only one: it has never heard of teachers.
 *
 * <p>Each step runs in one scope. Order, augmentation and noise of a step depend on the seed, the epoch and the step
 * alone, so that equal seeds give equal weights on one thread, whatever else draws numbers in between.
 */
public final class Training implements AutoCloseable {
    private static final long VALIDATION = -1;

    private final Method method;
    private final Plan plan;
    private final Images data;
    private final Images training;
    private final Classifier student;
    private final Augmentation augmentation;
    private final Noise noise;
    private final Companion companion;
    private final Stepper stepper;
    private final Average average;
    private final Judge judge;
    private final int steps;
    private final NDManager manager = Torch.manager().newSubManager();
    private final List<Epoch> history = new ArrayList<>();
    private final Map<String, Double> sums = new LinkedHashMap<>();
    private Map<String, NDArray> bestWeights = Map.of();
    private double bestScore = Double.NEGATIVE_INFINITY;
    private int best;
    private int step;

    /**
     * A training at its beginning.
     *
     * @param architecture what to train
     * @param method how
     * @param data on what; validation images are held out of it
     * @param plan for how long
     * @throws IllegalArgumentException in one sentence, where the plan does not fit the data
     */
    public Training(Architecture architecture, Method method, Images data, Plan plan) {
        this.method = method;
        this.plan = plan;
        this.data = data;
        if (plan.validation() >= data.size()) {
            throw new IllegalArgumentException("The plan holds out " + plan.validation()
                    + " validation images and there are only " + data.size() + "; lower validation.");
        }
        Split split = plan.validation() > 0 ? data.holdOut(plan.validation(), plan.seed()) : new Split(data, data);
        training = split.rest();
        steps = (training.size() + plan.batchSize() - 1) / plan.batchSize();
        augmentation = plan.augment() && data.shape().get(0) > 1 ? Augmentation.standard() : Augmentation.none();
        noise = Noise.of(plan.seed());
        student = Classifier.of(
                architecture, data.shape(), data.classCount(), noise.fork(0).seed());
        companion = new Companion(training, noise.fork(1));
        stepper = new Stepper(method, plan, student, companion);
        average = new Average(plan.averaging(), student, this::calibrate);
        judge = new Judge(split.held(), noise.fork(VALIDATION), manager);
    }

    /**
     * Trains to the end of the plan, or until the task is asked to stop.
     *
     * @param task hears of progress and tells when to stop, after the batch in hand
     * @return the run; its networks hold memory until they are closed
     * @throws ArithmeticException naming epoch, batch and term, if the loss is not a number
     */
    public Run run(Work.Task task) {
        boolean going = true;
        while (going && !finished()) {
            going = epoch(history.size() + 1, task);
        }
        return result(!finished());
    }

    private boolean finished() {
        boolean tired = plan.patience() > 0 && best > 0 && history.size() - best >= plan.patience();
        return tired || history.size() >= plan.epochs();
    }

    /**
     * What the training has given so far.
     *
     * @param stopped whether it ended before its plan was done
     * @return the run; its networks hold memory until they are closed
     */
    public Run result(boolean stopped) {
        Classifier last = described(student, history.size(), stopped);
        boolean latest = bestWeights.isEmpty() || (best == history.size() && !stopped);
        if (latest && !average.isApart()) {
            return new Run(last, last, history, best, stopped);
        }
        Classifier chosen;
        if (bestWeights.isEmpty()) {
            chosen = average.network().copy();
        } else {
            chosen = student.copy();
            chosen.layers().set(bestWeights);
        }
        int epoch = bestWeights.isEmpty() ? history.size() : best;
        return new Run(described(chosen, epoch, stopped), last, history, best, stopped);
    }

    private Classifier described(Classifier network, int epoch, boolean stopped) {
        var origin = new Run.Description(
                network.architecture(),
                method,
                data.origin(),
                plan,
                epoch,
                stopped,
                Weights.sha256(network.layers().all()));
        return network.as(network.architecture().getClass().getSimpleName() + " · " + method.label(), origin);
    }

    private boolean epoch(int number, Work.Task task) {
        long begin = System.nanoTime();
        int[] order = Order.shuffled(training.size(), random(number, 0));
        while (step < steps) {
            if (task.stopping()) {
                return false;
            }
            step(batch(order, step), moment(number)).forEach((name, value) -> sums.merge(name, value, Double::sum));
            average.afterStep();
            step++;
            tell(task, number, (number - 1L) * steps + step, figures(sums, step));
        }
        average.afterEpoch(number);
        return judged(number, begin, task);
    }

    private Stepper.Moment moment(int epoch) {
        double done = epoch - 1 + (double) step / steps;
        return new Stepper.Moment(epoch, step + 1, done, plan.rateAt(done));
    }

    /** Ends an epoch with its validation, unless that is stopped. */
    private boolean judged(int number, long begin, Work.Task task) {
        boolean judging = plan.validation() > 0;
        double clean = judging ? judge.accuracy(average.network(), null, task) : Double.NaN;
        double robust =
                judging && method.inner() != null ? judge.accuracy(average.network(), method.inner(), task) : clean;
        if (judging && Double.isNaN(robust)) {
            return false;
        }
        var means = new LinkedHashMap<>(sums);
        means.replaceAll((name, sum) -> sum / steps);
        double loss = means.values().stream().mapToDouble(Double::doubleValue).sum();
        double rate = plan.rateAt(number - 1 + (double) (steps - 1) / steps);
        history.add(new Epoch(number, loss, means, clean, robust, rate, (System.nanoTime() - begin) / 1e9));
        sums.clear();
        step = 0;
        if (!judging) {
            best = number;
        } else if (robust > bestScore) {
            bestScore = robust;
            best = number;
            bestWeights.values().forEach(NDArray::close);
            bestWeights = average.network().layers().copy(manager);
        }
        tell(task, number, (long) number * steps, figures(means, 1));
        return !task.stopping();
    }

    private void tell(Work.Task task, int epoch, long done, Map<String, String> figures) {
        task.report("epoch " + epoch + "/" + plan.epochs(), done, (long) plan.epochs() * steps, figures);
    }

    private Map<String, String> figures(Map<String, Double> sums, int steps) {
        var figures = new LinkedHashMap<String, String>();
        double loss = sums.values().stream().mapToDouble(Double::doubleValue).sum() / steps;
        figures.put("loss", String.format(Locale.ROOT, "%.3f", loss));
        if (!history.isEmpty() && plan.validation() > 0) {
            Epoch last = history.get(history.size() - 1);
            figures.put("clean", percent(last.clean()));
            if (method.inner() != null) {
                figures.put("robust", percent(last.robust()));
            }
        }
        return figures;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private int[] batch(int[] order, int index) {
        int from = index * plan.batchSize();
        return Arrays.copyOfRange(order, from, Math.min(from + plan.batchSize(), order.length));
    }

    private SplittableRandom random(int epoch, int step) {
        return new SplittableRandom(noise.fork(2).fork(epoch).fork(step).seed());
    }

    /** One step in a scope of its own; returns the value of each term. */
    private Map<String, Double> step(int[] batch, Stepper.Moment moment) {
        try (var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray images = training.pixels(manager, batch, augmentation, random(moment.epoch(), moment.number()));
            NDArray labels = training.labels(manager, batch);
            Noise draws = noise.fork(3).fork(moment.epoch()).fork(moment.number());
            return stepper.step(images, labels, moment, draws);
        }
    }

    /** Measures running statistics over the batches of the epoch in hand once more. */
    private void calibrate(Classifier network) {
        int epoch = Math.max(1, step == steps ? history.size() + 1 : history.size());
        int[] order = Order.shuffled(training.size(), random(epoch, 0));
        network.calibrate(steps, i -> training.pixels(manager, batch(order, i), augmentation, random(epoch, i + 1)));
    }

    /** Frees everything but the networks of the run: companion layers, optimiser state, averages, kept weights. */
    @Override
    public void close() {
        stepper.close();
        average.close();
        companion.close();
        manager.close();
    }
}
