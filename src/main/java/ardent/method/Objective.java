package ardent.method;

/** The outer minimisation of one step. */
@FunctionalInterface
public interface Objective {
    /**
     * The loss of the batch, as a sum of named terms; differentiated with respect to the weights.
     *
     * @return the terms
     */
    Terms value();
}
