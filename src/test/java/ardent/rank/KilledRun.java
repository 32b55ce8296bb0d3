package ardent.rank;

import ardent.progress.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A task that takes the folder of the run in a root, as it lies there at some moment: what a program leaves that is killed then. */
public final class KilledRun implements Work.Task {
    private final Path root;
    private final long moment;
    private final Path copy;

    /** A copy of the only run in a root, made when so many steps are reported. */
    public KilledRun(Path root, long moment, Path copy) {
        this.root = root;
        this.moment = moment;
        this.copy = copy;
    }

    @Override
    public void report(String phase, long done, long total, Map<String, String> figures) {
        if (done != moment || Files.exists(copy)) {
            return;
        }
        try (Stream<Path> runs = Files.list(root)) {
            Path run = runs.findFirst().orElseThrow();
            Files.createDirectories(copy);
            try (Stream<Path> files = Files.list(run)) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean stopping() {
        return false;
    }

    /** A task that asks to stop after so many steps. */
    public static Work.Task stopped(long steps) {
        var counted = new java.util.concurrent.atomic.AtomicLong();
        return new Work.Task() {
            @Override
            public void report(String phase, long done, long total, Map<String, String> figures) {
                counted.set(done);
            }

            @Override
            public boolean stopping() {
                return counted.get() >= steps;
            }
        };
    }

    /** Refuses trouble. */
    public static void trouble(String sentence) {
        throw new AssertionError(List.of(sentence));
    }
}
