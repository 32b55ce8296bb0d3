package ardent.recommend;

import java.util.Arrays;

/**
 * HetComp's dynamic knowledge construction: which version of each teacher each user learns from. A user moves on to the next
 * version where the student has come nearer to it by more than a threshold, or has moved away from it.
 */
final class VersionChoice {
    private static final int DEPTH = 50;
    private static final double CALMER = 0.995;
    private static final double ROUNDED = 1e4;
    private static final double GAIN = 10;

    private final int[][][][] lists;
    private final int period;
    private final double alpha;
    private final int[][] version;
    private final double[][] distance;
    private boolean begun;

    /** Unobserved items by teacher, version and user, best first; each teacher has as many versions. */
    VersionChoice(int[][][][] lists, int period, double alpha) {
        this.lists = lists;
        this.period = period;
        this.alpha = alpha;
        version = new int[lists.length][lists[0][0].length];
        distance = new double[lists.length][lists[0][0].length];
    }

    /** Looks at the student's unobserved items, best first; the first time it only measures. */
    void next(int epoch, int[][] student) {
        double threshold = alpha * Math.pow(CALMER, Math.floorDiv(epoch, period));
        for (int m = 0; m < lists.length; m++) {
            for (int u = 0; u < student.length; u++) {
                double now = distance(m, u, student[u]);
                if (!begun) {
                    distance[m][u] = now;
                } else if (version[m][u] < last()) {
                    double ratio = distance[m][u] / now;
                    if (now == 0 || ratio > threshold || ratio < 1) {
                        version[m][u]++;
                        distance[m][u] = distance(m, u, student[u]);
                    }
                }
            }
        }
        begun = true;
    }

    /** Of the version that is next. */
    private double distance(int teacher, int user, int[] student) {
        int next = Math.min(version[teacher][user] + 1, last());
        return 1 - agreement(student, lists[teacher][next][user]);
    }

    /** NDCG@50 of a student's list where the items of a teacher's are relevant, the more the higher the student has them. */
    static double agreement(int[] student, int[] teacher) {
        int depth = Math.min(DEPTH, Math.min(student.length, teacher.length));
        int[] relevant = Arrays.copyOf(teacher, depth);
        Arrays.sort(relevant);
        double sum = 0;
        double most = 0;
        for (int r = 0; r < depth; r++) {
            double gain = (Math.pow(2, Math.exp(-r / GAIN)) - 1) / (Math.log(r + 2) / Math.log(2));
            most += gain;
            sum += Arrays.binarySearch(relevant, student[r]) >= 0 ? gain : 0;
        }
        return most == 0 ? 1 : Math.rint(sum / most * ROUNDED) / ROUNDED;
    }

    private int last() {
        return lists[0].length - 1;
    }

    int version(int teacher, int user) {
        return version[teacher][user];
    }

    double distance(int teacher, int user) {
        return distance[teacher][user];
    }

    /** All users have the last version from now on. */
    void finish() {
        Arrays.stream(version).forEach(users -> Arrays.fill(users, last()));
    }

    /** Mean over users, rounded to two decimals as the reference does. */
    double mean(int teacher) {
        return Math.rint(Arrays.stream(version[teacher]).average().orElse(0) * 100) / 100;
    }

    /** Whether the means say that all are at the last version. */
    boolean finished() {
        double sum = 0;
        for (int m = 0; m < lists.length; m++) {
            sum += mean(m);
        }
        return sum >= lists.length * last() - 1e-9;
    }
}
