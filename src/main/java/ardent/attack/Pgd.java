package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.Rows;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.provenance.InUnitsOf;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Projected gradient descent (Madry et al., ICLR 2018): steepest ascent of the cross-entropy inside a ball.
 *
 * <p>x ← Π(x + stride · steepest(∇ loss(x))), with Π first onto the ball, then onto [0, 1]. The images after the last
 * step count, broken or not. Its loop, {@link #ascend}, climbs any objective and is the only one in the kit.
 *
 * @param ball the threat model
 * @param stride length of a step in pixels, greater than 0 and at most the radius
 * @param steps number of steps, at least 1
 * @param start where it begins
 */
public record Pgd(Ball ball, @InUnitsOf("ball.radius") float stride, int steps, Start start) implements Attack {
    /** Validates stride and steps: one public baseline trains quietly with stride and radius swapped. */
    public Pgd {
        Arguments.given("ball, start", ball, start);
        if (steps < 1) {
            throw new IllegalArgumentException("An attack needs at least 1 step, not " + steps + ".");
        }
        if (!(stride > 0) || stride > ball.radius()) {
            throw new IllegalArgumentException("A stride is greater than 0 and at most the radius " + ball.radius()
                    + "; " + stride + " is not. Were stride and radius swapped?");
        }
    }

    /**
     * A uniform start and the field's stride: for L∞ ε/4 (2/255 at 8/255), or ε/steps with fewer than four steps; for L2
     * 2.5·ε/steps, at most ε.
     *
     * @param ball the threat model
     * @param steps number of steps
     */
    public Pgd(Ball ball, int steps) {
        this(ball, Arguments.given("ball", ball).stride(steps), steps, Start.uniform());
    }

    /**
     * The field's standard: L∞ 8/255, stride 2/255, uniform start.
     *
     * @param steps number of steps
     */
    public Pgd(int steps) {
        this(new Linf(), steps);
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        // The mean, as in public code: its scale shows in L2 steps where a gradient nearly vanishes. Where no image may
        // depend on the others, it is the sum.
        UnaryOperator<NDArray> whole = noise.perImage() ? NDArray::sum : NDArray::mean;
        return AttackInputs.search(
                victim,
                images,
                labels,
                () -> ascend(
                        images, noise, x -> whole.apply(Losses.crossEntropy(Predictions.logits(victim, x), labels))));
    }

    /**
     * Climbs an objective inside the ball and the pixel range; gradients are those of the sum of its values.
     *
     * @param images {@code [N, C, H, W]} in [0, 1], left as they are
     * @param noise where the start is drawn
     * @param objective from images to values, one for each image or one for all
     * @return new images
     */
    public NDArray ascend(NDArray images, Noise noise, UnaryOperator<NDArray> objective) {
        return ascend(images, noise, objective, true);
    }

    /** As above; where {@code boxed} is false, points are clamped to [0, 1] after the last step only. */
    NDArray ascend(NDArray images, Noise noise, UnaryOperator<NDArray> objective, boolean boxed) {
        return ascend(images, noise, objective, boxed, UnaryOperator.identity());
    }

    /** As above, with a rule from gradients to what is climbed instead. */
    NDArray ascend(
            NDArray images, Noise noise, UnaryOperator<NDArray> objective, boolean boxed, UnaryOperator<NDArray> rule) {
        return Tape.quiet(() -> Tape.scope(() -> {
            BinaryOperator<NDArray> step = ball.step(images, boxed, stride);
            NDArray x = start.from(ball, images, noise);
            for (int i = 0; i < steps; i++) {
                NDArray from = x;
                x = Tape.scope(() -> step.apply(from, rule.apply(Tape.gradient(from, objective))));
                if (i > 0) {
                    from.close(); // what the start returned may be the caller's
                }
            }
            return boxed ? x : Rows.clamp(x);
        }));
    }

    /**
     * The same attack from another start.
     *
     * @param start where it begins
     * @return a changed copy
     */
    public Pgd start(Start start) {
        return new Pgd(ball, stride, steps, start);
    }

    @Override
    public boolean oneStep() {
        return steps == 1;
    }

    @Override
    public String label() {
        return "PGD-" + steps;
    }
}
