package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.Rows;
import ardent.tensor.Noise;

/** Where an ascent begins. */
@FunctionalInterface
public interface Start {
    /**
     * The first images of an ascent.
     *
     * @param ball the threat model
     * @param images the clean images
     * @param noise where randomness is drawn
     * @return new images
     */
    NDArray from(Ball ball, NDArray images, Noise noise);

    /** At the clean images. */
    record Clean() implements Start {
        @Override
        public NDArray from(Ball ball, NDArray images, Noise noise) {
            return images.duplicate();
        }
    }

    /**
     * At random inside the ball.
     *
     * @param clamped whether pixels are clamped to [0, 1] before the first step; ARD's training and TRADES' evaluation do not
     */
    record Uniform(boolean clamped) implements Start {
        @Override
        public NDArray from(Ball ball, NDArray images, Noise noise) {
            NDArray start = images.add(ball.sample(images, noise));
            return clamped ? Rows.clamp(start) : start;
        }
    }

    /**
     * In a random direction as far as the ball reaches, then clamped to [0, 1]: in an L∞ ball each pixel is raised or lowered by ε, in an L2
     * ball the direction is that of a uniform draw from a cube.
     */
    record Boundary() implements Start {
        @Override
        public NDArray from(Ball ball, NDArray images, Noise noise) {
            NDArray direction = ball.steepest(noise.uniform(-1, 1, images.getShape()));
            return Rows.clamp(images.add(direction.mul(constant(ball.radius()))));
        }
    }

    /**
     * At the clean images plus normal noise, not clamped before the first step, as TRADES and RSLAD begin.
     *
     * @param deviation of the noise in pixels
     */
    record Gauss(float deviation) implements Start {
        /** Checks the deviation. */
        public Gauss {
            if (!(deviation > 0) || Float.isInfinite(deviation)) {
                throw new IllegalArgumentException(
                        "The noise of a start needs a deviation greater than 0, not " + deviation + ".");
            }
        }

        @Override
        public NDArray from(Ball ball, NDArray images, Noise noise) {
            return images.add(noise.normal(images.getShape()).mul(constant(deviation)));
        }
    }

    /**
     * At the clean images.
     *
     * @return the start
     */
    static Start clean() {
        return new Clean();
    }

    /**
     * At random inside the ball, clamped to [0, 1].
     *
     * @return the start
     */
    static Start uniform() {
        return new Uniform(true);
    }

    /**
     * In a random direction as far as the ball reaches, clamped to [0, 1].
     *
     * @return the start
     */
    static Start boundary() {
        return new Boundary();
    }

    /**
     * At the clean images plus normal noise of deviation 0.001.
     *
     * @return the start
     */
    static Start gauss() {
        return new Gauss(0.001f);
    }
}
