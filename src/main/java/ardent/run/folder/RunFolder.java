package ardent.run.folder;

import ardent.network.Classifier;
import ardent.provenance.Described;
import ardent.provenance.Folder;
import ardent.provenance.Sha256;
import ardent.train.RunSetup;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The folder of one run, locked while it is open. */
public final class RunFolder implements AutoCloseable {
    static final String SETUP = "run.json";
    public static final String STATE = "state.json";
    public static final String EPOCHS = "epochs.csv";
    static final String STEPS = "steps.csv";
    public static final String STUDENT = "student.safetensors";
    static final String REPORT = "report.md";

    /** How the names of files with scores begin. */
    public static final String SCORES = "scores-";

    private static final String LOCK = ".lock";

    /** How the name of a folder begins that is not whole yet. */
    public static final String PART = ".part-";

    /** Closing any channel of a file ends the locks of the whole program on it, so a second is never opened. */
    private static final Set<Path> WRITTEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path real;
    private final FileChannel channel;

    private RunFolder(Path path, Path real, FileChannel channel) {
        this.path = path;
        this.real = real;
        this.channel = channel;
    }

    /**
     * Makes the folder of a new run: complete beside its place, then in one move, so that a folder with a name is whole.
     *
     * @param runs the folder of all runs, made if need be
     * @param setup what the run is
     * @throws UncheckedIOException in one sentence, if it cannot be written
     * @throws IllegalArgumentException if it cannot be described
     */
    public static RunFolder create(Path runs, RunSetup setup) {
        String name = LocalDate.now(ZoneId.systemDefault()) + "-"
                + setup.name().replaceAll("[^A-Za-z0-9]+", "-").toLowerCase(Locale.ROOT);
        try {
            Files.createDirectories(runs);
            sweep(runs);
            Path place = place(runs, name);
            Path part = Files.createDirectory(place.resolveSibling(PART + place.getFileName()));
            try {
                write(part, setup);
                Folder.move(part, place);
            } finally {
                Folder.remove(part);
            }
            return open(place);
        } catch (IOException e) {
            throw new UncheckedIOException("No run folder can be created in " + runs + " (" + e + ").", e);
        }
    }

    /** Deletes what programs left that died while they made a folder; one that is being made is younger. */
    private static void sweep(Path runs) throws IOException {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        try (Stream<Path> paths = Files.list(runs)) {
            for (Path path : paths.filter(
                            each -> String.valueOf(each.getFileName()).startsWith(PART))
                    .toList()) {
                if (Files.getLastModifiedTime(path).toInstant().isBefore(yesterday)) {
                    Folder.remove(path);
                }
            }
        }
    }

    private static Path place(Path runs, String name) {
        while (true) {
            String id = String.format(
                    Locale.ROOT, "-%06x", ThreadLocalRandom.current().nextInt(1 << 24));
            if (Files.notExists(runs.resolve(name + id))) {
                return runs.resolve(name + id);
            }
        }
    }

    private static void write(Path folder, RunSetup setup) {
        var kept = new IdentityHashMap<Described, Record>();
        SealedRecords.write(folder.resolve(SETUP), setup, described -> {
            Record known = kept.get(described);
            if (known == null) {
                known = keep(folder, kept.size() + 1, described);
                kept.put(described, known);
            }
            return known;
        });
    }

    private static Record keep(Path folder, int number, Described described) {
        if (!(described instanceof Classifier teacher)) {
            return described.origin();
        }
        String file = "teacher-" + number + ".safetensors";
        teacher.save(folder.resolve(file));
        return KeptWeights.of(teacher, file, Sha256.of(folder.resolve(file)));
    }

    /**
     * Opens the folder of a run for writing.
     *
     * @throws IllegalArgumentException in one sentence, if there is no run in it
     * @throws IllegalStateException if somebody else writes it
     */
    public static RunFolder open(Path path) {
        require(path);
        try {
            Path real = path.toRealPath();
            if (!WRITTEN.add(real)) {
                throw taken(path);
            }
            try {
                return new RunFolder(path, real, locked(path));
            } catch (IOException | RuntimeException e) {
                WRITTEN.remove(real);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The run " + path + " cannot be opened (" + e + "): make its folder writable.", e);
        }
    }

    /** Refuses a folder that is not one of a run. */
    public static void require(Path path) {
        if (!isRun(path)) {
            throw new IllegalArgumentException("There is no run in " + path + ": it has no file " + SETUP
                    + ". Name a folder that a training made, such as lastRun().folder().");
        }
    }

    /** Whether a folder says that it is of a run, be what says so damaged or not. */
    public static boolean isRun(Path path) {
        return Files.exists(path.resolve(SETUP), LinkOption.NOFOLLOW_LINKS);
    }

    private static FileChannel locked(Path path) throws IOException {
        Path lock = path.resolve(LOCK);
        if (Folder.obstructed(lock)) {
            throw new IllegalArgumentException(
                    "The file " + lock + " is a link or a folder, and nothing is written through it: delete it.");
        }
        var channel =
                FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            if (channel.tryLock() == null) {
                throw taken(path);
            }
            Folder.sweep(path);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static IllegalStateException taken(Path path) {
        return new IllegalStateException(
                "The run " + path + " is being written by another training: wait until it ends, or interrupt it.");
    }

    public Path path() {
        return path;
    }

    /** Where it lies, whatever name it was opened by. */
    public Path real() {
        return real;
    }

    /** Refuses to write into a folder that was deleted or moved meanwhile. */
    void requireThere() {
        if (Files.notExists(file(SETUP))) {
            var cause = new FileNotFoundException(path.toString());
            throw new UncheckedIOException("The run folder " + path + " was deleted or moved.", cause);
        }
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** Whether somebody writes the folder now; where files cannot be locked, nobody outside this program is seen to. */
    public static boolean held(Path path) {
        try {
            if (WRITTEN.contains(path.toRealPath())) {
                return true; // to open its lock here would give it up
            }
            try (var channel =
                            FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    var lock = channel.tryLock()) {
                return lock == null;
            }
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The run " + path + " cannot be closed: " + e + ".", e);
        } finally {
            WRITTEN.remove(real);
        }
    }
}
