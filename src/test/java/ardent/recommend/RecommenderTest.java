package ardent.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.types.Shape;
import ardent.Ardent;
import ardent.method.Trajectory;
import ardent.network.Layers;
import ardent.network.Precision;
import ardent.provenance.Description;
import ardent.rank.KilledRun;
import ardent.rank.ListScores;
import ardent.rank.Lists;
import ardent.report.RunComparison;
import ardent.run.Repetition;
import ardent.run.Reproduction;
import ardent.run.RunSummary;
import ardent.run.Runs;
import ardent.tensor.Noise;
import ardent.tensor.Torch;
import ardent.train.Averaging;
import ardent.train.Epoch;
import ardent.train.Perturbation;
import ardent.train.Plan;
import ardent.train.Run;
import ardent.train.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On pairs with a known structure: five groups of users, each with a fifth of the items and now and then another. */
class RecommenderTest {
    private static final int GROUPS = 5;
    private static final int ITEMS = 100;
    private static final Plan PLAN = Recommender.plan().epochs(40).batchSize(32);
    private static final Interactions DATA = groups().split(0);
    private static List<TeacherVersions> teachers = List.of();

    private static Interactions groups() {
        var random = new SplittableRandom(1);
        var lists = new ArrayList<int[]>();
        for (int u = 0; u < 80; u++) {
            int group = u % GROUPS;
            lists.add(random.ints(0, ITEMS)
                    .filter(i -> i % GROUPS == group || random.nextInt(12) == 0)
                    .distinct()
                    .limit(14)
                    .toArray());
        }
        return Interactions.of("groups", lists);
    }

    @BeforeAll
    static void teach() {
        teachers = List.of(
                TeacherVersions.of(new Factors(16), new Bpr(), DATA, PLAN),
                TeacherVersions.of(new LightGraph(16, 2), new Bpr(), DATA, PLAN),
                TeacherVersions.of(new Autoencoder(16), new Multinomial(), DATA, PLAN));
    }

    private static HetComp hetComp() {
        return new HetComp(teachers, HetComp.Course.EASY_TO_HARD, 20, 5, 1.05);
    }

    /** Guessing finds about a tenth of a user's test items among 10 of about 90. */
    @Test
    void everyTeacherFindsTheGroups() {
        for (TeacherVersions teacher : teachers) {
            var last = TopItems.of(List.of(teacher), DATA, 10);
            assertThat(last.mean("Recall@10")).as(teacher.name()).isGreaterThan(0.25);
            assertThat(teacher.origin().epochs()).hasSize(4).isSorted();
        }
    }

    @Test
    void aStudentGoesThroughTheVersionsAndEndsNearTheEnsemble() {
        try (Recommender student =
                Ardent.train(new Factors(6), hetComp(), DATA, PLAN.epochs(120).patience(0))) {
            List<HetComp.Versions> path = student.versions();
            assertThat(path.get(0).means()).containsOnly(0.0);
            for (int k = 1; k < path.size(); k++) {
                assertThat(path.get(k).epoch()).isEqualTo(5 * k);
                for (int m = 0; m < teachers.size(); m++) {
                    assertThat(path.get(k).means().get(m))
                            .isGreaterThanOrEqualTo(path.get(k - 1).means().get(m));
                }
            }
            HetComp.Versions last = path.get(path.size() - 1);
            assertThat(last.means()).allSatisfy(mean -> assertThat(mean).isGreaterThan(1));
            assertThat(last.ranking()).isEqualTo(last.means().stream().allMatch(mean -> mean == 3));
            ListScores scores = Ardent.evaluate(student, DATA, 10, 20);
            ListScores ensemble = TopItems.of(teachers, DATA, 10, 20);
            assertThat(scores.mean("Recall@10")).isGreaterThan(0.8 * ensemble.mean("Recall@10"));
            assertThat(scores.interval("NDCG@10").low()).isLessThan(scores.mean("NDCG@10"));
            assertThat(scores.gain(scores, "NDCG@20").high()).isZero();
            assertThat(scores.toString()).contains("HetComp", "Recall@20");
        }
    }

    /** 50 of 60 items hold nearly all that is asked for, whatever the order. */
    @Test
    void fewItemsAreJudgedByAShorterList(@TempDir Path root) {
        var random = new SplittableRandom(3);
        var lists = new ArrayList<int[]>();
        for (int u = 0; u < 40; u++) {
            int taste = u % 2;
            lists.add(random.ints(0, 60)
                    .filter(i -> i % 2 == taste)
                    .distinct()
                    .limit(12)
                    .toArray());
        }
        Interactions few = Interactions.of("few", lists).split(0);
        var training = Recommender.training(
                new Factors(4), new Bpr(), few, Recommender.plan().epochs(20));
        try (Recommender student = Runs.train(training, root, Tasks.silent(), KilledRun::trouble)) {
            assertThat(training.start().measure()).isEqualTo("Recall@6");
            assertThat(training.history().stream().map(Epoch::robust).filter(recall -> recall == 1))
                    .as(student.name())
                    .isEmpty();
        }
    }

    /** Lists of K = 20 are learned, and students are measured by NDCG@50 all the same. */
    @Test
    void aStudentIsMeasuredByItsFirstFiftyItems() {
        try (Recommender student = Ardent.train(new Factors(4), new Bpr(), DATA, PLAN.epochs(1))) {
            RecommenderLoss.Lesson lesson = hetComp().begin(DATA);
            lesson.ended(5, student);
            var position = (Trajectory.Position) lesson.memories().get("teacher 0");
            int[][] firsts = DATA.best(student.scores(DATA.everybody()), 50);
            for (int u = 0; u < DATA.users(); u++) {
                double agreement = HetComp.agreement(firsts[u], teachers.get(0).lists()[1][u]);
                assertThat(position.distance(u)).isEqualTo(1 - agreement);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsAndADescriptionSaysWhere() {
        for (var course : HetComp.Course.values()) {
            var method = hetComp().course(course);
            try (Recommender one = Ardent.train(new Factors(4), method, DATA, PLAN.epochs(12));
                    Recommender same = Ardent.train(new Factors(4), method, DATA, PLAN.epochs(12));
                    Recommender other = Ardent.train(
                            new Factors(4), method, DATA, PLAN.epochs(12).seed(1))) {
                assertThat(weights(one)).isEqualTo(weights(same)).isNotEqualTo(weights(other));
                assertThat(Description.of(one).toString()).contains("LightGraph", "seed 0");
            }
        }
    }

    /** Three batches an epoch: the copy is made within epoch 18, when users have moved on. */
    @Test
    void aKilledTrainingGoesOnToTheSameLastBitAndIsReproduced(@TempDir Path folder) throws IOException {
        Path root = folder.resolve("runs");
        Path killed = folder.resolve("killed");
        var method = new HetComp(teachers.subList(0, 1), HetComp.Course.EASY_TO_HARD, 20, 5, 1.05);
        Plan plan = PLAN.epochs(24).patience(0);
        var copying = new KilledRun(root, 3 * 17 + 2, killed);
        var training = Recommender.training(new Factors(4), method, DATA, plan);
        try (Recommender whole = Runs.train(training, root, copying, KilledRun::trouble)) {
            assertThat(whole.versions()).hasSizeGreaterThan(3);
            assertThat(RunSummary.of(killed).status()).isEqualTo("killed");
            try (Recommender again = Ardent.resume(killed, DATA)) {
                assertThat(weights(again)).isEqualTo(weights(whole));
                assertThat(again.versions()).isEqualTo(whole.versions());
            }
            Path run = whole.folder().orElseThrow();
            try (Recommender done = Ardent.resume(run, DATA)) {
                assertThat(weights(done))
                        .as("a run that is done gives its result again")
                        .isEqualTo(weights(whole));
            }
            Reproduction same = Ardent.reproduce(run, DATA);
            assertThat(same.identical()).as(same.toString()).isTrue();
            assertThat(Files.readString(run.resolve("report.md")))
                    .contains("| Epoch | Loss | Recall@50 |\n|---|---|---|\n", "Recall@50 is of the validation.")
                    .doesNotContain("Robust");
            var other = Recommender.training(new Factors(4), method, DATA, plan.seed(1));
            Reproduction differs = Repetition.run(run, other, () -> {
                try (var made = Runs.train(other, null, KilledRun.stopped(Long.MAX_VALUE), KilledRun::trouble)) {
                    return made;
                }
            });
            assertThat(differs.toString())
                    .contains("training.epochs[0].Recall@50  ")
                    .doesNotContain("robust");
            assertThat(Ardent.runs(root).columnNames()).contains("Recall@50 (validation)");
            RunComparison both = Ardent.compare(run, killed);
            assertThat(both.caption())
                    .isEqualTo("Runs; Recall@50 (validation) is in %, of items held out of the training.");
            assertThat(both.plot().getYAxisTitle()).isEqualTo("Recall@50 of the validation in %");
            Interactions others = groups().split(1);
            assertThatThrownBy(() -> Ardent.resume(run, others))
                    .hasMessageContaining("give the same data and the same split");
        }
    }

    /** A model and a loss of somebody else. */
    private record Halves(int dimension) implements RecommenderModel {
        @Override
        public Layers.Layer build(Layers layers, Interactions data, Noise noise) {
            return new Factors(dimension).build(layers, data, noise.fork(7));
        }
    }

    private static final RecommenderLoss OWN =
            data -> (users, scores, random) -> new Multinomial().begin(data).loss(users, scores, random);

    @Test
    void aModelAndALossOfOnesOwnAreGivenAgain(@TempDir Path folder) {
        Path root = folder.resolve("runs");
        Path killed = folder.resolve("killed");
        var training = Recommender.training(new Halves(4), OWN, DATA, PLAN);
        try (Recommender whole =
                Runs.train(training, root, new KilledRun(root, 3 * 17 + 2, killed), KilledRun::trouble)) {
            assertThatThrownBy(() -> Ardent.resume(killed, DATA))
                    .hasMessageStartingWith("The run " + killed + " was begun with ")
                    .hasMessageContaining("give model and loss again, as in resume(folder, data, model, loss)");
            assertThatThrownBy(() -> Ardent.resume(killed, DATA, new Halves(5), OWN))
                    .hasMessageContaining("The model given is Halves[dimension=5]")
                    .hasMessageContaining("give that one");
            assertThatThrownBy(() -> Ardent.resume(killed, DATA, new Halves(4), new Bpr()))
                    .hasMessageStartingWith("The loss given is Bpr");
            try (Recommender again = Ardent.resume(killed, DATA, new Halves(4), OWN)) {
                assertThat(weights(again)).isEqualTo(weights(whole));
            }
            Reproduction same = Ardent.reproduce(whole.folder().orElseThrow(), DATA, new Halves(4), OWN);
            assertThat(same.identical()).as(same.toString()).isTrue();
        }
    }

    /** A run trains its teachers once more, and cannot stop one where a user did. */
    @Test
    void aTeacherThatWasStoppedIsNone() {
        for (long steps : new long[] {1, 31}) {
            var task = KilledRun.stopped(steps);
            assertThatThrownBy(() -> TeacherVersions.of(new Factors(4), new Bpr(), DATA, PLAN, task))
                    .isInstanceOf(CancellationException.class)
                    .hasMessageStartingWith(
                            "The teacher Factors · Bpr was stopped after " + steps / 3 + " of 40 epochs");
        }
    }

    /** A run folder says by how many users epochs were judged, and a run of a time when it said 500 goes on. */
    @Test
    void epochsAreJudgedByAllUsersOrNotAtAll() {
        var method = new Bpr();
        try (Recommender judged = Ardent.train(new Factors(4), method, DATA, PLAN);
                Recommender last = Ardent.train(
                        new Factors(4), method, DATA, PLAN.patience(0).validation(0))) {
            Run.Description origin = (Run.Description) judged.origin();
            assertThat(PLAN.validation()).isEqualTo(500);
            assertThat(origin.plan()).isEqualTo(PLAN.validation(80));
            Recommender.training(new Factors(4), method, DATA, origin.plan()).close();
            assertThat(((Run.Description) last.origin()).epoch()).isEqualTo(40);
            assertThat(weights(last)).isNotEqualTo(weights(judged));
        }
        assertThatThrownBy(() -> Ardent.train(new Factors(4), method, DATA, PLAN.validation(100)))
                .hasMessageStartingWith(
                        "Epochs of a recommender are judged by the validation items of all 80 users of groups")
                .hasMessageContaining(
                        "this plan's validation is 100: leave it as Recommender.plan() has it, or train by"
                                + " plan.patience(0).validation(0)");
    }

    /** Judged every fifth epoch, a training of little patience was ended by the first judgement. */
    @Test
    void epochsAreJudgedAsOftenAsPatienceAsks() {
        Plan plan = Recommender.plan().batchSize(16).epochs(200).patience(3);
        try (var training = Recommender.training(new Factors(4), new Bpr(), DATA, plan)) {
            training.run(Tasks.silent()).close();
            assertThat(training.history().subList(0, 6))
                    .extracting(epoch -> Double.isNaN(epoch.robust()))
                    .containsExactly(true, true, false, true, true, false);
        }
    }

    @Test
    void scoresOfAnotherShapeAreRefused() {
        RecommenderModel wide = (layers, data, noise) -> {
            var weights = layers.parameter("w", noise.normal(new Shape(data.users(), data.items() + 5)));
            return (users, training) -> weights.get(users);
        };
        assertThatThrownBy(() -> Ardent.train(wide, new Bpr(), DATA, PLAN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("have the shape (")
                .hasMessageContaining("give a row for each user and a score for each item");
    }

    /** Six users with lists of five of their own: what is held out is in nobody's training. */
    @Test
    void epochsThatNobodyCouldJudgeAreRefused() {
        var apart = new ArrayList<int[]>();
        for (int u = 0; u < 6; u++) {
            apart.add(new int[] {5 * u, 5 * u + 1, 5 * u + 2, 5 * u + 3, 5 * u + 4});
        }
        Interactions data = Interactions.of("apart", apart).split(0);
        assertThatThrownBy(() -> Ardent.train(new Factors(2), new Bpr(), data, PLAN))
                .hasMessageStartingWith("No validation item of apart")
                .hasMessageContaining("train by plan.patience(0).validation(0)");
        Ardent.train(new Factors(2), new Bpr(), data, PLAN.epochs(2).patience(0).validation(0))
                .close();
    }

    private static String weights(Recommender recommender) {
        return ((Run.Description) recommender.origin()).weights();
    }

    /** The loss is 0 and its gradient is no number: only the weights after the step show that. */
    private static final RecommenderLoss NO_GRADIENT = data ->
            (users, scores, random) -> scores.mean().mul(Torch.constant(0)).sqrt();

    @Test
    void aTrainingThatDivergedGivesNoRecommender() {
        Plan once = PLAN.epochs(1).batchSize(80);
        assertThatThrownBy(() -> Ardent.train(new Factors(4), NO_GRADIENT, DATA, once))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageStartingWith(
                        "Training stopped at the end of epoch 1, whose last step left weights that are not finite: users has 320");
        assertThatThrownBy(() -> Ardent.train(new Factors(4), new Bpr(), DATA, once.rate(1e25)))
                .as("finite weights, infinite scores")
                .isInstanceOf(ArithmeticException.class)
                .hasMessageStartingWith("Training stopped in the validation of epoch 1: A score for user 0 is ")
                .hasMessageEndingWith(" A lower rate, a warm-up or a gradient clip in the plan usually helps.");
        try (Recommender one = Ardent.train(new Factors(4), new Bpr(), DATA, once)) {
            one.close();
            assertThatThrownBy(() -> Ardent.evaluate(one, DATA, 10))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "Factors · Bpr is closed, and its weights are freed: close it later, or train, load or resume it"
                                    + " again.");
            assertThatThrownBy(() -> one.scores(3, 80))
                    .hasMessageStartingWith("There is no user 80: the 80 users of groups, split(")
                    .hasMessageEndingWith(" count from 0.");
        }
    }

    /** The rank loss of a list that the student has in order is lower than that of the same list turned round. */
    @Test
    void losesLessWhereTheOrderIsTheTeachers() {
        float[] scores = new float[30];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = -i / 4f;
        }
        int[] top = java.util.stream.IntStream.range(2, 12).toArray();
        int[] turned = java.util.stream.IntStream.range(2, 12).map(i -> 13 - i).toArray();
        assertThat(rank(scores, top)).isLessThan(rank(scores, turned) - 1);
    }

    private static float rank(float[] scores, int[] top) {
        var lists = new TargetLists(30, new int[][] {{0, 1}}, new int[][] {{0}}, new int[][] {top});
        return ardent.tensor.Tape.read(
                () -> lists.rank(ardent.tensor.Torch.array(scores, new ai.djl.ndarray.types.Shape(1, 30)))
                        .getFloat());
    }

    /** What a teacher does not keep has no order: 300 items are more than the 200 of its lists. */
    @Test
    void teachersAreJudgedAsFarAsTheirListsReach() {
        var random = new SplittableRandom(2);
        var lists = new ArrayList<int[]>();
        for (int u = 0; u < 120; u++) {
            lists.add(random.ints(0, 300).distinct().limit(20).toArray());
        }
        Interactions data = Interactions.of("many", lists).split(0);
        assertThat(data.items()).isGreaterThan(250);
        var few = List.of(TeacherVersions.of(new Factors(2), new Bpr(), data, PLAN.epochs(1)));
        assertThat(TopItems.of(few, data, 196).mean("Recall@196")).isPositive();
        assertThatThrownBy(() -> TopItems.of(few, data, 10, 197))
                .hasMessageStartingWith("The first K items of teachers are judged for a K up to 196 here, not 197");
    }

    @Test
    void measuresEqualTheirDefinition() {
        int[] order = Lists.order(new float[] {0.5f, -1, 3, 0.5f, Float.NEGATIVE_INFINITY, 2}, 4, new int[] {5});
        assertThat(order).containsExactly(2, 0, 3, 1);
        assertThat(TopItems.recall(order, new int[] {0, 1, 4}, 2)).isCloseTo(1 / 3.0, within(1e-12));
        double second = Math.log(2) / Math.log(3);
        assertThat(TopItems.ndcg(order, new int[] {0, 1, 4}, 2, r -> 1))
                .isCloseTo(second / (1 + second), within(1e-12));
        assertThat(TopItems.ndcg(order, new int[] {2}, 10, r -> 1)).isEqualTo(1);
    }

    @Test
    void whatDoesNotFitIsRefusedInASentence() {
        assertThatThrownBy(() -> Ardent.train(new Factors(4), new Bpr(), groups(), PLAN))
                .hasMessageContaining("call split(seed) first");
        assertThatThrownBy(() -> Ardent.train(new Factors(4), hetComp(), groups().split(1), PLAN))
                .hasMessageContaining("give the same data and the same split");
        var pairs = new ArrayList<int[]>();
        for (int u = 0; u < 80; u++) {
            pairs.add(new int[] {u, u + 1, u + 2, u + 3, u + 4});
        }
        Interactions sameName = Interactions.of("groups", pairs).split(0);
        assertThatThrownBy(() -> Ardent.train(new Factors(4), hetComp(), sameName, PLAN))
                .as("other pairs under the same name")
                .hasMessageContaining("and not on the data given: pairs had the SHA-256 ")
                .hasMessageContaining("give the same data and the same split");
        try (Recommender other = Ardent.train(new Factors(4), new Bpr(), groups().split(1), PLAN.epochs(1))) {
            assertThatThrownBy(() -> Ardent.evaluate(other, DATA, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("give the same data and the same split");
        }
        assertThatThrownBy(() -> Ardent.train(new Factors(4), new HetComp(teachers), DATA, PLAN))
                .hasMessageContaining("give a smaller K");
        assertThatThrownBy(() -> TopItems.of(teachers, DATA, 101)).hasMessageContaining("number of items, not 101");
        assertThat(TopItems.of(teachers, DATA, 10, 10, 50).values())
                .as("a K that is given twice")
                .isEqualTo(TopItems.of(teachers, DATA, 10, 50).values());
        assertThatThrownBy(() -> TopItems.of(teachers, DATA, 10).mean("NDCG@20"))
                .hasMessageContaining("only [Recall@10");
        assertThatThrownBy(() -> new HetComp(List.of())).hasMessage("At least 1 teacher is needed, not 0.");
        assertThatThrownBy(() -> new HetComp(teachers, HetComp.Course.RANK, 15, 10, 1.05))
                .hasMessageContaining("multiple of 10");
        Interactions everything =
                Interactions.of("all", List.of(new int[] {0, 1, 2, 3, 4})).split(0);
        assertThatThrownBy(() -> new Bpr().begin(everything))
                .as("a search for an item that nobody has to give would not end")
                .hasMessageStartingWith("Of the 1 users of all, ")
                .hasMessageContaining("have every item in training, and BPR sets each item against one");
        for (Plan plan : List.of(
                PLAN.averaging(Averaging.ema(0.5)),
                PLAN.perturbation(Perturbation.awp(0.005)),
                PLAN.versions(4),
                PLAN.precision(Precision.BFLOAT16))) {
            assertThatThrownBy(() -> Ardent.train(new Factors(4), new Bpr(), DATA, plan))
                    .as(plan.toString())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("The training of Factors · Bpr does not use the ")
                    .hasMessageContaining(": leave it out.");
        }
        assertThatThrownBy(() -> new Factors(0)).hasMessageContaining("At least 1 dimension");
        assertThatThrownBy(() -> Ardent.train(new Factors(4), new Bpr(), DATA, PLAN.rate(1e30)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("A lower rate usually helps");
    }

    /** 943 users who rated 1,682 films, where a user puts them or {@code ARDENT_MOVIELENS} says. */
    @Test
    void filmsAreReadWhereTheyAre() {
        String place = Objects.requireNonNullElse(System.getenv("ARDENT_MOVIELENS"), "datasets/movielens-100k");
        assumeTrue(Files.exists(Path.of(place)), "MovieLens 100K is not here");
        Interactions films = Interactions.ratings(Path.of(place), 4);
        assertThat(films.users()).isEqualTo(942);
        Interactions split = films.split(0);
        try (Recommender student = Ardent.train(
                new Factors(6), new Bpr(), split, Recommender.plan().epochs(20))) {
            assertThat(Ardent.evaluate(student, split, 10).mean("NDCG@10")).isGreaterThan(0.1);
        }
    }
}
