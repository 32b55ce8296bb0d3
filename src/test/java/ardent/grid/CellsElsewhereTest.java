package ardent.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.types.Shape;
import ardent.attack.Fgsm;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.elsewhere.Parcel;
import ardent.elsewhere.Workers;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.train.Plan;
import ardent.train.Tasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import own.Pixels;

/** Cells that travel as JSON and bytes, filled by another object of this program: all but the cluster is real. */
class CellsElsewhereTest {
    @TempDir
    Path temp;

    private final List<String> filled = new ArrayList<>();

    /** Fills each cell at once, in a folder of its own, knowing nothing but the order; changes what it gives back. */
    private Workers workers(UnaryOperator<Map<String, byte[]>> change) {
        var open = new HashMap<String, Object>();
        return (order, place) -> {
            try {
                place.accept("worker 1");
                filled.add(order.name());
                Path work = Files.createTempDirectory(temp, "work");
                return Optional.of(CompletableFuture.completedFuture(
                        change.apply(order.run(new Parcel.Place(work, open, Tasks.silent())))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private GridCells elsewhere(Grid grid, String folder, Workers workers) {
        return grid.run(temp.resolve(folder), workers, Tasks.silent(), cells -> {});
    }

    private static List<String> result(GridCells cells) {
        return cells.cells().stream()
                .map(cell -> cell.candidate()
                        + cell.seed()
                        + RunSummary.weights(cell.student().orElseThrow().path())
                                .orElseThrow()
                        + cell.measures().keySet().stream().map(cell::hits).toList()
                        + cell.failure())
                .toList();
    }

    /** A teacher and images of this program travel as bytes; weights, flags and the description of every run are the same. */
    @Test
    void whatIsFilledElsewhereIsWhatIsFilledHere() {
        try (Classifier teacher =
                Classifier.of(new SmallCnn(2), GridTest.TRAINING.shape(), GridTest.TRAINING.classCount(), 3)) {
            Grid grid = GridTest.grid().methods(new Rslad(teacher, GridTest.BALL));
            GridCells here = grid.run(temp.resolve("here"), Tasks.silent(), cells -> {});
            GridCells there = elsewhere(grid, "there", workers(files -> files));
            assertThat(filled).hasSize(6);
            assertThat(result(there)).isEqualTo(result(here));
            assertThat(there.notes()).isEmpty();
            assertThat(Runs.folders(temp.resolve("there")))
                    .hasSize(6)
                    .allSatisfy(run -> assertThat(Runs.check(run)).isEmpty());

            GridCells again = grid.run(temp.resolve("there"), Tasks.silent(), cells -> {
                assertThat(cells.complete()).as("found, not computed").isTrue();
            });
            assertThat(result(again)).isEqualTo(result(here));
        }
    }

    /** Executors have no class of a user's own program: what is or was made of one stays here. */
    @Test
    void networksOfOnesOwnStayHere() {
        try (Classifier teacher =
                Classifier.of(new Pixels(), GridTest.TRAINING.shape(), GridTest.TRAINING.classCount(), 3)) {
            Grid grid = new Grid(new SmallCnn(2), GridTest.TRAINING, GridTest.PLAN, GridTest.TEST)
                    .methods(new Natural(), new Rslad(teacher, GridTest.BALL))
                    .methods(new Pixels(), new Sat(GridTest.BALL))
                    .attacks(new Fgsm(GridTest.BALL));
            GridCells cells = elsewhere(grid, "there", workers(files -> files));
            assertThat(filled).containsExactly("Natural, seed 0");
            assertThat(cells.complete()).isTrue();
            assertThat(cells.cells())
                    .allSatisfy(cell -> assertThat(cell.failure()).isEmpty());
        }
    }

    /** A student that is there travels to be attacked; what was begun goes on from its checkpoint. */
    @Test
    void aCellTravelsWithWhatIsThereOfIt() {
        Grid grid = new Grid(new SmallCnn(2), GridTest.TRAINING, GridTest.PLAN.epochs(3), GridTest.TEST)
                .methods(new Sat(GridTest.BALL));
        GridCells whole = grid.attacks(new Fgsm(GridTest.BALL)).run(temp.resolve("here"), Tasks.silent(), cells -> {});
        Path folder = temp.resolve("there");
        grid.run(folder, Tasks.stoppingIn("epoch 3"), cells -> {});
        Path run = Runs.folders(folder).get(0);
        assertThat(RunSummary.of(run).epochs()).isBetween(1, 2);

        elsewhere(grid, "there", workers(files -> files));
        assertThat(Runs.folders(folder)).as("no second run").containsExactly(run);
        byte[] student = read(run.resolve("student.safetensors"));
        GridCells there = elsewhere(grid.attacks(new Fgsm(GridTest.BALL)), "there", workers(files -> files));
        assertThat(filled).hasSize(2);
        assertThat(read(run.resolve("student.safetensors"))).isEqualTo(student);
        assertThat(result(there)).isEqualTo(result(whole));
    }

    @Test
    void theirPriceIsToldBeforeTheyBegin() {
        Plan plan = GridTest.PLAN.epochs(60);
        Grid grid = new Grid(new SmallCnn(2), GridTest.TRAINING, plan, GridTest.TEST).methods(new Natural());
        var said = new ArrayList<String>();
        GridCells there =
                grid.run(temp.resolve("there"), workers(files -> files), Tasks.hearing(said::add), cells -> {});
        assertThat(there.complete()).isTrue();
        assertThat(filled).hasSize(1);
        assertThat(said)
                .anyMatch(line -> line.startsWith("0 of 1 cells are done {price:=") && line.contains(" forwards, "));
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatComesBackDamagedIsNotTakenAndIsFilledOnceMore() {
        Grid grid = new Grid(new SmallCnn(2), GridTest.TRAINING, GridTest.PLAN, GridTest.TEST).methods(new Natural());
        GridCells once = elsewhere(grid, "once", workers(files -> filled.size() > 1 ? files : broken(files)));
        assertThat(filled).hasSize(2);
        assertThat(once.complete()).isTrue();
        assertThat(once.notes())
                .singleElement()
                .asString()
                .startsWith("The result of Natural, seed 0 is damaged and was not used: ")
                .contains("student.safetensors");
        assertThat(Runs.folders(temp.resolve("once"))).hasSize(1);

        filled.clear();
        GridCells never = elsewhere(grid, "never", workers(CellsElsewhereTest::broken));
        assertThat(filled).hasSize(3);
        assertThat(never.cells().get(0).failure()).contains("student.safetensors");
        assertThat(temp.resolve("never")).isDirectoryNotContaining(path -> !path.endsWith(".lock"));
    }

    private static Map<String, byte[]> broken(Map<String, byte[]> files) {
        var broken = new LinkedHashMap<>(files);
        byte[] student = files.get("student.safetensors").clone();
        student[student.length - 1] ^= 1;
        broken.put("student.safetensors", student);
        return broken;
    }

    /** A run of another seed, however whole, is no result of this cell; a name that leads out of the folder is no file. */
    @Test
    void whatIsOfAnotherCellOrLeadsOutIsNotTaken() {
        Grid grid = new Grid(new SmallCnn(2), GridTest.TRAINING, GridTest.PLAN, GridTest.TEST).methods(new Natural());
        var other = new ArrayList<Map<String, byte[]>>();
        elsewhere(grid.seeds(1), "other", workers(files -> {
            other.add(files);
            return files;
        }));
        GridCells taken = elsewhere(grid, "taken", workers(files -> other.get(0)));
        assertThat(taken.cells().get(0).failure()).endsWith("It is of another cell.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> elsewhere(grid, "out", workers(files -> {
                    var more = new LinkedHashMap<>(files);
                    more.put("../out.json", new byte[1]);
                    return more;
                })))
                .withMessageContaining("../out.json");
        assertThat(temp.resolve("out.json")).doesNotExist();
    }

    @Test
    void aLambdaStaysHereWhileOthersTravel() {
        Method mine = step -> new Natural().prepare(step);
        Grid grid =
                new Grid(new SmallCnn(2), GridTest.TRAINING, GridTest.PLAN, GridTest.TEST).methods(mine, new Natural());
        GridCells cells = elsewhere(grid, "lambda", workers(files -> files));
        assertThat(cells.complete()).isTrue();
        assertThat(filled).containsExactly("Natural, seed 0");
        assertThat(cells.notes())
                .anySatisfy(note -> assertThat(note)
                        .contains(cells.candidates().get(0).name()
                                + " is computed in this program and not on the cluster"));
    }

    /** While all workers are busy, cells stay free for other programs; asked to stop, what is out is given up. */
    @Test
    void onlyWhatSomebodyTakesIsClaimed() {
        Grid grid = GridTest.grid();
        var futures = new ArrayList<CompletableFuture<Map<String, byte[]>>>();
        Workers one = new Workers() {
            @Override
            public Optional<Future<Map<String, byte[]>>> take(Parcel order, Consumer<String> place) {
                if (!futures.isEmpty()) {
                    return Optional.empty();
                }
                futures.add(new CompletableFuture<>());
                return Optional.of(futures.get(0));
            }
        };
        var told = new ArrayList<String>();
        GridCells cells = grid.run(temp.resolve("stopped"), one, Tasks.stoppingIn("0 of 4 cells done"), ignored -> {});
        assertThat(told).isEmpty();
        assertThat(futures).singleElement().matches(CompletableFuture::isCancelled);
        assertThat(cells.complete()).isFalse();
        assertThat(grid.run(temp.resolve("stopped"), Tasks.silent(), ignored -> {})
                        .complete())
                .isTrue();
    }

    @Test
    void aCellThatFailsSaysWhy() {
        Grid grid = new Grid(new SmallCnn(2), GridTest.TRAINING, GridTest.PLAN, GridTest.TEST)
                .methods(new Natural())
                .seeds(0, 1);
        var phases = new ArrayList<String>();
        GridCells cells = grid.run(
                temp.resolve("failed"),
                (order, place) -> order.name().endsWith("seed 0")
                        ? Optional.of(CompletableFuture.failedFuture(new IOException("No space left on device")))
                        : workers(files -> files).take(order, place),
                Tasks.hearing(phases::add),
                ignored -> {});
        assertThat(cells.cells())
                .extracting(GridCell::failure)
                .containsExactly("it could not be computed elsewhere: No space left on device", "");
        assertThat(phases.get(phases.size() - 1)).startsWith("all 2 cells are done");
    }

    /** Where nothing at all could be computed, a table of failures would hide it. */
    @Test
    void aClusterThatComputesNothingIsToldInOneSentence() {
        Grid grid = new Grid(new SmallCnn(2), GridTest.TRAINING, GridTest.PLAN, GridTest.TEST)
                .methods(new Natural(), new Sat(GridTest.BALL));
        assertThatIllegalStateException()
                .isThrownBy(() -> elsewhere(
                        grid,
                        "none",
                        (order, place) -> Optional.of(
                                CompletableFuture.failedFuture(new IOException("No space left on device")))))
                .withMessageStartingWith("None of the cells could be computed on the cluster: No space left on device.")
                .withMessageContaining("the same call computes the rest");
    }

    /** Published images are not sent; images of one's own are, up to a size. */
    @Test
    void imagesTravelOnlyWhereNobodyElseHasThem() {
        Images digits = Mnist.load().test();
        Grid published =
                new Grid(new SmallCnn(2), digits.take(40), GridTest.PLAN, digits.take(20, 1)).methods(new Natural());
        GridCells cells = elsewhere(published, "published", (order, place) -> {
            assertThat(order.shared()).isEmpty();
            return workers(files -> files).take(order, place);
        });
        assertThat(cells.complete()).isTrue();
        int many = (256 << 20) / 3072 + 1;
        var labels = new int[many];
        Images large = Images.of("large", new byte[many * 3072], labels, new Shape(3, 32, 32), List.of("a", "b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> elsewhere(
                        new Grid(new SmallCnn(2), large, GridTest.PLAN, large).methods(new Natural()),
                        "large",
                        workers(files -> files)))
                .withMessageContaining("of which a cluster takes 256 MB");
    }
}
