package ardent.grid;

import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.train.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A training that is done, as it is kept.
 *
 * @param setup everything that determines it
 * @param failure the sentence it ended with, if its loss was not a number; empty if all went well
 * @param weights SHA-256 of the student's weights; empty after a failure
 * @param file SHA-256 of the file they are in; empty after a failure
 * @param best the epoch whose weights these are, counted from 1
 * @param history its epochs
 * @param took how long it took
 * @param time when it was done
 * @param environment with what
 */
public record Trained(
        Description setup,
        String failure,
        String weights,
        String file,
        int best,
        List<Epoch> history,
        Duration took,
        Instant time,
        Environment environment) {
    /** Copies the list. */
    public Trained {
        Arguments.given("setup", setup);
        Arguments.given("failure", failure);
        Arguments.given("weights", weights);
        Arguments.given("file", file);
        Arguments.given("took", took);
        Arguments.given("time", time);
        Arguments.given("environment", environment);
        history = Arguments.all("history", history);
    }

    /**
     * Whether there is no student.
     *
     * @return true after a failure
     */
    public boolean failed() {
        return !failure.isEmpty();
    }

    /**
     * Validation accuracies over the epochs, to be drawn.
     *
     * @return values in % by name
     */
    public Map<String, double[]> accuracies() {
        return Epoch.accuracies(history);
    }
}
