package ardent.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ardent.Ardent;
import ardent.Tiny;
import ardent.method.Natural;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.run.Reproduction;
import ardent.run.RunParts;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Averaging;
import ardent.train.Plan;
import ardent.train.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On texts with a known structure: six topics of eight words each, a query in one topic, all of whose documents are relevant. */
class PiatTest {
    private static final int TOPICS = 6;
    private static final int EACH = 8;
    private static final Substitution ATTACK = new Substitution(4, 5, 0.3);
    private static final String BUDGET = " (" + ATTACK.name() + ")";
    private static final Plan PLAN = Knrm.plan().epochs(3);
    private static final Rankings DATA = topics().split(12, 0);

    private static Rankings topics() {
        var random = new SplittableRandom(1);
        var documents = new ArrayList<String>();
        var queries = new ArrayList<String>();
        var relevant = new ArrayList<Set<Integer>>();
        for (int topic = 0; topic < TOPICS; topic++) {
            for (int d = 0; d < 12; d++) {
                documents.add(
                        text(topic, 8, random) + text(random.nextInt(TOPICS), 4, random) + text(TOPICS, 6, random));
            }
            for (int q = 0; q < 6; q++) {
                queries.add(text(topic, 2, random) + text(TOPICS, 2, random));
                relevant.add(new TreeSet<>(
                        IntStream.range(12 * topic, 12 * topic + 12).boxed().toList()));
            }
        }
        return Rankings.of("topics", documents, queries, relevant);
    }

    private static String text(int topic, int words, SplittableRandom random) {
        return random.ints(words, 0, EACH)
                .mapToObj(w -> "t" + topic + "w" + w + " ")
                .reduce("", String::concat);
    }

    /** Where every query has four candidates nothing stands below the tenth rank. */
    @Test
    void listsInWhichNothingCouldBeRaisedAreRefused() {
        var random = new SplittableRandom(2);
        var documents = new ArrayList<String>();
        var queries = new ArrayList<String>();
        var relevant = new ArrayList<Set<Integer>>();
        for (int topic = 0; topic < 12; topic++) {
            for (int d = 0; d < 4; d++) {
                documents.add(text(topic, 8, random));
            }
            queries.add(text(topic, 4, random));
            relevant.add(Set.of(4 * topic));
        }
        Rankings few = Rankings.of("few", documents, queries, relevant).split(4, 0);
        try (Knrm ranker = Ardent.train(new Piat(Piat.Form.NATURAL), few, PLAN.epochs(1))) {
            assertThatThrownBy(() -> Ardent.evaluate(ranker, few, ATTACK))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("No test query of few")
                    .hasMessageContaining("there is nothing to attack");
        }
    }

    private static Knrm train(Piat method, Plan plan) {
        return Ardent.train(method, DATA, plan);
    }

    private static String weights(Knrm ranker) {
        return ((Run.Description) ranker.origin()).weights();
    }

    @Test
    void aRankerFindsTheTopicsAndTheAttackRaisesWhatIsIrrelevant() {
        try (Knrm ranker = train(new Piat(Piat.Form.NATURAL), PLAN)) {
            ListScores scores = Ardent.evaluate(ranker, DATA, ATTACK);
            assertThat(scores.mean("MRR@10")).isGreaterThan(0.7);
            assertThat(scores.mean("attacked MRR@10" + BUDGET)).isLessThanOrEqualTo(scores.mean("MRR@10"));
            assertThat(scores.mean("ranks gained" + BUDGET)).isGreaterThan(1);
            assertThat(scores.mean("attack success" + BUDGET)).isBetween(0.5, 1.0);
            assertThat(scores.values().values())
                    .allSatisfy(each -> assertThat(each).hasSize(12));
            assertThat(scores.toString()).contains("natural", "attacked MRR@10");
            assertThat(scores.gain(scores, "MRR@10").high()).isZero();
            ListScores weak = Ardent.evaluate(ranker, DATA, new Substitution(1, 5, 0.3));
            assertThatThrownBy(() -> scores.gain(weak, "attacked MRR@10" + BUDGET))
                    .hasMessageStartingWith(
                            "There is no measure attacked MRR@10 (4 words of 5 neighbours, cosine 0.3) of KNRM"
                                    + " · natural here, only [MRR@10, attacked MRR@10 (1 word of 5 neighbours");
            assertThat(new Substitution(7, 10, 0.5).name()).isEqualTo("7 words");
            assertThat(ranker)
                    .hasToString("KNRM · natural on topics, "
                            + DATA.origin().selections().get(0) + ", epoch 3");
            assertThatThrownBy(() -> scores.mean("MAP")).hasMessageContaining("only [MRR@10");
            assertThatThrownBy(() -> Ardent.evaluate(ranker, topics().split(12, 1), ATTACK))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("give the same data and the same split");
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsInEveryForm() {
        String natural = "";
        for (Piat.Form form : Piat.Form.values()) {
            var method = new Piat(form, 1, ATTACK);
            try (Knrm one = train(method, PLAN.epochs(2));
                    Knrm same = train(method, PLAN.epochs(2));
                    Knrm other = train(method, PLAN.epochs(2).seed(1))) {
                assertThat(weights(one)).isEqualTo(weights(same)).isNotEqualTo(weights(other));
                assertThat(Description.of(one).toString()).contains("topics");
                natural = form == Piat.Form.NATURAL ? weights(one) : natural;
            }
        }
        try (Knrm without = train(new Piat(Piat.Form.KL, 0, ATTACK), PLAN.epochs(2))) {
            assertThat(weights(without)).as("λ = 0 is natural training").isEqualTo(natural);
        }
    }

    /** Two batches an epoch and more: the copy is made within the third epoch, and the pause within the second. */
    @Test
    void aKilledTrainingGoesOnToTheSameLastBitAndIsReproduced(@TempDir Path folder) throws IOException {
        Path root = folder.resolve("runs");
        Path killed = folder.resolve("killed");
        int steps = steps();
        assertThat(steps).isGreaterThan(2);
        var copying = new KilledRun(root, 2L * steps + 1, killed);
        try (Knrm whole = kept(PLAN, root, copying)) {
            Path run = whole.folder().orElseThrow();
            assertThat(RunSummary.of(run).status()).isEqualTo("finished");
            assertThat(RunSummary.of(killed).status()).isEqualTo("killed");
            try (Knrm again = Ardent.resume(killed, DATA)) {
                assertThat(weights(again)).isEqualTo(weights(whole));
                assertThat(again.folder()).isPresent();
            }
            Path other = folder.resolve("other");
            Path paused;
            try (Knrm part = kept(PLAN, other, KilledRun.stopped(steps + 2L))) {
                paused = part.folder().orElseThrow();
                assertThat(((Run.Description) part.origin()).stopped()).isTrue();
                assertThat(RunSummary.of(paused).status()).isEqualTo("paused");
            }
            assertThatThrownBy(() -> Ardent.reproduce(paused, DATA)).hasMessageContaining("resume(path) first");
            try (Knrm again = Ardent.resume(paused, DATA)) {
                assertThat(weights(again)).isEqualTo(weights(whole));
            }
            Reproduction same = Ardent.reproduce(run, DATA);
            assertThat(same.identical()).as(same.toString()).isTrue();
            assertThat(Ardent.runs(root).stringColumn("network").get(0)).isEqualTo("KNRM · PIAT, KL");
            assertThat(Runs.check(run)).isEmpty();
            assertThat(Files.readString(run.resolve("report.md")))
                    .contains(
                            "| Epoch | Loss |\n|---|---|\n", "No epoch was judged", "the weights of the last epoch, ");
            Rankings others = topics().split(12, 1);
            assertThatThrownBy(() -> Ardent.resume(killed, others))
                    .hasMessageContaining("give the same data and the same split");
            assertThatThrownBy(() -> Ardent.resume(run)).hasMessageContaining("is not one of a classifier");
            assertThatThrownBy(() -> Ardent.trajectory(run))
                    .hasMessageEndingWith(
                            "is not one of a classifier: a recommender or a ranker keeps no versions of its training.");
            assertThatThrownBy(() -> Classifier.load(run.resolve("student.safetensors")))
                    .hasMessageContaining("it holds KNRM · PIAT, KL, which is no classifier");
        }
    }

    @Test
    void theRunOfAClassifierIsNamedAsOne(@TempDir Path folder) {
        var parts = new RunParts(
                new SmallCnn(1), new Natural(), Tiny.images(8, 1), Plan.quick().validation(0));
        Path run = Runs.begin(parts, folder);
        assertThatThrownBy(() -> Ardent.resume(run, DATA))
                .hasMessage(
                        "The run " + run + " is one of a classifier: resume(path) and reproduce(path) take it, without"
                                + " pairs or texts.");
    }

    private static Knrm kept(Plan plan, Path root, Work.Task task) {
        ListTraining<Knrm> training = Knrm.training(new Piat(Piat.Form.KL, 1, ATTACK), DATA, plan);
        return Runs.train(training, root, task, KilledRun::trouble);
    }

    private static int steps() {
        int pairs = DATA.training().stream()
                .mapToInt(query -> query.with(true).length)
                .sum();
        return (pairs + PLAN.batchSize() - 1) / PLAN.batchSize();
    }

    @Test
    void aMeasureHasAColumnOfItsOwn() {
        var rows = List.of(new double[] {1, 2}, new double[] {3, 4});
        var what = Description.of(new Substitution());
        ListScores scores = ListScores.of("scores", what, DATA.origin(), List.of("one", "two"), rows);
        assertThat(scores.values().get("two")).containsExactly(2.0, 4.0);
        assertThatThrownBy(() -> ListScores.of("scores", what, DATA.origin(), List.of("one", "one"), rows))
                .hasMessage("The measure one is named twice: name each measure once.");
    }

    @Test
    void scoresThatAreNotFiniteAreRefused() {
        try (Knrm ranker = train(new Piat(Piat.Form.NATURAL), PLAN.epochs(1))) {
            Tape.free(() -> {
                var damaged = new LinkedHashMap<>(ranker.layers().all());
                damaged.computeIfPresent("kernels", (name, weights) -> weights.mul(Torch.constant(Float.NaN)));
                ranker.layers().set(damaged);
            });
            assertThatThrownBy(() -> Ardent.evaluate(ranker, DATA, ATTACK))
                    .hasMessage("A score of KNRM · natural for the test query 0 is NaN: the weights are damaged or the"
                            + " training diverged.");
            ranker.close();
            assertThatThrownBy(() -> Ardent.evaluate(ranker, DATA, ATTACK))
                    .hasMessageStartingWith("KNRM · natural is closed, and its weights are freed");
        }
    }

    @Test
    void poolingWordByWordIsTheSameScore() {
        try (Knrm ranker = train(new Piat(Piat.Form.NATURAL), PLAN.epochs(1))) {
            Rankings.Query query = DATA.test().get(0);
            int[][] documents = IntStream.range(0, 5).mapToObj(DATA::document).toArray(int[][]::new);
            float[] whole =
                    Tape.read(() -> ranker.scores(new int[][] {query.words()}, documents, ranker.embedded(documents))
                            .toFloatArray());
            Knrm.Pooling pooling = ranker.pooling(query.words());
            for (int d = 0; d < documents.length; d++) {
                assertThat(pooling.score(documents[d])).isCloseTo(whole[d], within(1e-3));
            }
            int[] other = documents[0].clone();
            other[3] = documents[1][0];
            assertThat(pooling.score(pooling.sums(documents[0]), documents[0][3], other[3]))
                    .isCloseTo(pooling.score(other), within(1e-6));
        }
    }

    @Test
    void greedyExchangesAreTheBestOnesAndNoMoreThanAllowed() {
        try (Knrm ranker = train(new Piat(Piat.Form.NATURAL), PLAN.epochs(1))) {
            int[][] near = ATTACK.near(DATA.vectors());
            Knrm.Pooling pooling = ranker.pooling(DATA.test().get(0).words());
            int[] document = DATA.document(70);
            double best = pooling.score(document);
            for (int p = 0; p < document.length; p++) {
                for (int word : near[document[p]]) {
                    int[] text = document.clone();
                    text[p] = word;
                    best = Math.max(best, pooling.score(text));
                }
            }
            int[] one = new Substitution(1, 5, 0.3).raised(pooling, document, near);
            assertThat(pooling.score(one)).isCloseTo(best, within(1e-6));
            int[] four = ATTACK.raised(pooling, document, near);
            assertThat(pooling.score(four)).isGreaterThan(best);
            assertThat(IntStream.range(0, four.length).filter(p -> four[p] != document[p]))
                    .hasSizeBetween(2, 4);
        }
    }

    @Test
    void theSlopeChoosesTheWordsThatMoveMost() {
        float[][] vectors = {{1, 0}, {0, 1}, {-1, 0}};
        int[][] near = {{1, 2}, {0, 2}, {}};
        float[] slopes = {9, 9, -1, 0, 0, 3, 5, 5};
        int[] changed = new Substitution(1, 2, 0).along(new int[] {0, 0, 2}, slopes, 2, vectors, near);
        assertThat(changed)
                .as("from 0 to 1 by 3 in the second place; the third word has no neighbour")
                .containsExactly(0, 1, 2);
        assertThat(new Substitution(2, 2, 0).along(new int[] {0, 0, 2}, slopes, 2, vectors, near))
                .containsExactly(2, 1, 2);
        float[][] directions = {{1, 0}, {0.8f, 0.6f}, {0, 1}};
        assertThat(new Substitution(1, 2, 0.5).near(directions)).isDeepEqualTo(new int[][] {{1}, {0, 2}, {1}});
    }

    @Test
    void lossesEqualTheirFormulas() {
        Tape.free(() -> {
            var before = Torch.array(new float[] {2, 1, 0, 1, 3, 1}, new Shape(2, 3));
            var after = Torch.array(new float[] {1, 1, 0, 2, 1, 1}, new Shape(2, 3));
            assertThat(Piat.hinge(before).getFloat()).isCloseTo((0 + 0 + 3 + 1) / 4f, within(1e-6f));
            float entropy = before.softmax(1).mul(before.logSoftmax(1)).sum().getFloat() / -2;
            assertThat(Piat.listNet(after, before).getFloat())
                    .isCloseTo(Losses.kl(after, before).mean().getFloat() + entropy, within(1e-5f));
        });
    }

    @Test
    void whatDoesNotFitIsRefusedInASentence() {
        assertThatThrownBy(() -> Ardent.train(new Piat(), topics(), PLAN))
                .hasMessageContaining("call split(count, seed) first");
        assertThatThrownBy(() -> train(new Piat(), PLAN.validation(100).patience(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The training of KNRM · PIAT, KL does not use the patience of a plan, and this plan has 1:"
                        + " leave it out.");
        assertThatThrownBy(() -> train(new Piat(), PLAN.validation(100)))
                .hasMessageContaining("does not use the validation of a plan, and this plan has 100");
        assertThatThrownBy(() -> train(new Piat(), PLAN.averaging(Averaging.swa(1))))
                .hasMessage("The training of KNRM · PIAT, KL does not use the averaging of a plan, and this plan has"
                        + " Swa[from=1]: leave it out.");
        assertThatThrownBy(() -> new Piat(Piat.Form.KL, -1, ATTACK)).hasMessageContaining("weight λ of the invariance");
        assertThatThrownBy(() -> new Substitution(0, 1, 0.5)).hasMessageContaining("At least 1 word");
        assertThatThrownBy(() -> new Substitution(1, 1, 2)).hasMessageContaining("least cosine of neighbours");
        assertThatThrownBy(() -> train(new Piat(), PLAN.rate(1e30)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("The training of KNRM · PIAT, KL stopped");
        assertThat(new Piat(Piat.Form.KL, 5, ATTACK).name()).isEqualTo("PIAT, KL, λ = 5.0");
    }
}
