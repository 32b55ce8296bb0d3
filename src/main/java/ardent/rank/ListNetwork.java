package ardent.rank;

import ardent.data.Origin;
import ardent.network.EngineEnvironment;
import ardent.network.Layers;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Fact;
import ardent.provenance.Seal;
import ardent.run.Runs;
import ardent.train.Plan;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A network that gives lists, a recommender or a ranker; it holds memory until it is closed. */
public abstract class ListNetwork implements Described, AutoCloseable {
    private final Layers layers;
    private Record origin;
    private @Nullable Path folder;

    /**
     * What is trained on what, as {@code run.json} in the folder of the training says.
     *
     * @param seal SHA-256 of the file
     * @param name of the network, as tables call it
     * @param architecture what is trained
     * @param method how, teachers included
     * @param data on what
     * @param plan for how long; momentum, validation, averaging and perturbation are not used
     * @param measure what epochs are judged by; empty where the last one is kept
     * @param environment with what it was begun
     * @param begun when
     */
    public record Start(
            @Fact String seal,
            @Fact String name,
            Object architecture,
            Object method,
            Origin data,
            Plan plan,
            @Fact String measure,
            @Fact Environment environment,
            @Fact Instant begun) {
        /** Nothing is null. */
        public Start {
            Arguments.given("seal, name, data, plan, measure", seal, name, data, plan, measure);
            Arguments.given("architecture, method, environment, begun", architecture, method, environment, begun);
        }

        /**
         * What begins now.
         *
         * @param name of the network
         * @param architecture what is trained
         * @param method how
         * @param data on what
         * @param plan for how long
         * @param measure what epochs are judged by
         */
        public Start(String name, Object architecture, Object method, Origin data, Plan plan, String measure) {
            this(Seal.OPEN, name, architecture, method, data, plan, measure, EngineEnvironment.now(), Instant.now());
        }

        /**
         * What a run was begun with.
         *
         * @param run its folder
         * @param data where the data come from that are given again
         * @param revive makes what a description cannot build from where it came from, such as teachers
         * @return what is in its {@code run.json}
         * @throws IllegalArgumentException in one sentence, if it is no run on these data, or a part cannot be built again
         */
        public static Start of(Path run, Origin data, BiFunction<Record, Class<?>, Object> revive) {
            Arguments.given("run, data, revive", run, data, revive);
            Description charter = Runs.charter(run);
            Record then = charter.part("data").rebuild();
            if (!then.equals(data)) {
                throw new IllegalArgumentException("The data given are " + data + ", and the run " + run
                        + " was begun with " + then + ": the same files and the same split are needed.");
            }
            return (Start) charter.rebuild(revive);
        }
    }

    /**
     * Where a trained network comes from.
     *
     * @param training what was trained on what
     * @param best the epoch whose weights it has
     * @param score how that was judged, NaN if it was not
     * @param stopped whether the training was stopped before its plan was done
     * @param weights SHA-256 of its weights
     */
    public record Trained(
            Start training,
            @Fact int best,
            @Fact double score,
            @Fact boolean stopped,
            String weights) {
        /** Nothing is null. */
        public Trained {
            Arguments.given("training, weights", training, weights);
        }

        /**
         * Refuses other data than it was trained on: numbers of users, items and words mean something else there, and what it
         * learned may be in the test.
         *
         * @param data where the data come from
         * @throws IllegalArgumentException in one sentence, if the data are others, or split otherwise
         */
        public void requireFor(Origin data) {
            if (!training.data().equals(data)) {
                throw new IllegalArgumentException(training.name() + " was trained on " + training.data()
                        + " and not on " + data + ": give the same data and the same split.");
            }
        }
    }

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
     * The weights; only training should change them.
     *
     * @return the layers of this network
     */
    public final Layers layers() {
        return layers;
    }

    void trained(Trained trained, @Nullable Path kept) {
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
        return origin instanceof Trained trained ? trained.training().name() : "untrained";
    }

    @Override
    public final Record origin() {
        return origin;
    }

    /**
     * Refuses other data than it was trained on, as {@link Trained#requireFor} does.
     *
     * @param data where the data come from
     */
    public final void requireFor(Origin data) {
        if (origin instanceof Trained trained) {
            trained.requireFor(data);
        }
    }

    @Override
    public final void close() {
        layers.close();
    }
}
