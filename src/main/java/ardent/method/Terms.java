package ardent.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.List;

/**
 * A loss as the sum of its named terms, so that curves and error messages can tell them apart.
 *
 * @param list the terms in order
 */
public record Terms(List<Term> list) {
    /**
     * One term.
     *
     * @param name short name
     * @param value a scalar, weighted
     */
    public record Term(String name, NDArray value) {
        /** Refuses what is not one number, and names that the tables of a run cannot hold. */
        public Term {
            Arguments.given("name", name);
            if (name.matches("(?s)learning rate|.*[,\"\\v].*")) {
                throw new IllegalArgumentException("A term of the loss cannot be called \"" + name
                        + "\" in the tables of a run: choose a name without commas, quotation marks and line breaks, which is not"
                        + " \"learning rate\".");
            }
            Shape shape = Arguments.given("value", value).getShape();
            if (shape.size() != 1) {
                throw new IllegalArgumentException("The term \"" + name + "\" of the loss has the shape " + shape
                        + " and a loss is one number: take its mean() first.");
            }
        }
    }

    /** Copies the list. */
    public Terms {
        list = Arguments.all("list", list);
    }

    /**
     * A loss of one term.
     *
     * @param name its name
     * @param value a scalar, weighted
     * @return the loss
     */
    public static Terms of(String name, NDArray value) {
        return new Terms(List.of(new Term(name, value)));
    }

    /**
     * A term times a weight that is another one at every step, such as one that grows with {@link Step#progress}. Its constant
     * goes with the step; those of {@link ardent.tensor.Torch#constant}, for weights that stay, are kept for good and would pile
     * up. To be called inside the objective.
     *
     * @param value the term, of any shape; gradients pass through it
     * @param weight its weight, rounded to a float
     * @return a new array, weight·value
     */
    public static NDArray scaled(NDArray value, double weight) {
        return value.mul(value.getManager().create((float) weight));
    }

    /**
     * No term, to be added to others.
     *
     * @return an empty sum
     */
    static Terms none() {
        return new Terms(List.of());
    }

    /**
     * This loss and the terms of another one.
     *
     * @param other further terms
     * @return the longer loss
     */
    public Terms and(Terms other) {
        var longer = new ArrayList<>(list);
        longer.addAll(other.list);
        return new Terms(longer);
    }

    /**
     * This loss and one more term.
     *
     * @param name its name
     * @param value a scalar, weighted
     * @return the longer loss
     */
    public Terms and(String name, NDArray value) {
        var longer = new ArrayList<>(list);
        longer.add(new Term(name, value));
        return new Terms(longer);
    }

    /**
     * The sum of the terms, in order.
     *
     * @return a scalar
     */
    public NDArray total() {
        return list.stream()
                .map(Term::value)
                .reduce(NDArray::add)
                .orElseThrow(() -> new IllegalArgumentException("A loss needs at least one term."));
    }
}
