package ardent.attack;

/** The perturbations that a threat model allows: those no longer than a radius. */
public sealed interface Ball permits Linf, L2 {
    /**
     * The radius ε, in pixels of [0, 1].
     *
     * @return greater than 0
     */
    float radius();
}
