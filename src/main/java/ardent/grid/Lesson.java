package ardent.grid;

import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.progress.Work;
import ardent.provenance.Environment;
import ardent.tensor.Torch;
import ardent.train.Epoch;
import ardent.train.Run;
import ardent.train.Training;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The training of one cell. */
final class Lesson {
    private final Cast.Cell cell;
    private final Images images;
    private String failure = "";
    private boolean stopped;
    private String weights = "";
    private int best;
    private List<Epoch> history = List.of();
    private Duration took = Duration.ZERO;

    Lesson(Cast.Cell cell, Images images) {
        this.cell = cell;
        this.images = images;
    }

    /** Trains; null if the loss was not a number, or if the task was stopped. */
    @Nullable
    Classifier run(Work.Task task) {
        long start = System.nanoTime();
        Candidate candidate = cell.candidate();
        try (var training = new Training(candidate.architecture(), candidate.method(), images, cell.plan())) {
            Run run = ran(training, task);
            took = Duration.ofNanos(System.nanoTime() - start);
            history = run.history();
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
    }

    private Run ran(Training training, Work.Task task) {
        try {
            return training.run(task);
        } catch (ArithmeticException e) {
            failure = String.valueOf(e.getMessage());
            return training.result(true);
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
