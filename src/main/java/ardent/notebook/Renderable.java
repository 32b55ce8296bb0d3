package ardent.notebook;

/** Something that knows how it looks in a notebook. */
@FunctionalInterface
public interface Renderable {
    /** Draws it; what this throws is shown as text instead. */
    Bundle bundle();
}
