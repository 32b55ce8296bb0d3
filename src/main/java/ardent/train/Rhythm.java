package ardent.train;

import java.time.Duration;

/**
 * When a checkpoint is due.
 *
 * @param share at the end of an epoch, once this many times the time that the last one took to write has passed
 * @param longest within an epoch, once this much time has passed
 */
record Rhythm(int share, Duration longest) {
    /** A hundredth of the time at most, and every ten minutes. */
    static Rhythm usual() {
        return new Rhythm(100, Duration.ofMinutes(10));
    }
}
