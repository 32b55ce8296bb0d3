package ardent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ardent.Ardent;
import ardent.Tiny;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.evaluate.Outcome;
import ardent.evaluate.Score;
import ardent.network.Classifier;
import ardent.progress.Listener;
import ardent.progress.Work;
import ardent.provenance.Description;
import com.oracle.labs.mlrg.olcut.config.json.JsonProvenanceSerialization;
import com.oracle.labs.mlrg.olcut.provenance.ProvenanceUtil;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tribuo.classification.Label;
import org.tribuo.classification.evaluation.LabelEvaluation;

/** What a user of Tribuo gets, of a student with two generations of teachers. */
class TribuoTest {
    private static final String NETWORK = "SmallCnn · CRDND";
    private static final Images TEST = Tiny.images(40, 9);

    private static Classifier student;
    private static Report report;

    @BeforeAll
    static void evaluate() {
        Work.listener(Listener.none());
        student = Classifier.load(Path.of("src/test/resources/provenance/format-2/student.safetensors"));
        report = Ardent.evaluate(student, TEST, new Fgsm(new Linf(0.0625f)), new Pgd(new Linf(0.125f), 3));
    }

    @AfterAll
    static void close() {
        student.close();
    }

    @Test
    void theNumbersAreTheReports() {
        Outcome outcome = report.robustness().outcomes().get(0);
        LabelEvaluation clean = report.tribuo(NETWORK, "clean");
        assertThat(clean.accuracy()).isEqualTo(outcome.clean().rate());
        assertThat(100 * clean.accuracy())
                .isEqualTo(report.table().doubleColumn("clean").get(0));
        for (Score score : outcome.scores()) {
            LabelEvaluation attacked = report.tribuo(NETWORK, score.attack());
            assertThat(attacked.accuracy()).isEqualTo(score.adversarialAccuracy());
            double diagonal = IntStream.range(0, 4)
                    .mapToDouble(k -> attacked.confusion(label(k), label(k)))
                    .sum();
            assertThat((int) diagonal).isEqualTo(score.adversarial().count());
            double all = IntStream.range(0, 16)
                    .mapToDouble(i -> attacked.confusion(label(i / 4), label(i % 4)))
                    .sum();
            assertThat(all).isEqualTo(TEST.size());
        }
        assertThat(clean.toString()).contains("Accuracy", "Balanced Error Rate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> report.tribuo(NETWORK, "PGD-20"))
                .withMessageContaining("Available: clean, FGSM, PGD-3, worst.");
    }

    private static Label label(int k) {
        return new Label(Integer.toString(k));
    }

    @Test
    void theProvenanceIsTribuosAndTellsEverything() throws Exception {
        var provenance = report.tribuo(NETWORK, "PGD-3").getProvenance();
        Description origin = Description.of(student);
        assertThat(ProvenanceUtil.formattedProvenanceString(provenance.getTestDatasetProvenance()))
                .contains("0.125", "ardent.attack.Pgd", report.environment().commit(), "cpu()")
                .contains(TEST.origin().files().get(0).sha256())
                .doesNotContain("0.0625");
        assertThat(ProvenanceUtil.formattedProvenanceString(provenance.getModelProvenance()))
                .contains(origin.at("weights").orElseThrow())
                .contains(origin.at("method.teacher.weights").orElseThrow())
                .contains(origin.at("method.teacher.method.teacher.weights").orElseThrow())
                .contains(origin.at("method.teacher.method.teacher.data.files[0].sha256")
                        .orElseThrow());
        assertThat(ProvenanceUtil.formattedProvenanceString(provenance)).contains("0.125", "tribuo-version");
        assertThat(provenance
                        .getModelProvenance()
                        .getInstanceProvenance()
                        .getMap()
                        .get("origin"))
                .isEqualTo(origin.provenance());
        assertThat(ProvenanceUtil.unmarshalProvenance(ProvenanceUtil.marshalProvenance(provenance)))
                .isEqualTo(provenance);
        var json = new JsonProvenanceSerialization(true);
        assertThat(json.deserializeAndUnmarshal(json.marshalAndSerialize(provenance)))
                .isEqualTo(provenance);
    }

    @Test
    void oneNumberHasItsOwnLineage() {
        Description pgd = report.provenance(NETWORK, "PGD-3").description();
        assertThat(pgd.at("networks[0].attacks[0].attack.ball.radius")).contains("0.125");
        assertThat(pgd.at("networks[0].attacks[1].name")).isEmpty();
        assertThat(pgd.at("networks[0].origin.method.teacher.method.teacher.data.files[0].sha256"))
                .isPresent();
        assertThat(pgd.at("environment.threads")).isPresent();
        assertThat(report.provenance(NETWORK, "clean").description().at("networks[0].attacks[0].name"))
                .isEmpty();
        assertThat(report.provenance(NETWORK, "worst").description())
                .isEqualTo(report.provenance().description());
        assertThatIllegalArgumentException().isThrownBy(() -> report.provenance(NETWORK, "PGD-20"));
    }
}
