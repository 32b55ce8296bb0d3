package ardent.run.folder;

import ardent.provenance.Described;
import ardent.provenance.Folder;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import ardent.run.RunState;
import ardent.train.TrainingListener;
import ardent.train.TrainingLoop;
import ardent.train.TrainingState;
import ardent.train.TrainingStep;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Keeps a training in its folder: a checkpoint at the end of every epoch, but not so often that writing takes more than a
 * hundredth of the time, and one within an epoch after ten minutes without.
 *
 * <p>Of the checkpoints of a run that is not done, the last two stay, with the best weights they name; versions that the plan
 * asks for stay all. A disk that cannot
 * be written is noted and does not end the training.
 */
public final class CheckpointWriter implements TrainingListener {
    /**
     * When a checkpoint is due.
     *
     * @param share at the end of an epoch, once this many times the time that the last one took to write has passed
     * @param longest within an epoch, once this much time has passed
     */
    public record Interval(int share, Duration longest) {
        /** A hundredth of the time at most, and every ten minutes. */
        public static Interval usual() {
            return new Interval(100, Duration.ofMinutes(10));
        }
    }

    private static final int KEPT = 2;
    private static final Checkpoint.Beside NOTHING = new Checkpoint.Beside("", "", new StepTable.Mark(0, ""));

    private final RunFolder folder;
    private final Set<String> notes;
    private final Interval rhythm;
    private final StepTable log;
    private final Map<String, String> bestOf;
    private Checkpoint.Beside newest;
    private long saved = System.nanoTime();
    private long cost;
    private boolean troubled;

    private CheckpointWriter(
            RunFolder folder,
            Set<String> notes,
            Interval rhythm,
            StepTable log,
            Map<String, String> bestOf,
            Checkpoint.Beside newest) {
        this.folder = folder;
        this.notes = notes;
        this.rhythm = rhythm;
        this.log = log;
        this.bestOf = bestOf;
        this.newest = newest;
    }

    /** A keeper at the beginning of a run. */
    public static CheckpointWriter fresh(RunFolder folder, Set<String> notes, Interval rhythm) {
        return new CheckpointWriter(
                folder,
                notes,
                rhythm,
                StepTable.fresh(folder.file(RunFolder.STEPS), notes),
                new LinkedHashMap<>(),
                NOTHING);
    }

    /** A keeper that goes on from a checkpoint. */
    public static CheckpointWriter from(RunFolder folder, Set<String> notes, Interval rhythm, Checkpoint.Beside files) {
        var log = StepTable.at(folder.file(RunFolder.STEPS), files.log(), notes);
        return new CheckpointWriter(folder, notes, rhythm, log, Checkpoint.best(folder.path()), files);
    }

    @Override
    public boolean troubled() {
        return troubled;
    }

    @Override
    public void stepped(TrainingLoop<?> training, TrainingStep.Moment moment, Map<String, Double> terms) {
        terms.forEach((name, value) -> log.add(moment.epoch(), moment.number(), name, value));
        log.add(moment.epoch(), moment.number(), "learning rate", moment.rate());
        if (System.nanoTime() - saved > rhythm.longest().toNanos()) {
            save(training, RunState.Phase.RUNNING);
        }
    }

    @Override
    public void judged(TrainingLoop<?> training) {
        if (System.nanoTime() - saved >= rhythm.share() * cost
                || training.version().isPresent()) {
            save(training, RunState.Phase.RUNNING);
        }
    }

    /**
     * Writes the state of a run, without a checkpoint, so that a folder tells from the beginning; the epochs too, since a
     * program may have been killed between a checkpoint and them.
     */
    @Override
    public void begin(TrainingLoop<?> training) {
        attempt(() -> {
            var contents = new LinkedHashMap<String, Folder.Content>();
            if (!training.history().isEmpty() || Files.exists(folder.file(RunFolder.EPOCHS))) {
                contents.put(RunFolder.EPOCHS, epochs(training));
            }
            byte[] bytes = stateFile(training, RunState.Phase.RUNNING, "");
            contents.put(RunFolder.STATE, out -> out.write(bytes));
            Folder.writeAll(folder.path(), contents);
        });
    }

    @Override
    public <R> void ended(TrainingLoop<R> training, R result, boolean stopped) {
        if (stopped) {
            save(training, RunState.Phase.PAUSED);
        } else {
            attempt(() -> finish(training, training.written(result)));
        }
    }

    /** Writes that a run ended by an error, and its epochs; its last checkpoint stays as it is. */
    @Override
    public void failed(TrainingLoop<?> training, Throwable error) {
        boolean number = error instanceof ArithmeticException;
        attempt(() -> {
            if (!training.history().isEmpty()) {
                Folder.write(folder.file(RunFolder.EPOCHS), epochs(training));
            }
            writeState(
                    training,
                    number ? RunState.Phase.FAILED : RunState.Phase.ABORTED,
                    String.valueOf(error.getMessage()));
        });
    }

    /** Writes a checkpoint and all that goes with it. */
    private void save(TrainingLoop<?> training, RunState.Phase phase) {
        attempt(() -> {
            var contents = new LinkedHashMap<String, Folder.Content>();
            training.version()
                    .ifPresent(version ->
                            contents.put(Checkpoint.version(training.history().size()), version::write));
            write(training, best(training, contents), contents, phase);
        });
    }

    /** Writes the end of a run that is done: its student, its report, its last checkpoint. */
    private void finish(TrainingLoop<?> training, Folder.Content student) {
        byte[] report = RunReport.of(training).getBytes(StandardCharsets.UTF_8);
        var contents = new LinkedHashMap<String, Folder.Content>();
        contents.put(RunFolder.REPORT, out -> out.write(report));
        Checkpoint.Beside files = newest;
        // A student that a checkpoint names stays as it is: between writing it and the next checkpoint, none would fit
        // it.
        if (!newest.best().equals(RunFolder.STUDENT)) {
            contents.put(RunFolder.STUDENT, student);
            boolean judged = !training.bestWeights().isEmpty();
            files = new Checkpoint.Beside(
                    judged ? RunFolder.STUDENT : "", judged ? Sha256.of(student) : "", newest.log());
        }
        write(training, files, contents, RunState.Phase.FINISHED);
    }

    private void attempt(Runnable writing) {
        long begin = System.nanoTime();
        try {
            folder.requireThere();
            writing.run();
            troubled = false;
        } catch (UncheckedIOException e) {
            troubled = true;
            notes.add(e.getMessage() + " The training went on; what is in its folder is older than its result.");
        }
        saved = System.nanoTime();
        cost = saved - begin;
    }

    /** The best weights so far in a file of their own, which is written when they are new. */
    private Checkpoint.Beside best(TrainingLoop<?> training, Map<String, Folder.Content> contents) {
        if (training.bestWeights().isEmpty()) {
            return newest;
        }
        String name = Checkpoint.best(training.best());
        if (name.equals(newest.best())) {
            return newest;
        }
        Folder.Content weights = training.bestSoFar();
        contents.put(name, weights);
        return new Checkpoint.Beside(name, Sha256.of(weights), newest.log());
    }

    /** Writes a checkpoint with the files it goes with, and deletes what no checkpoint needs that stays. */
    private void write(
            TrainingLoop<?> training,
            Checkpoint.Beside files,
            Map<String, Folder.Content> contents,
            RunState.Phase phase) {
        var beside = new Checkpoint.Beside(files.best(), files.sha256(), log.flush());
        TrainingState state = training.state();
        String name = Checkpoint.name(state.position());
        contents.put(name, Checkpoint.content(state, beside));
        bestOf.put(name, beside.best());
        contents.put(RunFolder.EPOCHS, epochs(training));
        boolean running = phase == RunState.Phase.RUNNING;
        if (running) {
            byte[] bytes = stateFile(training, phase, "");
            contents.put(RunFolder.STATE, out -> out.write(bytes));
        }
        Folder.writeAll(folder.path(), contents);
        Checkpoint.prune(folder.path(), phase == RunState.Phase.FINISHED ? 1 : KEPT, bestOf);
        newest = beside;
        if (!running) { // it vouches for the others
            writeState(training, phase, "");
        }
    }

    private static Folder.Content epochs(TrainingLoop<?> training) {
        byte[] epochs = RunReport.csv(training.history()).getBytes(StandardCharsets.UTF_8);
        return out -> out.write(epochs);
    }

    private void writeState(TrainingLoop<?> training, RunState.Phase phase, String reason) {
        byte[] bytes = stateFile(training, phase, reason);
        Folder.write(folder.file(RunFolder.STATE), out -> out.write(bytes));
    }

    private byte[] stateFile(TrainingLoop<?> training, RunState.Phase phase, String reason) {
        TrainingState.Position at = training.state().position();
        var files = new LinkedHashMap<String, String>();
        if (phase != RunState.Phase.RUNNING) { // a run that goes on changes them before it says so
            Stream.concat(
                            Stream.of(RunFolder.EPOCHS, RunFolder.STEPS, RunFolder.STUDENT, RunFolder.REPORT),
                            Checkpoint.versions(folder.path(), at.history().size() + 1).stream()
                                    .map(file -> String.valueOf(file.getFileName())))
                    .filter(name -> Files.isRegularFile(folder.file(name), LinkOption.NOFOLLOW_LINKS))
                    .forEach(name -> files.put(name, Sha256.of(folder.file(name))));
        }
        var state = new RunState(
                Seal.OPEN,
                phase,
                reason,
                at.history().size(),
                at.step(),
                at.best(),
                Instant.now(),
                ProcessHandle.current().pid(),
                files);
        return SealedRecords.bytes(state, Described::origin);
    }
}
