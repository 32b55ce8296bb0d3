package ardent.report;

import static ardent.tensor.Torch.constant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.GoldenNet;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.Cascade;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.Cost;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.MaskingChecks;
import ardent.attack.Mode;
import ardent.attack.Pgd;
import ardent.attack.Restarts;
import ardent.attack.Square;
import ardent.attack.Stage;
import ardent.attack.Transfer;
import ardent.attack.Warning;
import ardent.attack.Warning.Code;
import ardent.attack.WorstOf;
import ardent.attack.search.CountingNetwork;
import ardent.data.Images;
import ardent.evaluate.CorrectImages;
import ardent.evaluate.Outcome;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Score;
import ardent.evaluate.Subject;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reasons to doubt an accuracy stand in every form of a report, and cost no second run of a cascade. */
class DoubtTest {
    private static final Linf BALL = new Linf(0.015f);
    private static final Cascade CASCADE =
            new Cascade(new Apgd(BALL).steps(5), new ApgdT(BALL).steps(5).targets(2), new Square(BALL, 100));
    private static Classifier network;
    private static Images images;

    @BeforeAll
    static void load() {
        network = GoldenNet.load("model-tiny");
        byte[] pixels = new byte[40 * (int) network.image().size()];
        new Random(2).nextBytes(pixels);
        Shape shape = network.image();
        List<String> names = IntStream.range(0, network.classes())
                .mapToObj(Integer::toString)
                .toList();
        Images unknown = Images.of("random", pixels, new int[40], shape, names);
        try (NDArray clean = unknown.pixels(Torch.manager());
                NDArray logits = network.logits(clean)) {
            int[] labels = Tape.quiet(() -> IntStream.range(0, 40)
                    .map(i -> (int) logits.get(i).argMax().getLong())
                    .toArray());
            images = Images.of("random", pixels, labels, shape, names);
        }
    }

    @AfterAll
    static void close() {
        network.close();
    }

    private static Outcome outcome(Protocol protocol, Network victim, Attack... attacks) {
        return Robustness.measure(List.of(new Subject("victim", victim)), images, List.of(attacks), protocol)
                .outcomes()
                .get(0);
    }

    private static List<Code> codes(Network victim, Attack... attacks) {
        return outcome(new Protocol(), victim, attacks).checks().warnings().stream()
                .map(Warning::code)
                .toList();
    }

    private static NDArray rounded(NDArray x) {
        return x.mul(constant(32)).round().div(constant(32));
    }

    @Test
    void everyWhiteBoxAttackHasItsNetworkLookedAt() {
        Noise noise = Noise.of(4);
        Network random = x -> network.logits(x.add(noise.uniform(0, 0.3, x.getShape())));
        Pgd pgd = new Pgd(BALL, 2);
        assertThat(codes(network, pgd)).isEmpty();
        assertThat(codes(x -> network.logits(x).softmax(1), pgd)).containsExactly(Code.SOFTMAX);
        assertThat(codes(random, pgd)).containsExactly(Code.RANDOMISED);
        assertThat(codes(random, new Apgd(BALL, ardent.attack.Goal.CE, 2, 1, 3, ardent.attack.Mode.FAST)))
                .isEmpty();
        assertThat(codes(x -> network.logits(x).mul(constant(1 << 12)), pgd)).containsExactly(Code.ZERO_GRADIENT);
        assertThat(codes(x -> network.logits(x.sub(x.mean(new int[] {0}, true))), pgd))
                .containsExactly(Code.MIXES_IMAGES);
        assertThat(codes(x -> network.logits(x).softmax(1), new Square(BALL, 5)))
                .as("Square asks for no gradient")
                .isEmpty();
    }

    @Test
    void whatChecksAskIsCountedAndCanBeTurnedOff() {
        Cost cost =
                outcome(new Protocol(16, 0), network, new Pgd(BALL, 2)).checks().cost();
        assertThat(cost.forwards()).isEqualTo(7);
        assertThat(cost.backwards()).isEqualTo(1);
        assertThat(outcome(new Protocol(16, 0), network, CASCADE)
                        .checks()
                        .cost()
                        .forwards())
                .isEqualTo(18);
        assertThat(outcome(new Protocol(16, 0, false), network, CASCADE).checks())
                .isEqualTo(MaskingChecks.NONE);
    }

    @Test
    void aCascadeRunsOnceAsAWholeAndItsStagesAreKept() {
        int[] forwards = {0};
        Network counting = x -> {
            forwards[0]++;
            return network.logits(x);
        };
        var course = new CascadeOptions().checks(false);
        CascadeResult verdict;
        try (NDArray clean = images.pixels(Torch.manager());
                NDArray labels = images.labels(Torch.manager())) {
            verdict = CASCADE.run(counting, clean, labels, course);
        }
        int once = forwards[0];
        int cleanPass = (int) verdict.stages().get(0).cost().forwards();
        forwards[0] = 0;
        Score score = outcome(new Protocol(16, 0), counting, CASCADE).scores().get(0);
        assertThat(forwards[0])
                .as(
                        "one run without its clean pass, the checks, three clean batches, three adversarial ones, halves of one")
                .isEqualTo(once - cleanPass + 18 + 3 + 3 + 2);
        assertThat(score.robustAccuracy()).isCloseTo(verdict.accuracy(), within(1e-12));
        assertThat(score.robust().count()).isBetween(1, 39);
        assertThat(score.stages())
                .extracting(stage -> stage.correct())
                .isEqualTo(
                        verdict.stages().stream().map(stage -> stage.correct()).toList());
        assertThat(score.findings()).isEmpty();
    }

    /** The evaluation tells the cascade what it knows of the clean images; nothing but the number of calls changes. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void aCleanImageIsPredictedOnceForACascade(Mode mode) {
        var cascade = new Cascade("all", CASCADE.attacks(), 15, mode, 0);
        var alone = new CountingNetwork(network);
        CascadeResult result;
        try (NDArray clean = images.pixels(Torch.manager());
                NDArray labels = images.labels(Torch.manager())) {
            result = cascade.run(alone, clean, labels, new CascadeOptions().checks(false));
        }
        var counting = new CountingNetwork(network);
        Score score =
                outcome(new Protocol(16, 0, false), counting, cascade).scores().get(0);
        boolean[] robust = result.robust();
        int left = (int) IntStream.range(16, 40)
                .filter(i -> robust[i] || !score.clean().at(i))
                .count();
        assertThat(left)
                .as("images behind the first batch that come back unchanged")
                .isPositive();
        assertThat(counting.cost())
                .as(
                        "as alone but for clean batches of another size, the judgement of what changed and halves of one batch")
                .isEqualTo(alone.cost().plus(new Cost(3 - 3 + 3 + 2, 0, 40 + 16 - left)));
        assertThat(score.stages())
                .extracting(Stage::cost)
                .isEqualTo(result.stages().stream().map(Stage::cost).toList());
        assertThat(score.robust()).isEqualTo(CorrectImages.of(40, i -> robust[i]));
    }

    @Test
    void warningsStandInEveryFormOfTheReport(@TempDir Path folder) throws IOException {
        // Rounded pixels have no gradient; a random search does not mind.
        Network masked = x -> network.logits(rounded(x));
        Report report = Report.of(
                Robustness.measure(List.of(new Subject("masked", masked)), images, List.of(CASCADE), new Protocol()));
        assertThat(report.warnings())
                .anyMatch(line -> line.startsWith("masked: the gradient is zero (100 % of the images tried); rely "))
                .anyMatch(line -> line.matches("masked: ten steps do not raise the loss"
                        + " \\(100 % of the images tried\\); compare with Square.*"))
                .anyMatch(line -> line.matches("masked, Worst of .*: Square broke .* \\([1-9][0-9.]* points of"
                        + " accuracy\\); gradients mislead.*"));
        assertThat(report.toString()).contains("! masked: the gradient is zero (100 % of", " points of accuracy)");
        assertThat(report.html()).contains("masked: the gradient is zero (100 % of", " points of accuracy)");
        assertThat(report.intervals().stringColumn("findings").get(0)).isEqualTo("ZERO_GRADIENT 1, FLAT_LOSS 1");
        assertThat(report.intervals().stringColumn("findings").get(1)).startsWith("SQUARE_WINS ");
        assertThat(report.provenance().toString()).contains("FLAT_LOSS", "SQUARE_WINS", "forwards");
        assertThat(Description.parse(report.provenance().json()))
                .isEqualTo(report.provenance().description());
        report.save(folder);
        for (String file : List.of("scores.csv", "provenance.json")) {
            assertThat(Files.readString(folder.resolve(file)))
                    .as(file)
                    .contains("ZERO_GRADIENT", "FLAT_LOSS", "SQUARE_WINS");
        }
        assertThat(report.markdown())
                .endsWith(report.warnings().stream()
                                .map(warning -> "* " + TableCells.escaped(warning))
                                .collect(Collectors.joining("\n"))
                        + "\n");
        assertThat(report.latex())
                .contains(
                        "\\end{tabular}\n\\begin{flushleft}\n\\footnotesize\n",
                        "\n\\par\nmasked: the gradient is zero (100 \\% of")
                .endsWith("\n\\end{flushleft}\n\\end{table}\n");
        for (String file : List.of("report.html", "report.txt", "report.md", "report.tex")) {
            assertThat(Files.readString(folder.resolve(file)))
                    .as(file)
                    .contains(
                            "the gradient is zero (", "raise the loss (", "Square broke what gradient attacks left (");
        }
        assertThat(report.stages("masked", CASCADE.label())
                        .stringColumn("stage")
                        .asList())
                .containsExactly("clean", "APGD-CE-5", "APGD-T-5", "Square-100");
    }

    @Test
    void imagesMadeOnAnotherNetworkTellOfMisleadingGradients() {
        var ball = new Linf(0.05f);
        Pgd pgd = new Pgd(ball, 5);
        Network masked = x -> network.logits(rounded(x));
        Outcome listed = outcome(new Protocol(), masked, pgd, new Transfer(pgd, network));
        Warning warning = listed.scores().get(1).warnings().get(0);
        assertThat(warning.code()).isEqualTo(Code.TRANSFER_WINS);
        assertThat(warning.number())
                .isCloseTo(
                        100 * listed.scores().get(0).robustAccuracy()
                                - 100 * listed.scores().get(1).robustAccuracy(),
                        within(1e-9))
                .isGreaterThan(20);
        assertThat(listed.scores().get(0).warnings()).isEmpty();
        Outcome honest = outcome(new Protocol(), network, pgd, new Transfer(pgd, masked));
        assertThat(honest.scores())
                .allSatisfy(score -> assertThat(score.warnings()).isEmpty());
        Outcome larger = outcome(new Protocol(), masked, pgd, new Transfer(new Pgd(new Linf(0.2f), 5), network));
        assertThat(larger.scores().get(1).warnings())
                .as("a larger ball is no comparison")
                .isEmpty();
        assertThat(outcome(new Protocol(128, 0, false), masked, pgd, new Transfer(pgd, network))
                        .scores()
                        .get(1)
                        .warnings())
                .isEmpty();
    }

    @Test
    void aSearchWithoutGradientsTellsOfMisleadingOnes() {
        var ball = new Linf(0.05f);
        Pgd pgd = new Pgd(ball, 5);
        Network masked = x -> network.logits(rounded(x));
        Square square = new Square(ball, 100);
        Outcome listed = outcome(new Protocol(), masked, square, pgd);
        assertThat(listed.scores().get(1).warnings()).isEmpty();
        Warning warning = listed.scores().get(0).warnings().get(0);
        assertThat(warning.code()).isEqualTo(Code.SQUARE_WINS);
        assertThat(warning.number())
                .isCloseTo(
                        100 * listed.scores().get(1).robustAccuracy()
                                - 100 * listed.scores().get(0).robustAccuracy(),
                        within(1e-9))
                .isGreaterThan(20);
        assertThat(outcome(new Protocol(), network, pgd, square).scores().get(1).warnings())
                .isEmpty();
        for (Attack once : List.of(new Fgsm(ball), new Pgd(ball, 1), new Restarts(new Fgsm(ball), 2))) {
            assertThat(outcome(new Protocol(), masked, square, once)
                            .scores()
                            .get(0)
                            .warnings())
                    .as("%s is one step", once)
                    .isEmpty();
        }
        assertThat(outcome(new Protocol(), masked, new Pgd(new Linf(0.01f), 5), square)
                        .scores()
                        .get(1)
                        .warnings())
                .as("a larger ball is no comparison")
                .isEmpty();
    }

    @Test
    void networksMeasuredTogetherTryEachOthersImages() {
        Pgd pgd = new Pgd(new Linf(0.05f), 5);
        Network masked = x -> network.logits(rounded(x));
        var subjects = List.of(new Subject("honest", network), new Subject("masked", masked));
        List<Outcome> outcomes = Robustness.measure(subjects, images, List.of(pgd), new Protocol(32, 0))
                .outcomes();
        assertThat(outcomes.get(0).checks().warnings()).isEmpty();
        assertThat(outcomes.get(1).checks().warnings())
                .extracting(Warning::code)
                .containsExactly(Code.ZERO_GRADIENT, Code.TRANSFER_WINS);
        assertThat(outcomes.get(0).checks().cost().forwards()).isEqualTo(7 + 1);
    }

    @Test
    void tooFewClassesAreSaid() {
        Images two = two();
        Network dark = x -> {
            NDArray mean = x.reshape(x.getShape().get(0), -1).mean(new int[] {1}, true);
            return mean.neg().add(constant(0.5)).concat(mean.sub(constant(0.5)), 1);
        };
        var auto = new AutoAttack(new Linf(0.7f));
        Outcome outcome = Robustness.measure(
                        List.of(new Subject("two", dark)),
                        two,
                        List.of(auto, new WorstOf(auto), new Cascade(auto)),
                        new Protocol())
                .outcomes()
                .get(0);
        assertThat(outcome.scores()).hasSize(3).allSatisfy(score -> {
            assertThat(score.attack()).contains("Cascade for 2 classes (not AutoAttack)");
            assertThat(score.warnings()).extracting(Warning::code).contains(Code.FEW_CLASSES, Code.FEW_TARGETS);
        });
    }

    private static Images two() {
        byte[] pixels = new byte[8 * 16];
        IntStream.range(0, pixels.length).forEach(i -> pixels[i] = (byte) (i / 16 % 2 == 0 ? 40 : 200));
        int[] labels = IntStream.range(0, 8).map(i -> i % 2).toArray();
        return Images.of(
                "two",
                pixels,
                labels,
                new Shape(1, 4, 4),
                Stream.of("dark", "light").toList());
    }

    /** What a journal has may have taken hours: only one that is another's is begun anew. */
    @Test
    void aNetworkThatFailsLeavesTheJournalAndIsNotAskedTwice(@TempDir Path folder) throws IOException {
        Path journal = folder.resolve("journal");
        int[] calls = new int[1];
        int[] failures = new int[1];
        Network failing = x -> {
            if (++calls[0] > 4) {
                throw new IllegalArgumentException("failure " + ++failures[0]);
            }
            return network.logits(x);
        };
        Subject subject = new Subject("victim", failing);
        Protocol quiet = new Protocol(128, 0, false);
        assertThatThrownBy(() -> Robustness.measure(subject, images, CASCADE, quiet, Tasks.silent(), journal))
                .hasMessage("failure 1");
        assertThat(Files.size(journal)).isPositive();
    }
}
