package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Square against recorded runs of the AutoAttack reference. */
class SquareTest {
    @Test
    void schedulesEqualTheReference() {
        try (var golden = new Golden("aa-schedules")) {
            for (int height : new int[] {28, 32}) {
                var schedule = new SquareSchedule(0.8, 5000, false);
                String name = "square.h" + height + ".q5000.";
                long[] linf = golden.get(name + "sideLinf").toLongArray();
                long[] l2 = golden.get(name + "sideL2").toLongArray();
                float[] p = golden.floats(name + "p");
                for (int i = 0; i < 5000; i++) {
                    assertThat(schedule.side(i, height, height, true)).isEqualTo((int) linf[i]);
                    assertThat(schedule.side(i, height, height, false)).isEqualTo((int) l2[i]);
                    assertThat((float) schedule.share(i)).isEqualTo(p[i]);
                }
                for (int queries : new int[] {500, 5000}) {
                    assertSides(golden, height, queries);
                }
            }
        }
    }

    private static void assertSides(Golden golden, int height, int queries) {
        var schedule = new SquareSchedule(0.8, queries, true);
        var expected = golden.description()
                .getAsJsonObject("figures")
                .getAsJsonObject("square.h" + height + ".q" + queries + ".rescaled");
        for (String norm : List.of("Linf", "L2")) {
            int previous = -1;
            int at = 0;
            var changes = expected.getAsJsonArray("firstQueryAndSide" + norm);
            for (int i = 0; i < queries; i++) {
                int side = schedule.side(i, height, height, norm.equals("Linf"));
                if (side != previous) {
                    var change = changes.get(at++).getAsJsonArray();
                    assertThat(change.get(0).getAsInt()).isEqualTo(i);
                    assertThat(change.get(1).getAsInt()).isEqualTo(side);
                    previous = side;
                }
            }
            assertThat(at).isEqualTo(changes.size());
        }
    }

    @Test
    void bumpsEqualTheReference() {
        try (var golden = new Golden("aa-schedules")) {
            for (int side : new int[] {2, 3, 4, 5, 7, 11, 15}) {
                for (String seed : List.of("", ".b")) {
                    boolean turned = Noise.of(seed.isEmpty() ? 0 : 1).shared(1)[0] > 0.5f;
                    assertClose(golden.floats("eta.s" + side + seed), flat(Bumps.pair(side, turned)));
                }
                assertClose(golden.floats("etaRectangle." + side + "x" + side + ".1"), flat(Bumps.hill(side, side)));
                assertClose(
                        golden.floats("etaRectangle." + side / 2 + "x" + side + ".2"),
                        flat(Bumps.hill(side / 2, side)));
            }
        }
    }

    private static float[] flat(float[][] rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
        }
        return all;
    }

    private static void assertClose(float[] expected, float[] actual) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i])).isLessThan(1e-6f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linf", "l2"})
    void everyQueryEqualsTheReference(String norm) {
        try (var golden = new Golden("aa-trace-" + norm);
                var network = GoldenNet.load("model-tiny")) {
            Ball ball = AaGolden.ball(norm, golden.number("eps"));
            boolean linf = norm.equals("linf");
            Tape.free(() -> {
                NDArray right = Rows.right(network.logits(golden.get("images")), golden.get("labels"));
                long[] rows = Rows.where(right.toBooleanArray(), true);
                NDArray images = Rows.pick(golden.get("images"), rows);
                Tries tasks = Tries.of(
                        images,
                        Rows.pick(golden.get("labels"), rows),
                        Tries.radii(ball, rows.length),
                        0,
                        Noise.of((long) golden.number("seed")));
                Moves moves = linf ? new LinfMoves() : new L2Moves();
                try (var squares = new Squares(network, ball, moves, new SquareSchedule(0.8, 300, false), tasks)) {
                    assertThat(AaGolden.gap(squares.best(), golden.get("square.start")))
                            .isLessThan(1e-6f);
                    NDArray left = golden.get("square.rowsLeft");
                    for (int i = 0; i < 300; i++) {
                        squares.drop();
                        assertThat(squares.rows()).hasSize((int) left.getLong(i));
                        squares.ask(i);
                        NDArray margins = Rows.pick(golden.get("square.margins").get(i), squares.rows());
                        assertThat(AaGolden.gap(squares.margin(), margins)).isLessThan(1e-4f);
                        if (i < 12) {
                            NDArray points =
                                    Rows.pick(golden.get("square.first12").get(i), squares.rows());
                            assertThat(AaGolden.gap(squares.best(), points)).isLessThan(linf ? 1.2e-7f : 1e-6f);
                        }
                    }
                    NDArray end = Rows.pick(golden.get("square.end"), squares.rows());
                    assertThat(AaGolden.gap(squares.best(), end)).isLessThan(linf ? 1.2e-7f : 1e-5f);
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linf", "l2"})
    void windowsEqualTheReference(String norm) {
        try (var golden = new Golden("aa-trace-" + norm)) {
            if (norm.equals("l2")) {
                return; // there the windows depend on who is left; the points above show them
            }
            Noise noise = Noise.of((long) golden.number("seed"));
            noise.uniform(0, 1, new Shape(5, 3, 1, 8)).close();
            long[] windows = golden.get("square.windows").toLongArray();
            for (int i = 0; i < 300; i++) {
                int side = new SquareSchedule(0.8, 300, false).side(i, 8, 8, true);
                var window = Moves.Window.draw(side, new Shape(5, 3, 8, 8), noise);
                assertThat(new long[] {side, window.row(), window.column()})
                        .isEqualTo(new long[] {windows[3 * i], windows[3 * i + 1], windows[3 * i + 2]});
                noise.shared(3);
            }
        }
    }

    @Test
    void exactArithmeticAgreesBitForBit() {
        try (var golden = new Golden("exact-linear")) {
            Network network = AaGolden.linear(golden);
            Square square = new Square(new Linf(golden.number("squareLinf", "eps")), 400);
            Noise noise = Noise.of((long) golden.number("squareLinf", "seed"));
            NDArray adversarial = square.perturb(network, golden.get("images"), golden.get("labels"), noise);
            assertThat(adversarial.toFloatArray()).isEqualTo(golden.floats("squareLinf.adv"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bn-linf", "bn-l2", "plain-linf", "plain-l2"})
    void freeRunsEqualTheReference(String name) {
        AaGolden.on(name, (golden, network, ball) -> {
            Ball larger = AaGolden.ball(name.split("-")[1], golden.number("squareEps"));
            AaGolden.assertRun(golden, "square", new Square(larger, 500), network, Mode.PARITY);
        });
    }

    @Test
    void edgesEqualTheReference() {
        AaGolden.edges((scenario, golden, network) -> scenario.assertRobust("square", new Square(scenario.ball(), 60)));
    }
}
