package ardent;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.attack.AutoAttack;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.grid.Grid;
import ardent.method.Natural;
import ardent.method.Sat;
import ardent.network.SmallCnn;
import ardent.progress.Listener;
import ardent.progress.Progress;
import ardent.progress.Work;
import ardent.report.Comparison;
import ardent.train.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb as a cell calls it. */
class SweepTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Plan PLAN =
            Plan.quick().epochs(1).batchSize(40).rate(0.05).validation(0);

    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final List<Progress> heard = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void quiet() {
        Work.listener(Listener.none());
        Thread.interrupted();
    }

    /** Hears all, and interrupts the cell once so many results are there. */
    private Listener listener(int results) {
        Thread cell = Thread.currentThread();
        return new Listener() {
            @Override
            public void on(Progress progress) {
                heard.add(progress);
            }

            @Override
            public void see(Object sight) {
                seen.add(sight);
                long known = ((Comparison) sight)
                        .grid().cells().stream()
                                .mapToLong(cell -> cell.measures().size())
                                .sum();
                if (known >= results) {
                    cell.interrupt();
                }
            }
        };
    }

    @Test
    void theFirstMethodIsTheBaselineAndTheTableFills() {
        Work.listener(listener(Integer.MAX_VALUE));
        Comparison comparison = Ardent.sweep(
                folder,
                new SmallCnn(2),
                List.of(new Natural(), new Sat(BALL)),
                Tiny.images(160, 1),
                PLAN.epochs(2),
                List.of(0L, 1L),
                Tiny.images(12, 2),
                new Fgsm(BALL),
                new AutoAttack(BALL).batch(6));
        assertThat(comparison.grid().complete()).isTrue();
        assertThat(comparison.table().columnNames())
                .containsExactly("method", "role", "seeds", "clean", "FGSM", "AutoAttack", "worst", "Δ worst", "p");
        assertThat(comparison.table().stringColumn("role").asList()).containsExactly("baseline", "");
        assertThat(comparison.table().stringColumn("seeds").asList()).containsExactly("2/2", "2/2");
        assertThat(seen).hasSizeGreaterThan(2).last().asString().isEqualTo(comparison.toString());
        assertThat(heard).extracting(Progress::phase).anyMatch(phase -> phase.contains("of 4: SAT, seed 0"));
        Progress last = heard.get(heard.size() - 1);
        assertThat(last.state()).isEqualTo(Progress.State.DONE);
        assertThat(last.line()).contains("cell 4 of 4: SAT, seed 1 · clean ", " · AutoAttack ");
    }

    @Test
    void interruptedItReturnsTheTableSoFar() {
        Work.listener(listener(2));
        Grid grid = new Grid(new SmallCnn(8), Tiny.images(4000, 1), PLAN.epochs(2), Tiny.images(60, 2))
                .methods(new Natural(), new Sat(BALL))
                .seeds(0, 1, 2)
                .attacks(new Fgsm(BALL));
        Comparison comparison = Ardent.sweep(folder, grid);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(comparison.grid().complete()).isFalse();
        assertThat(comparison.grid().cells().get(0).measures()).hasSize(2);
        assertThat(comparison.grid().cells().get(5).measures()).isEmpty();
        assertThat(comparison.table().stringColumn("seeds").asList()).containsExactly("1/3", "0/3");
        assertThat(heard.get(heard.size() - 1).state()).isEqualTo(Progress.State.STOPPED);
    }
}
