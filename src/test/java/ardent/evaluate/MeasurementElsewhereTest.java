package ardent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ardent.Ardent;
import ardent.Tiny;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.Cascade;
import ardent.attack.CascadeElsewhere;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.FabT;
import ardent.attack.Fgsm;
import ardent.attack.Goal;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.Pgd;
import ardent.attack.Square;
import ardent.attack.Stage;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.elsewhere.Parcel;
import ardent.elsewhere.Workers;
import ardent.method.Natural;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.tensor.Torch;
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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations and cascades in parts that travel as JSON and bytes, done by another object of this program. */
class MeasurementElsewhereTest {
    private static final Linf BALL = new Linf(0.08f);
    private static final Images IMAGES = Tiny.images(90, 5);
    private static Classifier one;
    private static Classifier two;

    @TempDir
    Path temp;

    private final List<String> done = new ArrayList<>();

    @BeforeAll
    static void train() {
        Plan plan = Plan.quick().epochs(3).batchSize(20).rate(0.05).validation(20);
        one = Ardent.train(new SmallCnn(2), new Natural(), Tiny.images(240, 1), plan);
        two = Ardent.train(new SmallCnn(3), new Natural(), Tiny.images(240, 1), plan.seed(1));
    }

    @AfterAll
    static void close() {
        one.close();
        two.close();
    }

    /** AutoAttack's four attacks, short. */
    private static Cascade quartet(int batch) {
        return new Cascade(
                "short AutoAttack",
                List.of(
                        new Apgd(BALL, Goal.CE, 8, 1, 1, Mode.FAST),
                        new ApgdT(BALL, Goal.TARGETED_DLR, 8, 3, 1, Mode.FAST),
                        new FabT(BALL, 6, 3, 1, Mode.FAST),
                        new Square(BALL, 60)),
                batch,
                Mode.FAST,
                0);
    }

    /** Does each part at once, in a folder of its own, knowing nothing but the parcel; changes what it gives back. */
    private Workers workers(UnaryOperator<Map<String, byte[]>> change) {
        var kept = new HashMap<String, Object>();
        return (parcel, place) -> {
            try {
                place.accept("worker " + done.size() % 2);
                done.add(parcel.name());
                Path work = Files.createTempDirectory(temp, "work");
                var here = new Parcel.Place(work, kept, Tasks.silent());
                return Optional.of(CompletableFuture.completedFuture(change.apply(parcel.run(here))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static List<Subject> subjects() {
        return List.of(new Subject("one", one), new Subject("two", two));
    }

    private Robustness elsewhere(Protocol protocol, List<Attack> attacks) {
        return Robustness.measure(
                subjects(), IMAGES, attacks, protocol, workers(result -> result), Tasks.silent(), with -> {});
    }

    private static Robustness here(Protocol protocol, List<Attack> attacks) {
        return Robustness.measure(subjects(), IMAGES, attacks, protocol);
    }

    /** All that an outcome says but for times and costs, which are added up. */
    private static List<Object> said(Robustness robustness) {
        var said = new ArrayList<>();
        for (Outcome outcome : robustness.outcomes()) {
            said.add(List.of(outcome.name(), outcome.clean(), outcome.checks()));
            for (Score score : outcome.scores()) {
                said.add(List.of(score.attack(), score.description(), score.adversarial(), score.distances()));
                said.add(List.of(score.findings(), score.warnings()));
                said.add(score.evaluation().toString());
                score.stages().forEach(stage -> said.add(List.of(stage.name(), stage.correct(), stage.accuracy())));
                score.examples().forEach(example -> said.add(shown(example)));
            }
        }
        return said;
    }

    private static List<Object> shown(ExampleImage example) {
        var shown = new ArrayList<Object>(List.of(example.truth(), example.before(), example.after()));
        for (int i = 0; i < 64; i++) {
            shown.add(example.clean().at(0, i / 8, i % 8));
            shown.add(example.adversarial().at(0, i / 8, i % 8));
        }
        return shown;
    }

    /** Random starts are drawn by batch: parts are whole batches and know their numbers. */
    @Test
    void attacksOfBatchesDrawWhatTheyDrawHere() {
        List<Attack> attacks =
                List.of(new Fgsm(BALL), new Pgd(BALL, 4), new Square(BALL, 20), new Pgd(new L2(0.5f), 3));
        for (int batch : new int[] {7, 16, 90}) {
            var protocol = new Protocol(batch, 3);
            done.clear();
            Robustness there = elsewhere(protocol, attacks);
            Robustness here = here(protocol, attacks);
            assertThat(there.complete()).isTrue();
            assertThat(done).hasSize(2 * ((90 + batch - 1) / batch));
            assertThat(said(there)).as("batches of %d", batch).isEqualTo(said(here));
            assertThat(here.outcomes().get(0).scores().get(1).robust().count())
                    .as("a task in which something happens")
                    .isBetween(1, 89);
        }
        assertThat(said(here(new Protocol(7, 3), attacks)))
                .as("another batch draws otherwise, so that the equality says something")
                .isNotEqualTo(said(here(new Protocol(16, 3), attacks)));
    }

    /** Noise of a fast cascade is drawn by image: no number of parts shows in what each image gets. */
    @Test
    void aFastCascadeIsTheSameInAnyNumberOfParts() {
        Robustness whole = here(new Protocol(9, 0), List.of(quartet(90)));
        for (int batch : new int[] {13, 30, 90}) {
            done.clear();
            Cascade attack = quartet(batch);
            Robustness there = elsewhere(new Protocol(9, 0), List.of(attack));
            assertThat(done).hasSize(2 * (batch == 13 ? 5 : batch == 30 ? 3 : 1));
            for (int i = 0; i < 2; i++) {
                Score known = whole.outcomes().get(i).scores().get(0);
                Score score = there.outcomes().get(i).scores().get(0);
                assertThat(score.robust()).as("parts of %d", batch).isEqualTo(known.robust());
                assertThat(score.warnings()).isEqualTo(known.warnings());
                assertThat(score.stages())
                        .extracting(Stage::correct)
                        .isEqualTo(known.stages().stream().map(Stage::correct).toList());
                assertThat(score.distances()).isEqualTo(known.distances());
            }
        }
        assertThat(whole.outcomes().get(0).scores().get(0).robust().count()).isBetween(1, 89);
    }

    @Test
    void aCascadeInPartsBreaksEachImageAsItDoesHere() {
        for (StagedAttack attack : List.of(
                quartet(20), new Cascade("two", List.of(new Pgd(BALL, 5), new Square(BALL, 30)), 25, Mode.FAST, 1))) {
            CascadeResult here = attack.run(
                    one, IMAGES.pixels(Torch.manager()), IMAGES.labels(Torch.manager()), new CascadeOptions());
            CascadeResult there = cascade(attack, IMAGES, "folder" + attack.batch(), result -> result);
            assertThat(there.brokenBy()).isEqualTo(here.brokenBy());
            assertThat(there.accuracy()).isEqualTo(here.accuracy());
            assertThat(there.warnings()).isEqualTo(here.warnings());
            assertThat(there.attack()).isEqualTo(here.attack());
            try (var clean = IMAGES.pixels(Torch.manager())) {
                assertThat(there.adversarial(clean).toFloatArray())
                        .isEqualTo(here.adversarial(clean).toFloatArray());
            }
        }
    }

    private CascadeResult cascade(
            StagedAttack attack, Images images, String folder, UnaryOperator<Map<String, byte[]>> change) {
        return CascadeElsewhere.run(attack, one, images, temp.resolve(folder), workers(change), Tasks.silent());
    }

    /** Killed, a cascade does only the parts that are missing; journals of another one are refused before work starts. */
    @Test
    void journalsOfPartsAreTakenUp() throws IOException {
        var attack = new Cascade("pgd", List.of(new Pgd(BALL, 4)), 20, Mode.FAST, 0);
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> CascadeElsewhere.run(
                        attack,
                        one,
                        IMAGES,
                        temp.resolve("kept"),
                        (parcel, place) -> done.size() < 2
                                ? workers(result -> result).take(parcel, place)
                                : Optional.of(new CompletableFuture<>()),
                        Tasks.stoppingIn("2 of 5 parts done")));
        assertThat(temp.resolve("kept")).isDirectoryContaining("glob:**images-20-39.journal");
        done.clear();
        CascadeResult again = cascade(attack, IMAGES, "kept", result -> result);
        assertThat(done).containsExactly("pgd, images 40 to 59", "pgd, images 60 to 79", "pgd, images 80 to 89");
        assertThat(again.brokenBy())
                .isEqualTo(cascade(attack, IMAGES, "new", result -> result).brokenBy());
        done.clear();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cascade(attack.seed(1), IMAGES, "kept", result -> result))
                .withMessageContaining("belongs to another run");
        assertThat(done).isEmpty();
    }

    /** One flipped bit is seen, and the part is done once more; what is always damaged is told. */
    @Test
    void whatComesBackDamagedIsDoneOnceMore() {
        var attack = new Cascade("pgd", List.of(new Pgd(BALL, 4)), 90, Mode.FAST, 0);
        cascade(attack, IMAGES, "once", result -> done.size() > 1 ? result : broken(result));
        assertThat(done).hasSize(2);
        assertThatIllegalStateException()
                .isThrownBy(() -> cascade(attack, IMAGES, "never", MeasurementElsewhereTest::broken))
                .withMessage("The result of pgd, images 0 to 89 from worker 0 was damaged 3 times: check that"
                        + " host's memory and network, or exclude it.");
    }

    private static Map<String, byte[]> broken(Map<String, byte[]> result) {
        var broken = new LinkedHashMap<>(result);
        byte[] some = result.get("journal").clone();
        some[some.length / 2] ^= 1;
        broken.put("journal", some);
        return broken;
    }

    @Test
    void whatCannotTravelOrWouldDifferIsRefusedBeforeWorkStarts() {
        var protocol = new Protocol(10, 0);
        Attack mine = (victim, images, labels, noise) -> images;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> elsewhere(protocol, List.of(mine)))
                .withMessageContaining("lambda");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> elsewhere(
                        protocol, List.of(new AutoAttack(BALL).batch(20).mode(Mode.PARITY))))
                .withMessageContaining("PARITY mode cuts");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Robustness.measure(
                        List.of(new Subject("mine", one::logits)),
                        IMAGES,
                        List.of(),
                        protocol,
                        workers(result -> result),
                        Tasks.silent(),
                        with -> {}))
                .withMessageContaining("to send mine to another program");
        assertThat(done).isEmpty();
    }

    /** What would be refused here is refused there in the same sentence. */
    @Test
    void aFailureIsToldAsHere() {
        Attack broken = new Pgd(BALL, 2);
        Images wrong = Tiny.images(20, 7, 1); // 7 classes, of which the network knows 4
        String here = message(() ->
                Robustness.measure(List.of(new Subject("one", one)), wrong, List.of(broken), new Protocol(10, 0)));
        String there = message(() -> Robustness.measure(
                List.of(new Subject("one", one)),
                wrong,
                List.of(broken),
                new Protocol(10, 0),
                workers(result -> result),
                Tasks.silent(),
                with -> {}));
        assertThat(there).isEqualTo(here).isNotEmpty();
    }

    private static String message(Runnable work) {
        try {
            work.run();
            return "";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Interrupted, it returns the networks that are complete; the provenance names places and engine. */
    @Test
    void interruptedItReturnsWhatIsComplete() {
        var environments = new ArrayList<String>();
        Robustness some = Robustness.measure(
                subjects(),
                IMAGES,
                List.of(new Fgsm(BALL)),
                new Protocol(45, 0),
                (parcel, place) -> parcel.name().startsWith("one")
                        ? workers(result -> result).take(parcel, place)
                        : Optional.of(new CompletableFuture<>()),
                Tasks.stoppingIn("2 of 4 parts done"),
                with -> environments.add(with.engine() + ", " + with.device()));
        assertThat(some.complete()).isFalse();
        assertThat(some.outcomes()).extracting(Outcome::name).containsExactly("one");
        assertThat(environments).containsExactly(Torch.version() + ", " + Torch.device() + " of worker 0, worker 1");
    }
}
