package ardent.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ardent.Ardent;
import ardent.ShownSweep;
import ardent.Tiny;
import ardent.attack.Apgd;
import ardent.attack.Attack;
import ardent.attack.Cascade;
import ardent.attack.DeepFool;
import ardent.attack.Fab;
import ardent.attack.FabT;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.Pgd;
import ardent.attack.Restarts;
import ardent.attack.Square;
import ardent.data.Images;
import ardent.method.AdaAd;
import ardent.method.Crdnd;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Trades;
import ardent.network.Classifier;
import ardent.network.Passes;
import ardent.network.SmallCnn;
import ardent.progress.Work;
import ardent.report.Comparison;
import ardent.report.Price;
import ardent.run.Runs;
import ardent.train.Plan;
import ardent.train.Tasks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The price of a sweep is what the sweep then asks of its networks, and finding it out changes nothing. */
class PriceTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images TRAINING = Tiny.images(110, 1);
    private static final Images TEST = Tiny.images(60, 2);

    /** Batches of 40, 40 and 10; 20 images are held out. */
    private static final Plan PLAN =
            Plan.quick().epochs(20).batchSize(40).rate(0.05).validation(20);

    @TempDir
    Path folder;

    private static Grid grid(Method... methods) {
        return new Grid(new SmallCnn(2), TRAINING, PLAN, TEST).methods(methods);
    }

    private static GridPrice price(Grid grid) {
        return grid.price(null, Tasks.silent());
    }

    /** A night of cells before a mistake that a step would have told. */
    @Test
    void aSweepTriesEachMethodBeforeTheFirstCell() {
        try (Classifier teacher = Classifier.of(new SmallCnn(1), TRAINING.shape(), TRAINING.classCount(), 0)) {
            Grid some = new Grid(new SmallCnn(2), TRAINING.labelled(30, 0), PLAN.validation(0), TEST)
                    .methods(new Rslad(teacher, BALL), new Trades(BALL));
            for (Grid grid : List.of(some, some.attacks(new Pgd(BALL, 1)))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> Ardent.sweep(folder, grid))
                        .withMessageStartingWith("TRADES cannot be trained: This method needs labels, and ");
                assertThat(Runs.folders(folder)).isEmpty();
            }
        }
    }

    /** What a sweep asks of its networks. */
    private Effort asked(Grid grid) {
        return Effort.of(() -> assertThat(grid.run(folder, null, false, Tasks.silent(), cells -> {})
                        .complete())
                .isTrue());
    }

    private static double sum(GridPrice price, boolean training) {
        return price.parts().stream()
                .filter(part -> part.trains() == training)
                .mapToDouble(part -> part.most().forwards())
                .sum();
    }

    @Test
    void trainingsTakeExactlyWhatThePilotSays() {
        try (Classifier teacher = Classifier.of(new SmallCnn(4), TRAINING.shape(), TRAINING.classCount(), 5)) {
            Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN.epochs(3), TEST)
                    .methods(new Sat(BALL), new Trades(BALL), new AdaAd(teacher, BALL), new Crdnd(teacher, BALL))
                    .with(new Candidate(Candidate.Role.BASELINE, new SmallCnn(2), new Natural(), PLAN.batchSize(128)))
                    .seeds(7);
            GridPrice price = price(grid);
            assertThat(price.parts()).hasSize(5 * 2);
            assertThat(sum(price, false)).as("clean images").isEqualTo(5 * 60);
            // SAT: 90 images of ten steps and one more, and 20 that are judged clean and after ten steps.
            assertThat(price.parts().stream()
                            .filter(part -> part.trains() && part.candidate().equals("SAT"))
                            .map(part -> Math.round(part.most().forwards())))
                    .containsExactly(3L * (90 * 11 + 20 * 12));
            Effort asked = asked(grid);
            assertThat(Math.round(price.most().forwards())).isEqualTo(Math.round(asked.forwards()));
            assertThat(Math.round(price.most().backwards())).isEqualTo(Math.round(asked.backwards()));
        }
    }

    @Test
    void attacksTakeAtMostWhatThePilotSays() {
        Grid natural = grid(new Natural());
        Effort training = asked(natural);
        assertThat(training.forwards()).isEqualTo(price(natural).most().forwards(), within(0.5));
        for (Attack attack : List.<Attack>of(
                new Pgd(BALL, 5),
                new Square(BALL, 20),
                new Fab(BALL, 3, 1, Mode.PARITY),
                new DeepFool(5, 4, 0.02f),
                new Restarts(new Pgd(BALL, 2), 2),
                new Cascade(new Pgd(BALL, 3)),
                new Cascade(new Apgd(BALL).steps(5), new FabT(BALL, 3, 2, 1, Mode.FAST), new Square(BALL, 20)))) {
            Grid grid = natural.attacks(attack);
            GridPrice price = grid.price(folder, Tasks.silent());
            assertThat(price.parts())
                    .as("the training is done, and so is the clean accuracy")
                    .hasSize(1);
            Effort asked = asked(grid);
            assertThat(asked.forwards())
                    .as(attack.label())
                    .isLessThanOrEqualTo(price.most().forwards() + 0.5);
            assertThat(asked.backwards())
                    .as(attack.label())
                    .isLessThanOrEqualTo(price.most().backwards() + 0.5);
            if (attack instanceof Pgd) {
                assertThat(asked.forwards()).isGreaterThan(0.9 * price.most().forwards());
            }
        }
    }

    /** The sweep asks for its price itself, at other moments, and after somebody asked for it; all three are one. */
    @Test
    void thePriceChangesNothing() {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, Tiny.images(5_000, 3))
                .methods(new Natural(), new Sat(new Pgd(BALL, 2)))
                .attacks(new Cascade(new Pgd(BALL, 3)));
        Path bare = folder.resolve("bare");
        Path priced = folder.resolve("priced");
        String first = ShownSweep.of(new Comparison(grid.run(bare, null, false, Tasks.silent(), cells -> {})));
        price(grid);
        var said = new ArrayList<String>();
        String second =
                ShownSweep.of(new Comparison(grid.run(priced, null, true, Tasks.hearing(said::add), cells -> {})));
        assertThat(second.replace(priced.toString(), bare.toString())).isEqualTo(first);
        assertThat(said)
                .anyMatch(line -> line.startsWith("0 of 2 cells are done {price:=")
                        && line.matches(".* forwards, .* backwards, about .* s \\(at most .* s\\), until .*"));
        said.clear();
        grid.run(priced, null, true, Tasks.hearing(said::add), cells -> {});
        assertThat(said).as("nothing is left").noneMatch(line -> line.contains("price:"));
    }

    @Test
    void whatIsDoneTakesNothingAndThePilotLeavesNothing() {
        Grid grid = grid(new Natural()).attacks(new Pgd(BALL, 2));
        assertThat(grid.price(folder.resolve("none"), Tasks.silent()).open()).isEqualTo(1);
        assertThat(folder).isEmptyDirectory();
        asked(grid);
        GridPrice done = grid.price(folder, Tasks.silent());
        assertThat(done.parts()).isEmpty();
        assertThat(done.seconds()).isZero();
        GridPrice more = grid.seeds(0, 1).price(folder, Tasks.silent());
        assertThat(more.parts()).extracting(GridPrice.Part::seed).containsOnly(1L);
        assertThat(more.open()).isEqualTo(1);
        assertThat(more.cells()).isEqualTo(2);
        assertThat(new Price(more).toString()).contains("1 of 2 cells are not done");
    }

    @Test
    void aClusterDividesTheTimeAndNotTheWork() {
        GridPrice price = price(grid(new Natural()).seeds(0, 1, 2, 3));
        GridPrice four = price.over(4);
        assertThat(four.seconds()).isEqualTo(price.seconds() / 4, within(1e-9));
        assertThat(four.most()).isEqualTo(price.most());
        assertThat(new Price(four).caption()).contains("the end is for 4 at once");
        assertThatIllegalArgumentException().isThrownBy(() -> price.over(0));
    }

    @Test
    void theTableHasARowForEachMethodAndAttackAndOneForAll() {
        var price = new Price(
                price(grid(new Natural(), new Sat(BALL)).seeds(0, 1).attacks(new Pgd(BALL, 2), new Square(BALL, 20))));
        assertThat(price.table().stringColumn("work").asList())
                .containsExactly("train Natural", "train SAT", "clean", "PGD-2", "Square-20", "all");
        assertThat(price.table().doubleColumn("times").asList()).containsExactly(2.0, 2.0, 4.0, 4.0, 4.0, 16.0);
        double[] forwards = price.table().doubleColumn("forwards").asDoubleArray();
        assertThat(forwards[0]).isEqualTo(2 * 20 * (90 + 20));
        assertThat(forwards[5])
                .isEqualTo(forwards[0] + forwards[1] + forwards[2] + forwards[3] + forwards[4], within(0.5));
        assertThat(price.html()).contains("train SAT", "<table");
        assertThat(price.markdown()).contains("| train SAT |");
        assertThat(price.toString()).contains("about", "until", "measured in");
    }

    @Test
    void whatIsNoSweepIsRefusedInOneSentence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ardent.cost(grid()))
                .withMessageContaining("needs a method");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ardent.cost(
                        new Grid(new SmallCnn(2), TRAINING, PLAN.validation(110), TEST).methods(new Natural())))
                .withMessageContaining("lower validation");
        Method odd = step -> {
            throw new IllegalArgumentException("odd images");
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ardent.cost(grid(odd)))
                .withMessageEndingWith(" cannot be trained: odd images");
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> grid(new Natural()).price(null, Tasks.stoppingAfter(1)));
    }

    /** A short sweep is done before anybody has read its price. */
    @Test
    void aShortSweepAsksForNoPrice() {
        Grid few = new Grid(new SmallCnn(2), TRAINING, PLAN.epochs(2), TEST).methods(new Natural());
        long before = Passes.forwards();
        assertThat(few.run(folder, Tasks.silent(), cells -> {}).complete()).isTrue();
        assertThat(Passes.forwards() - before).isEqualTo(2 * (90 + 20) + 60);
    }

    /** The first word on what is left is the price's; later ones go by what was done. */
    @Test
    void whatIsLeftBeginsWithThePrice() {
        var left = new ArrayList<Duration>();
        var task = new Work.Task() {
            @Override
            public void report(String phase, long done, long total, Map<String, String> figures) {}

            @Override
            public void left(Duration time) {
                left.add(time);
            }

            @Override
            public boolean stopping() {
                return false;
            }
        };
        double[] parts = {100, 0, 300};
        var progress = new CellProgress(
                task, "cell", new CellProgress.Weights(600, 1000, System.nanoTime() - 1_200_000_000_000L), parts);
        // 600 s of the price took 1,200 s, and the price counts as 50 s that took 50.
        assertThat(left.get(0).toMillis()).isCloseTo(Math.round(400e3 * 1250 / 650), within(2000L));
        progress.next();
        progress.report("half", 1, 2, Map.of());
        progress.end(Map.of());
        assertThat(left.get(left.size() - 1)).isEqualTo(Duration.ZERO);
        left.clear();
        var begin = new CellProgress(task, "cell", new CellProgress.Weights(0, 1000, System.nanoTime()), parts);
        assertThat(begin.stopping()).isFalse();
        assertThat(left.get(0).toSeconds()).isBetween(999L, 1001L);
    }
}
