package ardent.attack;

/**
 * Perturbations that change no pixel by more than the radius.
 *
 * @param radius ε in pixels of [0, 1], such as {@code 8 / 255f}
 */
public record Linf(float radius) implements Ball {}
