package ardent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.provenance.Description;
import com.oracle.labs.mlrg.olcut.config.json.JsonProvenanceSerialization;
import com.oracle.labs.mlrg.olcut.provenance.ProvenanceUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tribuo.provenance.EvaluationProvenance;

/** Files that {@code LineageFixtureTest} wrote once and no later version may lose: from each the whole chain is read. */
class LineageTest {
    private static final Path FORMAT_2 = Path.of("src/test/resources/provenance/format-2");
    private static final Path STUDENT = FORMAT_2.resolve("student.safetensors");
    private static final Path PROVENANCE = FORMAT_2.resolve("provenance.json");
    private static final Path OLCUT = FORMAT_2.resolve("provenance.olcut.json");
    private static final String OWN_DATA = "851a9d0d95ef5c4297e62aa368da2fb49e64482a0bc725bee0fa1a4a1d7bd53e";
    private static final String FIRST_DATA = "b044b5de7559a0084458a7aeb0a67342bb5bb07622d56983ad0c5347dd753899";
    private static final String TEST_DATA = "5cd6736bfa5358c92db445971fad2f8610d3d0297df379d3f16cb4322c7f6e0e";
    private static final String WEIGHTS = "9ba009642f390be13fa9a90f6a4bdd19eb5f19e27a678475430510e2e6ccb3e7";
    private static final String TEACHER = "6179ddf0ea43f70615f6ef6d530dfedef2f4789d50a0a82028fd4e48385d7613";
    private static final String ITS_TEACHER = "7352df31355fc042b97c741c12ee4a5e96a08b8db6c804183eb0db636d56656c";

    @TempDir
    private Path folder;

    @Test
    void theWeightFileTellsTheWholeChain() {
        try (Classifier student = Classifier.load(STUDENT)) {
            Description origin = Description.of(student);
            assertThat(origin).isEqualTo(Classifier.origin(STUDENT));
            assertThat(origin.at("weights"))
                    .contains(WEIGHTS)
                    .contains(Weights.sha256(student.layers().all()));
            assertThat(student.name()).isEqualTo("SmallCnn · CRDND");
            chain(origin.flat(), "");
        }
    }

    @Test
    void theReportTellsItAndTheNumbersInBothForms() {
        Description evidence = Description.read(PROVENANCE);
        assertThat(Description.read(OLCUT)).isEqualTo(evidence);
        Map<String, String> flat = evidence.flat();
        assertThat(flat)
                .containsEntry("data.name", "tiny")
                .containsEntry("data.files[0].sha256", TEST_DATA)
                .containsEntry("images", "20")
                .containsEntry("protocol.seed", "0")
                .containsEntry("networks[0].clean.rate", "0.25")
                .containsEntry("networks[0].attacks[0].name", "PGD-3")
                .containsEntry("networks[0].attacks[0].robust.low", "0.11186170140766569")
                .containsEntry("networks[0].attacks[0].attack", "Pgd")
                .containsEntry("networks[0].attacks[0].attack.ball", "Linf")
                .containsEntry("networks[0].attacks[0].attack.ball.radius", "0.1")
                .containsEntry("networks[0].attacks[0].attack.stride", "0.033333335")
                .containsEntry("networks[0].attacks[0].attack.steps", "3")
                .containsEntry("networks[0].attacks[0].attack.start.clamped", "true")
                .containsEntry("environment.ardent", "0.1.0")
                .containsEntry("environment.engine", "PyTorch 2.7.1")
                .containsEntry("environment.device", "cpu()")
                .containsEntry("environment.threads", "1")
                .containsEntry("environment.java", "17.0.15")
                .containsEntry("environment.tree", "changed");
        assertThat(flat.get("environment.commit")).matches("[0-9a-f]{40}");
        assertThat(flat.get("time")).startsWith("2026-");
        chain(flat, "networks[0].origin.");
    }

    private static void chain(Map<String, String> flat, String start) {
        String teacher = start + "method.teacher.";
        String first = teacher + "method.teacher.";
        assertThat(flat)
                .containsEntry(start + "architecture.width", "1")
                .containsEntry(start + "method", "Crdnd")
                .containsEntry(start + "method.compensation", "Residual")
                .containsEntry(start + "method.inner.ball.radius", "0.1")
                .containsEntry(start + "data.files[0].sha256", OWN_DATA)
                .containsEntry(start + "data.selections[0].images", "60")
                .containsEntry(start + "plan.seed", "5")
                .containsEntry(start + "plan.epochs", "2")
                .containsEntry(start + "weights", WEIGHTS)
                .containsEntry(teacher + "method", "Rslad")
                .containsEntry(teacher + "weights", TEACHER)
                .containsEntry(teacher + "data.files[0].sha256", OWN_DATA)
                .containsEntry(first + "method", "Trades")
                .containsEntry(first + "method.beta", "6.0")
                .containsEntry(first + "architecture.width", "2")
                .containsEntry(first + "weights", ITS_TEACHER)
                .containsEntry(first + "data.files[0].sha256", FIRST_DATA);
    }

    @Test
    void tribuoReadsItsOwnWithoutThisKitsHelp() throws Exception {
        var provenance = (EvaluationProvenance) new JsonProvenanceSerialization(true)
                .deserializeAndUnmarshal(Files.readString(FORMAT_2.resolve("tribuo.json")));
        assertThat(ProvenanceUtil.formattedProvenanceString(provenance.getTestDatasetProvenance()))
                .contains("0.1", TEST_DATA, "ardent.attack.Pgd", "PyTorch 2.7.1");
        assertThat(ProvenanceUtil.formattedProvenanceString(provenance.getModelProvenance()))
                .contains(WEIGHTS, TEACHER, ITS_TEACHER, FIRST_DATA);
    }

    @Test
    void theTreeShowsAndHidesTheChain() {
        var lineage = new Lineage(Description.read(PROVENANCE));
        assertThat(lineage.html())
                .contains("<details", "<summary><b>teacher</b> SmallCnn by Rslad", ITS_TEACHER, FIRST_DATA)
                .doesNotContain("<script");
        assertThat(lineage.toString()).contains(FIRST_DATA, "threads  1");
    }

    @Test
    void laterAndDamagedFilesAreRefusedByName() throws IOException {
        Path later = folder.resolve("provenance.json");
        Files.writeString(later, Files.readString(PROVENANCE).replace("\"@format\": 1", "\"@format\": 2"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Description.read(later))
                .withMessage("The file " + later
                        + " is not taken. The description has format 2, and this version reads up to"
                        + " 1: open it with the later Ardent that wrote it.");
        String olcut = Files.readString(OLCUT);
        Files.writeString(later, olcut.replaceFirst("(\"key\" : \"@format\",\\s*\"value\" : )\"1\"", "$1\"2\""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Description.read(later))
                .withMessage("The file " + later
                        + " is not taken. The description has format 2, and this version reads up to"
                        + " 1: open it with the later Ardent that wrote it.");
        for (int length : new int[] {0, 1, 1000, olcut.length() - 3}) {
            Files.writeString(later, olcut.substring(0, length));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Description.read(later))
                    .withMessageStartingWith("The file " + later);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Description.read(folder.resolve("none.json")))
                .withMessageContaining("none.json");
    }
}
