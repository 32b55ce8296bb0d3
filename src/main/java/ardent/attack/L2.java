package ardent.attack;

/**
 * Perturbations whose Euclidean length over all pixels of an image is at most the radius.
 *
 * @param radius ε in pixels of [0, 1], such as {@code 0.5f}
 */
public record L2(float radius) implements Ball {}
