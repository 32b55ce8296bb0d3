package ardent.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.data.Split;
import ardent.method.Companion;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Predictions;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The training of a classifier; the loop has never heard of teachers.
 *
 * <p>Each step runs in one scope. Order, augmentation and noise of a step depend on the seed, the epoch and the step
 * alone, so that equal seeds give equal weights on one thread, whatever else draws numbers in between, and however often
 * the training was stopped on its way.
 */
public final class Training extends TrainingLoop<Run> {
    private static final long VALIDATION = -1;

    /** An average with more than this of the weights of the first step has not forgotten them. */
    private static final double REMEMBERED = 0.1;

    private final Method method;
    private final Plan plan;
    private final Classifier student;
    private final Noise noise;
    private final Batches batches;
    private final Companion companion;
    private final TrainingStep stepper;
    private final WeightAverage average;
    private final Validation judge;
    private final String untrained;
    private boolean told;

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
        super(
                RunSetup.of(architecture, method, data.origin(), plan),
                split.rest().size());
        this.method = method;
        this.plan = plan;
        noise = Noise.of(plan.seed());
        batches = new Batches(split.rest(), plan, noise.fork(2));
        Description.held(List.of(method), Classifier.class)
                .forEach(teacher -> teacher.requireOrder(data.origin().toString(), data.classes()));
        student = Classifier.of(
                        architecture,
                        data.shape(),
                        data.classCount(),
                        noise.fork(0).seed())
                .named(data.classes());
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
        average = new WeightAverage(plan.averaging(), student, this::calibrate);
        judge = new Validation(split.held(), noise.fork(VALIDATION), manager());
        untrained = hash(student);
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

    @Override
    public Run result(boolean stopped) {
        told = true;
        int epochs = history().size();
        Map<String, NDArray> bestWeights = bestWeights();
        Classifier last = described(student, student.layers().all(), epochs, stopped);
        boolean latest = bestWeights.isEmpty() || (best() == epochs && !stopped);
        if (latest && !average.isApart()) {
            return run(last, last, stopped);
        }
        Map<String, NDArray> weights =
                bestWeights.isEmpty() ? average.network().layers().all() : bestWeights;
        Classifier chosen = student.copy();
        chosen.layers().set(weights);
        int epoch = bestWeights.isEmpty() ? epochs : best();
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
        boolean learned = stopped || !hash(chosen).equals(untrained);
        if (!learned) {
            notes.add(
                    "The student's weights are those it began with: no step of the training changed one that is not a bias, or"
                            + " its average kept the first ones. Look at the rate, the clip and the averaging of its plan.");
        }
        if (!stopped && plan.averaging() instanceof Averaging.Swa swa && best() < swa.from()) {
            String which = average.isApart()
                    ? "The best epoch is " + best()
                    : "The training ended after epoch " + history().size();
            notes.add(which + ", before its averaging began with epoch " + swa.from()
                    + ": the student's weights are no average.");
        }
        if (!stopped && plan.schedule() instanceof Schedule.Drops drops && late(drops)) {
            notes.add("The rate never dropped: the first drop of its plan is at epoch "
                    + drops.epochs().get(0) + ", and the plan ends after " + plan.epochs()
                    + ". For a shorter training take drops that fit, or plan.schedule(new Schedule.Cosine()).");
        }
        double first = first();
        if (!stopped && learned && first > REMEMBERED) {
            notes.add("The average still has " + Math.round(100 * first) + " % of the weights of the first step: it"
                    + " remembers longer than the training lasts. Take a smaller decay or more epochs.");
        }
        String strange = stopped ? chosen.notFinite() : ""; // what ended by its plan has been looked at
        if (!strange.isEmpty()) {
            notes.add("The last step before the stop left weights that are not finite: " + strange + "."
                    + TrainingStep.ADVICE);
        }
        return new Run(chosen, last, history(), best(), stopped, null, notes);
    }

    /** How much of the average are the weights of the first step. */
    private double first() {
        return plan.averaging() instanceof Averaging.Ema ema
                ? Math.pow(ema.decay(), (double) history().size() * batches.count() - 1)
                : 0;
    }

    private boolean late(Schedule.Drops drops) {
        return !drops.epochs().isEmpty() && drops.epochs().get(0) > plan.epochs();
    }

    /** How tables call a network. */
    static String name(Architecture architecture, Method method) {
        return architecture.label() + " · " + method.label();
    }

    private Classifier described(Classifier network, Map<String, NDArray> weights, int epoch, boolean stopped) {
        Path folder = folder();
        Classifier described = network.as(start().name(), described(weights, epoch, stopped));
        return folder == null ? described : described.in(folder);
    }

    @Override
    protected Layers layers() {
        return student.layers();
    }

    /** One step in a scope of its own. */
    @Override
    protected Map<String, Double> step(TrainingStep.Moment moment) {
        try (var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray images = batches.pixels(manager(), moment.epoch(), moment.number());
            NDArray labels = batches.labels(manager(), moment.epoch(), moment.number());
            Noise draws = noise.fork(3).fork(moment.epoch()).fork(moment.number());
            return stepper.step(images, labels, moment, draws);
        }
    }

    @Override
    protected @Nullable Judgement judge(int epoch, Work.Task task) {
        if (plan.validation() == 0) {
            requireFinite();
            return new Judgement(Double.NaN, Double.NaN);
        }
        double clean = accuracy(null, task);
        double robust = method.inner() == null ? Double.NaN : accuracy(method.inner(), task);
        return Double.isNaN(method.inner() == null ? clean : robust) ? null : new Judgement(clean, robust);
    }

    private double accuracy(@Nullable Pgd attack, Work.Task task) {
        try {
            return judge.accuracy(average.network(), attack, task);
        } catch (Predictions.NotFinite e) {
            throw unjudged(e);
        }
    }

    @Override
    protected Map<String, String> figures(Map<String, Double> terms, double steps) {
        List<Epoch> history = history();
        Epoch judged = history.isEmpty() || plan.validation() == 0 ? null : history.get(history.size() - 1);
        return ProgressFigures.of(terms, steps, judged, method.inner() != null);
    }

    /** Measures running statistics over the batches of the epoch in hand once more. */
    private void calibrate(Classifier network) {
        int epoch = Math.max(
                1, step() == batches.count() ? history().size() + 1 : history().size());
        network.calibrate(batches.count(), i -> batches.pixels(manager(), epoch, i + 1));
    }

    /**
     * Makes one step out of turn, for what it costs; of no use to the training, which is closed afterwards.
     *
     * @param epoch counted from 1
     * @param number of its batch, from 1 to {@link #steps}
     * @return how many images it had
     * @throws ArithmeticException naming epoch, batch and term, if the loss is not a number
     */
    public int tryStep(int epoch, int number) {
        double done = epoch - 1 + (number - 1.0) / steps();
        step(new TrainingStep.Moment(epoch, number, done, plan.rateAt(epoch, number - 1, steps())));
        average.afterStep();
        return batches.length(number);
    }

    /**
     * Judges some of the held-out images as the end of an epoch judges all of them, for what it costs.
     *
     * @param most how many at most
     * @param task tells when to stop
     * @return how many, as a share of all; 0 where the plan holds out none
     */
    public double tryJudging(int most, Work.Task task) {
        if (plan.validation() == 0) {
            return 0;
        }
        int few = Math.min(most, judge.held().size());
        var part = new Validation(judge.held().first(few), judge.noise(), manager());
        Classifier network = average.network();
        part.accuracy(network, null, task);
        if (method.inner() != null) {
            part.accuracy(network, method.inner(), task);
        }
        return (double) few / judge.held().size();
    }

    /** Steps in an epoch. */
    public int steps() {
        return batches.count();
    }

    @Override
    WeightAverage average() {
        return average;
    }

    @Override
    Map<String, Map<String, NDArray>> companions() {
        return companion.weights();
    }

    @Override
    protected Map<String, TrainingStep.Momenta> momenta() {
        return stepper.momenta();
    }

    @Override
    protected void restore(Map<String, TrainingStep.Momenta> momenta) {
        stepper.restore(momenta);
    }

    @Override
    protected Map<String, double[]> numbers() {
        return companion.numbers();
    }

    @Override
    protected void restore(Map<String, Map<String, NDArray>> companions, Map<String, double[]> numbers) {
        companion.restore(companions, numbers);
    }

    @Override
    public Folder.Content written(Run run) {
        return run.student()::write;
    }

    @Override
    public Folder.Content bestSoFar() {
        Classifier network = described(student, bestWeights(), best(), true);
        return out -> network.write(out, bestWeights());
    }

    @Override
    public Optional<Classifier> version() {
        Classifier network = average.network();
        int epochs = history().size();
        return step() == 0 && plan.keeps(epochs)
                ? Optional.of(described(network, network.layers().all(), epochs, true))
                : Optional.empty();
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
        super.close();
        if (!told) {
            student.close();
        }
    }
}
