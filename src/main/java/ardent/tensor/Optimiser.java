package ardent.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves weights along the gradients that {@link Tape#record} left in them; its arithmetic is PyTorch's.
 *
 * <p>The engine's own optimiser keeps the rate inside the momentum, which is wrong after the rate drops. State lives in
 * arrays of this object, and closing it frees them; weights stay their owner's.
 */
public final class Optimiser implements AutoCloseable {
    /** How a weight is moved. */
    private interface Rule {
        void move(NDArray weight, NDArray gradient, List<NDArray> state, double rate, int step);
    }

    private record Slot(NDArray weight, List<NDArray> state) {}

    private final NDManager manager = Torch.manager().newSubManager();
    private final List<Slot> slots = new ArrayList<>();
    private final Rule rule;
    private int steps;

    private Optimiser(Iterable<NDArray> weights, int arrays, Rule rule) {
        this.rule = rule;
        for (NDArray weight : weights) {
            var own = new ArrayList<NDArray>();
            for (int i = 0; i < arrays; i++) {
                own.add(Torch.keep(manager.zeros(weight.getShape())));
            }
            slots.add(new Slot(weight, own));
        }
    }

    /**
     * Stochastic gradient descent with momentum: v ← μ·v + g + decay·w; w ← w − rate·v, or with Nesterov's look-ahead
     * w ← w − rate·(g + decay·w + μ·v).
     *
     * @param weights what to move
     * @param momentum μ in [0, 1)
     * @param decay weight decay, at least 0, on every weight
     * @param nesterov whether to look ahead
     * @return the optimiser
     */
    public static Optimiser sgd(Iterable<NDArray> weights, double momentum, double decay, boolean nesterov) {
        return new Optimiser(
                weights, 1, (w, g, v, rate, step) -> Ops.sgd(w, g, v.get(0), rate, momentum, decay, nesterov));
    }

    /**
     * Adam (Kingma and Ba, ICLR 2015) with β = (0.9, 0.999) and ε = 1e-8, without decay.
     *
     * @param weights what to move
     * @return the optimiser
     */
    public static Optimiser adam(Iterable<NDArray> weights) {
        return adam(weights, 0.9);
    }

    /**
     * Adam with another momentum.
     *
     * @param weights what to move
     * @param beta β₁ in [0, 1)
     * @return the optimiser
     */
    public static Optimiser adam(Iterable<NDArray> weights, double beta) {
        return new Optimiser(weights, 2, (w, g, m, rate, step) -> {
            double stride = rate / (1 - Math.pow(beta, step));
            Ops.adam(w, g, m.get(0), m.get(1), beta, stride, Math.sqrt(1 - Math.pow(0.999, step)));
        });
    }

    /**
     * Moves every weight once and forgets the gradients.
     *
     * @param rate learning rate, at least 0
     * @param clip the norm over all gradients beyond which they are scaled down; 0 for never
     */
    public void step(double rate, double clip) {
        steps++;
        Tape.free(() -> {
            List<NDArray> gradients =
                    slots.stream().map(slot -> slot.weight.getGradient()).toList();
            if (clip > 0) {
                shorten(gradients, clip);
            }
            for (int i = 0; i < gradients.size(); i++) {
                Slot slot = slots.get(i);
                rule.move(slot.weight, gradients.get(i), slot.state, rate, steps);
                JniUtils.zeroGrad((PtNDArray) slot.weight);
            }
        });
    }

    /**
     * The state of the optimiser, such as momenta.
     *
     * @return its arrays in the order of the weights, owned by this optimiser
     */
    public List<NDArray> state() {
        return slots.stream().flatMap(slot -> slot.state.stream()).toList();
    }

    /**
     * Steps made so far.
     *
     * @return a count from 0
     */
    public int steps() {
        return steps;
    }

    /**
     * Goes on where another optimiser of the same kind was.
     *
     * @param steps its steps
     * @param state its arrays, which are copied
     */
    public void restore(int steps, List<NDArray> state) {
        List<NDArray> own = state();
        if (own.size() != state.size()) {
            throw new IllegalArgumentException(
                    "The optimiser keeps " + own.size() + " arrays, not " + state.size() + ".");
        }
        this.steps = steps;
        Tape.free(() -> {
            for (int i = 0; i < own.size(); i++) {
                own.get(i).set(new NDIndex("..."), state.get(i));
            }
        });
    }

    /** Forgets the gradients without moving a weight. */
    public void forget() {
        slots.forEach(slot -> JniUtils.zeroGrad((PtNDArray) slot.weight));
    }

    /** As {@code clip_grad_norm_}: every gradient times min(1, clip / (norm + 1e-6)), in place. */
    private static void shorten(List<NDArray> gradients, double clip) {
        NDArray square = Torch.manager().zeros(new ai.djl.ndarray.types.Shape());
        for (NDArray gradient : gradients) {
            square.addi(gradient.mul(gradient).sum());
        }
        NDArray scale = Torch.constant(clip)
                .div(square.sqrt().add(Torch.constant(1e-6)))
                .minimum(Torch.constant(1));
        gradients.forEach(gradient -> gradient.muli(scale));
    }

    @Override
    public void close() {
        manager.close();
    }
}
