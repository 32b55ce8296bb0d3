package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** The perturbations that a threat model allows: those no longer than a radius. */
public sealed interface Ball permits Linf, L2 {
    /**
     * The radius ε, in pixels of [0, 1].
     *
     * @return greater than 0
     */
    float radius();

    /**
     * The projection onto this ball around images.
     *
     * @param centre {@code [N, C, H, W]}; arrays made for the projection belong to the caller's scope
     * @param boxed whether it projects onto the pixel range [0, 1] too
     * @return a function from images to the projected images
     */
    UnaryOperator<NDArray> around(NDArray centre, boolean boxed);

    /**
     * The direction of length 1 in which a linear function with this gradient rises most.
     *
     * @param gradient {@code [N, C, H, W]}
     * @return an array of the same shape
     */
    NDArray steepest(NDArray gradient);

    /**
     * One step of projected ascent: Π(x + stride · steepest(gradient)).
     *
     * @param centre {@code [N, C, H, W]}; arrays made for the projection belong to the caller's scope
     * @param boxed whether it projects onto the pixel range [0, 1] too
     * @param stride length of the step
     * @return a function from points and gradients to the next points
     */
    default BinaryOperator<NDArray> step(NDArray centre, boolean boxed, float stride) {
        UnaryOperator<NDArray> project = around(centre, boxed);
        return (x, gradient) -> project.apply(x.add(steepest(gradient).mul(constant(stride))));
    }

    /**
     * Random perturbations inside the ball.
     *
     * @param centre {@code [N, C, H, W]}, for the shape
     * @param noise where they are drawn
     * @return perturbations, not images
     */
    NDArray sample(NDArray centre, Noise noise);

    /**
     * Step length of projected gradient ascent where none is given.
     *
     * @param steps number of steps
     * @return at most the radius
     */
    float stride(int steps);

    /**
     * A quarter of the radius, the stride of most published searches of ten steps.
     *
     * @param ball the threat model
     * @return the stride
     */
    static float quarter(Ball ball) {
        return Arguments.given("ball", ball).radius() / 4;
    }

    /**
     * A radius, checked.
     *
     * @param radius in pixels
     * @return the radius
     * @throws IllegalArgumentException unless it is greater than 0 and finite
     */
    static float require(float radius) {
        if (!(radius > 0) || Float.isInfinite(radius)) {
            throw new IllegalArgumentException("A ball needs a radius ε greater than 0 in pixels of [0, 1], such as"
                    + " 8/255f or 0.2f, not " + radius + ".");
        }
        return radius;
    }
}
