package ardent.run.folder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.network.WeightContent;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import ardent.run.RunState;
import ardent.tensor.Torch;
import ardent.train.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A state of a training on disk: one sealed safetensors file, and beside it the best weights, which change less often.
 *
 * @param state the state
 * @param files the files it goes with
 * @param bestWeights the best weights so far by name, none before there are any
 */
public record Checkpoint(TrainingState state, Beside files, Map<String, NDArray> bestWeights) {
    private static final String PREFIX = "checkpoint-";
    private static final String BEST = "best-";
    private static final String VERSION = "version-";
    private static final String ENDING = ".safetensors";

    /**
     * What lies beside a checkpoint.
     *
     * @param best name of the file with the best weights, empty before there are any
     * @param sha256 of that file
     * @param log how far the log of steps was
     */
    record Beside(String best, String sha256, StepTable.Mark log) {
        /** Refuses what is not there. */
        Beside {
            Objects.requireNonNull(best, "it names no best weights");
            Objects.requireNonNull(sha256, "it has no hash");
            Objects.requireNonNull(log, "it has no mark");
        }
    }

    static String best(int epoch) {
        return String.format(Locale.ROOT, BEST + "%05d" + ENDING, epoch);
    }

    /** The file of a state. */
    static String name(TrainingState.Position at) {
        return String.format(
                Locale.ROOT, PREFIX + "%05d-%06d" + ENDING, at.history().size(), at.step());
    }

    /** What is in it. */
    static Folder.Content content(TrainingState state, Beside files) {
        var about = new LinkedHashMap<String, String>();
        about.put("seal", Seal.OPEN);
        about.put("position", Description.of(state.position()).json());
        about.put("beside", Description.of(files).json());
        about.put("seal", Sha256.of(out -> Weights.write(out, state.arrays(), about)));
        return out -> Weights.write(out, state.arrays(), about);
    }

    /**
     * Reads a checkpoint.
     *
     * @param file the file
     * @param manager who will own its arrays
     * @throws IllegalArgumentException in one sentence that names the file, if it or the best weights are damaged
     */
    static Checkpoint read(Path file, NDManager manager) {
        Path folder = Objects.requireNonNullElse(file.getParent(), Path.of(""));
        Folder.inside(folder, fileName(file));
        SealedRecords.requireIntact(file);
        WeightContent content = Weights.read(file, manager);
        var position = part(file, content, "position", TrainingState.Position.class);
        var files = part(file, content, "beside", Beside.class);
        Map<String, NDArray> best = Map.of();
        if (!files.best.isEmpty()) {
            Path beside = Folder.inside(folder, files.best);
            SealedRecords.requireHash(beside, files.sha256);
            best = Weights.read(beside, manager).arrays();
        }
        return new Checkpoint(new TrainingState(position, content.arrays()), files, best);
    }

    private static <T extends Record> T part(Path file, WeightContent content, String name, Class<T> type) {
        try {
            return type.cast(
                    Description.parse(content.metadata().getOrDefault(name, "")).rebuild());
        } catch (RuntimeException e) { // a file of other content fails anywhere
            throw new IllegalArgumentException(
                    "The file " + file + " is intact but is not a checkpoint (" + e.getMessage() + ").", e);
        }
    }

    /** The file of a version that the plan keeps, a whole network. */
    static String version(int epoch) {
        return String.format(Locale.ROOT, VERSION + "%05d" + ENDING, epoch);
    }

    /** Versions in a folder from before an epoch, oldest first. */
    public static List<Path> versions(Path folder, int before) {
        return named(folder, VERSION).stream()
                .filter(file -> fileName(file).compareTo(version(before)) < 0)
                .sorted()
                .map(file -> Folder.inside(folder, fileName(file)))
                .toList();
    }

    /**
     * Versions of a run that is done, from before its best epoch, oldest first.
     *
     * @throws IllegalArgumentException in one sentence that names the file, if one is missing or damaged
     */
    public static List<Path> versions(Path folder, RunState state) {
        state.files().forEach((name, hash) -> {
            if (name.startsWith(VERSION) && name.compareTo(version(state.best())) < 0) {
                SealedRecords.requireHash(Folder.inside(folder, name), hash);
            }
        });
        return versions(folder, state.best());
    }

    /** All checkpoints of a folder, newest first. */
    static List<Path> all(Path folder) {
        return named(folder, PREFIX);
    }

    private static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** Files whose names begin alike, the last name first. */
    static List<Path> named(Path folder, String prefix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> fileName(file).startsWith(prefix))
                    .sorted(Comparator.comparing(Checkpoint::fileName).reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " cannot be read: " + e + ".", e);
        }
    }

    /**
     * The newest checkpoint that is whole; the damaged ones on the way are noted.
     *
     * @throws IllegalArgumentException in one sentence, if the run is finished and what is left does not give its result
     */
    public static Optional<Checkpoint> newest(Path folder, NDManager manager, Set<String> notes) {
        boolean finished = finished(folder);
        for (Path file : all(folder)) {
            try {
                return Optional.of(read(file, manager));
            } catch (IllegalArgumentException e) {
                if (finished) {
                    throw lost(folder, String.valueOf(e.getMessage()));
                }
                notes.add(e.getMessage() + " The run goes on from before " + file.getFileName()
                        + ", which was set aside.");
                setAside(file);
            }
        }
        if (finished) {
            throw lost(folder, "It has no file " + PREFIX + "*" + ENDING + ".");
        }
        return Optional.empty();
    }

    private static boolean finished(Path folder) {
        try {
            return RunState.read(folder).phase() == RunState.Phase.FINISHED;
        } catch (IllegalArgumentException e) {
            return false; // to train again is better than to refuse for a file that nothing depends on
        }
    }

    /** Hours of training are not begun again unasked. */
    private static IllegalArgumentException lost(Path folder, String why) {
        return new IllegalArgumentException(
                "The run " + folder + " is finished and cannot give its result again. " + why
                        + " Put an intact copy in its place, load " + RunFolder.STUDENT
                        + " if that is intact, or train the run once"
                        + " more: rerun(path).");
    }

    /** Moves a damaged file to a name of its own beside its place, a link itself and not what it leads to. */
    static void setAside(Path file) {
        try {
            Files.move(file, file.resolveSibling("damaged-" + file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " cannot be set aside: " + e + ".", e);
        }
    }

    /**
     * Files of best weights by the name of the checkpoint that they go with; a checkpoint that is damaged, or whose best weights
     * are, needs none.
     */
    static Map<String, String> best(Path folder) {
        var best = new LinkedHashMap<String, String>();
        for (Path file : all(folder)) {
            try (var manager = Torch.manager().newSubManager()) {
                best.put(fileName(file), read(file, manager).files().best());
            } catch (IllegalArgumentException e) {
                best.put(fileName(file), "");
            }
        }
        return best;
    }

    /**
     * Deletes all but the newest checkpoints, and all best weights that none of them goes with.
     *
     * @param kept how many checkpoints stay
     * @param best as {@link #best(Path)} tells
     */
    static void prune(Path folder, int kept, Map<String, String> best) {
        List<Path> all = all(folder);
        best.keySet()
                .retainAll(all.stream().limit(kept).map(Checkpoint::fileName).toList());
        Stream<Path> old = Stream.concat(
                all.stream().skip(kept),
                named(folder, BEST).stream().filter(file -> !best.containsValue(fileName(file))));
        old.forEach(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException("The file " + file + " cannot be deleted: " + e + ".", e);
            }
        });
    }
}
