package ardent.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.Golden;
import ardent.method.Trajectory;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** HetComp's pieces against values that the authors' own functions gave. */
class HetCompGoldenTest {
    private static final int TIES = 6;

    @Test
    void lossesAndTheirGradientsEqualTheReference() {
        try (var golden = new Golden("method-hetcomp")) {
            int[][] observed = members(golden, "observed");
            NDArray batch = golden.get("batch");
            long[] users = batch.toLongArray();
            int[][] training =
                    Arrays.stream(users).mapToObj(u -> observed[(int) u]).toArray(int[][]::new);
            var lists = new TargetLists(
                    (int) golden.shape("observed").get(1), training, rows(golden, "positives"), rows(golden, "tops"));
            assertThat(rows(golden, "tops")[0]).hasSize((int) golden.number("K"));
            for (String kind : List.of("mild.", "clamped.")) {
                NDArray own = Tape.scope(() -> scores(
                                ardent.tensor.Torch.rows(golden.get(kind + "users"), batch), golden.get(kind + "items"))
                        .maximum(ardent.tensor.Torch.constant(-golden.number("clamp")))
                        .minimum(ardent.tensor.Torch.constant(golden.number("clamp"))));
                close(own.toFloatArray(), golden.floats(kind + "scores"), 1e-5);
                check(golden, kind, "overall", batch, lists::overall);
                check(golden, kind, "rank", batch, lists::rank);
            }
        }
    }

    @Test
    void bprEqualsTheReference() {
        try (var golden = new Golden("method-hetcomp")) {
            long items = golden.shape("observed").get(1);
            long[] users = golden.get("bpr.users").toLongArray();
            long[] positives = golden.get("bpr.positives").toLongArray();
            long[] negatives = golden.get("bpr.negatives").toLongArray();
            Arrays.setAll(positives, k -> users[k] * items + positives[k]);
            Arrays.setAll(negatives, k -> users[k] * items + negatives[k]);
            UnaryOperator<NDArray> loss = scores -> Bpr.loss(scores, positives, negatives);
            NDArray u = golden.get("mild.users");
            NDArray i = golden.get("mild.items");
            assertThat(Tape.scope(() -> loss.apply(scores(u, i))).getFloat())
                    .isCloseTo(golden.scalar("bpr.loss"), within(1e-5f * golden.scalar("bpr.loss")));
            NDArray byUsers = Tape.gradient(u, x -> loss.apply(scores(x, i)));
            NDArray byItems = Tape.gradient(i, x -> loss.apply(scores(u, x)));
            close(byUsers.toFloatArray(), golden.floats("bpr.grad.users"), 1e-5);
            close(byItems.toFloatArray(), golden.floats("bpr.grad.items"), 1e-5);
        }
    }

    @Test
    void versionsMoveOnAsInTheReference() {
        try (var golden = new Golden("method-hetcomp")) {
            int[][] observed = members(golden, "dkc.observed");
            int teachers = (int) golden.number("dkc", "teachers");
            int versions = (int) golden.number("dkc", "versions");
            int users = observed.length;
            long[] flat = golden.get("dkc.permutations").toLongArray();
            int listed = (int) golden.number("dkc", "listed");
            var lists = new int[teachers][versions][users][listed];
            for (int k = 0; k < flat.length; k++) {
                int u = k / listed % users;
                lists[k / listed / users / versions][k / listed / users % versions][u][k % listed] = (int) flat[k];
            }
            List<Trajectory.Position> positions = IntStream.range(0, teachers)
                    .mapToObj(m -> new Trajectory.Position(users, versions))
                    .toList();
            int moves = 0;
            for (int step = 0; golden.has("dkc.step" + step + ".student"); step++) {
                String prefix = "dkc.step" + step + ".";
                int[][] order = rows(golden, prefix + "student");
                var student = new int[users][];
                Arrays.setAll(
                        student,
                        u -> Arrays.stream(order[u])
                                .filter(i -> Arrays.binarySearch(observed[u], i) < 0)
                                .toArray());
                for (int m = 0; m < teachers; m++) {
                    int[][][] mine = lists[m];
                    positions
                            .get(m)
                            .look(
                                    golden.number("dkc", "alpha"),
                                    (u, version) -> 1 - HetComp.agreement(student[u], mine[version][u]));
                }
                long[] version = golden.get(prefix + "version").toLongArray();
                float[] distance = golden.floats(prefix + "distance");
                float[] ndcg = golden.floats(prefix + "ndcg");
                for (int m = 0; m < teachers; m++) {
                    for (int u = 0; u < users; u++) {
                        assertThat(positions.get(m).version(u))
                                .as(prefix + m + " " + u)
                                .isEqualTo((int) version[m * users + u]);
                        assertThat(positions.get(m).distance(u)).isCloseTo(distance[m * users + u], within(1e-6));
                        assertThat(HetComp.agreement(student[u], lists[m][versions - 1][u]))
                                .isCloseTo(ndcg[m * users + u], within(1e-6));
                    }
                }
                moves = (int) Arrays.stream(version).sum();
            }
            assertThat(moves).isEqualTo(108);
            ensemble(golden, positions, observed, teachers, versions);
        }
    }

    private static void ensemble(
            Golden golden, List<Trajectory.Position> positions, int[][] observed, int teachers, int versions) {
        int[][] sorted = rows(golden, "ensemble.sorted");
        float[] all = golden.floats("ensemble.importance");
        int items = sorted[0].length;
        for (int u = 0; u < sorted.length; u++) {
            var importances = new ArrayList<float[]>();
            for (int m = 0; m < teachers; m++) {
                int at = ((m * versions + positions.get(m).version(u)) * sorted.length + u) * items;
                importances.add(Arrays.copyOfRange(all, at, at + items));
            }
            int[] order = HetComp.ensemble(importances, items - TIES, observed[u]);
            assertThat(order).isEqualTo(Arrays.copyOf(sorted[u], items - TIES));
        }
    }

    private static void check(Golden golden, String kind, String what, NDArray batch, UnaryOperator<NDArray> loss) {
        NDArray u = golden.get(kind + "users");
        NDArray i = golden.get(kind + "items");
        String name = kind + what + ".";
        UnaryOperator<NDArray> byUsers = x -> loss.apply(scores(ardent.tensor.Torch.rows(x, batch), i));
        UnaryOperator<NDArray> byItems = x -> loss.apply(scores(ardent.tensor.Torch.rows(u, batch), x));
        assertThat(Tape.scope(() -> byUsers.apply(u)).getFloat())
                .isCloseTo(golden.scalar(name + "loss"), within(1e-5f * golden.scalar(name + "loss")));
        close(Tape.gradient(u, byUsers).toFloatArray(), golden.floats(name + "grad.users"), 1e-5);
        close(Tape.gradient(i, byItems).toFloatArray(), golden.floats(name + "grad.items"), 1e-5);
    }

    private static NDArray scores(NDArray users, NDArray items) {
        return users.matMul(items.transpose());
    }

    private static void close(float[] own, float[] theirs, double share) {
        assertThat(own).hasSameSizeAs(theirs);
        double largest = IntStream.range(0, theirs.length)
                .mapToDouble(k -> Math.abs(theirs[k]))
                .max()
                .orElseThrow();
        for (int k = 0; k < own.length; k++) {
            assertThat((double) own[k]).isCloseTo(theirs[k], within(share * largest));
        }
    }

    private static int[][] rows(Golden golden, String name) {
        long[] flat = golden.get(name).toLongArray();
        int length = (int) golden.shape(name).get(1);
        return IntStream.range(0, flat.length / length)
                .mapToObj(r -> IntStream.range(0, length)
                        .map(k -> (int) flat[r * length + k])
                        .toArray())
                .toArray(int[][]::new);
    }

    private static int[][] members(Golden golden, String name) {
        return Arrays.stream(rows(golden, name))
                .map(row ->
                        IntStream.range(0, row.length).filter(i -> row[i] == 1).toArray())
                .toArray(int[][]::new);
    }
}
