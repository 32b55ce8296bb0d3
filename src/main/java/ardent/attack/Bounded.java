package ardent.attack;

/** An attack that stays within a ball, so that others can check that it did. */
public interface Bounded {
    /**
     * The threat model.
     *
     * @return the ball around every image that no perturbed image leaves
     */
    Ball ball();
}
