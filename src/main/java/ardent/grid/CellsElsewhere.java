package ardent.grid;

import ardent.elsewhere.Packing;
import ardent.elsewhere.Parcel;
import ardent.elsewhere.Workers;
import ardent.run.RunFiles;
import ardent.run.RunParts;
import ardent.run.Runs;
import ardent.run.Scores;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** The cells of a grid that other programs are filling for this one, which puts what comes back into the folder. */
final class CellsElsewhere {
    /** How often a cell is filled before it is given up. */
    private static final int ATTEMPTS = 3;

    private final Workers workers;
    private final Packing packing = new Packing();
    private final Grid grid;
    private final Path folder;
    private final Set<String> notes;
    private final Map<Integer, Away> away = new LinkedHashMap<>();
    private final Map<Integer, Integer> attempts = new LinkedHashMap<>();
    private final BitSet travelling = new BitSet();
    private final Set<String> failed = new LinkedHashSet<>();
    private boolean full;
    private boolean some;

    /** A cell that somebody is at, or is to be at next. */
    private record Away(
            Candidates.Cell cell, CellClaims.Claim claim, Future<Map<String, byte[]>> files, List<String> places) {}

    CellsElsewhere(Workers workers, Grid grid, List<Candidates.Cell> cells, Path folder, Set<String> notes) {
        this.workers = workers;
        this.grid = grid;
        packing.share(grid.training());
        packing.share(grid.test());
        this.folder = folder;
        this.notes = notes;
        IntStream.range(0, cells.size()).filter(at -> travels(cells.get(at))).forEach(travelling::set);
    }

    /** Whether all that decides of a cell can be told to another program. */
    private boolean travels(Candidates.Cell cell) {
        return cell.told()
                && Packing.travels(cell.parts().architecture())
                && Packing.travels(cell.parts().method())
                && grid.attacks().stream().allMatch(Packing::travels);
    }

    /** Whether a cell can be told to others. */
    boolean travels(int at) {
        return travelling.get(at);
    }

    /** Whether everybody was busy and nothing has come back since. */
    boolean full() {
        return full && !away.isEmpty();
    }

    boolean has(int at) {
        return away.containsKey(at);
    }

    int size() {
        return away.size();
    }

    /** Where each cell is filled that has been begun. */
    Map<String, String> places() {
        var places = new LinkedHashMap<String, String>();
        away.values().stream()
                .filter(each -> !each.places().isEmpty())
                .forEach(each -> places.put(
                        each.cell().name(), each.places().get(each.places().size() - 1)));
        return places;
    }

    /** Hands a cell out together with the claim on it; false while everybody is busy. */
    boolean take(int at, Candidates.Cell cell, CellClaims.Claim claim, Optional<Path> run) {
        var places = new CopyOnWriteArrayList<String>();
        Optional<Future<Map<String, byte[]>>> files = workers.take(pack(cell, run), places::add);
        files.ifPresent(coming -> away.put(at, new Away(cell, claim, coming, places)));
        full = files.isEmpty();
        return !full;
    }

    private Parcel pack(Candidates.Cell cell, Optional<Path> run) {
        RunParts parts = cell.parts();
        var told = new CellDescription(
                parts.architecture(),
                parts.method(),
                parts.plan(),
                grid.training().origin(),
                grid.test().origin(),
                grid.attacks(),
                grid.protocol());
        return packing.pack(cell.name(), told, run.map(CellDescription::packed).orElse(Map.of()));
    }

    /** The cells that came back since. */
    List<Integer> back() {
        return away.entrySet().stream()
                .filter(each -> each.getValue().files().isDone())
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Puts what came back of a cell into the folder.
     *
     * @return why the cell cannot be finished; empty if its run is there, or if it can be filled once more
     */
    String settle(int at) {
        Away done = Objects.requireNonNull(away.remove(at), "a cell that is away");
        full = false;
        try {
            if (done.places().size() > 1) {
                notes.add(done.cell().name() + " was begun " + done.places().size() + " times, on "
                        + String.join(", then on ", done.places()) + ".");
            }
            Map<String, byte[]> files = done.files().get();
            some = true;
            return settle(attempts.merge(at, 1, Integer::sum) == ATTEMPTS, done.cell(), files);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            failed.add(cause.getMessage());
            return "it could not be computed elsewhere: " + cause.getMessage();
        } catch (InterruptedException e) {
            throw new IllegalStateException("a result that is there is not waited for", e);
        } finally {
            done.claim().close();
        }
    }

    private String settle(boolean last, Candidates.Cell cell, Map<String, byte[]> files) {
        var run = new LinkedHashMap<>(files);
        byte[] failure = run.remove(Parcel.FAILURE);
        byte[] name = run.remove(CellDescription.FOLDER);
        run.remove(Parcel.SEAL); // each file has its own
        if (name != null) {
            String wrong = RunFiles.put(folder, Parcel.text(name), run, path -> wrong(path, cell));
            if (!wrong.isEmpty()) {
                String what = "The result of " + cell.name() + " is damaged and was not used: " + wrong;
                notes.add(what);
                return last ? what : "";
            }
        }
        if (failure != null) {
            return Parcel.text(failure);
        }
        return last ? "it was returned unfinished " + ATTEMPTS + " times" : "";
    }

    /** Whether a run is of another cell, or damaged. */
    private static String wrong(Path run, Candidates.Cell cell) {
        try {
            if (!Runs.setup(run).essence().equals(cell.setup())) {
                return "It is of another cell.";
            }
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
        var problems = new LinkedHashSet<>(Runs.check(run));
        Scores.kept(run, problems::add);
        return String.join(" ", problems);
    }

    /**
     * Says so where nothing could be computed elsewhere.
     *
     * @throws IllegalStateException in one sentence with each reason, if all cells that were handed out failed there
     */
    void requireSome() {
        if (!some && !failed.isEmpty()) {
            throw new IllegalStateException("None of the cells could be computed on the cluster: "
                    + String.join("; ", failed) + ". What this program computed is in " + folder
                    + "; when the cluster works again, the same call computes the rest.");
        }
    }

    /** Gives up what is not back, so that others may be at it. */
    void cancel() {
        away.values().forEach(each -> each.files().cancel(true));
        away.values().forEach(each -> each.claim().close());
        away.clear();
    }
}
