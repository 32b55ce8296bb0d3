package ardent.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ardent.attack.Pgd;
import ardent.data.Augmentation;
import ardent.data.Images;
import ardent.data.Split;
import ardent.method.Companion;
import ardent.method.Method;
import ardent.method.Objective;
import ardent.method.Step;
import ardent.method.Terms;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.tensor.Noise;
import ardent.tensor.Optimiser;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The training loop of classifiers, the only one: it has never heard of teachers.
 *
 * <p>Each step runs in one scope. Order, augmentation and noise of a step depend on the seed, the epoch and the step
 * alone, so that equal seeds give equal weights on one thread, whatever else draws numbers in between.
 */
public final class Training implements AutoCloseable {
    private static final int VALIDATION_BATCH = 128;
    private static final long VALIDATION = -1;

    private final Method method;
    private final Plan plan;
    private final Images data;
    private final Images training;
    private final Images held;
    private final Classifier student;
    private final Augmentation augmentation;
    private final Noise noise;
    private final Companion companion;
    private final Map<Layers, Optimiser> optimisers = new LinkedHashMap<>();
    private final NDManager manager = Torch.manager().newSubManager();
    private final List<Epoch> history = new ArrayList<>();
    private Map<String, NDArray> bestWeights = Map.of();
    private double bestScore = Double.NEGATIVE_INFINITY;
    private int best;

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
        held = split.held();
        augmentation = plan.augment() && data.shape().get(0) > 1 ? Augmentation.standard() : Augmentation.none();
        noise = Noise.of(plan.seed());
        student = Classifier.of(
                architecture, data.shape(), data.classCount(), noise.fork(0).seed());
        companion = new Companion(training, noise.fork(1));
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
        for (int epoch = 1; epoch <= plan.epochs() && going; epoch++) {
            going = epoch(epoch, task);
        }
        return result(!going);
    }

    /**
     * What the training has given so far.
     *
     * @param stopped whether it ended before its plan was done
     * @return the run; its networks hold memory until they are closed
     */
    public Run result(boolean stopped) {
        Classifier last = described(student, history.size(), stopped);
        if (bestWeights.isEmpty() || (best == history.size() && !stopped)) {
            return new Run(last, last, history, best, stopped);
        }
        Classifier chosen = student.copy();
        chosen.layers().set(bestWeights);
        return new Run(described(chosen, best, stopped), last, history, best, stopped);
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
        int steps = (order.length + plan.batchSize() - 1) / plan.batchSize();
        var sums = new LinkedHashMap<String, Double>();
        double rate = 0;
        for (int i = 0; i < steps; i++) {
            if (task.stopping()) {
                return false;
            }
            int from = i * plan.batchSize();
            int[] batch = java.util.Arrays.copyOfRange(order, from, Math.min(from + plan.batchSize(), order.length));
            double done = number - 1 + (double) i / steps;
            rate = plan.rateAt(done);
            int at = i + 1;
            step(batch, number, at, done, rate).forEach((name, value) -> sums.merge(name, value, Double::sum));
            tell(task, number, (number - 1L) * steps + at, steps, figures(sums, at));
        }
        sums.replaceAll((name, sum) -> sum / steps);
        double loss = sums.values().stream().mapToDouble(Double::doubleValue).sum();
        double clean = accuracy(null, task);
        double robust = method.inner() == null ? clean : accuracy(method.inner(), task);
        double seconds = (System.nanoTime() - begin) / 1e9;
        history.add(new Epoch(number, loss, sums, clean, robust, rate, seconds));
        if (plan.validation() == 0) {
            best = number;
        } else if (robust > bestScore) {
            bestScore = robust;
            best = number;
            bestWeights.values().forEach(NDArray::close);
            bestWeights = student.layers().copy(manager);
        }
        tell(task, number, (long) number * steps, steps, figures(sums, 1));
        return !task.stopping();
    }

    private void tell(Work.Task task, int epoch, long done, int steps, Map<String, String> figures) {
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

    private SplittableRandom random(int epoch, int step) {
        return new SplittableRandom(noise.fork(2).fork(epoch).fork(step).seed());
    }

    /** One step: inner maximisation, outer minimisation, update. Returns the value of each term. */
    private Map<String, Double> step(int[] batch, int epoch, int number, double done, double rate) {
        var values = new LinkedHashMap<String, Double>();
        try (var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray images = training.pixels(manager, batch, augmentation, random(epoch, number));
            NDArray labels = training.labels(manager, batch);
            Noise draws = noise.fork(3).fork(epoch).fork(number);
            Step step = new Step(student, images, labels, done / plan.epochs(), draws, companion);
            Objective objective = Tape.quiet(() -> method.prepare(step));
            Tape.record(() -> {
                Terms terms = objective.value();
                terms.list()
                        .forEach(term -> values.merge(
                                term.name(),
                                (double) term.value().stopGradient().getFloat(),
                                Double::sum));
                refuseNonsense(values, epoch, number);
                return terms.total();
            });
            optimisers()
                    .forEach((layers, optimiser) ->
                            optimiser.step(layers.adamRate() > 0 ? layers.adamRate() : rate, plan.clip()));
        }
        return values;
    }

    private static void refuseNonsense(Map<String, Double> values, int epoch, int batch) {
        values.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("Training stopped in epoch " + epoch + ", batch " + batch
                        + ": the term \"" + name + "\" of the loss is " + value
                        + ". A lower rate, a warm-up or a gradient clip in the plan usually helps.");
            }
        });
    }

    /** One optimiser for the student and one for each set of companion layers, made when the layers are. */
    private Map<Layers, Optimiser> optimisers() {
        var all = new ArrayList<>(companion.layers().values());
        all.add(0, student.layers());
        for (Layers layers : all) {
            optimisers.computeIfAbsent(
                    layers,
                    made -> made.adamRate() > 0
                            ? Optimiser.adam(made.learnable().values())
                            : Optimiser.sgd(made.learnable().values(), plan.momentum(), plan.decay(), plan.nesterov()));
        }
        return optimisers;
    }

    /** Accuracy on the held-out images, attacked or clean; NaN where there are none or the work was stopped. */
    private double accuracy(@org.jspecify.annotations.Nullable Pgd attack, Work.Task task) {
        if (plan.validation() == 0) {
            return Double.NaN;
        }
        double right = 0;
        for (int from = 0; from < held.size(); from += VALIDATION_BATCH) {
            if (task.stopping()) {
                return Double.NaN;
            }
            int[] batch = IntStream.range(from, Math.min(from + VALIDATION_BATCH, held.size()))
                    .toArray();
            long part = from;
            try (NDArray hits = Tape.quiet(() -> Tape.scope(() -> {
                NDArray images = held.pixels(manager, batch);
                NDArray labels = held.labels(manager, batch);
                Noise draws = noise.fork(VALIDATION).fork(part);
                NDArray judged = attack == null ? images : attack.perturb(student, images, labels, draws);
                return student.logits(judged)
                        .argMax(1)
                        .eq(labels)
                        .toType(DataType.FLOAT32, false)
                        .sum();
            }))) {
                right += hits.getFloat();
            }
        }
        return right / held.size();
    }

    /** Frees everything but the networks of the run: companion layers, optimiser state, kept weights. */
    @Override
    public void close() {
        optimisers.values().forEach(Optimiser::close);
        companion.close();
        manager.close();
    }
}
