package ardent.rank;

import ardent.data.Origin;
import ardent.data.Recall;
import ardent.network.Layers;
import ardent.network.Predictions;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.run.Runs;
import ardent.train.Run;
import ardent.train.RunSetup;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A network that gives lists, a recommender or a ranker; it holds memory until it is closed. */
public abstract class ListNetwork implements Described, AutoCloseable {
    private final Layers layers;
    private String name = "untrained";
    private Record origin;
    private @Nullable Path folder;

    /** Not trained yet. */
    private record Fresh(long seed) {}

    /**
     * One without layers.
     *
     * @param seed where its weights are drawn from
     */
    protected ListNetwork(long seed) {
        origin = new Fresh(seed);
        layers = new Layers(seed);
    }

    /**
     * What a run of such a network was begun with.
     *
     * @param run its folder
     * @param data where the data come from that are given again
     * @return what is in its {@code run.json}
     * @throws IllegalArgumentException in one sentence, if it is no run on these data
     */
    public static Description begun(Path run, Origin data) {
        Description begun = Runs.setup(run);
        if (RunSetup.ofClassifier(begun)) {
            throw new IllegalArgumentException("The run " + run
                    + " is one of a classifier: resume(path) and reproduce(path) take it, without pairs or texts.");
        }
        requireSame("The run " + run, (Origin) begun.part("data").rebuild(), data);
        return begun;
    }

    /**
     * The weights; only training should change them.
     *
     * @return the layers of this network
     */
    public final Layers layers() {
        return layers;
    }

    void trained(String called, Run.Description trained, @Nullable Path kept) {
        name = called;
        origin = trained;
        folder = kept;
    }

    /**
     * Where its training is kept.
     *
     * @return the folder of the run; empty if it is kept nowhere
     */
    public final Optional<Path> folder() {
        return Optional.ofNullable(folder);
    }

    @Override
    public final String name() {
        return name;
    }

    /** A {@link Run.Description} once it is trained. */
    @Override
    public final Record origin() {
        return origin;
    }

    /**
     * Refuses other data than it was trained on: numbers of users, items and words mean something else there, and what it
     * learned may be in the test.
     *
     * @param data where the data come from
     * @throws IllegalArgumentException in one sentence, if the data are others, or split otherwise
     */
    public final void requireFor(Origin data) {
        if (origin instanceof Run.Description trained) {
            requireSame(name, trained.data(), data);
        }
    }

    /**
     * Refuses other data than something was trained on.
     *
     * @param name what was trained
     * @param trained on what
     * @param data where the data come from that are given now
     */
    public static void requireSame(String name, Origin trained, Origin data) {
        if (!trained.equals(data)) {
            throw new IllegalArgumentException(name + " was trained on " + trained + " and not on the data given: "
                    + difference(data, trained) + "; give the same data and the same split.");
        }
    }

    /** Half a sentence; data in memory were once known by their name alone. */
    static String difference(Origin found, Origin wanted) {
        return wanted.files().isEmpty()
                ? "no SHA-256 of their content was kept, so it is unknown whether " + found + " is the same"
                : Recall.difference(found, wanted);
    }

    /** Refuses scores that order nothing; {@code what} is one of them. */
    protected static void requireFinite(String what, float... scores) {
        for (float score : scores) {
            if (!Float.isFinite(score)) {
                throw new Predictions.NotFinite(
                        what + " is " + score + ": the weights are damaged or the training diverged.");
            }
        }
    }

    /** Name, data and epoch. */
    @Override
    public final String toString() {
        return origin instanceof Run.Description trained
                ? name + " on " + trained.data() + ", epoch " + trained.epoch()
                : name;
    }

    @Override
    public final void close() {
        layers.close();
    }
}
