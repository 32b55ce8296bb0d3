package ardent.report;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.method.Method;
import ardent.method.Sat;
import ardent.provenance.Description;
import ardent.run.RunState;
import ardent.run.RunSummary;
import ardent.train.Epoch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class RunTableTest {
    private record Data(String name, String split) {}

    private record Setup(String begun, Data data, Method method) {}

    private static RunSummary run(String name, String data, Method method) {
        var setup = Description.of(new Setup("2026-11-29T12:00:00Z", new Data(data, "train"), method));
        var state = new RunState("", RunState.Phase.FINISHED, "", 1, 0, 1, Instant.EPOCH, 1, Map.of());
        var epoch = new Epoch(1, 2.3, Map.of(), 0.5, 0.25, 0.1, 1);
        return new RunSummary(Path.of(name), setup, state, List.of(epoch), List.of(), List.of(), List.of());
    }

    /** Each under the attack of its own training: one short heading, and the caption says so. */
    @Test
    void runsWithDifferentInnerAttacksShareTheColumnOfValidation() {
        var start = new Pgd(new Linf(0.1f), 2 / 255f, 10, Start.uniform());
        Table table =
                RunTable.of(List.of(run("a", "MNIST", new Sat(new Linf(0.1f))), run("b", "MNIST", new Sat(start))));
        assertThat(table.columnNames())
                .filteredOn(name -> name.contains("validation"))
                .containsExactly("clean (validation)", "robust (validation)");
        assertThat(table.doubleColumn("robust (validation)").asList()).containsExactly(25.0, 25.0);
        assertThat(table.name()).contains("attacked as in each run's own training");
    }

    /** Other images are another question. */
    @Test
    void otherImagesHaveColumnsOfTheirOwn() {
        var method = new Sat(new Linf(0.1f));
        Table table = RunTable.of(List.of(run("a", "MNIST", method), run("b", "KMNIST", method)));
        assertThat(table.columnNames())
                .filteredOn(name -> name.startsWith("robust (validation)"))
                .containsExactly(
                        "robust (validation) · images MNIST train", "robust (validation) · images KMNIST train");
    }
}
