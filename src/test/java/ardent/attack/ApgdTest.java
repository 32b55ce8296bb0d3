package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ardent.Golden;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** APGD against recorded runs of the AutoAttack reference. */
class ApgdTest {
    @Test
    void checkpointsEqualTheReference() {
        try (var golden = new Golden("aa-schedules")) {
            for (int n : new int[] {1, 2, 5, 10, 20, 30, 40, 50, 100, 1000}) {
                var expected = golden.get("apgd.n" + n + ".checks").toLongArray();
                var actual = new ArrayList<Long>();
                var checkpoints = new Checkpoints(n);
                for (long i = 1; i <= n; i++) {
                    if (checkpoints.due()) {
                        actual.add(i);
                        actual.add((long) checkpoints.interval());
                        checkpoints.next();
                    }
                }
                assertThat(actual.stream().mapToLong(Long::longValue).toArray()).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "linf, apgd_ce",
        "linf, apgd_dlr",
        "linf, apgd_t",
        "l2, apgd_ce",
        "l2, apgd_dlr",
        "l2, apgd_t",
    })
    void everyForcedStepEqualsTheReference(String norm, String run) {
        try (var golden = new Golden("aa-trace-" + norm)) {
            Ball ball = AaGolden.ball(norm, golden.number("eps"));
            float tolerance = norm.equals("linf") ? 1.2e-7f : 1e-6f;
            Tape.free(() -> {
                NDArray images = golden.get(run + ".x0");
                NDArray radii = Tries.radii(ball, images.getShape().get(0));
                NDArray x = golden.get(run + ".x");
                long steps = x.getShape().get(0) - 1;
                long[] checks = golden.get(run + ".checks").toLongArray();
                int done = 0;
                var checkpoints = new Checkpoints((int) steps);
                try (var ascent = new Ascent(ball, images, radii, x.get(0), point(golden, run, 0))) {
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

    private static Ascent.Point point(Golden golden, String run, int i) {
        NDArray gradient = golden.get(run + ".grad").get(i);
        NDArray loss = golden.get(run + ".loss").get(i);
        NDArray right = golden.get(run + ".correctSoFar").get(i).gt(0);
        return new Ascent.Point(gradient.duplicate(), loss.duplicate(), right);
    }

    private static float gap(NDArray one, NDArray two) {
        return one.sub(two).abs().max().getFloat();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bn-linf", "bn-l2", "plain-linf", "plain-l2"})
    void freeRunsEqualTheReference(String name) {
        AaGolden.on(name, (golden, network, ball) -> {
            for (Mode mode : Mode.values()) {
                var attacks = List.of(
                        new Apgd(ball, Goal.CE, 100, 1, 1, mode),
                        new Apgd(ball, Goal.DLR, 100, 1, 1, mode),
                        new ApgdT(ball, Goal.TARGETED_DLR, 100, 5, 1, mode));
                var prefixes = List.of("apgd_ce", "apgd_dlr", "apgd_t");
                for (int i = 0; i < attacks.size(); i++) {
                    AaGolden.assertRun(golden, prefixes.get(i), attacks.get(i), network, mode);
                }
            }
        });
    }

    @Test
    void edgesEqualTheReference() {
        AaGolden.edges((scenario, golden, network) -> {
            scenario.assertRobust("apgd_ce", new Apgd(scenario.ball(), Goal.CE, scenario.steps(), 2, 1, Mode.PARITY));
            scenario.assertRobust("apgd_dlr", new Apgd(scenario.ball(), Goal.DLR, scenario.steps(), 1, 1, Mode.PARITY));
            scenario.assertRobust(
                    "apgd_t", new ApgdT(scenario.ball(), Goal.TARGETED_DLR, scenario.steps(), 9, 1, Mode.PARITY));
        });
    }

    @Test
    void exactArithmeticGivesTheSameFlags() {
        try (var golden = new Golden("exact-linear")) {
            Network network = AaGolden.linear(golden);
            Linf ball = new Linf(golden.number("apgd", "eps"));
            long seed = (long) golden.number("apgd", "seed");
            for (Goal goal : List.of(Goal.CE, Goal.DLR)) {
                NDArray adversarial = new Apgd(ball, goal)
                        .steps(20)
                        .perturb(network, golden.get("images"), golden.get("labels"), Noise.of(seed));
                boolean[] right = Rows.right(network.logits(adversarial), golden.get("labels"))
                        .toBooleanArray();
                long[] success = golden.get("apgd_" + goal.name().toLowerCase(java.util.Locale.ROOT) + ".success")
                        .toLongArray();
                for (int i = 0; i < right.length; i++) {
                    assertThat(right[i]).isEqualTo(success[i] == 0);
                }
            }
        }
    }
}
