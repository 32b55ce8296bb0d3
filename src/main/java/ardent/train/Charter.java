package ardent.train;

import ardent.data.Origin;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.provenance.Environment;
import ardent.provenance.Fact;
import java.time.Instant;

/**
 * What a run folder says of its run before it begins: enough to begin it again.
 *
 * @param seal SHA-256 of the file
 * @param architecture what is trained
 * @param method how; a trained teacher stands here as a {@link Keepsake}
 * @param data on what
 * @param plan for how long
 * @param environment with what it was begun
 * @param begun when
 */
record Charter(
        String seal,
        Architecture architecture,
        Method method,
        Origin data,
        Plan plan,
        @Fact Environment environment,
        Instant begun) {}
