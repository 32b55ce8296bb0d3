package ardent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every recorded tensor and figure is read by some test, or it stands here why not. It runs when all other
 * tests are over (profile {@code golden-use}), and asks only where the tests of all recorded cases ran.
 */
class GoldenUseTest {
    private static final String CASES = ".*";

    /** Patterns of "case tensor" or "case figures figure", and why nothing reads them. */
    private static final Map<String, String> UNREAD = Map.of(
            "losses-ties (topk|argsortDescending|amax).*",
                    "nothing here uses topk, sorts downwards or shares a gradient among ties",
            "losses-ties mart\\.runnerUp", "which of equal probabilities is taken does not show in the loss",
            "method-.* figures .*loss", "the tensor of this name, which is read",
            "method-dgad asReleasedMobileNet.*", "a misplaced parenthesis of released code that Dgad does not follow",
            "cascade-.* figures log", "the reference's words; its numbers are in the stages",
            "cascade-.* figures totalForwards", "FAB-T asks once less for each target: the ranking is not asked twice");

    @Test
    void everyRecordedNumberIsReadOrSaysWhyNot() {
        List<String> cases = Golden.cases(CASES).toList();
        Map<String, Set<String>> read = Golden.read();
        assumeTrue(read.keySet().containsAll(cases), "the tests of the recorded cases ran before");
        var unread = new TreeMap<String, List<String>>();
        for (String name : cases) {
            var left = new ArrayList<String>();
            SortedSet<String> recorded = Golden.recorded(name);
            recorded.removeAll(read.get(name));
            for (String what : recorded) {
                if (UNREAD.keySet().stream().noneMatch((name + " " + what)::matches)) {
                    left.add(what);
                }
            }
            if (!left.isEmpty()) {
                unread.put(name, left);
            }
        }
        assertThat(unread).isEmpty();
    }
}
