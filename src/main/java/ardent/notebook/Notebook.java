package ardent.notebook;

import ardent.progress.Listener;
import ardent.progress.Work;
import ardent.provenance.CellSource;
import ardent.provenance.PlainName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Shows things in the notebook that runs Ardent, or as text where none does. */
public final class Notebook {
    private static @Nullable Kernel kernel;

    private Notebook() {}

    /**
     * Starts Ardent in this kernel: renderers for tables, charts and results, progress in place, and a head start for
     * the slow first picture; calling it again does nothing.
     */
    public static void init() {
        kernel();
    }

    /** Shows each thing below the cell, as a table or a picture where it has one; never throws. */
    public static void show(@Nullable Object @Nullable ... things) {
        // An int[][] arrives as the array of things, though it is one thing.
        if (things == null || things.getClass() != Object[].class) {
            kernel().display(Renderers.bundle(things));
            return;
        }
        for (var thing : things) {
            kernel().display(Renderers.bundle(thing));
        }
    }

    static synchronized void init(Kernel found) {
        if (kernel == null) {
            start(found);
            kernel = found;
        }
    }

    private static synchronized Kernel kernel() {
        var known = kernel;
        if (known == null) {
            known = Kernel.find();
            init(known);
        }
        return known;
    }

    private static void start(Kernel found) {
        Renderers.TYPES.keySet().forEach(type -> found.register(type, Renderers::bundle));
        Work.listener(Listener.chosen(() -> found.live() ? new LiveLine(found) : Listener.plain()));
        CellSource.told(found::source);
        found.keepVariables();
        found.showJavadoc();
        PlainName.told(found::variable);
        WarmUp.start();
        if (found.live()) {
            endWithParent();
        }
    }

    /** The line that a kernel runs before the first cell. */
    static String imports() {
        try (var in = Notebook.class.getResourceAsStream("imports.jsh")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A kernel whose server or runner died would stay for ever. */
    private static void endWithParent() {
        var parent = System.getenv("JPY_PARENT_PID");
        if (parent != null) {
            ProcessHandle.of(Long.parseLong(parent)).ifPresent(process -> {
                var unused = process.onExit().thenRun(() -> System.exit(1));
            });
        }
    }
}
