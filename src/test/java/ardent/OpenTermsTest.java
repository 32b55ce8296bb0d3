package ardent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.grid.Grid;
import ardent.method.Compensation;
import ardent.method.Contrast;
import ardent.method.Crdnd;
import ardent.method.Step;
import ardent.method.Targets;
import ardent.method.Trades;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.provenance.PlainName;
import ardent.report.Comparison;
import ardent.report.Report;
import ardent.tensor.Losses;
import ardent.tensor.Torch;
import ardent.train.Epoch;
import ardent.train.Plan;
import ardent.train.Run;
import ardent.train.Tasks;
import ardent.train.Training;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** Compensations and contrasts as a notebook's cell brings them, lambdas and records, beside the kit's own. */
class OpenTermsTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(80, 1);
    private static final Images TEST = Tiny.images(40, 2);
    private static final Plan PLAN =
            Plan.quick().epochs(1).batchSize(40).rate(0.05).validation(0);
    private static final Classifier TEACHER = trained(new Trades(BALL)).student();
    private static final Crdnd CRDND = Crdnd.residualRelation(TEACHER, BALL);

    /** A teacher that speaks more softly; nothing to learn. */
    private static final Compensation CALMER = (step, teacher, adversarial) -> {
        NDArray soft = step.ask(teacher, step.images()).mul(Torch.constant(0.5));
        return new Targets(logits -> Losses.kl(logits, soft));
    };

    /** Views of one image have like features; no teacher in it. */
    private static final Contrast NEARER = (step, adversarial, clean, teacher) -> {
        NDArray gap = adversarial.sub(clean);
        return gap.mul(gap).mean();
    };

    /** One learned temperature of the teacher's answers about the images that the student sees. */
    record Tempered(float first) implements Compensation {
        @Override
        public Targets of(Step step, Network teacher, NDArray adversarial) {
            NDArray calm = step.ask(teacher, step.images());
            NDArray shaken = step.ask(teacher, adversarial);
            NDArray scale = step.companion().layers("temperature", net -> scale(net));
            NDArray cleanTarget = calm.mul(scale);
            NDArray attackedTarget = shaken.mul(scale);
            return new Targets(
                    logits -> Losses.kl(logits, attackedTarget),
                    logits -> Losses.kl(logits, cleanTarget),
                    () -> Losses.crossEntropy(calm.mul(scale), step.labels()).mean());
        }

        private NDArray scale(Layers net) {
            return net.parameter("scale", Torch.array(new float[] {first}, new Shape(1)));
        }
    }

    /** Views of one image have like features, to a power of their distance. */
    record Near(float power) implements Contrast {
        @Override
        public NDArray of(Step step, NDArray adversarial, NDArray clean, NDArray teacher) {
            return adversarial.sub(clean).abs().pow(Torch.constant(power)).mean();
        }
    }

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        TEACHER.close();
    }

    /** As a kernel tells the variables of cells. */
    @BeforeEach
    void tell() {
        PlainName.told(thing -> Optional.ofNullable(thing == CALMER ? "calmer" : thing == NEARER ? "nearer" : null));
    }

    @AfterEach
    void forget() {
        PlainName.told(thing -> Optional.empty());
    }

    private static Run trained(ardent.method.Method method) {
        try (var training = new Training(new SmallCnn(2), method, DATA, PLAN)) {
            return training.run(Tasks.silent());
        }
    }

    private static Map<String, Double> terms(Crdnd method) {
        Run run = trained(method);
        run.student().close();
        Epoch epoch = run.history().get(0);
        return epoch.terms();
    }

    @Test
    void eachTermHasItsOwnWeight() {
        Map<String, Double> once = terms(CRDND.compensation(CALMER).contrast(NEARER, 1e-6f));
        Map<String, Double> twice = terms(CRDND.compensation(CALMER).contrast(NEARER, 2e-6f));
        assertThat(once).containsOnlyKeys("adversarial", "clean", "contrast");
        assertThat(twice.get("contrast")).isCloseTo(2 * once.get("contrast"), within(1e-3 * once.get("contrast")));
        Map<String, Double> plain = terms(CRDND.contrast(Contrast.none()).compensation(new Tempered(1), 1e-6f));
        Map<String, Double> heavy = terms(CRDND.contrast(Contrast.none()).compensation(new Tempered(1), 2e-6f));
        assertThat(plain).containsOnlyKeys("adversarial", "clean", "compensation");
        assertThat(heavy.get("compensation"))
                .isCloseTo(2 * plain.get("compensation"), within(1e-3 * plain.get("compensation")));
        assertThat(terms(CRDND.contrast(NEARER, 0))).doesNotContainKey("contrast");
    }

    @Test
    void theSearchClimbsACompensationOfItsOwn() {
        for (Compensation own : List.of(CALMER, new Tempered(0.5f))) {
            String followed = weights(CRDND.compensation(own).search(Crdnd.Search.COMPENSATED));
            assertThat(followed).isNotEqualTo(weights(CRDND.compensation(own)));
        }
    }

    private static String weights(Crdnd method) {
        try (Classifier student = trained(method).student()) {
            return Weights.sha256(student.layers().all());
        }
    }

    @Test
    void tablesAndProvenanceNameThem() {
        try (Classifier kit = trained(CRDND).student();
                Classifier lambda =
                        trained(CRDND.compensation(CALMER).contrast(NEARER)).student();
                Classifier record = trained(CRDND.compensation(new Tempered(1)).contrast(new Near(2), 0.3f))
                        .student()) {
            Report report = Ardent.evaluate(List.of(kit, lambda, record), TEST, new Fgsm(BALL));
            Table table = report.table();
            assertThat(table.columnNames()).contains("compensation", "contrast", "λ", "clean", "FGSM");
            assertThat(table.stringColumn("compensation").asList()).containsExactly("Residual", "calmer", tempered());
            assertThat(table.stringColumn("contrast").asList()).containsExactly("Relation", "nearer", near());
            assertThat(table.stringColumn("λ").asList()).containsExactly("0.1", "0.1", "0.3");
            assertThat(report.heatmap("contrastWeight", "compensation", "clean").getXAxisTitle())
                    .isEqualTo("compensation");
            Description origin = Description.of(lambda.origin());
            assertThat(origin.repeatable()).isFalse();
            assertThat(origin.at("method.compensation")).contains("calmer");
            assertThat(Description.parse(origin.json())).isEqualTo(origin);
            assertThat(origin.essence().at("method.compensation"))
                    .hasValueSatisfying(name -> assertThat(name).contains("lambda"));
            assertThat(Description.of(record.origin()).at("method.contrast.power"))
                    .contains("2.0");
            assertThat(report.provenance(report.robustness().outcomes().get(1).name(), "FGSM")
                            .toString())
                    .contains("calmer (not repeatable)", "nearer (not repeatable)");
        }
    }

    private static String tempered() {
        return Description.of(new Tempered(1)).root().text();
    }

    private static String near() {
        return Description.of(new Near(2)).root().text();
    }

    @Test
    void aSweepComparesThemWithTheKitsOwn() {
        Contrast other = (step, adversarial, clean, teacher) ->
                adversarial.sub(clean).abs().mean();
        Grid grid = new Grid(new SmallCnn(2), DATA, PLAN, TEST)
                .baselines(CRDND.compensation(Compensation.none()).contrast(Contrast.none()))
                .methods(CRDND.compensation(new Tempered(1)).contrast(new Near(2), 0.3f))
                .methods(CRDND.contrast(NEARER), CRDND.contrast(other))
                .seeds(0, 1)
                .attacks(new Fgsm(BALL));
        Comparison comparison = Ardent.sweep(folder, grid);
        assertThat(comparison.grid().complete()).isTrue();
        Table table = comparison.table();
        assertThat(table.columnNames()).contains("compensation", "contrast", "λ");
        assertThat(table.stringColumn("contrast").asList())
                .startsWith("None", near(), "nearer")
                .doesNotHaveDuplicates();
        List<String> names =
                comparison.grid().candidates().stream().map(each -> each.name()).toList();
        assertThat(names.get(1))
                .isEqualTo("CRDND · compensation " + tempered() + " · contrast " + near() + " · λ = 0.3");
        assertThat(names.get(2)).isEqualTo("CRDND · compensation Residual · contrast nearer · λ = 0.1");
        assertThat(names.subList(1, 4).stream().map(name -> hash(comparison, name)))
                .as("each lambda was trained by itself")
                .doesNotHaveDuplicates();
    }

    private static String hash(Comparison comparison, String name) {
        try (Classifier student = comparison.student(name, 0)) {
            return Weights.sha256(student.layers().all());
        }
    }
}
