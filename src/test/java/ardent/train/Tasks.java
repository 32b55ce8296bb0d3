package ardent.train;

import ardent.progress.Work;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Tasks for loops under test. */
public final class Tasks {
    private Tasks() {}

    public static Work.Task silent() {
        return stoppingAfter(Long.MAX_VALUE);
    }

    /** Asks to stop once this many reports were heard. */
    public static Work.Task stoppingAfter(long reports) {
        return new Work.Task() {
            private long heard;

            @Override
            public void report(String phase, long done, long total, Map<String, String> figures) {
                heard++;
            }

            @Override
            public boolean stopping() {
                return heard >= reports;
            }
        };
    }

    /** Asks to stop once a phase was told, also as a figure of a larger work. */
    public static Work.Task stoppingIn(String phase) {
        var reached = new AtomicBoolean();
        return task(told -> reached.set(reached.get() || told.contains(phase)), reached::get);
    }

    /** Hears of every phase, also of those told as figures of a larger work. */
    public static Work.Task hearing(Consumer<String> phases) {
        return task(phases, () -> false);
    }

    private static Work.Task task(Consumer<String> phases, BooleanSupplier stopping) {
        return new Work.Task() {
            @Override
            public void report(String phase, long done, long total, Map<String, String> figures) {
                phases.accept(phase + " " + figures);
            }

            @Override
            public boolean stopping() {
                return stopping.getAsBoolean();
            }
        };
    }
}
