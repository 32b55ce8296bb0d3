package ardent.train;

import ai.djl.ndarray.NDArray;
import ardent.method.Companion;
import ardent.method.Method;
import ardent.method.Objective;
import ardent.method.Step;
import ardent.method.Terms;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Optimiser;
import ardent.tensor.Tape;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes the steps of one training: inner maximisation, outer minimisation, update. */
public final class TrainingStep implements AutoCloseable {
    static final String ADVICE = " A lower rate, a warm-up or a gradient clip in the plan usually helps.";
    private static final String STUDENT = "";

    private final Method method;
    private final Plan plan;
    private final Classifier student;
    private final Companion companion;
    private final int unknown;
    private final Map<String, Optimiser> optimisers = new LinkedHashMap<>();
    private final Map<String, Momenta> toCome = new LinkedHashMap<>();

    TrainingStep(Method method, Plan plan, Classifier student, Companion companion) {
        this.method = method;
        this.plan = plan;
        this.student = student;
        this.companion = companion;
        unknown = companion.data().size() - companion.data().labelCount();
    }

    /**
     * Makes one step.
     *
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64, −1 where one is not known
     * @param moment when, and at what rate
     * @param noise where this step draws from
     * @return the value of each term before the step, where its gradient was taken
     * @throws ArithmeticException naming epoch, batch and term, if one is not a number; no weight has moved then
     */
    Map<String, Double> step(NDArray images, NDArray labels, Moment moment, Noise noise) {
        double progress = moment.done() / plan.epochs();
        Step step = new Step(student, images, labels, unknown, progress, noise, companion);
        Objective objective = Arguments.given(
                "objective of " + method.label(),
                plan.precision()
                        .during(() -> Classifier.folding(student, () -> Tape.quiet(() -> method.prepare(step)))));
        if (!(plan.perturbation() instanceof Perturbation.Awp rule) || moment.epoch() < rule.from()) {
            var values = descend(objective, moment);
            update(moment.rate());
            return values;
        }
        int prepared = step.answers().size();
        var awp = WeightPerturbation.perturb(
                student.layers(),
                rule.gamma(),
                companion,
                () -> descend(objective, moment),
                () -> optimisers().values());
        step.views().clear();
        step.answers().subList(prepared, step.answers().size()).clear(); // their arrays are gone with the objective's
        try {
            var values = descend(objective, moment);
            awp.undo();
            update(moment.rate());
            return values;
        } catch (RuntimeException | Error e) {
            awp.undo();
            throw e;
        }
    }

    /**
     * A step's place in the training.
     *
     * @param epoch counted from 1
     * @param number of its batch, from 1
     * @param done epochs done, with fractions
     * @param rate learning rate
     */
    public record Moment(int epoch, int number, double done, double rate) {}

    /** Leaves the gradient of the objective in the weights. */
    private static Map<String, Double> descend(Objective objective, Moment moment) {
        var values = new LinkedHashMap<String, Double>();
        Tape.record(() -> {
            Terms terms = Arguments.given("value of the objective", objective.value());
            terms.list().forEach(term -> values.merge(term.name(), number(term.value()), Double::sum));
            refuseNonsense(values, moment);
            return terms.total();
        });
        return values;
    }

    private static double number(NDArray value) {
        return value.stopGradient().getFloat();
    }

    private static void refuseNonsense(Map<String, Double> values, Moment moment) {
        values.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("Training stopped in epoch " + moment.epoch + ", batch " + moment.number
                        + ": the term \"" + name + "\" of the loss is " + value
                        + "." + ADVICE);
            }
        });
    }

    private void update(double rate) {
        var all = layers();
        optimisers().forEach((name, optimiser) -> {
            double own = Objects.requireNonNull(all.get(name)).adamRate();
            optimiser.step(own > 0 ? own : rate, plan.clip());
        });
    }

    /** The layers in training by name; the student's has none. */
    private Map<String, Layers> layers() {
        var all = new LinkedHashMap<String, Layers>();
        all.put(STUDENT, student.layers());
        all.putAll(companion.layers());
        return all;
    }

    /** One optimiser for the student and one for each set of companion layers, made when the layers are. */
    private Map<String, Optimiser> optimisers() {
        layers().forEach((name, layers) -> optimisers.computeIfAbsent(name, missing -> {
            Optimiser made = optimiser(layers);
            Momenta momenta = toCome.remove(name);
            if (momenta != null) {
                made.restore(momenta.steps(), momenta.arrays());
            }
            return made;
        }));
        return optimisers;
    }

    /**
     * What an optimiser remembers.
     *
     * @param steps its steps
     * @param arrays in the order of the weights
     */
    public record Momenta(int steps, List<NDArray> arrays) {
        /** Copies the list. */
        public Momenta {
            arrays = Arguments.all("arrays", arrays);
        }
    }

    /** What all optimisers remember, by name of the layers, also what a resumed training has not asked for yet. */
    Map<String, Momenta> momenta() {
        var all = new LinkedHashMap<>(toCome);
        optimisers.forEach((name, optimiser) -> all.put(name, new Momenta(optimiser.steps(), optimiser.state())));
        return all;
    }

    /** Goes on where another training was; the arrays must stay open until their optimisers are made. */
    void restore(Map<String, Momenta> momenta) {
        toCome.putAll(momenta);
    }

    private Optimiser optimiser(Layers layers) {
        Collection<NDArray> weights = layers.learnable().values();
        return layers.adamRate() > 0
                ? Optimiser.adam(weights)
                : Optimiser.sgd(weights, plan.momentum(), plan.decay(), plan.nesterov());
    }

    @Override
    public void close() {
        optimisers.values().forEach(Optimiser::close);
    }
}
