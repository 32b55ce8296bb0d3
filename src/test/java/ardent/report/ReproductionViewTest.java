package ardent.report;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.provenance.Change;
import ardent.run.Reproduction;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReproductionViewTest {
    private static final Path RUN = Path.of("runs", "one");

    @Test
    void whatCameOutEqualIsOneGreenSentence() {
        var equal = new Reproduction(RUN, Optional.empty(), List.of(), List.of(), true, 2);
        assertThat(ReproductionView.html(equal))
                .contains("#1e8449", "one: identical. Its weights, epochs and the scores of 2 evaluations")
                .doesNotContain("<table", "#c0392b");
    }

    @Test
    void whatDiffersIsATableBelowARedSentence() {
        var changes = List.of(new Change("training.weights", "<a>", "b"));
        var environment = List.of(new Change("environment.threads", "1", ""));
        var other = new Reproduction(RUN, Optional.empty(), changes, environment, true, 0);
        assertThat(ReproductionView.html(other))
                .contains("#c0392b", "one: different in 1 values.", ">path<", ">then<", ">now<")
                .contains("training.weights", "&lt;a&gt;", "environment.threads", ">–<");
        assertThat(ReproductionView.table(other).rowCount()).isEqualTo(2);
        var stopped = new Reproduction(RUN, Optional.empty(), List.of(), List.of(), false, 0);
        assertThat(ReproductionView.html(stopped)).contains("#c0392b", "was not repeated to its end");
    }
}
