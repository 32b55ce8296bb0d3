package ardent.run.folder;

import ardent.data.Origin;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.EngineEnvironment;
import ardent.provenance.Environment;
import ardent.provenance.Fact;
import ardent.provenance.Seal;
import ardent.run.RunParts;
import ardent.train.Plan;
import ardent.train.Training;
import java.time.Instant;

/**
 * What a run folder says of its run before it begins: enough to begin it again.
 *
 * @param seal SHA-256 of the file
 * @param name of the network that is trained, as tables call it
 * @param architecture what is trained
 * @param method how; a trained teacher stands here as a {@link KeptWeights}
 * @param data on what
 * @param plan for how long
 * @param environment with what it was begun
 * @param begun when
 */
record RunDescription(
        @Fact String seal,
        @Fact String name,
        Architecture architecture,
        Method method,
        Origin data,
        Plan plan,
        @Fact Environment environment,
        @Fact Instant begun) {
    /** What begins now. */
    static RunDescription of(RunParts parts) {
        return new RunDescription(
                Seal.OPEN,
                Training.name(parts.architecture(), parts.method()),
                parts.architecture(),
                parts.method(),
                parts.data().origin(),
                parts.plan(),
                EngineEnvironment.now(),
                Instant.now());
    }
}
