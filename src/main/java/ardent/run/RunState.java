package ardent.run;

import ardent.provenance.Arguments;
import ardent.provenance.Folder;
import ardent.run.folder.RunFolder;
import ardent.run.folder.SealedRecords;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * The state of a run, as {@code state.json} in its folder tells it.
 *
 * @param seal SHA-256 of the file
 * @param phase whether it runs, and if not, how it ended
 * @param reason why, in a sentence; empty where there is nothing to explain
 * @param epoch epochs done
 * @param step steps done in the epoch after them
 * @param best number of the best epoch, 0 before there is one
 * @param updated when this was written
 * @param process number of the process that wrote it
 * @param files SHA-256 of tables, report and student by name, once the run does not change them any more
 */
public record RunState(
        String seal,
        Phase phase,
        String reason,
        int epoch,
        int step,
        int best,
        Instant updated,
        long process,
        Map<String, String> files) {
    /** What a run does. */
    public enum Phase {
        /** At work, or killed while it was. */
        RUNNING,
        /** Interrupted; it goes on where it was when it is resumed. */
        PAUSED,
        /** Done. */
        FINISHED,
        /** Ended because its loss was no number, as it would be again. */
        FAILED,
        /** Ended by another error, such as too little memory; it goes on where it was when it is resumed. */
        ABORTED
    }

    /** Copies the map; refuses a state without a phase. */
    public RunState {
        Arguments.given("seal, phase, reason, updated", seal, phase, reason, updated);
        Arguments.all("files", files);
        files = Map.copyOf(files);
    }

    /**
     * Reads the state of a run.
     *
     * @param path its folder
     * @return its {@code state.json}
     * @throws IllegalArgumentException in one sentence, if it is missing or damaged
     */
    public static RunState read(Path path) {
        return SealedRecords.read(Folder.inside(Arguments.given("path", path), RunFolder.STATE), RunState.class);
    }
}
