package ardent;

import static ardent.Ardent.compare;
import static ardent.Ardent.evaluate;
import static ardent.Ardent.lastRun;
import static ardent.Ardent.reproduce;
import static ardent.Ardent.rerun;
import static ardent.Ardent.runs;
import static ardent.Ardent.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.ledger.Reproduction;
import ardent.ledger.Scores;
import ardent.method.Crdnd;
import ardent.method.Trades;
import ardent.network.SmallCnn;
import ardent.provenance.Change;
import ardent.provenance.Description;
import ardent.train.Plan;
import ardent.train.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** Runs are found again, put side by side, made once more, and made otherwise. */
class RunsVerbTest {
    private static final Linf BALL = new Linf(0.1f);
    private static final Plan PLAN =
            Plan.quick().epochs(2).batchSize(40).rate(0.05).validation(20);

    @TempDir
    static Path root;

    private static Path teacher;
    private static Path student;

    @BeforeAll
    static void trains() {
        System.setProperty("ardent.runs", root.toString());
        Images digits = Mnist.load().train().take(140, 3);
        var network = train(new SmallCnn(2), new Trades(BALL), digits, PLAN);
        teacher = Objects.requireNonNull(lastRun().folder());
        var taught = train(new SmallCnn(2), new Crdnd(network, BALL), digits, PLAN);
        student = Objects.requireNonNull(lastRun().folder());
        evaluate(taught, Mnist.load().test().take(30), new Fgsm(BALL));
    }

    @AfterAll
    static void forgets() {
        System.clearProperty("ardent.runs");
    }

    @Test
    void everyRunIsARowWithItsScores() {
        Table table = runs();
        int row = table.stringColumn("run").asList().indexOf(String.valueOf(student.getFileName()));
        assertThat(table.stringColumn("run").asList()).contains(String.valueOf(teacher.getFileName()));
        assertThat(table.stringColumn("state").get(row)).isEqualTo("finished");
        assertThat(table.stringColumn("network").get(row)).isEqualTo("SmallCnn · CRDND");
        assertThat(table.stringColumn("data").get(row)).isEqualTo("MNIST train");
        assertThat(table.stringColumn("epochs").get(row)).isEqualTo("2/2");
        assertThat(table.doubleColumn("FGSM").get(row)).isBetween(0.0, 100.0);
        assertThat(table.doubleColumn("clean").get(row)).isBetween(0.0, 100.0);
        assertThat(table.sortDescendingOn("robust (validation)").rowCount()).isEqualTo(table.rowCount());
        assertThat(runs(root.resolve("nowhere")).rowCount()).isZero();
    }

    @Test
    void madeOnceMoreItIsIdentical() {
        Reproduction again = reproduce(student);
        assertThat(again.changes()).isEmpty();
        assertThat(again.identical()).isTrue();
        assertThat(again.scores()).isEqualTo(1);
        assertThat(again.toString()).contains("identical", "1 evaluation came out equal");
        assertThat(again.again())
                .hasValueSatisfying(folder -> assertThat(folder).isNotEqualTo(student));
    }

    /** Somebody's figure that does not come out again is named, with both values. */
    @Test
    void aNumberThatDiffersIsNamed() throws IOException {
        Path copy = copied(student, "forged");
        Path file;
        try (var files = Files.list(copy)) {
            file = files.filter(each -> String.valueOf(each.getFileName()).startsWith("scores-"))
                    .findFirst()
                    .orElseThrow();
        }
        Description evidence = Description.read(file).part("evidence");
        String robust = evidence.at("networks[0].attacks[0].robust.rate").orElseThrow();
        String forged = evidence.json().replace("\"rate\": " + robust, "\"rate\": 0.987");
        assertThat(forged).isNotEqualTo(evidence.json());
        Files.delete(file);
        Scores.keep(copy, Description.parse(forged));
        Reproduction again = reproduce(copy);
        assertThat(again.identical()).isFalse();
        assertThat(again.results())
                .contains(new Change("scores[0].networks[0].attacks[0].robust.rate", "0.987", robust))
                .allMatch(change -> change.path().startsWith("scores[0].networks[0]"));
        assertThat(again.toString()).contains("0.987 → " + robust);
    }

    @Test
    void whatIfChangesWhatItSays() {
        rerun(teacher, run -> run.plan(run.plan().seed(7)), run -> run.architecture(new SmallCnn(3)));
        Path other = Objects.requireNonNull(lastRun().folder());
        var side = compare(teacher, other);
        Table table = side.table();
        assertThat(table.columnNames()).containsSubsequence("run", "width", "seed", "state", "clean (validation)");
        assertThat(table.stringColumn("seed").asList()).containsExactly("0", "7");
        assertThat(table.stringColumn("width").asList()).containsExactly("2", "3");
        assertThat(side.plot().getSeriesCollection()).hasSize(2);
        assertThat(side.plot("loss").getSeriesCollection()).hasSize(2);
        assertThat(side.html()).contains("<table", String.valueOf(teacher.getFileName()));
    }

    @Test
    void aRunLooksTheSameFromAnotherProgram() {
        try (var found = Runs.look(student, Runs.Given.NOTHING).student()) {
            assertThat(Description.of(found).at("weights"))
                    .isEqualTo(ardent.network.Classifier.origin(student.resolve("student.safetensors"))
                            .at("weights"));
        }
        assertThat(Runs.standing(student).phase()).isEqualTo(ardent.train.Standing.Phase.FINISHED);
    }

    @Test
    void whatIsDamagedIsSaidAndTheRestIsRead() throws IOException {
        Path copy = copied(student, "damaged");
        Files.writeString(copy.resolve("state.json"), "{");
        assertThat(runs().stringColumn("state").asList()).contains("killed");
        assertThat(compare(copy).toString()).contains("! ", "state.json", "damaged");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reproduce(copy))
                .withMessageContaining("only one that is finished can be reproduced");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compare(root.resolve("nothing")))
                .withMessageContaining("There is no run in");
        assertThatIllegalArgumentException().isThrownBy(() -> compare()).withMessageContaining("name some");
        ardent.provenance.Folder.remove(copy);
    }

    private static Path copied(Path folder, String name) throws IOException {
        return Folders.copied(folder, root.resolve(folder.getFileName() + "-" + name));
    }
}
