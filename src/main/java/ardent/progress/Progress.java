package ardent.progress;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * How far a long work is.
 *
 * @param task what runs, as a person would say it: "train SmallCnn"
 * @param phase the part it is in: "epoch 2/3"; empty when there are no parts
 * @param done units of work done, out of {@code total}, counted over the whole task
 * @param total units of work in all; 0 when unknown
 * @param figures the newest numbers by name, already formatted for reading, in the order to show them
 * @param elapsed time since the task began
 * @param state whether it still runs, and if not, how it ended
 * @param ending what is said of a work that ended early: what is kept, how to go on
 * @param whole how long it takes in all, as far as the work itself knows; null to go by the share that is done
 */
public record Progress(
        String task,
        String phase,
        long done,
        long total,
        Map<String, String> figures,
        Duration elapsed,
        State state,
        String ending,
        @Nullable Duration whole) {
    private static final long SHORT = 120;

    /** Whether a work still runs, and if not, how it ended. */
    public enum State {
        /** Still at work. */
        RUNNING,
        /** Asked to stop; it ends its batch. */
        STOPPING,
        /** Ended by itself with a result. */
        DONE,
        /** Ended early, on request, with what it had. */
        STOPPED,
        /** Ended by an exception. */
        FAILED
    }

    /**
     * Checks the counts and copies the figures.
     *
     * @throws IllegalArgumentException if a count is negative
     */
    public Progress {
        given("task", task);
        given("phase", phase);
        given("figures", figures);
        figures.forEach((name, figure) -> given("figures, " + name, figure));
        given("elapsed", elapsed);
        given("state", state);
        given("ending", ending);
        if (done < 0 || total < 0) {
            throw new IllegalArgumentException("Progress counts from 0, not " + done + " of " + total + ".");
        }
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    /** Progress of a work that only ends early, if it does. */
    public Progress(
            String task,
            String phase,
            long done,
            long total,
            Map<String, String> figures,
            Duration elapsed,
            State state) {
        this(task, phase, done, total, figures, elapsed, state, "stopped early", null);
    }

    private static void given(String name, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("The " + name + " is null.");
        }
    }

    /** Whether nothing more will be told of this task. */
    public boolean finished() {
        return state == State.DONE || state == State.STOPPED || state == State.FAILED;
    }

    /** The share of the work that is done, in [0, 1]; 0 when the total is unknown. */
    public double share() {
        return total == 0 ? 0 : Math.min(1, (double) done / total);
    }

    /**
     * The time still needed: what the work itself says, or else what is left if the rest goes as fast as the part done; empty
     * where neither is known, and at the end.
     */
    public Optional<Duration> remaining() {
        if (whole != null && !finished()) {
            return Optional.of(whole.minus(elapsed)).filter(left -> !left.isNegative());
        }
        return finished() || share() == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round(elapsed.toMillis() * (1 / share() - 1))));
    }

    /** One line to read: task, phase, count, figures and time; the same text in a terminal and in a stored notebook. */
    public String line() {
        var line = new StringJoiner(" · ").add(task);
        if (!phase.isEmpty()) {
            line.add(phase);
        }
        if (total > 0 && state != State.DONE) {
            line.add(done + "/" + total);
        }
        figures.forEach((name, value) -> line.add(name + " " + value));
        line.add(time(elapsed));
        remaining().ifPresent(rest -> line.add("about " + time(rest) + " left"));
        switch (state) {
            case STOPPING -> line.add("stopping after this batch");
            case STOPPED -> line.add(ending);
            case FAILED -> line.add("failed");
            default -> {}
        }
        return line.toString();
    }

    /** A time to read, in seconds, minutes or hours. */
    public static String time(Duration time) {
        long seconds = Math.round(time.toMillis() / 1000.0);
        if (seconds < SHORT) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        return minutes < SHORT ? minutes + " min " + seconds % 60 + " s" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
