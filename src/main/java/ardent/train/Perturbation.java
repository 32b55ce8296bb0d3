package ardent.train;

/** Where the gradient of a step is taken: at the weights, or where the weights nearby are worst. */
public sealed interface Perturbation {
    /** At the weights. */
    record None() implements Perturbation {}

    /**
     * AWP, adversarial weight perturbation (Wu, Xia and Wang, NeurIPS 2020): the objective's gradient g is taken once to
     * move every weight with at least two dimensions by v = γ·‖w‖·g/‖g‖, layer by layer, and once more there, for the step.
     * The adversarial images are those found at w, and running statistics see the second pass only, as in the authors'
     * code. That code steps first and takes v back afterwards; here w comes back first, bit for bit, so that weight decay
     * acts on w and not on w + v.
     *
     * @param gamma γ, at least 0; the authors' is 0.01 for adversarial training and 0.005 for TRADES
     * @param from first epoch with it, from 1; the authors begin TRADES at 10
     */
    record Awp(double gamma, int from) implements Perturbation {
        /** Checks the numbers. */
        public Awp {
            if (!(gamma >= 0) || Double.isInfinite(gamma)) {
                throw new IllegalArgumentException("The strength γ of AWP is at least 0, not " + gamma + ".");
            }
            if (from < 1) {
                throw new IllegalArgumentException("AWP begins at an epoch counted from 1, not " + from + ".");
            }
        }
    }

    /**
     * No perturbation.
     *
     * @return gradients at the weights
     */
    static Perturbation none() {
        return new None();
    }

    /**
     * AWP from the first epoch.
     *
     * @param gamma γ, at least 0
     * @return the perturbation
     */
    static Perturbation awp(double gamma) {
        return new Awp(gamma, 1);
    }
}
