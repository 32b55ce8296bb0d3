package ardent.progress;

import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Receives the progress of works: on the thread that waits for the work, at most five times a second, and once at the end. */
@FunctionalInterface
public interface Listener {

    /** Takes the newest progress; what it throws is dropped, since showing progress must not end the work. */
    void on(Progress progress);

    /** Takes what the work has so far, on the same thread and before the progress; by default it is not shown. */
    default void see(Object sight) {}

    /** A listener that says nothing. */
    static Listener none() {
        return progress -> {};
    }

    /** A listener that prints one line per phase to standard output, at most one a second; works under a second stay silent. */
    static Listener plain() {
        return new PlainLines();
    }

    /**
     * Picks a listener as the environment asks: {@code ARDENT_PROGRESS} is {@code none}, {@code plain} or {@code auto};
     * unset it means {@code plain} where {@code CI=true} and {@code auto} elsewhere.
     *
     * @param auto what {@code auto} means here
     * @throws IllegalArgumentException if {@code ARDENT_PROGRESS} is something else
     */
    static Listener chosen(Supplier<Listener> auto) {
        return chosen(System.getenv(), auto);
    }

    /** Picks a listener as the given environment variables ask. */
    static Listener chosen(Map<String, String> environment, Supplier<Listener> auto) {
        var ci = Boolean.parseBoolean(environment.getOrDefault("CI", "false"));
        var mode = environment.getOrDefault("ARDENT_PROGRESS", ci ? "plain" : "auto");
        return switch (mode.toLowerCase(Locale.ROOT)) {
            case "none" -> none();
            case "plain" -> plain();
            case "auto" -> auto.get();
            default ->
                throw new IllegalArgumentException(
                        "ARDENT_PROGRESS is \"" + mode + "\"; it may be plain, none or auto.");
        };
    }
}
