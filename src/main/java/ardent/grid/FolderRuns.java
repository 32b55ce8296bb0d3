package ardent.grid;

import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.Recall;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.run.RunState;
import ardent.run.RunSummary;
import ardent.run.Runs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the runs of cells in the folder of a sweep, and makes them; other programs may add to them meanwhile. */
final class FolderRuns {
    /** What each cell of 0.1.0 had beside its student. */
    private static final String FORMER = "training.json";

    private final Path folder;
    private final Set<String> notes;
    private final Map<Path, Optional<Description>> known = new LinkedHashMap<>();
    private final Map<Path, List<String>> changed = new LinkedHashMap<>();

    FolderRuns(Path folder, Set<String> notes) {
        this.folder = folder;
        this.notes = notes;
    }

    /** Refuses a folder of 0.1.0, whose cells are no runs. */
    static void refuseFormer(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> cells = Files.list(folder)) {
            cells.filter(cell -> Files.exists(cell.resolve(FORMER)))
                    .sorted()
                    .findFirst()
                    .ifPresent(cell -> {
                        throw new IllegalArgumentException("The folder " + folder + " has results of a sweep by Ardent"
                                + " 0.1.0, such as " + cell.getFileName() + ", which this version neither reads nor"
                                + " changes: name another folder, or move them away, and they are computed again. Their"
                                + " students load by Classifier.load(Path.of(\""
                                + cell.resolve("student.safetensors") + "\")), and 0.1.0 still shows their numbers.");
                    });
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " cannot be read: " + e + ".", e);
        }
    }

    Path folder() {
        return folder;
    }

    /** What happened with the folder; everybody who works in it adds to it. */
    Set<String> notes() {
        return notes;
    }

    /**
     * Published images, described as the runs of a folder describe the same ones, if there are any: their files may have been
     * packed anew since.
     *
     * @param origins where the images of those runs came from
     */
    static Images repacked(Images images, List<Origin> origins) {
        return origins.stream()
                .filter(origin -> images.origin().official()
                        && images.origin().selections().equals(origin.selections()))
                .flatMap(origin -> Recall.from(images, origin).stream())
                .filter(found -> found.size() == images.size())
                .findFirst()
                .orElse(images);
    }

    /** Where the images came from that the runs learned from, and those that their students were judged on. */
    List<Origin> origins() {
        return Runs.unsorted(folder).stream()
                .flatMap(path -> summary(path).stream())
                .flatMap(FolderRuns::data)
                .distinct()
                .flatMap(data -> origin(data).stream())
                .toList();
    }

    private static Stream<Description> data(RunSummary run) {
        return Stream.concat(run.part("data").stream(), run.scores().stream().map(evidence -> evidence.part("data")));
    }

    private static Optional<Origin> origin(Description data) {
        try {
            return Optional.of((Origin) data.rebuild());
        } catch (IllegalArgumentException | ClassCastException e) {
            return Optional.empty(); // images of another version
        }
    }

    /** The run that is done, its student whole, or that failed as it would again. */
    Optional<RunSummary> done(Candidates.Cell cell) {
        return all(cell).stream()
                .filter(run -> run.whole() || failure(run).isPresent())
                .findFirst();
    }

    /** The newest run that is not {@link #done}. */
    Optional<RunSummary> begun(Candidates.Cell cell) {
        return all(cell).stream().max(Comparator.comparing(run -> run.at("begun")));
    }

    /** The runs of a cell that keep as many versions as it asks for. */
    private List<RunSummary> all(Candidates.Cell cell) {
        List<Path> paths = Runs.unsorted(folder);
        known.keySet().retainAll(Set.copyOf(paths)); // somebody may have removed one
        for (Path path : paths) {
            known.computeIfAbsent(path, this::essence);
        }
        if (!changed.isEmpty()) {
            notes.add(changed());
        }
        return known.entrySet().stream()
                .filter(run -> run.getValue().filter(cell.setup()::equals).isPresent())
                .flatMap(run -> summary(run.getKey()).stream())
                .filter(run -> keeps(run, cell.parts().plan().versions()))
                .toList();
    }

    private static boolean keeps(RunSummary run, int versions) {
        return versions <= 1 || Integer.parseInt(run.at("plan.versions")) >= versions;
    }

    /** What a run tells, unless its folder was removed meanwhile. */
    private static Optional<RunSummary> summary(Path path) {
        try {
            return Optional.of(RunSummary.of(path));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private String changed() {
        String types =
                changed.values().stream().flatMap(List::stream).distinct().collect(Collectors.joining(", "));
        Path first = changed.keySet().iterator().next();
        return "Another version of Ardent described " + types + " differently in runs here (" + changed.size()
                + ", such as " + first + "): they are ignored, and their cells are computed again.";
    }

    private Optional<Description> essence(Path path) {
        try {
            Description begun = Runs.setup(path);
            var types = new ArrayList<>(begun.changedTypes());
            origin(begun.part("data")).filter(Origin::withoutShape).ifPresent(data -> types.add("Origin"));
            if (!types.isEmpty()) {
                changed.put(path, types);
            }
            return Optional.of(begun.essence());
        } catch (IllegalArgumentException e) {
            notes.add("The run " + path + " cannot be read, so its cell starts again: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Why a run has no student and would have none again. */
    static Optional<String> failure(RunSummary run) {
        RunState state = run.state();
        return state == null || state.phase() != RunState.Phase.FAILED ? Optional.empty() : Optional.of(state.reason());
    }

    /** Trains, from its newest checkpoint if the run was begun; empty if the task was stopped. */
    Optional<RunSummary> train(Candidates.Cell cell, Optional<RunSummary> begun, Work.Task inner) {
        begun.ifPresent(run -> notes.addAll(run.problems()));
        Path path = begun.map(RunSummary::path).orElseGet(() -> Runs.begin(cell.parts(), folder));
        boolean stopped;
        try {
            stopped = stopped(path, cell, inner);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            if (begun.isEmpty()) {
                leave(path);
                throw e;
            }
            notes.add("The training of " + cell.name() + " in " + path
                    + " cannot go on, so it starts again in another folder: " + e.getMessage());
            return train(cell, Optional.empty(), inner);
        }
        RunSummary run = RunSummary.of(path);
        if (run.whole() || failure(run).isPresent()) {
            return Optional.of(run);
        }
        if (!stopped) {
            throw new UncheckedIOException(
                    "The student of " + cell.name() + " is trained and could not be kept: " + String.join(" ", notes),
                    new IOException(path.toString()));
        }
        return Optional.empty();
    }

    /** A run that was refused before its first checkpoint leaves nothing behind. */
    private static void leave(Path fresh) {
        RunState state = RunSummary.of(fresh).state();
        try {
            if (state == null || state.epoch() + state.step() == 0) {
                Folder.remove(fresh);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + fresh + " cannot be removed.", e);
        }
    }

    private boolean stopped(Path path, Candidates.Cell cell, Work.Task inner) {
        var stopped = new AtomicBoolean();
        var said = new ArrayList<String>();
        try {
            Runs.resume(path, cell.parts().given(), inner, run -> {
                said.addAll(run.notes());
                stopped.set(run.stopped());
                run.student().close();
                run.last().close();
            });
            notes.addAll(said);
        } catch (ArithmeticException e) { // that it failed is what there is to say of it
            if (failure(RunSummary.of(path)).isEmpty()) {
                throw e;
            }
        }
        return stopped.get();
    }
}
