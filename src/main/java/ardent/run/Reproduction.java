package ardent.run;

import ardent.provenance.Arguments;
import ardent.provenance.Change;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run that was made once more, and what came out differently.
 *
 * @param path folder of the run
 * @param again folder of its repetition, if one was kept
 * @param results where weights, epochs or scores differ
 * @param environment where versions, device, threads, machine or commit differ
 * @param complete false if the repetition was stopped: what it did not reach was not compared
 * @param scores number of evaluations that were repeated
 */
public record Reproduction(
        Path path, Optional<Path> again, List<Change> results, List<Change> environment, boolean complete, int scores) {
    /** Copies the lists. */
    public Reproduction {
        Arguments.given("path, again", path, again);
        results = Arguments.all("results", results);
        environment = Arguments.all("environment", environment);
    }

    /**
     * Whether the repetition gave the same weights, epochs and scores, bit by bit; times and the environment do not count.
     *
     * @return true if nothing differs
     */
    public boolean identical() {
        return complete && results.isEmpty();
    }

    /**
     * All that differs, results first.
     *
     * @return the changes
     */
    public List<Change> changes() {
        var all = new ArrayList<>(results);
        all.addAll(environment);
        return List.copyOf(all);
    }

    /**
     * The result in words.
     *
     * @return a sentence
     */
    public String sentence() {
        String name = String.valueOf(path.getFileName());
        if (!complete) {
            return name + " was not repeated to its end; resume "
                    + again.map(Path::toString).orElse("it") + " first.";
        }
        String scored = " and the scores of " + scores + " evaluation" + (scores == 1 ? "" : "s");
        String what = scores == 0 ? "weights and epochs" : "weights, epochs" + scored;
        if (identical()) {
            return name + ": identical. Its " + what + " came out equal to the last bit"
                    + (environment.isEmpty() ? "" : ", in another environment") + ".";
        }
        return name + ": different in " + results.size() + " values.";
    }

    @Override
    public String toString() {
        var lines = new ArrayList<>(List.of(sentence()));
        changes().forEach(change -> lines.add("  " + change.path() + "  " + change.then() + " → " + change.now()));
        return String.join("\n", lines);
    }
}
