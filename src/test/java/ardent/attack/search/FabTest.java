package ardent.attack.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.AaGolden;
import ardent.attack.Ball;
import ardent.attack.Fab;
import ardent.attack.FabT;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.MultiRoundAttack;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.tensor.WrittenNoise;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FAB against recorded runs of the AutoAttack reference. */
class FabTest {
    private static final List<String> RUNS = List.of("fab_t", "fab");

    /** One unit in the last place of a pixel: what the record allows for points, and here for lengths near 0. */
    private static final float ULP = 1.2e-7f;

    /** The record's number for planes that the box does not reach. */
    private static final int UNREACHABLE = 5;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void projectionsEqualTheReference(boolean linf) {
        try (var golden = new Golden("fab-projections")) {
            Tape.free(() -> {
                NDArray t = golden.get("t");
                NDArray w = golden.get("w");
                NDArray b = golden.get("b");
                NDArray d = BoxProjection.displacement(linf, t, w, b);
                String name = linf ? "linf" : "l2";
                float[] norms = SearchRegion.norm(linf, d).toFloatArray();
                float[] expected = golden.floats(name + ".norm");
                float[] residuals =
                        w.mul(t.add(d)).sum(new int[] {1}).sub(b).abs().toFloatArray();
                float[] recorded = golden.floats(name + ".residual");
                float[] weights = w.abs().sum(new int[] {1}).toFloatArray();
                long[] kind = golden.get("kind").toLongArray();
                double worst = 0;
                for (int i = 0; i < norms.length; i++) {
                    assertThat(norms[i])
                            .as("%s row %d of kind %d", name, i, kind[i])
                            .isCloseTo(expected[i], within(1e-4f * expected[i] + ULP));
                    if (kind[i] == UNREACHABLE) {
                        assertCorner(
                                t.get(i).toFloatArray(),
                                w.get(i).toFloatArray(),
                                d.get(i).toFloatArray(),
                                b.getFloat(i));
                        assertThat(residuals[i]).isCloseTo(recorded[i], within(1e-4f * weights[i]));
                    } else {
                        worst = Math.max(worst, recorded[i]);
                        assertThat(residuals[i])
                                .as("%s row %d of kind %d", name, i, kind[i])
                                .isLessThanOrEqualTo(1e-4f * weights[i]);
                    }
                }
                assertThat(worst).isEqualTo(golden.measured(name + ".maxResidualReachable"));
                assertThat(SearchRegion.norm(linf, golden.get(name + ".d")).toFloatArray())
                        .containsExactly(expected, within(1e-6f));
                NDArray moved = t.add(d);
                assertThat(moved.min().getFloat()).isGreaterThanOrEqualTo(0);
                assertThat(moved.max().getFloat()).isLessThanOrEqualTo(1);
            });
        }
    }

    /** Every coordinate that matters lies at its bound, on the plane's side. */
    private static void assertCorner(float[] t, float[] w, float[] d, float b) {
        double value = -b;
        for (int i = 0; i < t.length; i++) {
            value += t[i] * w[i];
        }
        for (int i = 0; i < t.length; i++) {
            if (Math.abs(w[i]) > 1e-6) {
                assertThat(t[i] + d[i]).isCloseTo(value * w[i] < 0 ? 1 : 0, within(1e-6f));
            }
        }
    }

    @Test
    void projectionsOfDegeneratePlanesStayWhereTheyAre() {
        Tape.free(() -> {
            NDArray t = Torch.manager().ones(new Shape(2, 5)).mul(Torch.constant(0.5));
            NDArray w = t.zerosLike();
            NDArray b = Torch.array(new float[] {0, 1}, new Shape(2));
            for (boolean linf : new boolean[] {true, false}) {
                assertThat(BoxProjection.displacement(linf, t, w, b).abs().toFloatArray())
                        .containsOnly(0);
            }
        });
    }

    static Stream<Arguments> traces() {
        return AaGolden.traces().flatMap(name -> RUNS.stream().map(run -> Arguments.of(name, run)));
    }

    @ParameterizedTest
    @MethodSource("traces")
    void everyForcedStepEqualsTheReference(String name, String run) {
        try (var golden = new Golden(name)) {
            Ball ball = AaGolden.ball(golden, "eps");
            boolean linf = ball instanceof Linf;
            Tape.free(() -> {
                NDArray images = golden.get(run + ".x0");
                NDArray x = golden.get(run + ".x1");
                try (var boundary = new FabState(linf, images, images)) {
                    for (int i = 0; i < x.getShape().get(0); i++) {
                        NDArray chosen = golden.get(run + ".chosen").get(i);
                        var plane = new FabState.Plane(
                                golden.get(run + ".w").get(i),
                                Losses.at(golden.get(run + ".df").get(i), chosen));
                        assertWays(golden, run, i, linf, boundary.x(), images);
                        NDArray next = boundary.propose(plane);
                        boundary.accept(next, golden.get(run + ".isAdv").get(i).gt(0));
                        assertThat(AaGolden.gap(boundary.x(), x.get(i)))
                                .as("%s step %d", run, i)
                                .isLessThan(1e-6f);
                        NDArray norms = golden.get(run + ".bestNorm").get(i);
                        assertThat(AaGolden.gap(boundary.norm(), norms)).isLessThan(1e-6f);
                        boundary.at(x.get(i));
                    }
                }
            });
        }
    }

    /** Both projections of a step onto the recorded plane, by their lengths, and the share in which they are mixed. */
    private static void assertWays(Golden golden, String run, int i, boolean linf, NDArray x, NDArray images) {
        long count = x.getShape().get(0);
        NDArray w = golden.get(run + ".w").get(i);
        NDArray b = golden.get(run + ".b").get(i);
        NDArray flat = x.reshape(count, -1);
        NDArray chosen = golden.get(run + ".chosen").get(i);
        NDArray offset = w.mul(flat)
                .sum(new int[] {1})
                .sub(Losses.at(golden.get(run + ".df").get(i), chosen));
        assertThat(AaGolden.gap(offset, b)).isLessThan(1e-5f * b.abs().max().getFloat());
        NDArray both = flat.concat(images.reshape(count, -1));
        float[] lengths = SearchRegion.norm(linf, BoxProjection.displacement(linf, both, w.concat(w), b.concat(b)))
                .toFloatArray();
        float[] expected =
                SearchRegion.norm(linf, golden.get(run + ".d").get(i)).toFloatArray();
        float[] near = golden.get(run + ".a1").get(i).toFloatArray();
        float[] far = golden.get(run + ".a2").get(i).toFloatArray();
        float[] share = golden.get(run + ".alpha").get(i).toFloatArray();
        for (int row = 0; row < count; row++) {
            float one = Math.max(lengths[row], 1e-8f);
            float two = Math.max(lengths[row + (int) count], 1e-8f);
            assertThat(lengths[row]).isCloseTo(expected[row], within(1e-4f * expected[row] + ULP));
            assertThat(one).isCloseTo(near[row], within(1e-4f * near[row] + ULP));
            assertThat(two).isCloseTo(far[row], within(1e-4f * far[row] + ULP));
            assertThat(Math.min(one / (one + two), 0.1f))
                    .isCloseTo(share[row], within(1e-4f * share[row] + ULP / (one + two)));
        }
    }

    @ParameterizedTest
    @MethodSource("traceNames")
    void theNearestClassIsTheReferences(String name) {
        try (var golden = new Golden(name);
                var network = GoldenNet.load(golden.text("model"))) {
            Tape.free(() -> {
                NDArray x = golden.get("fab.x0");
                NDArray y = golden.get("fab.y");
                NDList seen = Tape.jacobian(x, network::logits);
                var plane = FabState.nearest(AaGolden.ball(golden, "eps") instanceof Linf, seen, y);
                NDArray w = golden.get("fab.w").get(0);
                float scale = w.abs().max().getFloat();
                assertThat(AaGolden.gap(plane.normal(), w)).isLessThan(1e-5f * scale);
                NDArray chosen = golden.get("fab.chosen").get(0);
                NDArray difference = Losses.at(golden.get("fab.df").get(0), chosen);
                assertThat(AaGolden.gap(plane.difference(), difference)).isLessThan(1e-5f);
            });
        }
    }

    static Stream<String> traceNames() {
        return AaGolden.traces();
    }

    private static MultiRoundAttack attack(String run, Ball ball, int steps, int rounds, Mode mode) {
        return run.equals("fab_t") ? new FabT(ball, steps, rounds, 1, mode) : new Fab(ball, steps, rounds, mode);
    }

    /** Points at which gradients were asked for. */
    private record Heard(Network network, List<NDArray> points) implements Network {
        @Override
        public NDArray logits(NDArray images) {
            if (Tape.isOpen()) {
                points.add(Torch.keep(images.duplicate()));
            }
            return network.logits(images);
        }
    }

    /** The whole attack on the traced images, and the way of its second start, at random. */
    @ParameterizedTest
    @MethodSource("traces")
    void tracedRunsEqualTheReference(String name, String run) {
        try (var golden = new Golden(name);
                var network = GoldenNet.load(golden.text("model"))) {
            JsonObject figure = golden.figure(run.replace('_', '-')).getAsJsonObject();
            int steps = figure.get("iterations").getAsInt();
            int rounds = figure.get("runs").getAsInt();
            Tape.free(() -> {
                var noise = new WrittenNoise((long) golden.number("seed"));
                NDArray images = golden.get("images");
                NDArray labels = golden.get("labels");
                MultiRoundAttack attack = attack(run, AaGolden.ball(golden, "eps"), steps, rounds, Mode.PARITY);
                var heard = new Heard(network, new ArrayList<>());
                NDArray adversarial = attack.perturb(heard, images, labels, noise);
                long[] flags = AaGolden.flags(network.logits(adversarial), labels);
                assertThat(Arrays.stream(flags).sum())
                        .isEqualTo(figure.get("robustAfter").getAsLong());
                NDArray recorded = golden.get(run + ".adv");
                assertThat(flags).isEqualTo(AaGolden.flags(network.logits(recorded), labels));
                float[] norms = SearchRegion.norm(attack.ball() instanceof Linf, adversarial.sub(images))
                        .toFloatArray();
                float[] expected = SearchRegion.norm(attack.ball() instanceof Linf, recorded.sub(images))
                        .toFloatArray();
                assertThat(AaGolden.median(norms, expected)).isLessThan(1e-3);
                AaGolden.assertDraws(figure, noise, attack);
                AaGolden.assertFirstRun(golden, run, attack, network);
                if (golden.has(run + ".run1.x1")) {
                    NDArray second = golden.get(run + ".run1.x1");
                    for (int i = 0; i + 1 < steps; i++) {
                        NDArray point = heard.points().get(steps + 1 + i);
                        assertThat(point.getShape()).isEqualTo(second.get(i).getShape());
                        assertThat(AaGolden.gap(point, second.get(i))).isLessThan(1e-5f);
                    }
                    NDArray clean = golden.get(run + ".run1.x0");
                    NDArray start = heard.points().get(steps);
                    float radius = attack.ball().radius();
                    assertThat(SearchRegion.norm(attack.ball() instanceof Linf, start.sub(clean))
                                    .max()
                                    .getFloat())
                            .as("half the radius away")
                            .isBetween(0.4f * radius, 0.5f * radius + ULP);
                }
                heard.points().forEach(NDArray::close);
            });
        }
    }

    static Stream<Arguments> runs() {
        return AaGolden.runs().flatMap(name -> RUNS.stream().map(run -> Arguments.of(name, run)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void freeRunsEqualTheReference(String name, String run) {
        AaGolden.on(name, (golden, network, ball) -> {
            String parameter = run.equals("fab_t") ? "fabT" : "fab";
            int steps = golden.count(parameter, "iterations");
            int rounds = golden.count(parameter, run.equals("fab_t") ? "target ranks" : "restarts");
            for (Mode mode : name.contains("bn") ? Mode.values() : new Mode[] {Mode.PARITY}) {
                AaGolden.assertRun(golden, run, attack(run, ball, steps, rounds, mode), network, mode);
            }
        });
    }

    @Test
    void edgesEqualTheReference() {
        AaGolden.edges(scenario -> {
            scenario.assertRobust("fab_t", new FabT(scenario.ball(), scenario.steps(), 9, 1, Mode.PARITY));
            scenario.assertRobust("fab", new Fab(scenario.ball(), scenario.steps(), 2, Mode.PARITY));
        });
    }
}
