package ardent.notebook;

import ardent.progress.Listener;
import ardent.progress.Progress;
import ardent.progress.Progress.State;
import ardent.report.Html;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Progress as a bar below the cell, redrawn in place and left as one line at the end; none for works under a second. What
 * a work has so far is shown above it, redrawn in place too.
 */
final class LiveLine implements Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private final Kernel kernel;
    private @Nullable Consumer<Bundle> line;
    private @Nullable Consumer<Bundle> sight;

    LiveLine(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public void on(Progress progress) {
        var shown = line;
        if (shown != null) {
            shown.accept(draw(progress));
        } else if (progress.elapsed().compareTo(PATIENCE) >= 0) {
            line = kernel.place(draw(progress));
        }
        if (progress.finished()) {
            line = null;
            sight = null;
        }
    }

    @Override
    public void see(Object thing) {
        var shown = sight;
        if (shown != null) {
            shown.accept(Renderers.bundle(thing));
        } else {
            sight = kernel.place(Renderers.bundle(thing));
        }
    }

    static Bundle draw(Progress progress) {
        var text = sign(progress.state()) + progress.line();
        var bar = progress.finished() || progress.total() == 0 ? "" : bar(progress.share());
        return Bundle.of(text)
                .with(Bundle.HTML, "<div style=\"font-size: 90%;\">" + bar + Html.escape(text) + "</div>");
    }

    private static String bar(double share) {
        return """
                <span style="display: inline-block; width: 12em; height: 0.6em; margin-right: 0.8em; \
                border-radius: 0.3em; background: rgba(128, 128, 128, 0.3);">\
                <span style="display: block; width: %s%%; height: 100%%; border-radius: 0.3em; \
                background: #3b82c4;"></span></span>""".formatted(Math.round(100 * share));
    }

    private static String sign(State state) {
        return switch (state) {
            case DONE -> "✓ ";
            case STOPPED -> "◼ ";
            case FAILED -> "✗ ";
            case RUNNING, STOPPING -> "";
        };
    }
}
