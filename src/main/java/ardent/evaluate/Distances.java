package ardent.evaluate;

/**
 * How far the images of an attack are from the clean ones, over all of them.
 *
 * @param linf largest change of one pixel, in pixels of [0, 1]
 * @param l2 largest Euclidean length of the change of one image
 */
public record Distances(double linf, double l2) {}
