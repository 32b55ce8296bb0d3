package ardent.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ardent.Tiny;
import ardent.attack.Cascade;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Terms;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.report.Comparison;
import ardent.run.Runs;
import ardent.tensor.Losses;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grids of trainings that take a second, on real networks, attacks and files. */
class GridTest {
    static final Linf BALL = new Linf(0.05f);
    static final Images TRAINING = Tiny.images(120, 1);
    static final Images TEST = Tiny.images(40, 2);
    static final Plan PLAN = Plan.quick().epochs(1).batchSize(40).rate(0.05).validation(20);

    @TempDir
    Path folder;

    static Grid grid() {
        return new Grid(new SmallCnn(2), TRAINING, PLAN, TEST)
                .baselines(new Natural())
                .methods(new Sat(BALL))
                .seeds(0, 1)
                .attacks(new Fgsm(BALL), new Cascade(new Pgd(BALL, 3)));
    }

    private GridCells run(Grid grid) {
        return grid.run(folder, Tasks.silent(), trials -> {});
    }

    private static String shown(GridCells trials) {
        var comparison = new Comparison(trials);
        return comparison + "\n" + comparison.cells().printAll()
                + comparison.tests().printAll() + comparison.provenance();
    }

    /** When each file was written. */
    private Map<String, FileTime> files() throws IOException {
        var times = new TreeMap<String, FileTime>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                times.put(folder.relativize(file).toString(), Files.getLastModifiedTime(file));
            }
        }
        times.remove(".lock");
        return times;
    }

    /** As after a kill: what is known of a cell that is not done is its newest checkpoint. */
    @Test
    void aCellThatWasCutOffGoesOnFromItsCheckpoint() {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN.epochs(3), TEST)
                .methods(new Sat(BALL))
                .seeds(0);
        GridCell whole = grid.run(folder.resolve("whole"), Tasks.silent(), trials -> {})
                .trials()
                .get(0);
        Path cut = folder.resolve("cut");
        GridCells stopped = grid.run(cut, Tasks.stoppingIn("epoch 3"), trials -> {});
        assertThat(stopped.complete()).isFalse();
        assertThat(Runs.folders(stopped.trials().get(0).student().getParent())).hasSize(1);
        var phases = new ArrayList<String>();
        GridCells done = grid.run(cut, Tasks.hearing(phases::add), trials -> {});
        assertThat(phases).noneMatch(phase -> phase.contains("epoch 1") || phase.contains("epoch 2"));
        GridCell trial = done.trials().get(0);
        assertThat(trial.trained().orElseThrow().weights())
                .isEqualTo(whole.trained().orElseThrow().weights());
        assertThat(trial.trained().orElseThrow().history()).hasSize(3);
        assertThat(Runs.folders(trial.student().getParent())).isEmpty();
        assertThat(done.notes()).isEmpty();
    }

    @Test
    void aDamagedCheckpointOfACellIsToldAndTheCellBeginsAnew() throws IOException {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN.epochs(2), TEST)
                .methods(new Natural())
                .seeds(0);
        GridCells stopped = grid.run(folder, Tasks.stoppingIn("epoch 2"), trials -> {});
        Path begun = Runs.folders(stopped.trials().get(0).student().getParent()).get(0);
        Files.writeString(begun.resolve("run.json"), "{}");
        GridCells done = run(grid);
        assertThat(done.complete()).isTrue();
        assertThat(done.notes()).singleElement().asString().contains("cannot go on, so it begins anew");
    }

    @Test
    void fillsEveryCellOnceAndNeverAgain() throws IOException {
        GridCells first = run(grid());
        assertThat(first.complete()).isTrue();
        assertThat(first.trials()).hasSize(4).allSatisfy(trial -> {
            assertThat(trial.measures().keySet()).containsExactly("clean", "FGSM", "Worst of PGD-3");
            assertThat(trial.hits("FGSM").orElseThrow().count())
                    .isLessThanOrEqualTo(trial.hits("clean").orElseThrow().count());
        });
        Map<String, FileTime> files = files();
        assertThat(files)
                .hasSize(4 * 5)
                .allSatisfy((name, time) -> assertThat(name).doesNotContain("journal", "part"));
        GridCells again = run(grid());
        assertThat(files()).isEqualTo(files);
        assertThat(shown(again)).isEqualTo(shown(first));
    }

    @Test
    void moreSeedsMethodsAndAttacksTakeWhatIsThere() throws IOException {
        run(grid().seeds(0).attacks(new Fgsm(BALL)));
        Map<String, FileTime> before = files();
        assertThat(before).hasSize(2 * 4);
        GridCells more = run(grid());
        assertThat(more.complete()).isTrue();
        assertThat(files()).containsAllEntriesOf(before).hasSize(4 * 5);
        run(grid().controls(new Sat(new Pgd(BALL, 2))));
        assertThat(files()).containsAllEntriesOf(before).hasSize(6 * 5);
    }

    @Test
    void whatIsDescribedOtherwiseIsAnotherCell() throws IOException {
        Grid one = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST).methods(new Natural());
        run(one);
        assertThat(files()).hasSize(3);
        run(new Grid(new SmallCnn(2), TRAINING, PLAN.rate(0.04), TEST).methods(new Natural()));
        assertThat(files()).hasSize(6);
        run(new Grid(new SmallCnn(3), TRAINING, PLAN, TEST).methods(new Natural()));
        assertThat(files()).hasSize(9);
        run(new Grid(new SmallCnn(2), TRAINING.first(100), PLAN, TEST).methods(new Natural()));
        assertThat(files()).hasSize(12);
        run(new Grid(new SmallCnn(2), TRAINING, PLAN, TEST.first(30)).methods(new Natural()));
        assertThat(files()).as("the same training on other test images").hasSize(13);
    }

    @Test
    void aTeacherIsKnownByItsWeights() throws IOException {
        try (Classifier teacher = Classifier.of(new SmallCnn(2), TRAINING.shape(), 4, 7)) {
            Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST).methods(new Rslad(teacher, BALL));
            run(grid);
            assertThat(files()).hasSize(3);
            try (Classifier other = Classifier.of(new SmallCnn(2), TRAINING.shape(), 4, 8)) {
                teacher.layers().set(other.layers().all());
            }
            run(grid);
            assertThat(files()).as("same origin, other weights").hasSize(6);
        }
    }

    @Test
    void aTrainingWithoutANumberFailsAndTheOthersGoOn() throws IOException {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST)
                .with(new Candidate(
                        Candidate.Role.METHOD,
                        new SmallCnn(2),
                        new Natural(),
                        PLAN.rate(1e30).epochs(3)))
                .methods(new Sat(BALL))
                .attacks(new Fgsm(BALL));
        GridCells first = run(grid);
        assertThat(first.complete()).isTrue();
        assertThat(first.trials().get(0).failure())
                .matches("Training stopped in epoch 1, batch \\d: the term \"clean\" .*");
        assertThat(first.trials().get(1).measures()).hasSize(2);
        var comparison = new Comparison(first);
        assertThat(comparison.toString()).contains("Natural, seed 0 FAILED: Training stopped in epoch 1", "0/1", "1/1");
        assertThat(comparison.best()).isEqualTo("SAT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> comparison.student("Natural", 0))
                .withMessageContaining("its training failed. Training stopped");
        Map<String, FileTime> files = files();
        assertThat(shown(run(grid))).isEqualTo(shown(first));
        assertThat(files()).isEqualTo(files);
    }

    @Test
    void aDamagedFileIsSaidAndMadeAgain() throws IOException {
        GridCells first = run(grid());
        Path student = first.trials().get(0).student();
        byte[] bytes = Files.readAllBytes(student);
        bytes[bytes.length - 3] ^= 1;
        Files.write(student, bytes);
        Path result;
        try (Stream<Path> files = Files.list(first.trials().get(1).student().getParent())) {
            result = files.filter(file -> file.getFileName().toString().startsWith("fgsm"))
                    .findFirst()
                    .orElseThrow();
        }
        String text = Files.readString(result);
        boolean right = text.matches("(?s).*\"right\": \"1.*");
        Files.writeString(result, text.replaceFirst("\"right\": \"[01]", "\"right\": \"" + (right ? 0 : 1)));
        Path cut = first.trials().get(2).student().resolveSibling("training.json");
        Files.write(cut, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        GridCells again = run(grid());
        assertThat(again.notes())
                .hasSize(3)
                .allSatisfy(note ->
                        assertThat(note).matches("The file \\S+ is damaged; what it held is computed again\\."));
        assertThat(again.complete()).isTrue();
        assertThat(new Comparison(again).table().printAll())
                .isEqualTo(new Comparison(first).table().printAll());
        assertThat(run(grid()).notes()).isEmpty();
    }

    @Test
    void stoppedItReturnsWhatIsKnownAndGoesOnLater() throws IOException {
        GridCells part = grid().run(folder, Tasks.stoppingAfter(14), trials -> {});
        assertThat(part.complete()).isFalse();
        assertThat(part.trials().stream().filter(t -> t.trained().isPresent()).count())
                .isBetween(1L, 3L);
        assertThat(new Comparison(part).toString()).contains("The grid is not done");
        Map<String, FileTime> files = files();
        files.keySet().removeIf(name -> name.endsWith(".journal"));
        GridCells all = run(grid());
        assertThat(all.complete()).isTrue();
        assertThat(files()).containsAllEntriesOf(files);
    }

    @Test
    void aLambdaIsTrainedEachTimeAndSaysSo() {
        Method mine = step -> () -> Terms.of(
                "clean",
                Losses.crossEntropy(step.learn(step.images()), step.labels()).mean());
        Method other = step -> () -> Terms.of(
                "clean",
                Losses.crossEntropy(step.learn(step.images()), step.labels())
                        .mean()
                        .mul(Torch.constant(0.1f)));
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST).methods(mine, other);
        GridCells first = run(grid);
        assertThat(first.complete()).isTrue();
        assertThat(first.notes()).hasSize(2).first().asString().contains("is trained again each time");
        assertThat(first.trials().get(0).trained().orElseThrow().weights())
                .isNotEqualTo(first.trials().get(1).trained().orElseThrow().weights());
        GridCells again = run(grid);
        assertThat(again.trials().get(0).trained().orElseThrow().time())
                .isAfter(first.trials().get(0).trained().orElseThrow().time());
    }

    @Test
    void aStudentComesBackBitByBit() {
        GridCells trials = run(grid().seeds(3));
        var comparison = new Comparison(trials);
        try (Classifier student = comparison.student("SAT", 3)) {
            assertThat(ardent.network.Weights.sha256(student.layers().all()))
                    .isEqualTo(trials.of("SAT").get(0).trained().orElseThrow().weights());
            assertThat(student.name()).isEqualTo("SmallCnn · SAT");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> comparison.student("SAT", 4))
                .withMessage("Unknown seed 4. Available: 3.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> comparison.student("TRADES", 3))
                .withMessageStartingWith("Unknown candidate \"TRADES\". Available: ");
    }

    @Test
    void badGridsGetASentenceBeforeWorkStarts() throws IOException {
        Grid empty = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST);
        assertThatIllegalArgumentException().isThrownBy(() -> run(empty)).withMessageContaining("needs a method");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> empty.seeds(1, 1))
                .withMessage("The seeds of a grid are [1, 1]: name each once.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(empty.methods(new Natural(), new Natural())))
                .withMessageContaining("candidates 1 and 2 of the grid are the same");
        Grid greedy = new Grid(new SmallCnn(2), TRAINING, PLAN.validation(120), TEST).methods(new Natural());
        assertThatIllegalArgumentException().isThrownBy(() -> run(greedy)).withMessageContaining("lower validation");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Grid(new SmallCnn(2), TRAINING, PLAN, Tiny.images(10, 3, 1)))
                .withMessageContaining("images of one kind");
        assertThat(files()).isEmpty();
    }

    /** What another program is at is waited for, and taken over if that program gives it up. */
    @Test
    void programsShareAFolder() throws Exception {
        Grid grid = grid().seeds(0);
        GridCells alone = grid.run(folder.resolve("alone"), Tasks.silent(), trials -> {});
        var cells = Candidates.of(grid).cells();
        var done = new ArrayBlockingQueue<GridCells>(100);
        try (var other = new GridFolder(folder.resolve("shared"))) {
            var first = other.claim(cells.get(0)).orElseThrow();
            assertThat(other.claim(cells.get(0))).isEmpty();
            var sweep = Executors.newSingleThreadExecutor();
            var all = sweep.submit(() -> grid.run(folder.resolve("shared"), Tasks.silent(), done::add));
            GridCells second = done.take();
            while (second.of("SAT").get(0).measures().size() < 3) {
                second = done.take();
            }
            assertThat(second.of("Natural").get(0).trained()).isEmpty();
            Thread.sleep(300);
            assertThat(all.isDone()).isFalse();
            first.close();
            assertThat(all.get().complete()).isTrue();
            assertThat(new Comparison(all.get()).table().printAll())
                    .isEqualTo(new Comparison(alone).table().printAll());
            sweep.shutdown();
        }
    }

    /** The journal of a cascade that was cut off belongs to it and is gone when it is done. */
    @Test
    void aDamagedJournalDoesNotStopTheGrid() throws IOException {
        GridCells trials = run(grid().seeds(0));
        Path place = trials.trials().get(0).student().getParent();
        Path result;
        try (Stream<Path> files = Files.list(place)) {
            result = files.filter(file -> file.getFileName().toString().startsWith("worst-of"))
                    .findFirst()
                    .orElseThrow();
        }
        String before = Files.readString(result).replaceAll("PT[0-9.S]+|\\d{4}-.*Z|[0-9a-f]{64}", "");
        Files.delete(result);
        Path journal = result.resolveSibling(result.getFileName() + ".journal");
        Files.write(journal, "no journal at all".getBytes(StandardCharsets.UTF_8));
        run(grid().seeds(0));
        assertThat(Files.readString(result).replaceAll("PT[0-9.S]+|\\d{4}-.*Z|[0-9a-f]{64}", ""))
                .isEqualTo(before);
        assertThat(journal).doesNotExist();
    }
}
