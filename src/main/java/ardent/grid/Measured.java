package ardent.grid;

import ardent.evaluate.CorrectImages;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How a student fared by one measure, as it is kept.
 *
 * @param measure everything that determines it, the student's weights included
 * @param right for each image 1 if it was right, before and under attack, and else 0
 * @param doubts what checks found, one sentence each
 * @param took how long it took
 * @param time when it was done
 * @param environment with what
 */
public record Measured(
        Description measure, String right, List<String> doubts, Duration took, Instant time, Environment environment) {
    /** Copies the list. */
    public Measured {
        Arguments.given("measure", measure);
        Arguments.given("right", right);
        Arguments.given("took", took);
        Arguments.given("time", time);
        Arguments.given("environment", environment);
        doubts = Arguments.all("doubts", doubts);
    }

    /**
     * Who was right.
     *
     * @return one hit for each image
     */
    public CorrectImages hits() {
        return CorrectImages.of(right.length(), i -> right.charAt(i) == '1');
    }

    static String text(CorrectImages hits) {
        var text = new StringBuilder();
        for (int i = 0; i < hits.size(); i++) {
            text.append(hits.at(i) ? '1' : '0');
        }
        return text.toString();
    }
}
