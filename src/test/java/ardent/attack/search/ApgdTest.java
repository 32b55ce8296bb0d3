package ardent.attack.search;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.AaGolden;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Goal;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.MultiRoundAttack;
import ardent.network.Network;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.tensor.WrittenNoise;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** APGD against recorded runs of the AutoAttack reference. */
class ApgdTest {
    private static final Map<String, Goal> RUNS =
            new TreeMap<>(Map.of("apgd_ce", Goal.CE, "apgd_dlr", Goal.DLR, "apgd_t", Goal.TARGETED_DLR));

    @Test
    void checkpointsEqualTheReference() {
        try (var golden = new Golden("aa-schedules")) {
            for (String name : golden.names().stream()
                    .filter(tensor -> tensor.matches("apgd\\.n\\d+"))
                    .toList()) {
                int n = Integer.parseInt(name.substring(6));
                long[] bounds = golden.get(name).toLongArray();
                long[] expected = golden.get(name + ".checks").toLongArray();
                var actual = new ArrayList<Long>();
                var checkpoints = new ApgdStepSize(n);
                assertThat((long) checkpoints.interval()).isEqualTo(bounds[0]);
                for (long i = 1; i <= n; i++) {
                    if (checkpoints.due()) {
                        long reached = checkpoints.interval();
                        actual.add(i);
                        actual.add(reached);
                        checkpoints.next();
                        assertThat((long) checkpoints.interval()).isEqualTo(Math.max(reached - bounds[2], bounds[1]));
                    }
                }
                assertThat(actual.stream().mapToLong(Long::longValue).toArray()).isEqualTo(expected);
            }
        }
    }

    static Stream<Arguments> traces() {
        return AaGolden.traces().flatMap(name -> RUNS.keySet().stream().map(run -> Arguments.of(name, run)));
    }

    @ParameterizedTest
    @MethodSource("traces")
    void everyForcedStepEqualsTheReference(String name, String run) {
        try (var golden = new Golden(name)) {
            Ball ball = AaGolden.ball(golden, "eps");
            float tolerance = ball instanceof Linf ? 1.2e-7f : 1e-6f;
            Tape.free(() -> {
                NDArray images = golden.get(run + ".x0");
                NDArray radii = Attempts.radii(ball, images.getShape().get(0));
                NDArray x = golden.get(run + ".x");
                long steps = x.getShape().get(0) - 1;
                long[] checks = golden.get(run + ".checks").toLongArray();
                int done = 0;
                var checkpoints = new ApgdStepSize((int) steps);
                try (var ascent = new ApgdState(ball, images, radii, x.get(0), point(golden, run, 0))) {
                    for (int i = 0; i < steps; i++) {
                        assertThat(ascent.stride().toFloatArray())
                                .isEqualTo(golden.get(run + ".eta").get(i).toFloatArray());
                        assertThat(gap(ascent.propose(), x.get(i + 1))).isLessThanOrEqualTo(tolerance);
                        ascent.accept(x.get(i + 1).duplicate(), point(golden, run, i + 1));
                        if (checkpoints.due()) {
                            ascent.check(checkpoints.interval());
                            checkpoints.next();
                            assertThat(checks[2 * done]).isEqualTo(i + 1);
                            assertThat(checks[2 * done + 1]).isEqualTo(checkpoints.interval());
                            assertThat(ascent.reduced().toFloatArray())
                                    .isEqualTo(golden.get(run + ".reduced")
                                            .get(done)
                                            .toFloatArray());
                            assertThat(ascent.x().toFloatArray())
                                    .isEqualTo(golden.get(run + ".xAfterCheck")
                                            .get(done)
                                            .toFloatArray());
                            done++;
                        }
                    }
                    assertThat(done * 2).isEqualTo(checks.length);
                    assertThat(ascent.best().toFloatArray()).isEqualTo(golden.floats(run + ".xBest"));
                    assertThat(ascent.bestLoss().toFloatArray()).isEqualTo(golden.floats(run + ".bestLoss"));
                    assertThat(ascent.adversarial().toFloatArray()).isEqualTo(golden.floats(run + ".xBestAdv"));
                    long[] correct =
                            golden.get(run + ".correctSoFar").get(steps).toLongArray();
                    boolean[] broken = ascent.broken();
                    for (int i = 0; i < broken.length; i++) {
                        assertThat(broken[i]).isEqualTo(correct[i] == 0);
                    }
                }
            });
        }
    }

    private static ApgdState.Point point(Golden golden, String run, int i) {
        NDArray gradient = golden.get(run + ".grad").get(i);
        NDArray loss = golden.get(run + ".loss").get(i);
        NDArray right = golden.get(run + ".correctSoFar").get(i).gt(0);
        return new ApgdState.Point(gradient.duplicate(), loss.duplicate(), right);
    }

    private static float gap(NDArray one, NDArray two) {
        return one.sub(two).abs().max().getFloat();
    }

    /** The whole attack on the traced images; whom it leaves, what it drew, and what the first run aimed at. */
    @ParameterizedTest
    @MethodSource("traces")
    void tracedRunsEqualTheReference(String name, String run) {
        try (var golden = new Golden(name);
                var network = GoldenNet.load(golden.text("model"))) {
            JsonObject figure = golden.figure(run.replace('_', '-')).getAsJsonObject();
            int steps = figure.get("iterations").getAsInt();
            Tape.free(() -> {
                var noise = new WrittenNoise((long) golden.number("seed"));
                NDArray images = golden.get("images");
                NDArray labels = golden.get("labels");
                int targets = figure.get("runs").getAsInt();
                MultiRoundAttack attack = attack(run, AaGolden.ball(golden, "eps"), steps, targets, Mode.PARITY);
                var seen = new AaGolden.Seen(attack);
                NDArray adversarial = seen.perturb(network, images, labels, noise);
                long[] flags = AaGolden.flags(network.logits(adversarial), labels);
                assertThat(Arrays.stream(flags).sum())
                        .isEqualTo(figure.get("robustAfter").getAsLong());
                assertThat(flags).isEqualTo(AaGolden.flags(network.logits(golden.get(run + ".adv")), labels));
                assertThat(seen.rows()).hasSize(targets);
                AaGolden.assertDraws(figure, noise, attack);
                assertThat(AaGolden.moved(adversarial, golden.get(run + ".adv")))
                        .isLessThanOrEqualTo(3e-2);
                AaGolden.assertFirstRun(golden, run, attack, network);
            });
        }
    }

    private static MultiRoundAttack attack(String run, Ball ball, int steps, int targets, Mode mode) {
        Goal goal = RUNS.get(run);
        return goal.targeted()
                ? new ApgdT(ball, goal, steps, targets, 1, mode)
                : new Apgd(ball, goal, steps, 1, 1, mode);
    }

    static Stream<Arguments> runs() {
        return AaGolden.runs().flatMap(name -> RUNS.keySet().stream().map(run -> Arguments.of(name, run)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void freeRunsEqualTheReference(String name, String run) {
        AaGolden.on(name, (golden, network, ball) -> {
            int steps = golden.count("apgd", "iterations");
            int targets = golden.count("apgdT", "target ranks");
            assertThat(golden.count("apgd", "restart")).isEqualTo(1);
            var heard = new Heard(network, new ArrayList<>());
            AaGolden.assertRun(golden, run, attack(run, ball, steps, targets, Mode.PARITY), heard, Mode.PARITY);
            Tape.free(() -> assertLosses(golden, run, network, heard.logits(), steps));
            AaGolden.assertRun(golden, run, attack(run, ball, steps, targets, Mode.FAST), network, Mode.FAST);
        });
    }

    /** Logits that a network gave, to be looked at afterwards. */
    private record Heard(Network network, List<float[]> logits) implements Network {
        @Override
        public NDArray logits(NDArray images) {
            NDArray told = network.logits(images);
            logits.add(told.stopGradient().toFloatArray());
            return told;
        }
    }

    /** Of the first run: the losses of all its steps, which points were right, and the best losses. */
    private static void assertLosses(Golden golden, String run, Network network, List<float[]> all, int steps) {
        Goal goal = RUNS.get(run);
        int count = (int) golden.get(run + ".robust").size();
        NDArray images = golden.get("images").get("0:" + count);
        NDArray truth = golden.get("labels").get("0:" + count);
        long[] rows = Rows.where(Rows.right(network.logits(images), truth).toBooleanArray(), true);
        NDArray labels = Rows.pick(truth, rows);
        NDArray order = network.logits(Rows.pick(images, rows)).argSort(1, true);
        NDArray targets = order.get(":, -2");
        // Before them the clean images were asked, and, where there are targets, those that were right once more.
        int first = goal.targeted() ? 2 : 1;
        float[] best = new float[rows.length];
        Arrays.fill(best, Float.NEGATIVE_INFINITY);
        var gaps = new ArrayList<Float>();
        int otherwise = 0;
        for (int i = 0; i <= steps; i++) {
            float[] told = all.get(first + i);
            NDArray logits = Torch.array(told, new Shape(rows.length, told.length / rows.length));
            float[] loss = goal.value(logits, labels, targets).toFloatArray();
            NDArray recorded = i == 0
                    ? golden.get(run + ".run0.startLoss")
                    : golden.get(run + ".run0.stepLoss").get(i - 1);
            float[] expected = recorded.toFloatArray();
            for (int row = 0; row < loss.length; row++) {
                best[row] = Math.max(best[row], loss[row]);
                gaps.add(Math.abs(loss[row] - expected[row]));
            }
            if (i > 0) {
                long[] correct = golden.get(run + ".run0.correct").get(i - 1).toLongArray();
                otherwise += AaGolden.differing(AaGolden.flags(logits, labels), correct);
            }
        }
        gaps.sort(null);
        assertThat(AaGolden.median(best, golden.floats(run + ".run0.bestLoss"))).isLessThan(1e-4);
        assertThat(gaps.get(gaps.size() / 2)).isLessThan(1e-4f);
        assertThat(otherwise).isLessThanOrEqualTo(steps * rows.length / 100);
    }

    /** Fed with the recorded losses, steps halve when and where they did. */
    @ParameterizedTest
    @MethodSource("runs")
    void strideAndBestLossFollowTheRecordedLosses(String name, String run) {
        try (var golden = new Golden(name)) {
            Tape.free(() -> {
                Ball ball = AaGolden.ball(golden, "eps");
                NDArray losses = golden.get(run + ".run0.stepLoss");
                NDArray correct = golden.get(run + ".run0.correct");
                int steps = (int) losses.getShape().get(0);
                NDArray first = golden.get(run + ".run0.startLoss");
                NDArray images = first.zerosLike().reshape(-1, 1, 1, 1);
                NDArray radii = Attempts.radii(ball, first.size());
                var checkpoints = new ApgdStepSize(steps);
                var checks = golden.figure(run.replace('_', '-'), "checks").getAsJsonArray();
                int done = 0;
                var start = new ApgdState.Point(images, first, first.eq(first));
                try (var ascent = new ApgdState(ball, images, radii, images, start)) {
                    for (int i = 0; i < steps; i++) {
                        assertThat(ascent.stride().toFloatArray())
                                .isEqualTo(golden.get(run + ".run0.eta").get(i).toFloatArray());
                        NDArray right = correct.get(i).gt(0);
                        ascent.accept(
                                images.duplicate(), new ApgdState.Point(images.duplicate(), losses.get(i), right));
                        if (checkpoints.due()) {
                            var check = checks.get(done).getAsJsonObject();
                            assertThat(check.get("iteration").getAsInt()).isEqualTo(i + 1);
                            ascent.check(checkpoints.interval());
                            checkpoints.next();
                            assertThat(check.get("k").getAsInt()).isEqualTo(checkpoints.interval());
                            assertThat(ascent.reduced().toFloatArray())
                                    .isEqualTo(golden.get(run + ".run0.reduced")
                                            .get(done++)
                                            .toType(DataType.FLOAT32, false)
                                            .toFloatArray());
                        }
                    }
                    assertThat(done).isEqualTo(checks.size());
                    assertThat(ascent.bestLoss().toFloatArray()).isEqualTo(golden.floats(run + ".run0.bestLoss"));
                    assertThat((long) Rows.where(ascent.broken(), false).length)
                            .isEqualTo(golden.get(run + ".runRobust").getLong(0));
                }
            });
        }
    }

    @Test
    void edgesEqualTheReference() {
        AaGolden.edges(scenario -> {
            Ball ball = scenario.ball();
            int steps = scenario.steps();
            scenario.assertRobust("apgd_ce", new Apgd(ball, Goal.CE, steps, 2, 1, Mode.PARITY));
            scenario.assertRobust("apgd_dlr", new Apgd(ball, Goal.DLR, steps, 1, 1, Mode.PARITY));
            scenario.assertRobust("apgd_t", new ApgdT(ball, Goal.TARGETED_DLR, steps, 9, 1, Mode.PARITY));
        });
    }

    @Test
    void exactArithmeticGivesTheSameFlags() {
        try (var golden = new Golden("exact-linear")) {
            Network network = AaGolden.linear(golden);
            int steps = (int) golden.number("apgd", "iterations");
            for (String run : List.of("apgd_ce", "apgd_dlr")) {
                var noise = new WrittenNoise((long) golden.number("apgd", "seed"));
                MultiRoundAttack attack = attack(run, new Linf(golden.number("apgd", "eps")), steps, 1, Mode.PARITY);
                NDArray adversarial = attack.perturb(network, golden.get("images"), golden.get("labels"), noise);
                AaGolden.assertExact(golden, run, network.logits(adversarial), 1e-2f);
                AaGolden.assertDraws(golden.figure(run).getAsJsonObject(), noise, attack);
                assertThat(AaGolden.flags(network.logits(golden.get(run + ".adv")), golden.get("labels")))
                        .isEqualTo(AaGolden.flags(network.logits(adversarial), golden.get("labels")));
            }
        }
    }
}
