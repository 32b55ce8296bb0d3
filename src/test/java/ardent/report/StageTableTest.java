package ardent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ardent.Golden;
import ardent.GoldenNet;
import ardent.Tiny;
import ardent.attack.AutoAttack;
import ardent.attack.Cascade;
import ardent.attack.CascadeResult;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.evaluate.LossTrace;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class StageTableTest {
    private static final Linf BALL = new Linf(0.15f);

    @Test
    void stagesAreRowsAndFlagsAreSaidAloud() {
        try (var golden = new Golden("model-plain");
                var network = GoldenNet.load("model-plain")) {
            var cascade = new Cascade(new Fgsm(BALL), new Pgd(BALL, 5));
            CascadeResult verdict = cascade.run(network, golden.get("images"), golden.get("labels"));
            Table table = StageTable.table(verdict);
            assertThat(table.stringColumn("stage").asList()).containsExactly("clean", "FGSM", "PGD-5");
            assertThat(table.doubleColumn("accuracy").get(2)).isCloseTo(100 * verdict.accuracy(), within(1e-9));
            assertThat(StageTable.html(verdict)).contains("PGD-5").doesNotContain("<script");
        }
    }

    @Test
    void aTraceHasOneLossForEachGradient() {
        byte[] pixels = new byte[28 * 28];
        IntStream.range(200, 400).forEach(i -> pixels[i] = (byte) 200);
        Images one = Images.of("one", pixels, new int[] {3}, new ai.djl.ndarray.types.Shape(1, 28, 28), digits());
        try (var network = GoldenNet.load("model-plain")) {
            Map<String, double[]> traces = LossTrace.of(network, one, new Pgd(BALL, 7), new Fgsm(BALL));
            assertThat(traces.get("PGD-7")).hasSize(7);
            assertThat(traces.get("FGSM")).hasSize(1);
            assertThat(LossTrace.of(network, one, new Fgsm(BALL), new Fgsm(new Linf(0.05f))))
                    .as("attacks of one name are told apart")
                    .hasSize(2);
            assertThat(Report.losses(network, one, new Pgd(BALL, 7)).getSeriesCollection())
                    .hasSize(1);
        }
    }

    @Test
    void sweepsFallAndAreShownAsTableAndChart() {
        try (var golden = new Golden("model-plain");
                var network = GoldenNet.load("model-plain")) {
            var radii = List.of(0f, 0.05f, 0.1f, 0.2f);
            var curve = ardent.attack.Curve.of(
                    network, golden.get("images"), golden.get("labels"), radii, e -> new Pgd(new Linf(e), 5), 32);
            assertThat(curve.accuracies()).isSortedAccordingTo(java.util.Comparator.reverseOrder());
            Images images = Tiny.images(32, 1);
            var sweep =
                    Sweep.of(Map.of("plain", curve), Map.of("plain", network), images, e -> new Pgd(new Linf(e), 5));
            assertThat(sweep.provenance().description().at("attacks[2].ball.radius"))
                    .hasValue("0.2");
            assertThat(sweep.provenance().toString()).contains("threads", "commit", "plain", "data  Origin");
            assertThat(sweep.table().columnNames())
                    .containsExactly("network", "ε = 0", "ε = 0.05", "ε = 0.1", "ε = 0.2");
            assertThat(sweep.table().doubleColumn(1).get(0)).isCloseTo(96.875, within(1e-6));
            assertThat(sweep.plot().getSeriesCollection()).hasSize(1);
            assertThat(sweep.toString()).contains("plain", "96.9", " · 32 images · PGD-5 (L∞ ≤ ε), ");
            assertThat(sweep.markdown())
                    .contains("| 96.9 \\[84.3, 99.4\\] |", "PGD-5 (L∞ ≤ ε)", "95 % Wilson intervals in brackets.");
            assertThat(sweep.latex()).contains("\\toprule", "96.9 [", "L$\\infty$ $\\leq$ $\\varepsilon$");
            assertThat(sweep.provenance().description().at("images")).hasValue("32");
        }
    }

    @Test
    void autoAttackNamesItselfInTables() {
        assertThat(new AutoAttack(BALL).label()).isEqualTo("AutoAttack");
    }

    private static List<String> digits() {
        return IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    }
}
