package ardent.grid;

import static ardent.Ardent.runs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.types.Shape;
import ardent.Ardent;
import ardent.Tiny;
import ardent.attack.ApgdT;
import ardent.attack.Cascade;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Transfer;
import ardent.data.Images;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Terms;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import ardent.report.Comparison;
import ardent.report.Report;
import ardent.report.card.ModelCard;
import ardent.run.KeptScore;
import ardent.run.RunParts;
import ardent.run.RunState;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.tensor.Losses;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import own.Pixels;

/** Grids of trainings that take a second, on real networks, attacks and files. */
class GridTest {
    static final Linf BALL = new Linf(0.05f);
    static final Images TRAINING = Tiny.images(120, 1);
    static final Images TEST = Tiny.images(40, 2);
    static final Plan PLAN = Plan.quick().epochs(1).batchSize(40).rate(0.05).validation(20);

    /** Files of a run that is done: what it is, how it stands, epochs, steps, report, checkpoint and student. */
    private static final int RUN = 7;

    @TempDir
    Path folder;

    static Grid grid() {
        return grid(1);
    }

    static Grid grid(int epochs) {
        return new Grid(new SmallCnn(2), TRAINING, PLAN.epochs(epochs), TEST)
                .baselines(new Natural())
                .methods(new Sat(BALL))
                .seeds(0, 1)
                .attacks(new Fgsm(BALL), new Cascade(new Pgd(BALL, 3)));
    }

    private GridCells run(Grid grid) {
        return grid.run(folder, Tasks.silent(), cells -> {});
    }

    private static String shown(GridCells cells) {
        var comparison = new Comparison(cells);
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
        times.keySet().removeIf(name -> name.endsWith(".lock"));
        return times;
    }

    private static String weights(GridCell cell) {
        return RunSummary.weights(cell.student().orElseThrow().path()).orElseThrow();
    }

    /** The scores that a run keeps of its student under an attack. */
    private static Path scores(GridCell cell, String attack) throws IOException {
        try (Stream<Path> files = Files.list(cell.trained().orElseThrow().path())) {
            return files.filter(file -> file.getFileName().toString().startsWith("scores-"))
                    .filter(file -> Description.read(file)
                            .at("evidence.networks[0].attacks[0].name")
                            .filter(attack::equals)
                            .isPresent())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** As after a kill: what is known of a cell that is not done is its newest checkpoint. */
    @Test
    void candidatesThatDifferInTheirEpochsAloneAreTriedOnce() {
        var longer = new Candidate(Candidate.Role.METHOD, new SmallCnn(2), new Natural(), PLAN.epochs(3));
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN.epochs(2), TEST)
                .methods(new Natural(), new Sat(new Linf(0.1f)))
                .with(longer);
        assertThat(grid.candidates()).hasSize(3);
        assertThat(grid.tried(TRAINING, TEST, 0).candidates()).hasSize(2);
    }

    /** No file builds such a network, and the grid knows it: every cell is judged, and its student comes back with its card. */
    @Test
    void aNetworkOfOnesOwnIsJudgedAndComesBack() {
        Grid grid = new Grid(new Pixels(), TRAINING, PLAN, TEST)
                .methods(new Sat(BALL), new Natural())
                .attacks(new Fgsm(BALL));
        GridCells cells = run(grid);
        assertThat(cells.complete()).isTrue();
        assertThat(cells.cells()).allSatisfy(cell -> assertThat(cell.failure()).isEmpty());
        grid.run(
                folder,
                Tasks.silent(),
                again -> assertThat(again.complete()).as("found, not computed").isTrue());
        var comparison = new Comparison(cells);
        try (Classifier student = comparison.student("SAT", 0)) {
            Report report = Ardent.evaluate(student, TEST, new Fgsm(BALL));
            ModelCard card = comparison.card("SAT", 0, report);
            assertThat(card.markdown())
                    .contains("var network = Classifier.load(Path.of(\"student.safetensors\"), architecture);"
                            + "   // Pixels, as defined where it was trained");
            card.student().close();
        }
    }

    /** Scores under images of another source would be taken for those of this one. */
    @Test
    void imagesOfAnotherSourceAreMeasuredAnew() {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST).methods(new Natural());
        try (Classifier source = Classifier.of(new SmallCnn(1), TEST.shape(), TEST.classCount(), 0);
                Classifier other = Classifier.of(new SmallCnn(1), TEST.shape(), TEST.classCount(), 1)) {
            Grid transferred = grid.attacks(new Transfer(new Fgsm(BALL), source));
            GridCells first = run(transferred);
            source.layers().set(other.layers().all());
            var before = new ArrayList<GridCells>();
            GridCells second = transferred.run(folder, Tasks.silent(), before::add);
            assertThat(before.get(0).complete()).isFalse();
            assertThat(second.complete()).isTrue();
            assertThat(second.cells().get(0).trained())
                    .as("not trained again")
                    .map(RunSummary::path)
                    .isEqualTo(first.cells().get(0).trained().map(RunSummary::path));
        }
    }

    @Test
    void aGridTakesTheSeedOfItsPlanIfNobodyNamesOne() {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN.seed(9), TEST);
        assertThat(grid.seeds()).containsExactly(9L);
        assertThat(grid.seeds(1, 2).seeds()).containsExactly(1L, 2L);
    }

    @Test
    void anAttackThatNeedsMoreClassesIsRefusedBeforeAnythingIsTrained() {
        Images three = Tiny.images(60, 3, 1);
        Grid grid = new Grid(new SmallCnn(2), three, PLAN, three)
                .methods(new Natural())
                .attacks(new Fgsm(BALL), new ApgdT(BALL));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(grid))
                .withMessageContaining("compares 4 classes and there are 3");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aCellThatWasCutOffGoesOnFromItsCheckpoint() {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN.epochs(3), TEST)
                .methods(new Sat(BALL))
                .seeds(0);
        GridCell whole = grid.run(folder.resolve("whole"), Tasks.silent(), cells -> {})
                .cells()
                .get(0);
        Path cut = folder.resolve("cut");
        GridCells stopped = grid.run(cut, Tasks.stoppingIn("epoch 3"), cells -> {});
        assertThat(stopped.complete()).isFalse();
        assertThat(Runs.folders(cut)).hasSize(1);
        Path run = Runs.folders(cut).get(0);
        var phases = new ArrayList<String>();
        GridCells done = grid.run(cut, Tasks.hearing(phases::add), cells -> {});
        assertThat(phases).noneMatch(phase -> phase.contains("epoch 1") || phase.contains("epoch 2"));
        GridCell cell = done.cells().get(0);
        assertThat(weights(cell)).isEqualTo(weights(whole));
        assertThat(cell.trained().orElseThrow().history()).hasSize(3);
        assertThat(Runs.folders(cut)).containsExactly(run);
        assertThat(done.notes()).isEmpty();
        assertThat(runs(cut).stringColumn("state").asList()).containsExactly("finished");
        assertThat(runs(cut).stringColumn("network").asList()).containsExactly("SmallCnn · SAT");
        assertThat(runs(cut).columnNames()).contains("clean");
        assertThat(Runs.check(run)).isEmpty();
    }

    @Test
    void aDamagedCheckpointOfACellIsToldAndTheCellBeginsAnew() throws IOException {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN.epochs(2), TEST)
                .methods(new Natural())
                .seeds(0);
        GridCells stopped = grid.run(folder, Tasks.stoppingIn("epoch 2"), cells -> {});
        assertThat(stopped.complete()).isFalse();
        Path begun = Runs.folders(folder).get(0);
        Files.writeString(begun.resolve("run.json"), "{}");
        GridCells done = run(grid);
        assertThat(done.complete()).isTrue();
        assertThat(done.notes()).singleElement().asString().contains(begun.toString(), "its cell starts again");
    }

    /** A run of a type that was renamed since without a former name, or that had other components, is no cell any more: this is said. */
    @Test
    void runsThatAnotherVersionDescribedDifferentlyAreTold() throws IOException {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST)
                .methods(new Natural(), new Sat(BALL))
                .seeds(0);
        run(grid);
        for (Path begun : Runs.folders(folder)) {
            rewrite(
                    begun,
                    text -> text.replace("\"ardent.method.Natural\"", "\"ardent.method.Plain\"")
                            .replace("\"ardent.method.Sat\",", "\"ardent.method.Sat\", \"weight\": 1,"));
        }
        GridCells again = run(grid);
        assertThat(again.complete()).isTrue();
        assertThat(again.notes())
                .singleElement()
                .asString()
                .contains("Another version of Ardent described", "Plain", "Sat", "(2, such as", "computed again");
        assertThat(Runs.folders(folder)).hasSize(4);
    }

    /** The same bytes in another shape, and the same labels among more classes, are other data. */
    @Test
    void imagesOfAnotherShapeOrWithMoreClassesAreOtherCells() throws IOException {
        var students = new ArrayList<Path>();
        for (Images own : List.of(
                own(new Shape(1, 8, 6), "a", "b"),
                own(new Shape(1, 6, 8), "a", "b"),
                own(new Shape(1, 8, 6), "a", "b", "c"))) {
            Grid grid = new Grid(new SmallCnn(2), own, PLAN.validation(0), own).methods(new Natural());
            students.add(run(grid).cells().get(0).student().orElseThrow().path());
            assertThat(run(grid).cells().get(0).student().orElseThrow().path())
                    .isEqualTo(students.get(students.size() - 1));
        }
        assertThat(students).doesNotHaveDuplicates();
        rewrite(
                students.get(0),
                text -> text.replace("pixels (1, 8, 6)", "pixels").replace("labels of 2 classes", "labels"));
        Images own = own(new Shape(1, 8, 6), "a", "b");
        GridCells again = run(new Grid(new SmallCnn(2), own, PLAN.validation(0), own).methods(new Natural()));
        assertThat(again.notes())
                .singleElement()
                .asString()
                .contains(
                        "Another version of Ardent described Origin differently",
                        students.get(0).toString());
    }

    private static Images own(Shape shape, String... classes) {
        int[] labels = IntStream.range(0, 60).map(i -> i % 2).toArray();
        return Images.of("own", new byte[60 * 48], labels, shape, List.of(classes));
    }

    private static void rewrite(Path run, UnaryOperator<String> change) throws IOException {
        Path file = run.resolve("run.json");
        String text = change.apply(Files.readString(file))
                .replaceFirst("\"seal\": \"[0-9a-f]{64}", "\"seal\": \"" + Seal.OPEN);
        Files.write(file, Seal.close(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** How many versions are kept changes no weight, and yet a sweep that asks for some has them. */
    @Test
    void aRunWithFewerVersionsThanAskedForIsNoCell() {
        Plan plan = PLAN.epochs(3);
        Grid few = new Grid(new SmallCnn(2), TRAINING, plan, TEST).methods(new Natural());
        Grid more = new Grid(new SmallCnn(2), TRAINING, plan.versions(3), TEST).methods(new Natural());
        Path first = run(few).cells().get(0).student().orElseThrow().path();
        Path second = run(more).cells().get(0).student().orElseThrow().path();
        assertThat(second).isNotEqualTo(first);
        assertThat(RunState.read(second).files()).containsKeys("version-00001.safetensors");
        assertThat(run(more).cells().get(0).student().orElseThrow().path()).isEqualTo(second);
        assertThat(Runs.folders(folder)).hasSize(2);
    }

    @Test
    void aRunThatIsRemovedMeanwhileIsNoCellAnyMore() {
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST)
                .methods(new Natural())
                .seeds(0, 1, 2);
        Path begun = Runs.begin(new RunParts(new SmallCnn(2), new Natural(), TRAINING, PLAN.seed(2)), folder);
        GridCells done = grid.run(folder, Tasks.silent(), cells -> {
            if (cells.cells().get(1).trained().isPresent() && Files.exists(begun)) {
                remove(begun);
                remove(cells.cells().get(0).trained().orElseThrow().path());
            }
        });
        assertThat(begun).doesNotExist();
        assertThat(done.complete()).isTrue();
        assertThat(Runs.folders(folder)).hasSize(2);
    }

    private static void remove(Path run) {
        try {
            Folder.remove(run);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands in its folder is what a sweep finds, whoever made it. */
    @Test
    void aRunThatWasTrainedAndEvaluatedByItselfIsACell() throws IOException {
        var parts = new RunParts(new SmallCnn(2), new Sat(BALL), TRAINING, PLAN.seed(1));
        Runs.train(parts, folder, Tasks.silent(), run -> {
            Ardent.evaluate(run.student(), TEST, new Fgsm(BALL), new Pgd(BALL, 2));
            run.student().close();
            run.last().close();
        });
        Map<String, FileTime> before = files();
        assertThat(before).hasSize(RUN + 1);
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST)
                .methods(new Sat(BALL))
                .seeds(1)
                .attacks(new Pgd(BALL, 2));
        GridCells cells = run(grid);
        assertThat(cells.complete()).isTrue();
        assertThat(cells.cells().get(0).measures().keySet()).containsExactly("clean", "PGD-2");
        assertThat(files()).isEqualTo(before);
    }

    /** Of a folder of 0.1.0 somebody is told before hours of work begin, and all in it stays. */
    @Test
    void aFolderOfTheFirstVersionIsNamedAndLeftAlone() throws IOException {
        Path former = Path.of("src/test/resources/grid");
        String cell = "natural-seed0-44f0630394f3";
        Files.createDirectories(folder.resolve(cell));
        for (String name : List.of("training.json", "student.safetensors")) {
            Files.copy(former.resolve(cell).resolve(name), folder.resolve(cell).resolve(name));
        }
        Map<String, FileTime> before = files();
        Path student = folder.resolve(cell).resolve("student.safetensors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(grid()))
                .withMessageContaining("results of a sweep by Ardent 0.1.0, such as " + cell)
                .withMessageContaining("name another folder")
                .withMessageContaining("Classifier.load(Path.of(\"" + student + "\"))");
        assertThat(files()).isEqualTo(before);
        try (Classifier network = Classifier.load(student)) {
            assertThat(network.name()).isEqualTo("SmallCnn · Natural");
        }
    }

    @Test
    void fillsEveryCellOnceAndNeverAgain() throws IOException {
        GridCells first = run(grid());
        assertThat(first.complete()).isTrue();
        assertThat(first.cells()).hasSize(4).allSatisfy(cell -> {
            assertThat(cell.measures().keySet()).containsExactly("clean", "FGSM", "Worst of PGD-3");
            assertThat(cell.hits("FGSM").orElseThrow().count())
                    .isLessThanOrEqualTo(cell.hits("clean").orElseThrow().count());
        });
        Map<String, FileTime> files = files();
        assertThat(files)
                .hasSize(4 * (RUN + 3))
                .allSatisfy((name, time) -> assertThat(name).doesNotContain("journal", "part"));
        GridCells again = run(grid());
        assertThat(files()).isEqualTo(files);
        assertThat(shown(again)).isEqualTo(shown(first));
    }

    @Test
    void moreSeedsMethodsAndAttacksTakeWhatIsThere() throws IOException {
        run(grid().seeds(0).attacks(new Fgsm(BALL)));
        Map<String, FileTime> before = files();
        assertThat(before).hasSize(2 * (RUN + 2));
        GridCells more = run(grid());
        assertThat(more.complete()).isTrue();
        assertThat(files()).containsAllEntriesOf(before).hasSize(4 * (RUN + 3));
        run(grid().controls(new Sat(new Pgd(BALL, 2))));
        assertThat(files()).containsAllEntriesOf(before).hasSize(6 * (RUN + 3));
    }

    @Test
    void whatIsDescribedOtherwiseIsAnotherCell() throws IOException {
        Grid one = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST).methods(new Natural());
        run(one);
        assertThat(files()).hasSize(RUN + 1);
        run(new Grid(new SmallCnn(2), TRAINING, PLAN.rate(0.04), TEST).methods(new Natural()));
        assertThat(files()).hasSize(2 * (RUN + 1));
        run(new Grid(new SmallCnn(3), TRAINING, PLAN, TEST).methods(new Natural()));
        assertThat(files()).hasSize(3 * (RUN + 1));
        run(new Grid(new SmallCnn(2), TRAINING.first(100), PLAN, TEST).methods(new Natural()));
        assertThat(files()).hasSize(4 * (RUN + 1));
        run(new Grid(new SmallCnn(2), TRAINING, PLAN, TEST.first(30)).methods(new Natural()));
        assertThat(files()).as("the same training on other test images").hasSize(4 * (RUN + 1) + 1);
    }

    @Test
    void aTeacherIsKnownByItsWeights() throws IOException {
        try (Classifier teacher = Classifier.of(new SmallCnn(2), TRAINING.shape(), 4, 7)) {
            Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST).methods(new Rslad(teacher, BALL));
            run(grid);
            assertThat(files()).as("with its teacher").hasSize(RUN + 2);
            try (Classifier other = Classifier.of(new SmallCnn(2), TRAINING.shape(), 4, 8)) {
                teacher.layers().set(other.layers().all());
            }
            run(grid);
            assertThat(files()).as("same origin, other weights").hasSize(2 * (RUN + 2));
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
        assertThat(first.cells().get(0).failure())
                .matches("Training stopped in epoch 1, batch \\d: the term \"clean\" .*");
        assertThat(first.cells().get(1).measures()).hasSize(2);
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
        Path student = first.cells().get(0).student().orElseThrow().student();
        byte[] bytes = Files.readAllBytes(student);
        bytes[bytes.length - 3] ^= 1;
        Files.write(student, bytes);
        Path result = scores(first.cells().get(1), "FGSM");
        String text = Files.readString(result);
        boolean right = text.contains("\"right\": [\n      \"1");
        Files.writeString(
                result, text.replaceFirst("\"right\": \\[\\s+\"[01]", "\"right\": [\n      \"" + (right ? 0 : 1)));
        Path cut = first.cells().get(2).student().orElseThrow().path().resolve("state.json");
        Files.write(cut, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        GridCells again = run(grid());
        assertThat(again.notes())
                .hasSize(3)
                .anyMatch(note -> note.contains(cut + " is damaged or was changed"))
                .anyMatch(note -> note.contains(student + " is damaged") && note.contains("it starts again"))
                .anyMatch(note -> note.contains("The score file " + result + " is damaged"));
        assertThat(again.complete()).isTrue();
        assertThat(new Comparison(again).table().printAll())
                .isEqualTo(new Comparison(first).table().printAll());
        assertThat(run(grid()).notes()).isEmpty();
    }

    @Test
    void stoppedItReturnsWhatIsKnownAndGoesOnLater() throws IOException {
        GridCells part = grid().run(folder, Tasks.stoppingAfter(14), cells -> {});
        assertThat(part.complete()).isFalse();
        assertThat(part.cells().stream().filter(t -> t.trained().isPresent()).count())
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
        assertThat(weights(first.cells().get(0)))
                .isNotEqualTo(weights(first.cells().get(1)));
        GridCells again = run(grid);
        assertThat(again.cells().get(0).trained().orElseThrow().path())
                .isNotEqualTo(first.cells().get(0).trained().orElseThrow().path());
        assertThat(weights(again.cells().get(0)))
                .isEqualTo(weights(first.cells().get(0)));
    }

    @Test
    void aStudentComesBackBitByBit() {
        GridCells cells = run(grid().seeds(3));
        var comparison = new Comparison(cells);
        try (Classifier student = comparison.student("SAT", 3)) {
            assertThat(ardent.network.Weights.sha256(student.layers().all()))
                    .isEqualTo(weights(cells.of("SAT").get(0)));
            assertThat(student.name()).isEqualTo("SmallCnn · SAT");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> comparison.student("SAT", 4))
                .withMessage("Unknown seed 4. Available: 3.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> comparison.student("TRADES", 3))
                .withMessageStartingWith("Unknown candidate \"TRADES\". Available: ");
    }

    /** What a method or a network refuses is a sentence of the sweep, and no run that stands there for ever. */
    @Test
    void whatIsRefusedLeavesNoRun() throws IOException {
        Method odd = step -> {
            throw new IllegalArgumentException("odd images");
        };
        Grid grid = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST).methods(odd);
        assertThatIllegalArgumentException().isThrownBy(() -> run(grid)).withMessage("odd images");
        assertThat(Runs.folders(folder)).isEmpty();
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
        Grid hidden = new Grid(new SmallCnn(2), TRAINING, PLAN, TEST.unlabelled()).methods(new Natural());
        assertThatIllegalArgumentException().isThrownBy(() -> run(hidden)).withMessageContaining("has no label");
        Classifier source = Classifier.of(new SmallCnn(2), TEST.shape(), TEST.classCount(), 0);
        source.close();
        Grid transferred = empty.methods(new Natural()).attacks(new Transfer(new Fgsm(new Linf(0.1f)), source));
        assertThatIllegalStateException()
                .isThrownBy(() -> run(transferred))
                .withMessageStartingWith("SmallCnn is closed");
        assertThat(files()).isEmpty();
    }

    /** What another program is at is waited for, and taken over if that program gives it up. */
    @Test
    void programsShareAFolder() throws Exception {
        Grid grid = grid().seeds(0);
        GridCells alone = grid.run(folder.resolve("alone"), Tasks.silent(), cells -> {});
        var cells = Candidates.of(grid).cells();
        var done = new ArrayBlockingQueue<GridCells>(100);
        try (var other = new CellClaims(folder.resolve("shared"))) {
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
        GridCells cells = run(grid().seeds(0));
        GridCell cell = cells.cells().get(0);
        Path result = scores(cell, "Worst of PGD-3");
        Path journal =
                result.resolveSibling("cascade-" + Sha256.of(question(grid())).substring(0, 12) + ".journal");
        KeptScore before = Objects.requireNonNull(cell.measures().get("Worst of PGD-3"));
        Files.delete(result);
        Files.write(journal, "no journal at all".getBytes(StandardCharsets.UTF_8));
        GridCells again = run(grid().seeds(0));
        KeptScore anew = Objects.requireNonNull(again.cells().get(0).measures().get("Worst of PGD-3"));
        assertThat(anew.right()).isEqualTo(before.right());
        assertThat(anew.doubts()).isEqualTo(before.doubts());
        assertThat(again.complete()).isTrue();
        assertThat(result).exists();
        assertThat(journal).doesNotExist();
    }

    private static String question(Grid grid) {
        return KeptScore.question(TEST, Optional.of(grid.attacks().get(1)), grid.protocol())
                .json();
    }
}
