package ardent.evaluate;

import ardent.attack.MaskingChecks;
import ardent.attack.Stage;
import ardent.attack.Warning;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Fact;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Everything behind a report: from any of its numbers to how it came about.
 *
 * @param time when it was measured
 * @param environment with what
 * @param images number of images
 * @param data where they come from
 * @param protocol how it was measured
 * @param networks what was measured
 */
public record Evidence(
        @Fact Instant time,
        @Fact Environment environment,
        int images,
        Description data,
        Protocol protocol,
        List<Measured> networks) {
    /** Nothing is null. */
    public Evidence {
        Arguments.given("time, environment, data, protocol", time, environment, data, protocol);
        Arguments.all("networks", networks);
    }

    /**
     * A rate in [0, 1] with its 95 % interval.
     *
     * @param rate share of the images
     * @param low lower bound
     * @param high upper bound
     */
    public record Rate(double rate, double low, double high) {
        /**
         * The rate of correct images.
         *
         * @param correct which images were classified correctly
         * @return rate and interval
         */
        public static Rate of(CorrectImages correct) {
            Arguments.given("correct", correct);
            return new Rate(
                    correct.rate(), correct.interval().low(), correct.interval().high());
        }
    }

    /**
     * A network and its scores.
     *
     * @param name what the report calls it
     * @param clean share of images classified correctly without attack
     * @param checks what checks found about the network, and what they asked of it
     * @param attacks scores under attack
     * @param origin where the network comes from
     */
    public record Measured(String name, Rate clean, MaskingChecks checks, List<Attacked> attacks, Description origin) {
        /** Nothing is null. */
        public Measured {
            Arguments.given("name, clean, checks", name, clean, checks);
            Arguments.all("attacks", attacks);
            Arguments.given("origin", origin);
        }

        static Measured of(Outcome outcome) {
            return new Measured(
                    outcome.name(),
                    Rate.of(outcome.clean()),
                    outcome.checks(),
                    outcome.scores().stream().map(Attacked::of).toList(),
                    outcome.description());
        }
    }

    /**
     * A score under attack.
     *
     * @param name what the report calls the attack
     * @param robust share of images classified correctly both clean and under attack
     * @param adversarial share of images classified correctly under attack
     * @param linf largest change of a pixel
     * @param l2 largest Euclidean change of an image
     * @param findings what independent checks found
     * @param warnings reasons to doubt it that showed while the attack ran
     * @param stages what each stage of a cascade left correctly classified, and its cost
     * @param took how long it took
     * @param attack the attack with all its parameters
     */
    public record Attacked(
            String name,
            Rate robust,
            Rate adversarial,
            double linf,
            double l2,
            List<Finding> findings,
            List<Warning> warnings,
            List<Stage> stages,
            @Fact Duration took,
            Description attack) {
        /** Nothing is null. */
        public Attacked {
            Arguments.given("name, robust, adversarial", name, robust, adversarial);
            Arguments.all("findings", findings);
            Arguments.all("warnings", warnings);
            Arguments.all("stages", stages);
            Arguments.given("took, attack", took, attack);
        }

        static Attacked of(Score score) {
            return new Attacked(
                    score.attack(),
                    Rate.of(score.robust()),
                    Rate.of(score.adversarial()),
                    score.distances().linf(),
                    score.distances().l2(),
                    score.findings(),
                    score.warnings(),
                    score.stages(),
                    score.time(),
                    score.description());
        }
    }

    /**
     * What is behind scores.
     *
     * @param robustness how they were measured
     * @param outcomes those of them to show
     * @param environment with what they were measured
     * @param time when
     * @return the evidence
     */
    public static Evidence of(Robustness robustness, List<Outcome> outcomes, Environment environment, Instant time) {
        Arguments.given("robustness", robustness);
        Arguments.all("outcomes", outcomes);
        return new Evidence(
                time,
                environment,
                robustness.size(),
                robustness.data(),
                robustness.protocol(),
                outcomes.stream().map(Measured::of).toList());
    }
}
