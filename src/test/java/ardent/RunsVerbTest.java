package ardent;

import static ardent.Ardent.compare;
import static ardent.Ardent.evaluate;
import static ardent.Ardent.lastRun;
import static ardent.Ardent.reproduce;
import static ardent.Ardent.rerun;
import static ardent.Ardent.runs;
import static ardent.Ardent.train;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.evaluate.Evidence;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.method.Crdnd;
import ardent.method.Natural;
import ardent.method.Trades;
import ardent.network.SmallCnn;
import ardent.provenance.Change;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import ardent.run.Reproduction;
import ardent.run.RunParts;
import ardent.run.RunState;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.run.Scores;
import ardent.train.Epoch;
import ardent.train.Plan;
import ardent.train.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
        var taught = train(new SmallCnn(2), Crdnd.residualRelation(network, BALL), digits, PLAN);
        student = Objects.requireNonNull(lastRun().folder());
        evaluate(List.of(network, taught), Mnist.load().test().take(30), new Fgsm(BALL));
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

    /** A notebook in a folder of its own types ../runs. */
    @Test
    void runsAreReadByARelativePath() {
        Path relative = Path.of("").toAbsolutePath().relativize(root.toAbsolutePath());
        assertThat(relative.toString()).startsWith("..");
        assertThat(runs(relative).stringColumn("state").asList())
                .isEqualTo(runs().stringColumn("state").asList())
                .doesNotContain("unreadable");
        assertThat(reproduce(relative.resolve(student.getFileName())).identical())
                .isTrue();
    }

    /** What nothing attacked is not robust, and no run is the most robust one by its clean accuracy. */
    @Test
    void aRunWithoutAttackHasNoRobustAccuracy() {
        Images digits = Mnist.load().train().take(140, 3);
        train(new SmallCnn(2), new Natural(), digits, PLAN);
        Path natural = Objects.requireNonNull(lastRun().folder());
        Table table = compare(natural, student).table();
        assertThat(table.doubleColumn("clean (validation)").isMissing().size()).isZero();
        assertThat(table.doubleColumn("robust (validation)").isMissing().toArray())
                .containsExactly(0);
        Run run = lastRun();
        assertThat(run.history()).extracting(Epoch::robust).containsOnly(Double.NaN);
        assertThat(run.history().get(run.best() - 1).clean())
                .isEqualTo(
                        run.history().stream().mapToDouble(Epoch::clean).max().orElseThrow());
        assertThat(reproduce(natural).identical()).isTrue();
        assertThat(compare(natural).plot().getYAxisTitle()).isEqualTo("clean validation accuracy in %");
        for (Path folder : List.of(natural, student)) { // as earlier versions wrote both
            RunSummary now = RunSummary.of(folder);
            var before = now.history().stream()
                    .map(e -> new Epoch(e.number(), e.loss(), e.terms(), 0.5, 0.5, e.rate(), e.seconds()))
                    .toList();
            var read = new RunSummary(folder, now.setup(), now.state(), before, List.of(), List.of(), List.of());
            assertThat(read.curve("robust")).containsOnly(folder.equals(natural) ? Double.NaN : 50);
        }
    }

    @Test
    void differentDataOfOneNameAreTold() {
        Plan brief = PLAN.epochs(1).validation(0);
        var folders = new ArrayList<Path>();
        for (int first : new int[] {1, 2, 2}) {
            byte[] pixels = new byte[20 * 64];
            pixels[0] = (byte) first;
            Images images = Images.of("mine", pixels, new int[20], new Shape(1, 8, 8), List.of("a", "b"));
            train(new SmallCnn(1), new Natural(), images, brief);
            folders.add(Objects.requireNonNull(lastRun().folder()));
        }
        assertThat(compare(folders.get(0), folders.get(1)).warnings())
                .containsExactly(
                        "The runs were trained on different data of the same name: their files, pixels or labels have"
                                + " other hashes.");
        assertThat(compare(folders.get(1), folders.get(2)).warnings()).isEmpty();
        assertThat(compare(folders.get(1), student).warnings())
                .as("the table names the data")
                .isEmpty();
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
        Scores.keep(copy, Description.parse(forged), List.of());
        Reproduction again = reproduce(copy);
        assertThat(again.identical()).isFalse();
        assertThat(again.results())
                .contains(new Change("scores[0].networks[0].attacks[0].robust.rate", "0.987", robust))
                .allMatch(change -> change.path().startsWith("scores[0].networks[0]"));
        assertThat(again.toString()).contains("0.987 → " + robust);
    }

    /** Before hours of training: what the repetition would be compared with is damaged. */
    @Test
    void aRunThatCannotBeComparedIsNotRepeated() throws IOException {
        Path copy = copied(student, "damaged");
        int before = Runs.folders(root).size();
        List<Path> kept;
        try (var files = Files.list(copy)) {
            kept = files.filter(each -> String.valueOf(each.getFileName()).matches("scores-.*|epochs.csv"))
                    .toList();
        }
        assertThat(kept).hasSize(2);
        for (Path file : kept) {
            byte[] whole = Files.readAllBytes(file);
            byte[] damaged = whole.clone();
            damaged[damaged.length / 2] ^= 1;
            Files.write(file, damaged);
            assertThat(Runs.check(copy)).singleElement().asString().contains(file.toString());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reproduce(copy))
                    .withMessageContaining("The run " + copy + " cannot be compared with its repetition: The ")
                    .withMessageContaining(file.toString());
            Files.write(file, whole);
        }
        assertThat(Runs.check(copy)).isEmpty();
        assertThat(Runs.folders(root)).hasSize(before);
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
        try (var found = Runs.look(student, RunParts.Given.NOTHING).student()) {
            assertThat(Description.of(found).at("weights"))
                    .isEqualTo(ardent.network.Classifier.origin(student.resolve("student.safetensors"))
                            .at("weights"));
        }
        assertThat(RunState.read(student).phase()).isEqualTo(ardent.run.RunState.Phase.FINISHED);
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

    /** Whatever stands in the place of a file of a run folder, its row says so and the other rows are right. */
    @Test
    void aBadFolderIsARowAndBlindsNobody(@TempDir Path place) throws IOException {
        Path good = Folders.copied(student, place.resolve("good"));
        Path bad = place.resolve("bad");
        List<String> names;
        try (var files = Files.list(Folders.copied(student, bad))) {
            names = files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
        assertThat(names).contains("run.json", "state.json", "epochs.csv", "steps.csv", "report.md");
        Table whole = runs(place);
        assertThat(whole.columnNames()).doesNotContain("problems");
        byte[] state = Files.readAllBytes(good.resolve("state.json"));
        String open = new String(state, UTF_8).replaceFirst("\"seal\": \"[0-9a-f]{64}", "\"seal\": \"" + Seal.OPEN);
        for (String name : names) {
            for (String content :
                    List.of("", "{}", "[]", "null", "text", "SEALED", "SCORES", "PHASE", "DEEP", "FOLDER")) {
                ardent.provenance.Folder.remove(bad);
                Path file = Folders.copied(student, bad).resolve(name);
                Files.delete(file);
                switch (content) {
                    case "SEALED" ->
                        Files.write(file, sealed("{\"@format\": 1, \"@description\": {\"seal\": \"%s\"}}"));
                    case "SCORES" ->
                        Files.write(
                                file,
                                sealed(
                                        "{\"@format\": 1, \"@description\": {\"seal\": \"%s\", \"evidence\": {\"data\": [], "
                                                + "\"protocol\": 3, \"networks\": []}}}"));
                    case "PHASE" ->
                        Files.write(
                                file,
                                Seal.close(open.replaceFirst("\"FINISHED\"", "null")
                                        .getBytes(UTF_8)));
                    case "DEEP" ->
                        Files.write(
                                file,
                                sealed("{\"@format\": 1, \"@description\": {\"seal\": \"%s\", \"a\": "
                                        + "[".repeat(20_000) + "]".repeat(20_000) + "}}"));
                    case "FOLDER" -> Files.createDirectory(file);
                    default -> Files.writeString(file, content);
                }
                Table table = runs(place);
                int row = table.stringColumn("run").asList().indexOf("good");
                assertThat(table.stringColumn("run").asList()).as(name).containsExactlyInAnyOrder("good", "bad");
                for (String column : whole.columnNames()) {
                    assertThat(table.column(column).get(row))
                            .as("%s of the good run, where %s is %s", column, name, content)
                            .isEqualTo(whole.column(column)
                                    .get(whole.stringColumn("run").asList().indexOf("good")));
                }
                boolean read = name.endsWith(".json") || name.equals("epochs.csv");
                if (read) {
                    int wrong = table.stringColumn("run").asList().indexOf("bad");
                    assertThat(table.stringColumn("problems").get(wrong)).contains(name);
                    assertThat(table.stringColumn("problems").get(row)).isEmpty();
                }
                assertThat(compare(good, bad).table().rowCount()).isEqualTo(2);
                assertThat(compare(good, bad).html()).contains("good");
                assertThat(Runs.folders(place)).contains(good, bad);
                if (read) {
                    assertThat(compare(good, bad).toString()).contains("! ", name);
                }
            }
        }
    }

    private static byte[] sealed(String json) {
        return Seal.close(String.format(json, Seal.OPEN).getBytes(UTF_8));
    }

    /** Files outside a run's folder are neither hashed nor written, whatever a foreign folder says. */
    @Test
    void nothingOutsideOfAFolderIsReadOrWritten(@TempDir Path place) throws IOException {
        Path secret = Files.writeString(place.resolve("secret"), "secret");
        for (String name : List.of("../secret", secret.toString(), "link", "sub/../../secret", "..", ".")) {
            Path copy = Folders.copied(student, place.resolve("run"));
            Files.createSymbolicLink(copy.resolve("link"), secret);
            String text = Files.readString(copy.resolve("state.json"))
                    .replaceFirst("\"seal\": \"[0-9a-f]{64}", "\"seal\": \"" + Seal.OPEN)
                    .replaceFirst("\"steps.csv\": \"[0-9a-f]{64}", "\"" + name + "\": \"" + Sha256.of(secret));
            Files.write(copy.resolve("state.json"), Seal.close(text.getBytes(UTF_8)));
            assertThat(Runs.check(copy)).as(name).anyMatch(problem -> problem.contains("points outside the folder"));
            ardent.provenance.Folder.remove(copy);
        }
        for (String name : List.of("run.json", "state.json", "epochs.csv", "student.safetensors")) {
            Path copy = Folders.copied(student, place.resolve("run"));
            Path outside = place.resolve(name);
            Files.move(copy.resolve(name), outside);
            Files.createSymbolicLink(copy.resolve(name), outside);
            assertThat(Runs.check(copy)).as(name).anyMatch(problem -> problem.contains("points outside the folder"));
            ardent.provenance.Folder.remove(copy);
        }
    }

    /** What differs between two attacks, or the images, is in the heading. */
    @Test
    void accuraciesOfDifferentQuestionsStayApart(@TempDir Path place) throws IOException {
        Path first = Folders.copied(student, place.resolve("first"));
        Path second = Folders.copied(student, place.resolve("second"));
        Images test = Mnist.load().test();
        keep(first, test.take(10), new Pgd(new Linf(0.01f), 2));
        keep(second, test.take(5), new Pgd(new Linf(0.3f), 2));
        keep(second, test.take(5), new Pgd(new Linf(0.3f), 2), new Pgd(new Linf(0.01f), 2));
        for (Table table : List.of(runs(place), compare(first, second).table())) {
            List<String> columns = table.columnNames().stream()
                    .filter(name -> name.startsWith("PGD"))
                    .toList();
            assertThat(columns).hasSize(3).doesNotContain("PGD-2");
            String weak = only(columns, "ε = 0.01", "10");
            int one = table.stringColumn("run").asList().indexOf("first");
            assertThat(table.doubleColumn(weak).isMissing(one)).isFalse();
            assertThat(table.doubleColumn(weak).isMissing(1 - one)).isTrue();
            String strong = only(columns, "ε = 0.3", "5");
            assertThat(table.doubleColumn(strong).isMissing(one)).isTrue();
            assertThat(table.doubleColumn(strong).isMissing(1 - one)).isFalse();
            only(columns, "ε = 0.01", "5");
            assertThat(table.columnNames())
                    .filteredOn(name -> name.startsWith("clean ·"))
                    .hasSize(3);
            assertThat(table.doubleColumn("FGSM").countMissing()).isZero();
        }
    }

    private static String only(List<String> columns, String... parts) {
        List<String> found = columns.stream()
                .filter(name -> List.of(parts).stream().allMatch(name::contains))
                .toList();
        assertThat(found).as("%s in %s", List.of(parts), columns).isNotEmpty();
        return found.get(0);
    }

    private static void keep(Path folder, Images images, Attack... attacks) {
        try (var network = ardent.network.Classifier.load(folder.resolve("student.safetensors"))) {
            var robustness = Robustness.measure(List.of(Subject.of(network)), images, List.of(attacks), new Protocol());
            var environment = Environment.of("", "", 1);
            Scores.keep(
                    folder,
                    Description.of(Evidence.of(robustness, robustness.outcomes(), environment, Instant.EPOCH)),
                    robustness.outcomes().get(0).right());
        }
    }

    private static Path copied(Path folder, String name) throws IOException {
        return Folders.copied(folder, root.resolve(folder.getFileName() + "-" + name));
    }
}
