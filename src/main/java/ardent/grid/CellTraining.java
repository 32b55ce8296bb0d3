package ardent.grid;

import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Environment;
import ardent.provenance.Folder;
import ardent.run.Runs;
import ardent.tensor.Torch;
import ardent.train.Epoch;
import ardent.train.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The training of one cell: a run in the cell's folder, which goes on from its checkpoint if its program was killed. */
final class CellTraining {
    private final Candidates.Cell cell;
    private final Images images;
    private final Path place;
    private final Consumer<String> notes;
    private String failure = "";
    private boolean stopped;
    private String weights = "";
    private int best;
    private List<Epoch> history = List.of();
    private Duration took = Duration.ZERO;

    CellTraining(Candidates.Cell cell, Images images, Path place, Consumer<String> notes) {
        this.cell = cell;
        this.images = images;
        this.place = place;
        this.notes = notes;
    }

    /** Trains; null if the loss was not a number, or if the task was stopped. */
    @Nullable
    Classifier run(Work.Task task) {
        long start = System.nanoTime();
        Run run = ran(task);
        history = run.history();
        double before = history.stream().mapToDouble(Epoch::seconds).sum();
        took = Duration.ofNanos(Math.max(System.nanoTime() - start, Math.round(1e9 * before)));
        best = run.best();
        if (run.last() != run.student()) {
            run.last().close();
        }
        stopped = run.stopped() && failure.isEmpty();
        if (run.stopped()) {
            run.student().close();
            return null;
        }
        weights = Weights.sha256(run.student().layers().all());
        return run.student();
    }

    private Run ran(Work.Task task) {
        var runs = new ArrayList<Run>();
        try {
            train(task, runs::add);
        } catch (ArithmeticException e) {
            if (runs.isEmpty()) {
                throw e;
            }
            failure = String.valueOf(e.getMessage());
        }
        Run run = runs.get(0);
        run.notes().forEach(notes);
        return run;
    }

    private void train(Work.Task task, Consumer<Run> result) {
        Candidate candidate = cell.candidate();
        var parts = new Runs.Parts(candidate.architecture(), candidate.method(), images, cell.plan());
        for (Path begun : cell.told() ? Runs.folders(place) : List.<Path>of()) {
            if (resumed(begun, parts, task, result)) {
                return;
            }
        }
        // What no description tells is trained again each time, so that there is nothing to go on with.
        Runs.train(parts, cell.told() ? place : null, task, result);
    }

    /** Goes on with a training that was cut off; one that cannot be read is deleted. */
    private boolean resumed(Path begun, Runs.Parts parts, Work.Task task, Consumer<Run> result) {
        try {
            Runs.resume(begun, parts.given(), task, result);
            return true;
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            notes.accept("The training of " + cell.entrant().name() + ", seed " + cell.seed()
                    + ", was cut off and cannot go on, so it begins anew: " + e.getMessage());
            remove(begun);
            return false;
        }
    }

    /** Deletes the run of a cell whose result is kept. */
    void forget() {
        Runs.folders(place).forEach(CellTraining::remove);
    }

    private static void remove(Path begun) {
        try {
            Folder.remove(begun);
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + begun + " cannot be removed.", e);
        }
    }

    boolean stopped() {
        return stopped;
    }

    /** What is kept of it. */
    Trained trained(String file) {
        return new Trained(cell.setup(), failure, weights, file, best, history, took, Instant.now(), environment());
    }

    static Environment environment() {
        return Environment.of(Torch.version(), Torch.device().toString(), Torch.threads());
    }
}
