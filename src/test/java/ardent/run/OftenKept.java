package ardent.run;

import ardent.progress.Work;
import ardent.run.folder.CheckpointWriter.Interval;
import ardent.train.Run;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs with checkpoints at intervals of their own, which users do not choose. */
public record OftenKept(Interval interval) {
    public void train(RunParts parts, @Nullable Path root, Work.Task task, Consumer<Run> result) {
        Runs.train(parts, root, interval, task, result);
    }

    public void resume(Path path, RunParts.Given given, Work.Task task, Consumer<Run> result) {
        Runs.resume(path, given, interval, task, result);
    }
}
