package ardent.progress;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Progress as lines of text: the last word of each phase, none within a second of the one before, and the end. */
final class PlainLines implements Listener {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private @Nullable Progress latest;
    private Duration printed = Duration.ZERO;

    @Override
    public void on(Progress progress) {
        var before = latest;
        if (before != null && !before.phase().equals(progress.phase())) {
            print(before);
        }
        if (progress.finished()) {
            if (progress.elapsed().compareTo(PAUSE) >= 0) {
                System.out.println(progress.line());
            }
            printed = Duration.ZERO;
            latest = null;
        } else {
            latest = progress;
        }
    }

    private void print(Progress phase) {
        if (phase.elapsed().minus(printed).compareTo(PAUSE) >= 0) {
            printed = phase.elapsed();
            System.out.println(phase.line());
        }
    }
}
