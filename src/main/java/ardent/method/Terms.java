package ardent.method;

import ai.djl.ndarray.NDArray;
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
    public record Term(String name, NDArray value) {}

    /** Copies the list. */
    public Terms {
        list = List.copyOf(list);
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
        return list.stream().map(Term::value).reduce(NDArray::add).orElseThrow();
    }
}
