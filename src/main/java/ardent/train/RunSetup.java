package ardent.train;

import ardent.data.Origin;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.EngineEnvironment;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Fact;
import ardent.provenance.Seal;
import java.time.Instant;

/**
 * What a run folder says of its run before it begins: enough to begin it again.
 *
 * @param seal SHA-256 of the file
 * @param name of the network that is trained, as tables call it
 * @param architecture what is trained
 * @param method how; a trained teacher stands there as its weights, kept in the folder
 * @param data on what
 * @param plan for how long
 * @param measure what epochs are judged by, {@link #ACCURACY} in trainings of classifiers; empty where the last one is kept
 * @param environment with what it was begun
 * @param begun when
 */
public record RunSetup(
        @Fact String seal,
        @Fact String name,
        Object architecture,
        Object method,
        Origin data,
        Plan plan,
        @Fact String measure,
        @Fact Environment environment,
        @Fact Instant begun) {
    /** What classifiers are judged by; folders of 0.1.0 do not say it. */
    public static final String ACCURACY = "accuracy";

    /** Nothing is null. */
    public RunSetup {
        Arguments.given("seal, name, data, plan, measure", seal, name, data, plan, measure);
        Arguments.given("architecture, method, environment, begun", architecture, method, environment, begun);
    }

    /**
     * Whether a run is one of a classifier.
     *
     * @param setup what its folder says
     * @return false for recommenders and rankers
     */
    public static boolean ofClassifier(Description setup) {
        return setup.at("measure").orElse(ACCURACY).equals(ACCURACY);
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
    public RunSetup(String name, Object architecture, Object method, Origin data, Plan plan, String measure) {
        this(Seal.OPEN, name, architecture, method, data, plan, measure, EngineEnvironment.now(), Instant.now());
    }

    /**
     * The training of a classifier that begins now.
     *
     * @param architecture what is trained
     * @param method how
     * @param data on what
     * @param plan for how long
     * @return its description
     */
    public static RunSetup of(Architecture architecture, Method method, Origin data, Plan plan) {
        Arguments.given("architecture, method", architecture, method);
        return new RunSetup(Training.name(architecture, method), architecture, method, data, plan, ACCURACY);
    }
}
