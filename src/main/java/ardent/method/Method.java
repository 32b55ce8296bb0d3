package ardent.method;

import ardent.attack.Pgd;
import ardent.provenance.PlainName;
import org.jspecify.annotations.Nullable;

/**
 * A way to train a network, in two phases as papers write it: inner maximisation, then outer minimisation.
 *
 * <p>What {@link #prepare} computes is constant: adversarial images, a teacher's logits. What the returned objective
 * computes is differentiated. A method is a record of its parameters; what changes during a run lives in the run.
 */
@FunctionalInterface
public interface Method {
    /**
     * Does the inner maximisation of one step. It neither changes weights nor differentiates them: the student is evaluated with
     * copies of them meanwhile, which are made once.
     *
     * @param step student, batch and randomness
     * @return the objective of the outer minimisation
     */
    Objective prepare(Step step);

    /**
     * The attack of the inner maximisation; records with a component of this name give it.
     *
     * @return the attack, or null where the method has none
     */
    default @Nullable Pgd inner() {
        return null;
    }

    /**
     * The name that tables print.
     *
     * @return a short name; of a lambda that of the notebook's variable, or {@code method 1}
     */
    default String label() {
        return PlainName.of(this, "method");
    }
}
