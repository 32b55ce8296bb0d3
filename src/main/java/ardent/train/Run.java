package ardent.train;

import ardent.data.Origin;
import ardent.network.Classifier;
import ardent.provenance.Arguments;
import ardent.provenance.Environment;
import ardent.provenance.Fact;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A finished or stopped training.
 *
 * @param student the network with the weights of the best epoch
 * @param last the network with the weights of the last step
 * @param history its epochs
 * @param best number of the best epoch, counted from 1; 0 before the first has ended
 * @param stopped whether it was stopped before its plan was done
 * @param folder where it is kept, or null if it is not
 * @param notes what was noticed about the training and that folder, in sentences
 */
public record Run(
        Classifier student,
        Classifier last,
        List<Epoch> history,
        int best,
        boolean stopped,
        @Nullable Path folder,
        List<String> notes) {
    /** Copies the lists. */
    public Run {
        Arguments.given("student, last", student, last);
        history = Arguments.all("history", history);
        notes = Arguments.all("notes", notes);
    }

    /** The same run with its folder, and with what was noticed about that. */
    public Run kept(@Nullable Path folder, List<String> more) {
        var all = new ArrayList<>(notes);
        all.addAll(more);
        return new Run(student, last, history, best, stopped, folder, all);
    }

    /**
     * Where a trained network comes from.
     *
     * @param architecture its plan
     * @param method how it was trained, teachers included
     * @param data what it was trained on
     * @param plan for how long and how
     * @param epoch the epoch whose weights it has, counted from 1
     * @param stopped whether the training was stopped before its plan was done
     * @param environment with what it was trained; after a resumption that of its last part
     * @param time when they were taken from the training
     * @param weights SHA-256 of its weights
     * @param run name of the folder in which the training is kept, or nothing
     */
    public record Description(
            Object architecture,
            Object method,
            Origin data,
            Plan plan,
            @Fact int epoch,
            @Fact boolean stopped,
            @Fact Environment environment,
            @Fact Instant time,
            String weights,
            @Fact String run) {
        /** Nothing is null. */
        public Description {
            Arguments.given(
                    "architecture, method, data, plan, environment, time, weights, run",
                    architecture,
                    method,
                    data,
                    plan,
                    environment,
                    time,
                    weights,
                    run);
        }
    }
}
