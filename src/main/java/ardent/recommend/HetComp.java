package ardent.recommend;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.method.Memory;
import ardent.method.Trajectory;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import ardent.rank.Lists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
    private static final int DEPTH = 50;
    private static final double ROUNDED = 1e4;

    /** The order in which versions teach the student. */
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
                .map(u -> Math.min(data.items() - data.training(u).length, TeacherVersions.KEPT))
                .min()
                .orElse(0);
        if (listed > fewest) {
            throw new IllegalArgumentException(
                    "HetComp lists K = " + listed + " unobserved items for each user, and there are " + fewest
                            + " for some (teachers keep " + TeacherVersions.KEPT + "): give a smaller K.");
        }
        return new Path(data);
    }

    /** The order in which an ensemble has the items that are not hidden, by the sum of importances. */
    static int[] ensemble(List<float[]> importances, int count, int[]... hidden) {
        float[] sum = importances.get(0).clone();
        for (float[] other : importances.subList(1, importances.size())) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += other[i];
            }
        }
        return Lists.order(sum, count, hidden);
    }

    /** The same from lists of the teachers: an importance is exp(−rank/10) for what is in a list, 0 for the rest. */
    static int[] ensemble(Stream<int[]> lists, int items, int count, int[]... hidden) {
        List<float[]> importances = lists.map(list -> {
                    var importance = new float[items];
                    for (int r = 0; r < list.length; r++) {
                        importance[list[r]] = (float) Math.exp(-r / RANKS);
                    }
                    return importance;
                })
                .toList();
        return ensemble(importances, count, hidden);
    }

    /** NDCG@50 of a student's list where the items of a teacher's are relevant, the more the higher the student has them. */
    static double agreement(int[] student, int[] teacher) {
        int depth = Math.min(DEPTH, Math.min(student.length, teacher.length));
        int[] relevant = Arrays.copyOf(teacher, depth);
        Arrays.sort(relevant);
        double ndcg = TopItems.ndcg(student, relevant, depth, r -> Math.pow(2, Math.exp(-r / RANKS)) - 1);
        return depth == 0 ? 1 : Math.rint(ndcg * ROUNDED) / ROUNDED;
    }

    @Override
    public String name() {
        return "HetComp"
                + (course == Course.EASY_TO_HARD ? "" : ", " + course.name().toLowerCase(Locale.ROOT));
    }

    /** One training of a student. */
    private final class Path implements Lesson, Memory {
        private final Interactions data;
        private final List<Trajectory.Position> positions;
        private final int[][] positives;
        private final int[][] tops;
        private final List<Versions> seen = new ArrayList<>();
        private boolean ranking = course == Course.RANK;

        Path(Interactions data) {
            this.data = data;
            positions = teachers.stream()
                    .map(teacher -> new Trajectory.Position(data.users(), TeacherVersions.COUNT))
                    .toList();
            positives = new int[data.users()][];
            tops = new int[data.users()][];
            Arrays.setAll(positives, u -> {
                int count = Math.min(listed / TENTH, data.training(u).length);
                return ensemble(teachers.stream().map(teacher -> teacher.observed()[u]), data.items(), count);
            });
            gather();
            note();
        }

        private void gather() {
            Arrays.setAll(tops, u -> {
                Stream<int[]> now = IntStream.range(0, teachers.size())
                        .mapToObj(m -> teachers.get(m).lists()[version(m, u)][u]);
                return ensemble(now, data.items(), listed, data.training(u));
            });
        }

        private void note() {
            seen.add(new Versions(seen.size() * period, means(), ranking));
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
                int[][] now = data.best(student.scores(data.everybody()), DEPTH);
                for (int m = 0; m < teachers.size(); m++) {
                    int[][][] lists = teachers.get(m).lists();
                    positions.get(m).look(alpha, (u, version) -> 1 - agreement(now[u], lists[version][u]));
                }
                ranking = means().stream().allMatch(mean -> mean == TeacherVersions.COUNT - 1);
                gather();
                note();
            }
        }

        @Override
        public SortedMap<String, Memory> memories() {
            var memories = new TreeMap<String, Memory>(Map.of("versions", this));
            for (int m = 0; m < teachers.size(); m++) {
                memories.put("teacher " + m, positions.get(m));
            }
            return memories;
        }

        /** The mean versions that were noted so far, and whether the rank loss had taken over. */
        @Override
        public double[] numbers() {
            return seen.stream()
                    .flatMap(each -> Stream.concat(each.means().stream(), Stream.of(each.ranking() ? 1.0 : 0)))
                    .mapToDouble(number -> number)
                    .toArray();
        }

        @Override
        public void set(double... numbers) {
            seen.clear();
            for (int k = teachers.size(); k < numbers.length; k += teachers.size() + 1) {
                ranking = numbers[k] == 1;
                var means =
                        Arrays.stream(numbers, k - teachers.size(), k).boxed().toList();
                seen.add(new Versions(seen.size() * period, means, ranking));
            }
            gather();
        }

        private int version(int teacher, int user) {
            return course == Course.EASY_TO_HARD ? positions.get(teacher).version(user) : TeacherVersions.COUNT - 1;
        }

        /** Means over users, rounded to two decimals as the reference does. */
        private List<Double> means() {
            int users = data.users();
            return IntStream.range(0, teachers.size())
                    .mapToDouble(m ->
                            IntStream.range(0, users).map(u -> version(m, u)).sum())
                    .mapToObj(sum -> Math.rint(sum / users * 100) / 100)
                    .toList();
        }

        @Override
        public List<Versions> versions() {
            return List.copyOf(seen);
        }
    }
}
