package ardent.train;

import ardent.data.Origin;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Folder;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import ardent.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** The folder of one run, locked while it is open. */
final class RunFolder implements AutoCloseable {
    static final String CHARTER = "run.json";
    static final String STANDING = "state.json";
    static final String EPOCHS = "epochs.csv";
    static final String STEPS = "steps.csv";
    static final String STUDENT = "student.safetensors";
    static final String REPORT = "report.md";
    private static final String LOCK = ".lock";

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
     * @throws UncheckedIOException in one sentence, if it cannot be written
     * @throws IllegalArgumentException if the parts cannot be described
     */
    static RunFolder create(Path runs, Architecture architecture, Method method, Origin data, Plan plan) {
        String label = architecture.getClass().getSimpleName() + "-" + method.label();
        String name = LocalDate.now(java.time.ZoneId.systemDefault()) + "-"
                + label.replaceAll("[^A-Za-z0-9]+", "-").toLowerCase(Locale.ROOT);
        try {
            Files.createDirectories(runs);
            Path part = Files.createTempDirectory(runs, ".part");
            try {
                write(part, architecture, method, data, plan);
                while (true) {
                    Path place = runs.resolve(String.format(
                            Locale.ROOT,
                            "%s-%06x",
                            name,
                            ThreadLocalRandom.current().nextInt(1 << 24)));
                    if (!Files.exists(place)) {
                        Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
                        Folder.force(runs);
                        return open(place);
                    }
                }
            } finally {
                Folder.remove(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + runs + " takes no run folder (" + e + ").", e);
        }
    }

    private static void write(Path folder, Architecture architecture, Method method, Origin data, Plan plan) {
        var environment = Environment.of(Torch.version(), Torch.device().toString(), Torch.threads());
        var charter = new Charter(Seal.OPEN, architecture, method, data, plan, environment, Instant.now());
        var kept = new IdentityHashMap<Described, Record>();
        Sealed.write(folder.resolve(CHARTER), charter, described -> {
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
        teacher.save(folder.resolve(file), teacher.layers().all());
        return keepsake(teacher, file, Sha256.of(folder.resolve(file)));
    }

    /**
     * Opens the folder of a run for writing.
     *
     * @throws IllegalArgumentException in one sentence, if there is no run in it
     * @throws IllegalStateException if somebody else writes it
     */
    static RunFolder open(Path path) {
        if (!Files.isRegularFile(path.resolve(CHARTER))) {
            throw new IllegalArgumentException("There is no run in " + path + ": it has no file " + CHARTER
                    + ". Name a folder that a training made, such as lastRun().folder().");
        }
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
            throw new UncheckedIOException("The run " + path + " cannot be opened (" + e + "): let it be written.", e);
        }
    }

    private static FileChannel locked(Path path) throws IOException {
        var channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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

    Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** What the run is. */
    Description charter() {
        return Sealed.read(file(CHARTER));
    }

    /** The method of the charter with teachers loaded from their files. */
    Method method(Description charter) {
        Description method = charter.part("method");
        if (!method.repeatable()) {
            throw new IllegalArgumentException(
                    "The method of the run " + path + " was defined in a notebook cell or holds"
                            + " a lambda, so it cannot be built from its description: give it again, resume(path, method).");
        }
        return (Method) method.rebuild((origin, wanted) -> revive(origin, wanted));
    }

    private Object revive(Record origin, Class<?> wanted) {
        if (origin instanceof Keepsake keepsake && wanted.isAssignableFrom(Classifier.class)) {
            Checkpoint.requireHash(file(keepsake.file()), keepsake.sha256());
            return Classifier.load(file(keepsake.file()));
        }
        throw new IllegalArgumentException("The run " + path + " holds no weights of the " + wanted.getSimpleName()
                + " in its method: give the method again, resume(path, method).");
    }

    /**
     * Refuses a method that is not the one the run was begun with.
     *
     * @throws IllegalArgumentException in one sentence that names where they differ
     */
    void requireSame(Description charter, Method method) {
        Description now = Description.of(method, RunFolder::hashed);
        Description then = charter.part("method");
        if (!now.root().text().equals(then.root().text())) {
            throw new IllegalArgumentException(
                    "The method given is " + now.root().text() + ", and the run " + path + " was begun with "
                            + then.root().text() + ".");
        }
        Map<String, String> given = now.flat();
        then.flat().forEach((path, value) -> {
            boolean place = path.endsWith(".file") || path.endsWith(".sha256");
            if (!place && !value.equals(given.get(path))) {
                throw new IllegalArgumentException("The method given differs from the one the run " + this.path
                        + " was begun with: " + path + " was " + value + " and is "
                        + given.get(path) + ".");
            }
        });
    }

    private static Record hashed(Described described) {
        return described instanceof Classifier teacher ? keepsake(teacher, "", "") : described.origin();
    }

    private static Keepsake keepsake(Classifier teacher, String file, String hash) {
        String weights = Weights.sha256(teacher.layers().all());
        return new Keepsake(file, hash, weights, teacher.name(), Description.of(teacher.origin()));
    }

    /** Whether somebody writes the folder now; where files cannot be locked, nobody outside this program is seen to. */
    static boolean held(Path path) {
        try {
            if (WRITTEN.contains(path.toRealPath())) {
                return true; // to open its lock here would give it up
            }
            try (var channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE);
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
