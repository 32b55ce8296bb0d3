package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.CwL2Search;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.Arrays;

/**
 * The L2 attack of Carlini and Wagner (S&amp;P 2017): minimises ‖x − x₀‖² + c·max(z_y − max other + κ, 0) over
 * x = (tanh(w) + 1)/2 by Adam, and searches c for each image by bisection, ten times as large while nothing succeeds. It
 * searches a short perturbation and keeps to no radius; compare distances, or {@link Curve#ofDistances}.
 *
 * <p>Deviation: where the authors stop a bisection step once the loss of the whole batch stalls, an image stops
 * once its own loss stalls, so that batches do not show in the result.
 *
 * @param steps most steps of Adam for one c, at least 1
 * @param searches values of c tried, at least 1
 * @param rate learning rate of Adam, greater than 0
 * @param first first value of c, greater than 0
 * @param kappa confidence κ in logits, at least 0
 */
public record CwL2(int steps, int searches, float rate, float first, float kappa) implements Attack {
    /** Validates its arguments. */
    public CwL2 {
        Arguments.atLeastOne("step", steps);
        Arguments.atLeastOne("search", searches);
        if (!(rate > 0 && first > 0 && kappa >= 0) || Float.isInfinite(rate + first + kappa)) {
            throw new IllegalArgumentException("The rate and the first c are greater than 0 and κ is at least 0, not "
                    + rate + ", " + first + " and " + kappa + ".");
        }
    }

    /** The paper's: at most 10,000 steps for each of 9 values of c from 0.001, rate 0.01, κ = 0. */
    public CwL2() {
        this(10_000, 9, 0.01f, 1e-3f, 0);
    }

    /**
     * With fewer steps, for a first look: some hundreds at least. A search that is too short finds nothing, and an image for which nothing
     * was found counts as robust.
     *
     * @param steps at least 1
     * @return a changed copy
     */
    public CwL2 steps(int steps) {
        return new CwL2(steps, searches, rate, first, kappa);
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return AttackInputs.search(
                victim,
                images,
                labels,
                () -> Precision.FLOAT32.during(() -> Tape.quiet(() -> Tape.scope(() -> {
                    try (var search = new CwL2Search(victim, images, labels, kappa, rate)) {
                        float[] c = new float[(int) labels.size()];
                        float[] low = new float[c.length];
                        float[] high = new float[c.length];
                        Arrays.fill(c, first);
                        Arrays.fill(high, Float.POSITIVE_INFINITY);
                        for (int i = 0; i < searches; i++) {
                            boolean last = i == searches - 1 && searches >= 10;
                            float[] tried = last ? finite(high, c) : c;
                            boolean[] broken = search.run(tried, steps);
                            bisect(broken, c, low, high);
                        }
                        return search.best().mul(constant(1));
                    }
                }))));
    }

    private static float[] finite(float[] high, float[] c) {
        float[] tried = c.clone();
        for (int i = 0; i < c.length; i++) {
            tried[i] = Float.isInfinite(high[i]) ? c[i] : high[i];
        }
        return tried;
    }

    private static void bisect(boolean[] broken, float[] c, float[] low, float[] high) {
        for (int i = 0; i < c.length; i++) {
            if (broken[i]) {
                high[i] = Math.min(high[i], c[i]);
            } else {
                low[i] = Math.max(low[i], c[i]);
            }
            c[i] = Float.isInfinite(high[i]) ? 10 * c[i] : (low[i] + high[i]) / 2;
        }
    }

    @Override
    public String label() {
        return steps == 10_000 ? "CW-L2" : "CW-L2-" + steps;
    }
}
