package ardent.notebook;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Where things are shown: a Jupyter kernel that runs in this JVM, or the console. */
sealed interface Kernel permits Console, Jupyter {

    /** Shows a bundle below the cell. */
    void display(Bundle bundle);

    /** Shows a bundle below the cell and returns what replaces it, also after the cell has ended. */
    Consumer<Bundle> place(Bundle bundle);

    /** Shows values of the type this way when a cell ends with one. */
    void register(Class<?> type, Function<Object, Bundle> renderer);

    /** Whether what was shown can be replaced in place. */
    boolean live();

    /** The text of the snippet that defined a class in a cell, if this kernel tells it. */
    default Optional<String> source(Class<?> type) {
        return Optional.empty();
    }

    /** The variable of a cell that holds a thing, if this kernel tells it. */
    default Optional<String> variable(Object thing) {
        return Optional.empty();
    }

    /** Keeps the variables of the cells, where the kernel would empty them. */
    default void keepVariables() {}

    /** Shows Javadoc of Ardent where the kernel shows documentation, if the system property {@code ardent.sources} says where it is. */
    default void showJavadoc() {}

    /** The kernel that runs in this JVM, or the console when there is none. */
    static Kernel find() {
        var running = Jupyter.running();
        return running == null ? new Console() : new Jupyter(running);
    }
}
