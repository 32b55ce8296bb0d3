package ardent.provenance;

/** Something that is no record and yet can tell where it comes from, such as a trained network. */
public interface Described {
    /**
     * How this came about.
     *
     * @return a record whose components are records, lists, maps, numbers, texts and the like
     */
    Record origin();

    /**
     * A short name for tables and charts.
     *
     * @return for example {@code SmallCnn · CRDND}
     */
    default String name() {
        return PlainName.of(this, "network");
    }
}
