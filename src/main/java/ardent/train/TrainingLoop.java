package ardent.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Folder;
import ardent.tensor.BatchBounds;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The loop of every training that a run folder can keep: epochs of steps, the best weights so far, and all that is needed to go on
 * where it was. It knows neither images nor lists: what a step and a judgement are, its kinds say, such as {@link Training}.
 *
 * @param <R> the result
 */
public abstract class TrainingLoop<R> implements AutoCloseable {
    private final RunSetup start;
    private final Plan plan;
    private final BatchBounds bounds;
    private final List<Epoch> history = new ArrayList<>();
    private final Map<String, Double> sums = new LinkedHashMap<>();
    private Map<String, NDArray> bestWeights = Map.of();
    private double bestScore = Double.NEGATIVE_INFINITY;
    private int best;
    private int step;
    private double secondsBefore;
    private @Nullable Path folder;
    private @Nullable NDManager manager;
    private long begin;

    /**
     * A loop at its beginning.
     *
     * @param start what is trained on what, and for how long
     * @param examples how many there are
     */
    protected TrainingLoop(RunSetup start, int examples) {
        this.start = start;
        plan = start.plan();
        bounds = Batches.bounds(examples, plan);
    }

    /**
     * How an epoch was judged; NaN where it was not.
     *
     * @param clean a share
     * @param robust the share by which epochs are compared; where there is none, they are by the other one
     */
    public record Judgement(double clean, double robust) {}

    /** What is trained. */
    protected abstract Layers layers();

    /** Makes a step and returns the value of each term of its loss. */
    protected abstract Map<String, Double> step(TrainingStep.Moment moment);

    /** Judges the weights at the end of an epoch; null if the task asked to stop meanwhile. */
    protected abstract @Nullable Judgement judge(int epoch, Work.Task task);

    /** The numbers of a progress line. */
    protected Map<String, String> figures(Map<String, Double> sums, double steps) {
        Map<String, String> figures = ProgressFigures.of(sums, steps, null, false);
        if (Double.isFinite(bestScore)) {
            figures.put("best validation", String.format(Locale.ROOT, "%.4f", bestScore));
        }
        return figures;
    }

    /** What a step counts in the mean of its epoch: 1 with a full batch, the share of one with fewer examples. */
    private double weight(int number) {
        return (double) (bounds.end(bounds.from(number - 1)) - bounds.from(number - 1)) / bounds.end(0);
    }

    /** What the optimisers remember, by name of their layers. */
    protected abstract Map<String, TrainingStep.Momenta> momenta();

    /** Goes on where other optimisers were. */
    protected abstract void restore(Map<String, TrainingStep.Momenta> momenta);

    /** Numbers that are remembered from step to step. */
    protected abstract Map<String, double[]> numbers();

    /** Goes on with such numbers, and with the weights of companion layers. */
    protected abstract void restore(Map<String, Map<String, NDArray>> companions, Map<String, double[]> numbers);

    /**
     * What the training has given so far.
     *
     * @param stopped whether it ended before its plan was done
     * @return the result, which holds memory until it is closed
     */
    public abstract R result(boolean stopped);

    /** The network of a result as a file. */
    public abstract Folder.Content written(R result);

    /** The network with the best weights so far as a file, described as that of a training that is not done. */
    public abstract Folder.Content bestSoFar();

    /** What is trained on what, as its run folder describes it. */
    public final RunSetup start() {
        return start;
    }

    /** Where weights of this training come from. */
    protected final Run.Description described(Map<String, NDArray> weights, int epoch, boolean stopped) {
        return new Run.Description(
                start.architecture(),
                start.method(),
                start.data(),
                plan,
                epoch,
                stopped,
                start.environment(),
                Instant.now(),
                Weights.sha256(weights),
                folder == null ? "" : String.valueOf(folder.getFileName()));
    }

    /** The average of weights; none but in trainings of classifiers. */
    @Nullable
    WeightAverage average() {
        return null;
    }

    /** Weights of layers beside those that are trained for good, by name. */
    Map<String, Map<String, NDArray>> companions() {
        return Map.of();
    }

    /** The layers that are judged and kept as the best. */
    private Layers judged() {
        WeightAverage average = average();
        return average == null ? layers() : average.network().layers();
    }

    /** Says where this training is kept: its networks know it. */
    public final void keptIn(Path folder) {
        this.folder = folder;
    }

    /** Where this training is kept, or null. */
    public final @Nullable Path folder() {
        return folder;
    }

    /**
     * Trains to the end of the plan, or until the task is asked to stop.
     *
     * @param task receives progress and tells when to stop, after the batch in hand
     * @return the result; its networks hold memory until they are closed
     * @throws ArithmeticException naming epoch, batch and term, if the loss is not a number, or the weights that an epoch
     *     without validation left not finite
     */
    public final R run(Work.Task task) {
        return run(task, TrainingListener.NONE);
    }

    public final R run(Work.Task task, TrainingListener keeper) {
        boolean going = true;
        while (going && !finished()) {
            begin = System.nanoTime();
            going = steps(task, keeper) && judged(task, keeper);
        }
        return result(!finished());
    }

    /** Whether the plan is done, or its patience is over. */
    public final boolean finished() {
        boolean tired = plan.patience() > 0 && best > 0 && history.size() - best >= plan.patience();
        return tired || history.size() >= plan.epochs();
    }

    /** Makes the steps that are left of an epoch; false if it was asked to stop before the last. */
    private boolean steps(Work.Task task, TrainingListener keeper) {
        int epoch = history.size() + 1;
        int count = bounds.count();
        WeightAverage average = average();
        while (step < count) {
            if (task.stopping()) {
                pause();
                return false;
            }
            double done = epoch - 1 + (double) step / count;
            var moment = new TrainingStep.Moment(epoch, step + 1, done, plan.rateAt(epoch, step, count));
            Map<String, Double> terms = step(moment);
            step++;
            double weight = weight(step);
            terms.forEach((name, value) -> sums.merge(name, weight * value, Double::sum));
            if (average != null) {
                average.afterStep();
            }
            keeper.stepped(this, moment, terms);
            tell(task, epoch, (epoch - 1L) * count + step, sums, step - 1 + weight(step));
        }
        if (average != null) {
            average.afterEpoch(epoch);
        }
        return true;
    }

    /** Ends an epoch with its judgement; false if it was asked to stop in it or after it. */
    private boolean judged(Work.Task task, TrainingListener keeper) {
        int number = history.size() + 1;
        Judgement judgement = judge(number, task);
        if (judgement == null) {
            pause();
            return false;
        }
        int steps = bounds.count();
        var means = new LinkedHashMap<>(sums);
        double weights = steps - 1 + weight(steps); // only the last of all has fewer examples
        means.replaceAll((name, sum) -> sum / weights);
        double loss = means.values().stream().mapToDouble(Double::doubleValue).sum();
        double rate = plan.rateAt(number, steps - 1, steps);
        history.add(new Epoch(number, loss, means, judgement.clean(), judgement.robust(), rate, seconds()));
        sums.clear();
        step = 0;
        secondsBefore = 0;
        double score = Double.isNaN(judgement.robust()) ? judgement.clean() : judgement.robust();
        if (Double.isNaN(score)) {
            best = bestWeights.isEmpty() ? number : best;
        } else if (score > bestScore) {
            bestScore = score;
            best = number;
            bestWeights.values().forEach(NDArray::close);
            bestWeights = judged().copy(manager());
        }
        begin = System.nanoTime();
        keeper.judged(this);
        tell(task, number, (long) number * steps, means, 1);
        return !task.stopping();
    }

    /** Looks at what the last step left, which no loss and no validation has seen. */
    protected final void requireFinite() {
        String strange = layers().notFinite();
        if (!strange.isEmpty()) {
            throw new ArithmeticException("Training stopped at the end of epoch " + (history.size() + 1)
                    + ", whose last step left weights that are not finite: " + strange + "." + TrainingStep.ADVICE);
        }
    }

    /** What to throw where the answers of an epoch's network are not finite. */
    protected final ArithmeticException unjudged(IllegalArgumentException answers) {
        return new ArithmeticException("Training stopped in the validation of epoch " + (history.size() + 1) + ": "
                + answers.getMessage() + TrainingStep.ADVICE);
    }

    private void pause() {
        secondsBefore = seconds();
        begin = System.nanoTime();
    }

    private double seconds() {
        return secondsBefore + (System.nanoTime() - begin) / 1e9;
    }

    private void tell(Work.Task task, int epoch, long done, Map<String, Double> terms, double share) {
        long total = (long) plan.epochs() * bounds.count();
        task.report("epoch " + epoch + "/" + plan.epochs(), done, total, figures(terms, share));
    }

    /** The state of the training; its arrays stay the training's and change with the next step. */
    public final TrainingState state() {
        WeightAverage average = average();
        Map<String, Map<String, NDArray>> beside = companions();
        var companions = List.copyOf(beside.keySet());
        var arrays = new TrainingState.Arrays()
                .put("student/", layers().all())
                .put("average/", average == null ? Map.of() : average.arrays());
        for (int i = 0; i < companions.size(); i++) {
            arrays.put("companion/" + i + "/", beside.getOrDefault(companions.get(i), Map.of()));
        }
        var steps = new LinkedHashMap<String, Integer>();
        momenta().forEach((name, momenta) -> {
            steps.put(name, momenta.steps());
            arrays.put("optimiser/" + companions.indexOf(name) + "/", momenta.arrays());
        });
        var memories = new LinkedHashMap<String, List<Double>>();
        numbers()
                .forEach((name, numbers) ->
                        memories.put(name, Arrays.stream(numbers).boxed().toList()));
        var position = new TrainingState.Position(
                step,
                seconds(),
                TrainingState.Term.of(sums),
                history.stream().map(TrainingState.Past::of).toList(),
                bestScore,
                best,
                average == null ? WeightAverage.Progress.NONE : average.progress(),
                companions,
                steps,
                memories);
        return new TrainingState(position, arrays.all());
    }

    /**
     * Goes on where another training of the same parts was.
     *
     * @param state where it was; its arrays must stay open as long as this training
     * @param weights the best weights so far by name, none before there are any; owned likewise
     */
    public final void restore(TrainingState state, Map<String, NDArray> weights) {
        TrainingState.Position position = state.position();
        layers().set(state.under("student/"));
        WeightAverage average = average();
        if (average != null) {
            average.restore(position.average(), state.under("average/"));
        }
        var companions = new LinkedHashMap<String, Map<String, NDArray>>();
        position.companions()
                .forEach(name -> companions.put(name, state.under("companion/" + companions.size() + "/")));
        var momenta = new LinkedHashMap<String, TrainingStep.Momenta>();
        position.optimisers().forEach((name, steps) -> {
            String prefix = "optimiser/" + position.companions().indexOf(name) + "/";
            momenta.put(name, new TrainingStep.Momenta(steps, state.listed(prefix)));
        });
        restore(momenta);
        var memories = new LinkedHashMap<String, double[]>();
        position.memories()
                .forEach((name, numbers) -> memories.put(
                        name, numbers.stream().mapToDouble(Double::doubleValue).toArray()));
        restore(companions, memories);
        position.history().forEach(past -> history.add(past.epoch()));
        sums.putAll(TrainingState.Term.map(position.sums()));
        step = position.step();
        secondsBefore = position.seconds();
        bestScore = position.score();
        best = position.best();
        bestWeights = weights;
    }

    /** Steps done in the epoch in hand. */
    final int step() {
        return step;
    }

    /** Epochs done. */
    public final List<Epoch> history() {
        return List.copyOf(history);
    }

    /** Number of the best epoch so far, 0 before there is one. */
    public final int best() {
        return best;
    }

    /** The best weights of a judged epoch so far, none before there are any. */
    public final Map<String, NDArray> bestWeights() {
        return bestWeights;
    }

    /** The network after the last epoch, if the plan keeps a version here and no step was made since. */
    public Optional<Classifier> version() {
        return Optional.empty();
    }

    /** Who owns what lives as long as this training. */
    public final NDManager manager() {
        NDManager own = manager == null ? Torch.manager().newSubManager() : manager;
        manager = own;
        return own;
    }

    @Override
    public void close() {
        if (manager != null) {
            manager.close();
        }
    }
}
