package ardent.attack;

import ardent.provenance.Arguments;
import ardent.provenance.Fact;
import java.time.Duration;

/**
 * One attack of a cascade, or the clean pass before them.
 *
 * @param name the attack's label, or {@code clean}
 * @param correct images still classified correctly after it
 * @param accuracy their share of all images
 * @param cost what it asked of the network
 * @param time wall time
 */
public record Stage(
        String name,
        int correct,
        double accuracy,
        Cost cost,
        @Fact Duration time) {
    /** Nothing is null. */
    public Stage {
        Arguments.given("name, cost, time", name, cost, time);
    }
}
