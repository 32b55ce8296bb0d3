package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.provenance.InUnitsOf;
import ardent.tensor.Losses;
import ardent.tensor.Noise;

/**
 * CW∞ of the distillation literature: projected gradient descent on the margin loss of Carlini and Wagner (S&amp;P
 * 2017), −max(z_y − max other + κ, 0). It is not their optimisation with a distance penalty.
 *
 * <p>With κ = 50 the hinge stays open after success and the search goes on; with κ = 0 a broken image stops.
 * The papers name no start; the public scripts differ, so both are here: {@link #iad} (the default) and {@link #ciard}.
 *
 * @param ball the threat model
 * @param stride length of a step in pixels, greater than 0 and at most the radius
 * @param steps number of steps, at least 1
 * @param kappa confidence κ in logits, at least 0
 * @param start where it begins
 * @param boxed whether points inside the loop are clamped to [0, 1], not the last ones only
 */
public record CwLinf(
        Ball ball, @InUnitsOf("ball.radius") float stride, int steps, float kappa, Start start, boolean boxed)
        implements Attack {
    /** Validates κ, and stride and steps as {@link Pgd} does. */
    public CwLinf {
        Arguments.given("ball, start", ball, start);
        if (!(kappa >= 0) || Float.isInfinite(kappa)) {
            throw new IllegalArgumentException("The confidence κ is at least 0, not " + kappa + ".");
        }
        new Pgd(ball, stride, steps, start);
    }

    /**
     * As {@link #iad}.
     *
     * @param ball the threat model
     */
    public CwLinf(Ball ball) {
        this(ball, Ball.quarter(ball), 30, 50, Start.uniform(), true);
    }

    /** As {@link #iad} at L∞ 8/255. */
    public CwLinf() {
        this(new Linf());
    }

    /**
     * The evaluation of IAD (Zhu et al., ICLR 2022): 30 steps of ε/4, κ = 50, uniform start.
     *
     * @param ball the threat model
     * @return the attack
     */
    public static CwLinf iad(Ball ball) {
        return new CwLinf(ball);
    }

    /**
     * The evaluation of CIARD (2025): 30 steps of ε/4, κ = 50, no random start, clamped to [0, 1] at the end only.
     *
     * @param ball the threat model
     * @return the attack
     */
    public static CwLinf ciard(Ball ball) {
        return new CwLinf(ball, Ball.quarter(ball), 30, 50, Start.clean(), false);
    }

    /**
     * The evaluation of Fair-ARD (2023): 20 steps of ε/4, κ = 50, uniform start.
     *
     * @param ball the threat model
     * @return the attack
     */
    public static CwLinf fairArd(Ball ball) {
        return new CwLinf(ball, Ball.quarter(ball), 20, 50, Start.uniform(), true);
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return AttackInputs.search(
                victim,
                images,
                labels,
                () -> new Pgd(ball, stride, steps, start)
                        .ascend(
                                images,
                                noise,
                                x -> Losses.carliniWagner(Predictions.logits(victim, x), labels, kappa),
                                boxed));
    }

    @Override
    public String label() {
        return steps == 30 ? "CW∞" : "CW∞-" + steps;
    }
}
