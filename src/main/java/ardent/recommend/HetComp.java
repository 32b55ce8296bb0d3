package ardent.recommend;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * HetComp, distillation from heterogeneous recommenders (Kang et al., WWW 2023): a small student learns lists of items from an
 * ensemble of teachers, from their early, easy versions to the last ones, first which items are listed and then in which order.
 *
 * <p>For each user: π⁺, the first K/10 observed items, and π⁻, the first K unobserved items by Σ_m exp(−rank_m/10) over the
 * teachers m, each in the version that the user has reached. Overall loss: −Σ over π⁺ and π⁻ of s_i − log(E + exp s_i), E the sum
 * of exp s over what is neither observed nor in π⁻. Rank loss: the orders of π⁺ and of the first K/2 and K/10 of π⁻ after Plackett
 * and Luce. Scores are limited to [−40, 40]. Every p epochs a user moves on to a teacher's next version if d_before / d_now is above
 * α·0.995^⌊epoch/p⌋ or below 1, with d = 1 − NDCG@50 of the student's list against that version's; once all users have reached
 * the last versions, the rank loss takes over. Nothing else is minimised, as in the authors' code.
 *
 * <p>Deviations: teachers are trained here, their versions are quarters of their trainings, and exp(−rank/10) stands for importances
 * that are not public; batches are users instead of pairs; a user who has a version's list exactly moves on.
 *
 * @param teachers the teachers with their versions, at least one, all trained on the data of the student
 * @param course which versions and which loss
 * @param listed K, length of π⁻, a multiple of 10
 * @param period p in epochs, at least 1
 * @param alpha α, at least 1
 */
public record HetComp(
        List<TeacherVersions> teachers,
        Course course,
        @Letter("K") int listed,
        @Letter("p") int period,
        @Letter("α") double alpha)
        implements RecommenderLoss {
    private static final double OVERALL = 0.01;
    private static final double RANK = 0.005;
    private static final int TENTH = 10;
    private static final double RANKS = 10;

    /** What the student is led along. */
    public enum Course {
        /** HetComp: versions from easy to hard with the overall loss, and then the rank loss. */
        EASY_TO_HARD,
        /** A control: the overall loss of the last versions. */
        OVERALL,
        /** A control: the rank loss of the last versions from the start. */
        RANK
    }

    /**
     * Where the users were at some epoch.
     *
     * @param epoch counted from 1
     * @param means mean version over users, one for each teacher, from 0 for the first
     * @param ranking whether the rank loss has taken over
     */
    public record Versions(int epoch, List<Double> means, boolean ranking) {
        /** Copies the list. */
        public Versions {
            means = Arguments.all("means", means);
        }
    }

    /** Checks teachers and numbers. */
    public HetComp {
        teachers = Arguments.all("teachers", teachers);
        Arguments.given("course", course);
        Arguments.atLeastOne("teacher", teachers.size());
        Arguments.atLeastOne("epoch", period);
        if (listed < TENTH || listed % TENTH != 0) {
            throw new IllegalArgumentException("HetComp's lists have a length K that is a multiple of " + TENTH
                    + ", such as 100, not " + listed + ".");
        }
        if (!(alpha >= 1)) {
            throw new IllegalArgumentException("HetComp's α is at least 1, not " + alpha + ".");
        }
    }

    /**
     * K = 100, p = 10, α = 1.05.
     *
     * @param teachers the teachers
     */
    public HetComp(List<TeacherVersions> teachers) {
        this(teachers, Course.EASY_TO_HARD, 100, 10, 1.05);
    }

    /**
     * The same with another course.
     *
     * @param course which versions and which loss
     * @return a changed copy
     */
    public HetComp course(Course course) {
        return new HetComp(teachers, course, listed, period, alpha);
    }

    @Override
    public Lesson begin(Interactions data) {
        teachers.forEach(teacher -> teacher.requireFor(data));
        int fewest = IntStream.range(0, data.users())
                .map(u -> data.items() - data.training(u).length)
                .min()
                .orElse(0);
        int kept = Math.min(fewest, teachers.get(0).lists()[0][0].length);
        if (listed > fewest) {
            throw new IllegalArgumentException(
                    "HetComp lists K = " + listed + " unobserved items for each user, and there is a" + " user with "
                            + fewest + " only: give a smaller K.");
        }
        if (kept < listed) {
            throw new IllegalArgumentException(
                    "HetComp lists K = " + listed + " items, and teachers keep " + kept + ".");
        }
        return new Path(data);
    }

    /** The order in which an ensemble has the items that are not hidden, by the sum of importances. */
    static int[] ensemble(List<float[]> importances, int count, int... hidden) {
        float[] sum = importances.get(0).clone();
        for (float[] other : importances.subList(1, importances.size())) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += other[i];
            }
        }
        return TopItems.order(sum, count, hidden);
    }

    /** exp(−rank/10) for what is in a list, 0 for the rest. */
    static float[] importance(int[] list, int items) {
        var importance = new float[items];
        for (int r = 0; r < list.length; r++) {
            importance[list[r]] = (float) Math.exp(-r / RANKS);
        }
        return importance;
    }

    @Override
    public String name() {
        return course == Course.EASY_TO_HARD
                ? "HetComp"
                : "HetComp, " + course.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** One training of a student. */
    private final class Path implements Lesson {
        private final Interactions data;
        private final VersionChoice choice;
        private final int[][] positives;
        private final int[][] tops;
        private final List<Versions> seen = new ArrayList<>();
        private boolean ranking = course == Course.RANK;

        Path(Interactions data) {
            this.data = data;
            choice = new VersionChoice(
                    teachers.stream().map(TeacherVersions::lists).toArray(int[][][][]::new), period, alpha);
            if (course != Course.EASY_TO_HARD) {
                choice.finish();
            }
            positives = new int[data.users()][];
            tops = new int[data.users()][];
            Arrays.setAll(
                    positives,
                    u -> ensemble(
                            teachers.stream()
                                    .map(teacher -> importance(teacher.observed()[u], data.items()))
                                    .toList(),
                            Math.min(listed / TENTH, data.training(u).length)));
            gather();
        }

        private void gather() {
            Arrays.setAll(
                    tops,
                    u -> ensemble(
                            IntStream.range(0, teachers.size())
                                    .mapToObj(m ->
                                            importance(teachers.get(m).lists()[choice.version(m, u)][u], data.items()))
                                    .toList(),
                            listed,
                            data.training(u)));
            seen.add(new Versions(
                    seen.isEmpty() ? 0 : seen.size() * period,
                    IntStream.range(0, teachers.size()).mapToObj(choice::mean).toList(),
                    ranking));
        }

        @Override
        public NDArray loss(int[] users, NDArray scores, SplittableRandom random) {
            var lists = new TargetLists(
                    data.items(),
                    Arrays.stream(users).mapToObj(data::training).toArray(int[][]::new),
                    Arrays.stream(users).mapToObj(u -> positives[u]).toArray(int[][]::new),
                    Arrays.stream(users).mapToObj(u -> tops[u]).toArray(int[][]::new));
            return ranking
                    ? lists.rank(scores).mul(constant(RANK))
                    : lists.overall(scores).mul(constant(OVERALL));
        }

        @Override
        public void ended(int epoch, Recommender student) {
            if (!ranking && course == Course.EASY_TO_HARD && epoch % period == 0) {
                choice.next(epoch, student.best(listed));
                ranking = choice.finished();
                gather();
            }
        }

        @Override
        public List<Versions> versions() {
            return List.copyOf(seen);
        }
    }
}
