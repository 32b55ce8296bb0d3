package ardent.spark;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.Ardent;
import ardent.Tiny;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.CascadeResult;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Stage;
import ardent.data.Images;
import ardent.evaluate.Outcome;
import ardent.method.Natural;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.report.Report;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An evaluation and AutoAttack on two executors of this machine, programs of their own. */
class SparkEvaluationTest {
    private static final Linf BALL = new Linf(0.1f);
    private static final Images IMAGES = Tiny.images(300, 7);

    @TempDir
    Path temp;

    /** The driver: the folder where it writes what it saw. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Plan plan = Plan.quick().epochs(3).batchSize(20).rate(0.05).validation(20);
        try (Classifier one = Ardent.train(new SmallCnn(2), new Natural(), Tiny.images(240, 1), plan);
                Classifier two = Ardent.train(new SmallCnn(3), new Natural(), Tiny.images(240, 1), plan)) {
            var cascade = new AutoAttack(BALL).batch(50);
            Attack[] attacks = {new Fgsm(BALL), new Pgd(BALL, 3)};
            Report there = Ardent.evaluate(List.of(one, two), IMAGES, SparkProgram.executors(2), attacks);
            Files.writeString(folder.resolve("there.txt"), shown(there));
            Files.writeString(folder.resolve("with.txt"), there.environment().device());
            Files.writeString(folder.resolve("here.txt"), shown(Ardent.evaluate(List.of(one, two), IMAGES, attacks)));
            Images few = IMAGES.first(80);
            Path journals = folder.resolve("journals");
            Files.writeString(
                    folder.resolve("there.aa"),
                    shown(Ardent.attack(cascade, one, few, journals, SparkProgram.executors(2))));
            Files.writeString(folder.resolve("here.aa"), shown(Ardent.attack(cascade, one, few)));
        }
        System.exit(0);
    }

    /** The table, and all flags, checks and examples. */
    private static String shown(Report report) {
        var text = new StringBuilder(report.table().printAll());
        for (Outcome outcome : report.robustness().outcomes()) {
            text.append(outcome.right()).append(outcome.checks()).append(outcome.evaluation());
            outcome.scores()
                    .forEach(score -> text.append(score.robust().hashCode())
                            .append(score.findings())
                            .append(score.warnings())
                            .append(score.distances())
                            .append(score.examples().size()));
        }
        return text.toString();
    }

    private static String shown(CascadeResult result) {
        try (var clean = IMAGES.first(80).pixels(Torch.manager());
                var found = result.adversarial(clean)) {
            return Arrays.toString(result.brokenBy())
                    + result.stages().stream().map(Stage::correct).toList()
                    + result.warnings()
                    + Arrays.hashCode(found.toFloatArray());
        }
    }

    @Test
    void whatExecutorsMeasureIsWhatThisProgramMeasures() throws Exception {
        SparkProgram driver = SparkProgram.start(temp, SparkEvaluationTest.class, temp.toString());
        assertThat(driver.end()).as(driver::log).isZero();
        assertThat(temp.resolve("there.txt")).hasSameTextualContentAs(temp.resolve("here.txt"));
        assertThat(Files.readString(temp.resolve("here.aa")))
                .as("images that an attack breaks, and images that remain")
                .contains("1,", "-1,");
        assertThat(temp.resolve("there.aa")).hasSameTextualContentAs(temp.resolve("here.aa"));
        assertThat(temp.resolve("with.txt"))
                .content()
                .contains("cpu() of executor ")
                .contains(" on 127.0.0.1");
        assertThat(temp.resolve("journals"))
                .isDirectoryContaining("glob:**images-0-49.journal")
                .isDirectoryContaining("glob:**images-50-79.journal");
        assertThat(temp.resolve("spark/work")).as("logs of Spark").isEmptyDirectory();
    }
}
