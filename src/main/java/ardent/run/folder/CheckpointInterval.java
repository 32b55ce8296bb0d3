package ardent.run.folder;

import java.time.Duration;

/**
 * When a checkpoint is due.
 *
 * @param share at the end of an epoch, once this many times the time that the last one took to write has passed
 * @param longest within an epoch, once this much time has passed
 */
public record CheckpointInterval(int share, Duration longest) {
    /** A hundredth of the time at most, and every ten minutes. */
    public static CheckpointInterval usual() {
        return new CheckpointInterval(100, Duration.ofMinutes(10));
    }
}
