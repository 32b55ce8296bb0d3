package ardent.data;

/**
 * One step from a set of images to a part of it.
 *
 * @param verb the method that chose, such as {@code take}
 * @param count number of images chosen
 * @param how what fixed the choice, such as {@code seed 0}; empty where the count says it all
 */
public record Selection(String verb, int count, String how) {
    @Override
    public String toString() {
        return how.isEmpty() ? verb + "(" + count + ")" : verb + "(" + count + ", " + how + ")";
    }
}
