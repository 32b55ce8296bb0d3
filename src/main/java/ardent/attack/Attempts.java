package ardent.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.search.Rows;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Torch;
import java.util.Arrays;

/**
 * Images to break, all of them classified correctly so far.
 *
 * @param images {@code [N, C, H, W]}
 * @param labels {@code [N]}
 * @param radii {@code [N]}, ε of each image, at least 0
 * @param rounds which restart or target each image is in
 * @param noise where they draw
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Attempts(NDArray images, NDArray labels, NDArray radii, long[] rounds, Noise noise) {
    /** Nothing is null. */
    public Attempts {
        Arguments.given("images, labels, radii, rounds, noise", images, labels, radii, rounds, noise);
    }

    /**
     * How many images there are.
     *
     * @return N
     */
    public int size() {
        return rounds.length;
    }

    /**
     * Some of them; the arrays belong to the caller's scope.
     *
     * @param rows their places, counted from 0
     * @return as many images as places
     */
    public Attempts rows(long... rows) {
        return new Attempts(
                Rows.pick(images, rows),
                Rows.pick(labels, rows),
                Rows.pick(radii, rows),
                Rows.of(rounds, rows),
                noise.rows(rows));
    }

    /**
     * All images in one round.
     *
     * @param images {@code [N, C, H, W]}
     * @param labels {@code [N]}
     * @param radii {@code [N]}, ε of each image
     * @param round which restart or target all are in
     * @param noise where they draw
     * @return the images
     */
    public static Attempts of(NDArray images, NDArray labels, NDArray radii, long round, Noise noise) {
        Arguments.given("labels, radii, noise", labels, radii, noise);
        long[] rounds = new long
                [Math.toIntExact(Arguments.given("images", images).getShape().get(0))];
        Arrays.fill(rounds, round);
        return new Attempts(images, labels, radii, rounds, noise);
    }

    /**
     * The same radius for every image.
     *
     * @param ball the ball
     * @param count number of images
     * @return {@code [N]}
     */
    public static NDArray radii(Ball ball, long count) {
        float[] radii = new float[Math.toIntExact(count)];
        Arrays.fill(radii, ball.radius());
        return Torch.array(radii, new Shape(count));
    }
}
