package ardent.grid;

import ardent.run.RunFiles;
import ardent.run.Runs;
import ardent.run.Scores;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
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

    private final CellWorkers workers;
    private final CellPacking packing;
    private final Path folder;
    private final Set<String> notes;
    private final Map<Integer, Away> away = new LinkedHashMap<>();
    private final Map<Integer, Integer> attempts = new LinkedHashMap<>();
    private final BitSet travelling = new BitSet();
    private boolean full;

    /** A cell that somebody is at, or is to be at next. */
    private record Away(
            Candidates.Cell cell, CellClaims.Claim claim, Future<Map<String, byte[]>> files, List<String> places) {}

    CellsElsewhere(CellWorkers workers, Grid grid, List<Candidates.Cell> cells, Path folder, Set<String> notes) {
        this.workers = workers;
        this.packing = new CellPacking(grid);
        this.folder = folder;
        this.notes = notes;
        IntStream.range(0, cells.size())
                .filter(at -> packing.travels(cells.get(at)))
                .forEach(travelling::set);
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
        Optional<Future<Map<String, byte[]>>> files = workers.fill(packing.pack(cell, run), places::add);
        files.ifPresent(coming -> away.put(at, new Away(cell, claim, coming, places)));
        full = files.isEmpty();
        return !full;
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
            return settle(
                    attempts.merge(at, 1, Integer::sum) == ATTEMPTS,
                    done.cell(),
                    done.files().get());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return "it could not be computed elsewhere: " + cause.getMessage();
        } catch (InterruptedException e) {
            throw new IllegalStateException("a result that is there is not waited for", e);
        } finally {
            done.claim().close();
        }
    }

    private String settle(boolean last, Candidates.Cell cell, Map<String, byte[]> files) {
        var run = new LinkedHashMap<>(files);
        byte[] failure = run.remove(CellOrder.FAILURE);
        byte[] name = run.remove(CellOrder.FOLDER);
        if (name != null) {
            String wrong = RunFiles.put(folder, text(name), run, path -> wrong(path, cell));
            if (!wrong.isEmpty()) {
                String what = "What came back of " + cell.name() + " is damaged and was not taken: " + wrong;
                notes.add(what);
                return last ? what : "";
            }
        }
        if (failure != null) {
            return text(failure);
        }
        return last ? "it came back " + ATTEMPTS + " times and was not finished" : "";
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether a run is of another cell, or damaged. */
    private static String wrong(Path run, Candidates.Cell cell) {
        try {
            if (!Runs.charter(run).essence().equals(cell.setup())) {
                return "It is of another cell.";
            }
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
        var problems = new ArrayList<>(Runs.check(run));
        Scores.kept(run, problems::add);
        return String.join(" ", problems);
    }

    /** Gives up what is not back, so that others may be at it. */
    void cancel() {
        away.values().forEach(each -> each.files().cancel(true));
        away.values().forEach(each -> each.claim().close());
        away.clear();
    }
}
