package ardent.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.data.Split;
import ardent.method.Companion;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.EngineEnvironment;
import ardent.network.Predictions;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Environment;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The training loop of classifiers, the only one: it has never heard of teachers.
 *
 * <p>Each step runs in one scope. Order, augmentation and noise of a step depend on the seed, the epoch and the step
 * alone, so that equal seeds give equal weights on one thread, whatever else draws numbers in between, and however often
 * the training was stopped on its way.
 */
public final class Training implements AutoCloseable {
    private static final long VALIDATION = -1;

    private final Method method;
    private final Plan plan;
    private final Images data;
    private final Environment environment = EngineEnvironment.now();
    private final Classifier student;
    private final Noise noise;
    private final Batches batches;
    private final Companion companion;
    private final TrainingStep stepper;
    private final WeightAverage average;
    private final Validation judge;
    private final String untrained;
    private final NDManager manager;
    private final List<Epoch> history = new ArrayList<>();
    private final Map<String, Double> sums = new LinkedHashMap<>();
    private Map<String, NDArray> bestWeights = Map.of();
    private double bestScore = Double.NEGATIVE_INFINITY;
    private int best;
    private int step;
    private double secondsBefore;
    private @Nullable Path folder;
    private boolean told;
    private long begin;

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
        this(architecture, method, data, plan, checked(data, plan));
    }

    /**
     * A training that was begun before; it goes on whatever is asked of plans that begin now.
     *
     * @param architecture what to train
     * @param method how
     * @param data on what
     * @param plan for how long
     * @return the training at its beginning
     */
    public static Training again(Architecture architecture, Method method, Images data, Plan plan) {
        Arguments.given("architecture, method, data, plan", architecture, method, data, plan);
        return new Training(architecture, method, data, plan, split(data, plan));
    }

    private static Split checked(Images data, Plan plan) {
        plan.requireTrains(data.size());
        Split split = split(data, plan);
        int unknown = split.held().size() - split.held().labelCount();
        if (plan.validation() > 0 && unknown > 0) {
            throw new IllegalArgumentException(
                    "%d of the %d images that the plan holds out to choose the best epoch have no label:"
                                    .formatted(unknown, split.held().size())
                            + " keep the last epoch, plan.validation(0).");
        }
        return split;
    }

    private static Split split(Images data, Plan plan) {
        return plan.validation() > 0 ? data.holdOut(plan.validation(), plan.seed()) : new Split(data, data);
    }

    private Training(Architecture architecture, Method method, Images data, Plan plan, Split split) {
        this.method = method;
        this.plan = plan;
        this.data = data;
        noise = Noise.of(plan.seed());
        batches = new Batches(split.rest(), plan, noise.fork(2));
        student = Classifier.of(
                architecture, data.shape(), data.classCount(), noise.fork(0).seed());
        try {
            student.requireFit();
            if (plan.batchSize() == 1 || split.rest().size() % plan.batchSize() == 1) {
                requireNoLonelyImage(split.rest().size());
            }
        } catch (RuntimeException | Error e) {
            student.close();
            throw e;
        }
        companion = new Companion(split.rest(), noise.fork(1));
        stepper = new TrainingStep(method, plan, student, companion);
        manager = Torch.manager().newSubManager();
        average = new WeightAverage(plan.averaging(), student, this::calibrate);
        judge = new Validation(split.held(), noise.fork(VALIDATION), manager);
        untrained = hash(student);
    }

    /** Says where this training is kept: its networks know it. */
    public void keptIn(Path folder) {
        this.folder = folder;
    }

    /** Tries out a batch of one image, which batch normalisation cannot learn from where maps have one pixel. */
    private void requireNoLonelyImage(int images) {
        try (Classifier copy = student.copy()) {
            Tape.free(() -> copy.learn(Torch.manager().zeros(new Shape(1).addAll(student.image()))));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "%d images in batches of %d make a batch of one image, which %s cannot learn from (%s); change batchSize."
                            .formatted(
                                    images,
                                    plan.batchSize(),
                                    student.architecture().label(),
                                    e.getMessage()),
                    e);
        }
    }

    /**
     * Trains to the end of the plan, or until the task is asked to stop.
     *
     * @param task hears of progress and tells when to stop, after the batch in hand
     * @return the run; its networks hold memory until they are closed
     * @throws ArithmeticException naming epoch, batch and term, if the loss is not a number, or the weights that an epoch
     *     without validation left not finite
     */
    public Run run(Work.Task task) {
        return run(task, TrainingListener.NONE);
    }

    public Run run(Work.Task task, TrainingListener keeper) {
        boolean going = true;
        while (going && !finished()) {
            begin = System.nanoTime();
            going = steps(task, keeper) && judged(task, keeper);
        }
        return result(!finished());
    }

    /** Whether the plan is done, or its patience is over. */
    public boolean finished() {
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
        told = true;
        Classifier last = described(student, student.layers().all(), history.size(), stopped);
        boolean latest = bestWeights.isEmpty() || (best == history.size() && !stopped);
        if (latest && !average.isApart()) {
            return run(last, last, stopped);
        }
        Map<String, NDArray> weights =
                bestWeights.isEmpty() ? average.network().layers().all() : bestWeights;
        Classifier chosen = student.copy();
        chosen.layers().set(weights);
        int epoch = bestWeights.isEmpty() ? history.size() : best;
        return run(described(chosen, weights, epoch, stopped), last, stopped);
    }

    /** Tells whether anything was learned; biases begin at 0, which the smallest step changes. */
    private static String hash(Classifier network) {
        var matrices = new LinkedHashMap<>(network.layers().learnable());
        matrices.values().removeIf(weight -> weight.getShape().dimension() < 2);
        return Weights.sha256(matrices);
    }

    private Run run(Classifier chosen, Classifier last, boolean stopped) {
        var notes = new ArrayList<String>();
        if (!stopped && hash(chosen).equals(untrained)) {
            notes.add(
                    "The student's weights are those it began with: no step of the training changed one that is not a bias, or"
                            + " its average kept the first ones. Look at the rate, the clip and the averaging of its plan.");
        }
        if (!stopped && plan.averaging() instanceof Averaging.Swa swa && !average.isApart()) {
            notes.add("The training ended after epoch " + history.size() + ", before its averaging began with epoch "
                    + swa.from() + ": the student's weights are no average.");
        }
        String strange = stopped ? chosen.notFinite() : ""; // what ended by its plan has been looked at
        if (!strange.isEmpty()) {
            notes.add("The last step before the stop left weights that are not finite: " + strange + "."
                    + TrainingStep.ADVICE);
        }
        return new Run(chosen, last, history, best, stopped, null, notes);
    }

    /** How tables call a network. */
    public static String name(Architecture architecture, Method method) {
        return architecture.label() + " · " + method.label();
    }

    private Classifier described(Classifier network, Map<String, NDArray> weights, int epoch, boolean stopped) {
        var origin = new Run.Description(
                network.architecture(),
                method,
                data.origin(),
                plan,
                epoch,
                stopped,
                environment,
                Instant.now(),
                Weights.sha256(weights),
                folder == null ? "" : String.valueOf(folder.getFileName()));
        Classifier described = network.as(name(network.architecture(), method), origin);
        return folder == null ? described : described.in(folder);
    }

    /** Makes the steps that are left of an epoch; false if it was asked to stop before the last. */
    private boolean steps(Work.Task task, TrainingListener keeper) {
        int epoch = history.size() + 1;
        while (step < batches.count()) {
            if (task.stopping()) {
                pause();
                return false;
            }
            double done = epoch - 1 + (double) step / batches.count();
            var moment = new TrainingStep.Moment(epoch, step + 1, done, plan.rateAt(epoch, step, batches.count()));
            Map<String, Double> terms = step(moment);
            step++;
            double weight = batches.weight(step);
            terms.forEach((name, value) -> sums.merge(name, weight * value, Double::sum));
            average.afterStep();
            keeper.stepped(this, moment, terms);
            tell(task, epoch, (epoch - 1L) * batches.count() + step, sums, batches.weights(step));
        }
        average.afterEpoch(epoch);
        return true;
    }

    /** One step in a scope of its own; returns the value of each term. */
    private Map<String, Double> step(TrainingStep.Moment moment) {
        try (var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray images = batches.pixels(manager, moment.epoch(), moment.number());
            NDArray labels = batches.labels(manager, moment.epoch(), moment.number());
            Noise draws = noise.fork(3).fork(moment.epoch()).fork(moment.number());
            return stepper.step(images, labels, moment, draws);
        }
    }

    /** Ends an epoch with its validation; false if it was asked to stop in it or after it. */
    private boolean judged(Work.Task task, TrainingListener keeper) {
        int number = history.size() + 1;
        boolean judging = plan.validation() > 0;
        if (!judging) {
            requireFinite();
        }
        double clean = judging ? accuracy(null, task) : Double.NaN;
        double robust = judging && method.inner() != null ? accuracy(method.inner(), task) : clean;
        if (judging && Double.isNaN(robust)) {
            pause();
            return false;
        }
        int steps = batches.count();
        var means = new LinkedHashMap<>(sums);
        double weights = batches.weights(steps);
        means.replaceAll((name, sum) -> sum / weights);
        double loss = means.values().stream().mapToDouble(Double::doubleValue).sum();
        double rate = plan.rateAt(number, steps - 1, steps);
        history.add(new Epoch(number, loss, means, clean, robust, rate, seconds()));
        sums.clear();
        step = 0;
        secondsBefore = 0;
        if (!judging) {
            best = number;
        } else if (robust > bestScore) {
            bestScore = robust;
            best = number;
            bestWeights.values().forEach(NDArray::close);
            bestWeights = average.network().layers().copy(manager);
        }
        begin = System.nanoTime();
        keeper.judged(this);
        tell(task, number, (long) number * steps, means, 1);
        return !task.stopping();
    }

    /** Looks at what the last step left, which no loss and no validation has seen. */
    private void requireFinite() {
        String strange = student.notFinite();
        if (!strange.isEmpty()) {
            throw new ArithmeticException("Training stopped at the end of epoch " + (history.size() + 1)
                    + ", whose last step left weights that are not finite: " + strange + "." + TrainingStep.ADVICE);
        }
    }

    private double accuracy(@Nullable Pgd attack, Work.Task task) {
        try {
            return judge.accuracy(average.network(), attack, task);
        } catch (Predictions.NotFinite e) {
            throw new ArithmeticException("Training stopped in the validation of epoch " + (history.size() + 1) + ": "
                    + e.getMessage() + TrainingStep.ADVICE);
        }
    }

    private void pause() {
        secondsBefore = seconds();
        begin = System.nanoTime();
    }

    private double seconds() {
        return secondsBefore + (System.nanoTime() - begin) / 1e9;
    }

    private void tell(Work.Task task, int epoch, long done, Map<String, Double> terms, double share) {
        Epoch judged = history.isEmpty() || plan.validation() == 0 ? null : history.get(history.size() - 1);
        task.report(
                "epoch " + epoch + "/" + plan.epochs(),
                done,
                (long) plan.epochs() * batches.count(),
                ProgressFigures.of(terms, share, judged, method.inner() != null));
    }

    /** Measures running statistics over the batches of the epoch in hand once more. */
    private void calibrate(Classifier network) {
        int epoch = Math.max(1, step == batches.count() ? history.size() + 1 : history.size());
        network.calibrate(batches.count(), i -> batches.pixels(manager, epoch, i + 1));
    }

    /** Where the training stands; its arrays stay the training's and change with the next step. */
    public TrainingState state() {
        var companions = List.copyOf(companion.weights().keySet());
        var arrays = new TrainingState.Arrays()
                .put("student/", student.layers().all())
                .put("average/", average.arrays());
        for (int i = 0; i < companions.size(); i++) {
            arrays.put("companion/" + i + "/", companion.weights().getOrDefault(companions.get(i), Map.of()));
        }
        var steps = new LinkedHashMap<String, Integer>();
        stepper.momenta().forEach((name, momenta) -> {
            steps.put(name, momenta.steps());
            arrays.put("optimiser/" + companions.indexOf(name) + "/", momenta.arrays());
        });
        var memories = new LinkedHashMap<String, List<Double>>();
        companion.numbers().forEach((name, numbers) -> memories.put(name, boxed(numbers)));
        var position = new TrainingState.Position(
                step,
                seconds(),
                TrainingState.Term.of(sums),
                history.stream().map(TrainingState.Past::of).toList(),
                bestScore,
                best,
                average.progress(),
                companions,
                steps,
                memories);
        return new TrainingState(position, arrays.all());
    }

    private static List<Double> boxed(double[] numbers) {
        return java.util.Arrays.stream(numbers).boxed().toList();
    }

    /**
     * Goes on where another training of the same parts was.
     *
     * @param state where it was; its arrays must stay open as long as this training
     * @param weights the best weights so far by name, none before there are any; owned likewise
     */
    public void restore(TrainingState state, Map<String, NDArray> weights) {
        TrainingState.Position position = state.position();
        student.layers().set(state.under("student/"));
        average.restore(position.average(), state.under("average/"));
        var companions = new LinkedHashMap<String, Map<String, NDArray>>();
        position.companions()
                .forEach(name -> companions.put(name, state.under("companion/" + companions.size() + "/")));
        var momenta = new LinkedHashMap<String, TrainingStep.Momenta>();
        position.optimisers().forEach((name, steps) -> {
            String prefix = "optimiser/" + position.companions().indexOf(name) + "/";
            momenta.put(name, new TrainingStep.Momenta(steps, state.listed(prefix)));
        });
        stepper.restore(momenta);
        var memories = new LinkedHashMap<String, double[]>();
        position.memories()
                .forEach((name, numbers) -> memories.put(
                        name, numbers.stream().mapToDouble(Double::doubleValue).toArray()));
        companion.restore(companions, memories);
        position.history().forEach(past -> history.add(past.epoch()));
        sums.putAll(TrainingState.Term.map(position.sums()));
        step = position.step();
        secondsBefore = position.seconds();
        bestScore = position.score();
        best = position.best();
        bestWeights = weights;
    }

    /** Epochs done. */
    public List<Epoch> history() {
        return List.copyOf(history);
    }

    /** The best weights of a judged epoch so far, none before there are any. */
    public Map<String, NDArray> bestWeights() {
        return bestWeights;
    }

    /** The student, described as the best epoch of a training that is not done. */
    public Classifier bestSoFar() {
        return described(student, bestWeights, best, true);
    }

    /** The network after the last epoch, if the plan keeps a version here and no step was made since. */
    public Optional<Classifier> version() {
        Classifier network = average.network();
        return step == 0 && plan.keeps(history.size())
                ? Optional.of(described(network, network.layers().all(), history.size(), true))
                : Optional.empty();
    }

    /** Who owns what lives as long as this training. */
    public NDManager manager() {
        return manager;
    }

    /**
     * Frees everything but the networks of the run: companion layers, optimiser state, averages, kept weights. Where nobody
     * was given a result, the student too.
     */
    @Override
    public void close() {
        stepper.close();
        average.close();
        companion.close();
        manager.close();
        if (!told) {
            student.close();
        }
    }
}
