package ardent;

import ardent.notebook.Notebook;
import org.jspecify.annotations.Nullable;

/** The verbs of the kit, for {@code import static ardent.Ardent.*}. */
public final class Ardent {
    private Ardent() {}

    /** Shows each thing below the cell: tables, charts, images, results. */
    public static void show(@Nullable Object @Nullable ... things) {
        Notebook.show(things);
    }
}
