package ardent.report.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ardent.Ardent;
import ardent.Tiny;
import ardent.attack.AutoAttack;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Transfer;
import ardent.attack.WorstOf;
import ardent.data.Images;
import ardent.method.Crdnd;
import ardent.method.Trades;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.progress.Listener;
import ardent.progress.Work;
import ardent.provenance.Sha256;
import ardent.report.Document;
import ardent.report.Report;
import ardent.train.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The card of a student that was really distilled. */
class ModelCardTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(200, 1);
    private static final Images TEST = Tiny.images(60, 2);
    private static final Plan PLAN =
            Plan.quick().epochs(4).batchSize(40).rate(0.05).validation(40);

    private static Classifier teacher;
    private static Classifier student;
    private static Report report;
    private static ModelCard card;

    @TempDir
    Path temp;

    @BeforeAll
    static void distil() {
        Work.listener(Listener.none());
        teacher = Ardent.train(new SmallCnn(6), new Trades(BALL), DATA, PLAN);
        student = Ardent.train(new SmallCnn(4), Crdnd.residualRelation(teacher, BALL), DATA, PLAN);
        report = Ardent.evaluate(List.of(student, teacher), TEST, new Fgsm(BALL), new Pgd(new Linf(0.1f), 3));
        card = Ardent.card(student, report);
    }

    @AfterAll
    static void close() {
        student.close();
        teacher.close();
    }

    @Test
    void saysWhatTheReportSays() {
        String text = card.markdown();
        var hits = report.robustness().outcomes().get(0).scores().get(1).robust();
        assertThat(text)
                .startsWith("# SmallCnn · CRDND\n\nAn image classifier of ")
                .contains("for images of (1, 8, 8) (channels, height, width) and the 4 classes 0, 1, 2, 3.")
                .contains("On 60 test images (tiny).")
                .contains(String.format("| PGD-3 | L∞ ≤ 0.1 | %d | %.1f |", hits.count(), 100 * hits.rate()))
                .contains("| FGSM | L∞ ≤ 0.05 |")
                .contains("Data: tiny.", "Method: Crdnd on SmallCnn, the weights of epoch ")
                .contains("teacher SmallCnn by Trades (weights "
                        + Weights.sha256(teacher.layers().all()) + ")")
                .contains("contrastWeight 0.1", "epochs 4", "seed 0")
                .contains("![Accuracy over epochs](curves.png)", "(sheet.png)")
                .contains("Weights, SHA-256: " + Weights.sha256(student.layers().all()));
    }

    @Test
    void namesItsLimits() {
        assertThat(card.markdown())
                .contains("AutoAttack was not run", "this is one network")
                .contains("It was trained for L∞ ≤ 0.05 and also measured at L∞ ≤ 0.1.", "Classes differ: under ");
    }

    @Test
    void aFoldedNetworkHasTheTrainingOfTheOther() {
        try (Classifier folded = student.folded()) {
            assertThat(Ardent.card(folded, Ardent.evaluate(folded, TEST.take(2), new Fgsm(BALL)))
                            .markdown())
                    .contains(
                            "Method: Crdnd on SmallCnn, the weights of epoch ",
                            "with their batch normalisation folded.")
                    .contains("Weights, SHA-256: "
                            + Weights.sha256(folded.layers().all()));
        }
    }

    /** Inside another attack it was run too; on another network it says little of this one; of two classes it is another cascade. */
    @Test
    void knowsAutoAttackInsideOthers() {
        var all = new AutoAttack(new Linf(0.1f));
        assertThat(Ardent.card(student, Ardent.evaluate(student, TEST.take(2), new WorstOf(all)))
                        .markdown())
                .doesNotContain("AutoAttack was not run");
        assertThat(Ardent.card(student, Ardent.evaluate(student, TEST.take(2), new Transfer(all, teacher)))
                        .markdown())
                .contains("AutoAttack was not run");
        Images two = Tiny.images(4, 2, 1);
        try (Classifier binary = Classifier.of(new SmallCnn(2), two.shape(), 2, 9)) {
            assertThat(Ardent.card(binary, Ardent.evaluate(binary, two, all)).markdown())
                    .contains("Cascade for 2 classes (not AutoAttack)", "AutoAttack was not run");
        }
    }

    @Test
    void isSavedWithTheWeights() throws IOException {
        Path file = card.save(temp.resolve("a/card"));
        String text = Files.readString(file);
        assertThat(text).isEqualTo(card.toString());
        var pictures = Pattern.compile("!\\[[^\\]]*\\]\\(([^)]*)\\)").matcher(text);
        assertThat(pictures.results().map(found -> found.group(1)))
                .containsExactly("curves.png", "sheet.png")
                .allSatisfy(name -> assertThat(file.resolveSibling(name)).exists());
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).hasSize(6);
        }
        assertThat(text)
                .contains(
                        "provenance.json, SHA-256: " + Sha256.of(file.resolveSibling("provenance.json")),
                        "student.safetensors, SHA-256: " + Sha256.of(file.resolveSibling("student.safetensors")));
        assertThat(ModelCard.check(file.getParent())).isEmpty();
        assertThat(Files.readString(file.resolveSibling("card.html")))
                .contains("<h1", "<table", "data:image/png;base64,", "L∞ ≤ 0.1")
                .doesNotContain("<script", "http://", "https://");
        try (Classifier loaded = Classifier.load(file.resolveSibling("student.safetensors"))) {
            assertThat(Weights.sha256(loaded.layers().all()))
                    .isEqualTo(Weights.sha256(student.layers().all()));
            assertThat(report.card(loaded).outcome().name())
                    .isEqualTo(card.outcome().name());
        }
    }

    @Test
    void whoeverGetsItSeesWhetherItBelongsToTheWeights() throws IOException {
        Path folder = card.save(temp.resolve("card")).getParent();
        Path others = Ardent.card(teacher, report).save(temp.resolve("teacher")).getParent();
        Path weights = folder.resolve("student.safetensors");
        Files.copy(others.resolve("student.safetensors"), weights, StandardCopyOption.REPLACE_EXISTING);
        assertThat(ModelCard.check(folder))
                .hasSize(2)
                .allMatch(sentence -> sentence.endsWith(": ask for the matching file."))
                .first()
                .asString()
                .startsWith("The SHA-256 of " + weights + " is not the one in the card " + folder.resolve("card.md"));
        student.save(weights);
        assertThat(ModelCard.check(folder)).isEmpty();
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        assertThat(ModelCard.check(folder)).hasSize(3).last().asString().contains("it is damaged");
        student.save(weights);
        Report alone = Ardent.evaluate(teacher, TEST);
        Files.writeString(folder.resolve("provenance.json"), alone.provenance().json());
        assertThat(ModelCard.check(folder)).hasSize(3).last().asString().contains("does not describe the network in");
        Files.delete(weights);
        assertThat(ModelCard.check(folder)).hasSize(5).allMatch(sentence -> sentence.contains(folder.toString()));
    }

    @Test
    void weightsThatWereChangedSinceGetNoCard() {
        try (Classifier changed = student.copy();
                Classifier other = Classifier.of(new SmallCnn(4), DATA.shape(), 4, 1)) {
            changed.layers().set(other.layers().all());
            Report since = Ardent.evaluate(changed, TEST);
            assertThat(since.provenance().toString())
                    .as("the numbers are of these weights")
                    .contains("Hashed", Weights.sha256(changed.layers().all()));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> since.card(changed))
                    .withMessageContaining("are no longer those of its origin");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> report.card(changed))
                    .withMessageContaining("are no longer those of its origin");
        }
    }

    @Test
    void isOfANetworkThatWasMeasured() {
        try (Classifier other = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 9)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> report.card(other))
                    .withMessageContaining("The report has no scores of SmallCnn with these weights, but of [");
            Report fresh = Ardent.evaluate(other, TEST);
            assertThat(fresh.card(other).curves(Map.of()).markdown())
                    .contains("How these weights were trained is not recorded.")
                    .doesNotContain("![");
        }
    }

    @Test
    void markdownIsEscaped() {
        assertThat(new Document("a|b <i> *c* `d` [e]\nf").markdown())
                .isEqualTo("# a\\|b \\<i\\> \\*c\\* \\`d\\` \\[e\\] f\n");
    }
}
