package ardent.rank;

import ai.djl.ndarray.NDArray;
import ardent.method.Memory;
import ardent.network.Layers;
import ardent.network.Predictions;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Folder;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Optimiser;
import ardent.tensor.Shuffle;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Batches;
import ardent.train.Plan;
import ardent.train.PlanCheck;
import ardent.train.Run;
import ardent.train.RunSetup;
import ardent.train.TrainingLoop;
import ardent.train.TrainingStep;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The training of a recommender or a ranker: batches of numbered examples, users or queries, with Adam, weight decay as in PyTorch's
 * {@code Adam}. Order and draws of a step depend on seed, epoch and step alone.
 *
 * @param <N> what is trained
 */
public abstract class ListTraining<N extends ListNetwork> extends TrainingLoop<N> {
    private final Plan plan;
    private final int examples;
    private final Supplier<N> fresh;
    private final N network;
    private final Optimiser optimiser;
    private boolean told;

    /**
     * A training at its beginning.
     *
     * @param start what is trained on what
     * @param usual the plan of such trainings
     * @param examples how many there are
     * @param fresh gives the network before its training, another one with the same weights each time
     * @throws IllegalArgumentException in one sentence, if the plan would train nothing, or asks for what is not done here
     */
    protected ListTraining(RunSetup start, Plan usual, int examples, Supplier<N> fresh) {
        super(start, examples);
        this.examples = examples;
        this.fresh = fresh;
        plan = start.plan();
        List<String> judging = start.measure().isEmpty() ? List.of("patience", "validation") : List.of();
        PlanCheck.unused(start.name(), plan, usual, judging);
        PlanCheck.rates(plan, examples);
        network = fresh.get();
        optimiser = Optimiser.adam(layers().learnable().values());
    }

    /**
     * Prepares the loss of a batch; what is done here is constant and leaves no array open, what the result does is
     * differentiated.
     *
     * @param network in training
     * @param batch numbers of its examples
     * @param random the stream of this step
     * @return gives a scalar
     */
    protected abstract Supplier<NDArray> prepare(N network, int[] batch, SplittableRandom random);

    /**
     * Judges the weights at the end of an epoch.
     *
     * @param network in training
     * @param epoch counted from 1
     * @return the higher the better; NaN where they are not judged
     */
    protected double judged(N network, int epoch) {
        return Double.NaN;
    }

    /**
     * What is remembered from epoch to epoch.
     *
     * @return memories by name, which take their numbers in the order of names
     */
    protected SortedMap<String, Memory> memories() {
        return new TreeMap<>();
    }

    @Override
    protected Layers layers() {
        return network.layers();
    }

    @Override
    protected Map<String, Double> step(TrainingStep.Moment moment) {
        long seed = Noise.mix(plan.seed(), moment.epoch());
        int[] order = Shuffle.order(examples, new SplittableRandom(seed));
        BatchBounds bounds = Batches.bounds(examples, plan);
        int from = bounds.from(moment.number() - 1);
        var random = new SplittableRandom(Noise.mix(seed, moment.number()));
        Supplier<NDArray> objective = prepare(network, Arrays.copyOfRange(order, from, bounds.end(from)), random);
        float loss = Tape.record(() -> objective.get().add(decayed()));
        if (!Float.isFinite(loss)) {
            throw new ArithmeticException("The training of " + start().name() + " stopped in epoch " + moment.epoch()
                    + ", batch " + moment.number() + ": its loss is " + loss + ". A lower rate usually helps.");
        }
        optimiser.step(moment.rate(), plan.clip());
        return Map.of("loss", (double) loss);
    }

    /** Half the decay times the square of all weights, whose gradient is what PyTorch's Adam adds. */
    private NDArray decayed() {
        return layers().learnable().values().stream()
                .map(weight -> weight.mul(weight).sum())
                .reduce(NDArray::add)
                .orElseThrow()
                .mul(Torch.constant(plan.decay() / 2));
    }

    @Override
    protected Judgement judge(int epoch, Work.Task task) {
        requireFinite();
        try {
            return new Judgement(Double.NaN, judged(network, epoch));
        } catch (Predictions.NotFinite e) {
            throw unjudged(e);
        }
    }

    @Override
    protected Map<String, TrainingStep.Momenta> momenta() {
        return Map.of("", new TrainingStep.Momenta(optimiser.steps(), optimiser.state()));
    }

    @Override
    protected void restore(Map<String, TrainingStep.Momenta> momenta) {
        momenta.values().forEach(each -> optimiser.restore(each.steps(), each.arrays()));
    }

    @Override
    protected Map<String, double[]> numbers() {
        var numbers = new TreeMap<String, double[]>();
        memories().forEach((name, memory) -> numbers.put(name, memory.numbers()));
        return numbers;
    }

    @Override
    protected void restore(Map<String, Map<String, NDArray>> companions, Map<String, double[]> numbers) {
        memories().forEach((name, memory) -> memory.set(Objects.requireNonNull(numbers.get(name))));
    }

    @Override
    public N result(boolean stopped) {
        boolean latest = bestWeights().isEmpty() || (best() == history().size() && !stopped);
        N chosen = latest ? network : fresh.get();
        if (!latest) {
            chosen.layers().set(bestWeights());
        }
        told |= latest;
        chosen.trained(start().name(), described(chosen.layers().all(), stopped), folder());
        return chosen;
    }

    private Run.Description described(Map<String, NDArray> weights, boolean stopped) {
        return described(weights, bestWeights().isEmpty() ? history().size() : best(), stopped);
    }

    @Override
    public Folder.Content written(N result) {
        return file(result.layers().all(), result.origin());
    }

    @Override
    public Folder.Content bestSoFar() {
        return file(bestWeights(), described(bestWeights(), true));
    }

    private Folder.Content file(Map<String, NDArray> weights, Record origin) {
        return out -> Weights.write(out, weights, start().name(), origin);
    }

    @Override
    public void close() {
        optimiser.close();
        super.close();
        if (!told) {
            network.close();
        }
    }
}
