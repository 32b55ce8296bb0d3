package ardent.attack.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.AaGolden;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.Square;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.WrittenNoise;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Square against recorded runs of the AutoAttack reference. */
class SquareTest {
    @Test
    void schedulesEqualTheReference() {
        try (var golden = new Golden("aa-schedules")) {
            Pattern pattern = Pattern.compile("square\\.h(\\d+)\\.q(\\d+)(\\.rescaled)?");
            int found = 0;
            for (String figure : golden.description().getAsJsonObject("figures").keySet()) {
                Matcher matcher = pattern.matcher(figure);
                if (matcher.matches()) {
                    int height = Integer.parseInt(matcher.group(1));
                    int queries = Integer.parseInt(matcher.group(2));
                    var schedule = new SquareSchedule(0.8, queries, matcher.group(3) != null);
                    assertChanges(golden, figure, "P", queries, i -> BigDecimal.valueOf(schedule.share(i)));
                    for (String norm : List.of("Linf", "L2")) {
                        boolean linf = norm.equals("Linf");
                        assertChanges(
                                golden,
                                figure,
                                "Side" + norm,
                                queries,
                                i -> BigDecimal.valueOf(schedule.side(i, height, height, linf)));
                        if (golden.has(figure + ".side" + norm)) {
                            long[] sides = golden.get(figure + ".side" + norm).toLongArray();
                            for (int i = 0; i < queries; i++) {
                                assertThat((long) schedule.side(i, height, height, linf))
                                        .isEqualTo(sides[i]);
                            }
                        }
                    }
                    if (golden.has(figure + ".p")) {
                        float[] p = golden.floats(figure + ".p");
                        for (int i = 0; i < queries; i++) {
                            assertThat((float) schedule.share(i)).isEqualTo(p[i]);
                        }
                    }
                    found++;
                }
            }
            assertThat(found).isPositive();
        }
    }

    /** The queries at which a number changes, and what it changes to. */
    private static void assertChanges(
            Golden golden, String figure, String what, int queries, IntFunction<BigDecimal> value) {
        var changes = golden.figure(figure, "firstQueryAnd" + what).getAsJsonArray();
        BigDecimal previous = BigDecimal.valueOf(-1);
        int at = 0;
        for (int i = 0; i < queries; i++) {
            if (value.apply(i).compareTo(previous) != 0) {
                previous = value.apply(i);
                var change = changes.get(at++).getAsJsonArray();
                assertThat(change.get(0).getAsInt()).as(figure).isEqualTo(i);
                assertThat(previous.doubleValue())
                        .as(figure)
                        .isCloseTo(change.get(1).getAsDouble(), within(1e-12));
            }
        }
        assertThat(at).isEqualTo(changes.size());
    }

    @Test
    void bumpsEqualTheReference() {
        try (var golden = new Golden("aa-schedules")) {
            Pattern rectangle = Pattern.compile("etaRectangle\\.(\\d+)x(\\d+)\\..*");
            Pattern square = Pattern.compile("eta\\.s(\\d+)(\\.b)?");
            int found = 0;
            for (String name : golden.names()) {
                Matcher hill = rectangle.matcher(name);
                Matcher pair = square.matcher(name);
                if (hill.matches()) {
                    int rows = Integer.parseInt(hill.group(1));
                    assertClose(
                            golden.floats(name), flat(SquareL2Patterns.hill(rows, Integer.parseInt(hill.group(2)))));
                    found++;
                } else if (pair.matches()) {
                    boolean turned = Noise.of(pair.group(2) == null ? 0 : 1).shared(1)[0] > 0.5f;
                    assertClose(
                            golden.floats(name), flat(SquareL2Patterns.pair(Integer.parseInt(pair.group(1)), turned)));
                    found++;
                }
            }
            assertThat(found).isPositive();
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

    static Stream<String> traces() {
        return AaGolden.traces();
    }

    static Stream<String> runs() {
        return AaGolden.runs();
    }

    @ParameterizedTest
    @MethodSource("traces")
    void everyQueryEqualsTheReference(String name) {
        try (var golden = new Golden(name);
                var network = GoldenNet.load(golden.text("model"))) {
            Ball ball = AaGolden.ball(golden, "eps");
            boolean linf = ball instanceof Linf;
            float tolerance = linf ? 1.2e-7f : 1e-6f;
            int queries = golden.figure("square", "queries").getAsInt();
            Tape.free(() -> {
                NDArray right = Rows.right(network.logits(golden.get("images")), golden.get("labels"));
                long[] rows = Rows.where(right.toBooleanArray(), true);
                NDArray images = Rows.pick(golden.get("images"), rows);
                Attempts tasks = Attempts.of(
                        images,
                        Rows.pick(golden.get("labels"), rows),
                        Attempts.radii(ball, rows.length),
                        0,
                        Noise.of((long) golden.number("seed")));
                SquareProposals moves = linf ? new SquareLinfProposals() : new SquareL2Proposals();
                long[] asked = new long[rows.length];
                Arrays.fill(asked, 1);
                try (var squares =
                        new SquareSearch(network, ball, moves, new SquareSchedule(0.8, queries, false), tasks)) {
                    assertThat(AaGolden.gap(squares.best(), golden.get("square.start")))
                            .isLessThan(tolerance);
                    assertThat(AaGolden.gap(squares.margin(), golden.get("square.startMargin")))
                            .isLessThan(1e-4f);
                    NDArray left = golden.get("square.rowsLeft");
                    NDArray first = golden.get("square.first12");
                    for (int i = 0; i < queries; i++) {
                        squares.drop();
                        assertThat(squares.rows()).hasSize((int) left.getLong(i));
                        for (long row : squares.rows()) {
                            asked[(int) row]++;
                        }
                        squares.ask(i);
                        NDArray margins = Rows.pick(golden.get("square.margins").get(i), squares.rows());
                        assertThat(AaGolden.gap(squares.margin(), margins)).isLessThan(1e-4f);
                        if (i < first.getShape().get(0)) {
                            NDArray points = Rows.pick(first.get(i), squares.rows());
                            assertThat(AaGolden.gap(squares.best(), points)).isLessThan(tolerance);
                        }
                    }
                    NDArray end = Rows.pick(golden.get("square.end"), squares.rows());
                    assertThat(AaGolden.gap(squares.best(), end)).isLessThan(tolerance);
                    assertThat(asked).isEqualTo(longs(golden, "square.queries"));
                }
            });
        }
    }

    /** The whole attack on the traced images: whom it leaves, what it drew, and, in L∞, where its windows lie. */
    @ParameterizedTest
    @MethodSource("traces")
    void tracedRunsEqualTheReference(String name) {
        try (var golden = new Golden(name);
                var network = GoldenNet.load(golden.text("model"))) {
            var figure = golden.figure("square").getAsJsonObject();
            var square = new Square(
                    AaGolden.ball(golden, "eps"), figure.get("queries").getAsInt());
            var noise = new WrittenNoise((long) golden.number("seed"));
            Tape.free(() -> {
                NDArray images = golden.get("images");
                NDArray labels = golden.get("labels");
                NDArray adversarial = square.perturb(network, images, labels, noise);
                long[] flags = AaGolden.flags(network.logits(adversarial), labels);
                assertThat(Arrays.stream(flags).sum())
                        .isEqualTo(figure.get("robustAfter").getAsLong());
                assertThat(flags).isEqualTo(AaGolden.flags(network.logits(golden.get("square.adv")), labels));
                assertThat(AaGolden.gap(adversarial, golden.get("square.adv"))).isLessThan(1e-6f);
                AaGolden.assertDraws(figure, noise, square);
                assertWindows(square, noise, golden.get("square.windows"), images.getShape());
            });
        }
    }

    /** Windows follow from the numbers drawn: the first two of three draws a query in L∞, the first four of six in L2. */
    private static void assertWindows(Square square, WrittenNoise noise, NDArray windows, Shape images) {
        Noise again = noise.restart();
        int query = 0;
        List<WrittenNoise.Draw> draws = noise.draws();
        boolean linf = square.ball() instanceof Linf;
        int start = linf ? 1 : 2 * tiles(images);
        for (int i = 0; i < draws.size(); i++) {
            int place = (i - start) % (linf ? 3 : 6);
            long[] shape =
                    draws.get(i).shape().stream().mapToLong(Long::longValue).toArray();
            if (i >= start && place == 0) {
                int side = new SquareSchedule(0.8, square.queries(), false)
                        .side(query, images.get(2), images.get(3), linf);
                var window = SquareProposals.Window.draw(side, images, again);
                long[] recorded = windows.get(query++).toLongArray();
                assertThat(new long[] {side, window.row(), window.column()}).isEqualTo(Arrays.copyOf(recorded, 3));
                i++;
                if (recorded.length > 3) {
                    var from = SquareProposals.Window.draw(side, images, again);
                    assertThat(new long[] {from.row(), from.column()}).isEqualTo(Arrays.copyOfRange(recorded, 3, 5));
                    i += 2;
                }
            } else if (shape.length == 1) {
                again.shared((int) shape[0]);
            } else {
                again.uniform(0, 1, new Shape(shape)).close();
            }
        }
        assertThat(query).isGreaterThan(square.queries() / 2);
    }

    private static long[] longs(Golden golden, String name) {
        return golden.get(name).toType(DataType.INT64, false).toLongArray();
    }

    private static int tiles(Shape images) {
        int side = Math.max((int) images.get(2) / 5, 1);
        return (int) (images.get(2) / side * (images.get(3) / side));
    }

    @Test
    void exactArithmeticAgreesBitForBit() {
        try (var golden = new Golden("exact-linear")) {
            Network network = AaGolden.linear(golden);
            int queries = (int) golden.number("squareLinf", "queries");
            Linf ball = new Linf(golden.number("squareLinf", "eps"));
            Square square = new Square(ball, queries);
            var noise = new WrittenNoise((long) golden.number("squareLinf", "seed"));
            Tape.free(() -> {
                NDArray images = golden.get("images");
                NDArray labels = golden.get("labels");
                NDArray adversarial = square.perturb(network, images, labels, noise);
                assertThat(adversarial.toFloatArray()).isEqualTo(golden.floats("squareLinf.adv"));
                AaGolden.assertExact(golden, "squareLinf", network.logits(adversarial), 0);
                AaGolden.assertDraws(golden.figure("squareLinf").getAsJsonObject(), noise, square);
                assertWindows(square, noise, golden.get("squareLinf.windows"), images.getShape());
                long[] rows =
                        Rows.where(Rows.right(network.logits(images), labels).toBooleanArray(), true);
                Attempts all = Attempts.of(images, labels, Attempts.radii(ball, labels.size()), 0, noise.restart());
                long[] asked = new long[rows.length];
                Arrays.fill(asked, 1);
                var schedule = new SquareSchedule(0.8, queries, false);
                try (var squares =
                        new SquareSearch(network, ball, new SquareLinfProposals(), schedule, all.rows(rows))) {
                    assertThat(squares.best().toFloatArray()).isEqualTo(golden.floats("squareLinf.start"));
                    assertThat(squares.margin().toFloatArray()).isEqualTo(golden.floats("squareLinf.startMargin"));
                    for (int i = 0; i < queries; i++) {
                        squares.drop();
                        for (long row : squares.rows()) {
                            asked[(int) row]++;
                        }
                        squares.ask(i);
                        NDArray margins =
                                Rows.pick(golden.get("squareLinf.margins").get(i), squares.rows());
                        assertThat(squares.margin().toFloatArray()).isEqualTo(margins.toFloatArray());
                    }
                    assertThat(asked).isEqualTo(longs(golden, "squareLinf.queries"));
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void freeRunsEqualTheReference(String name) {
        AaGolden.on(name, (golden, network, ball) -> {
            Ball larger = AaGolden.ball(golden, "squareEps");
            int queries = golden.count("square", "queries");
            AaGolden.assertRun(golden, "square", new Square(larger, queries), network, Mode.PARITY);
            Tape.free(() -> assertMargins(golden, network, larger, queries));
        });
    }

    /** Margins at the start, on the way and at the end, queries of each image, and, in L∞, the windows. */
    private static void assertMargins(Golden golden, Network network, Ball ball, int queries) {
        boolean linf = ball instanceof Linf;
        int count = (int) golden.get("square.robust").size();
        NDArray images = golden.get("images").get("0:" + count);
        NDArray labels = golden.get("labels").get("0:" + count);
        long[] rows = Rows.where(Rows.right(network.logits(images), labels).toBooleanArray(), true);
        var noise = new WrittenNoise((long) golden.number("seed"));
        Attempts tasks = Attempts.of(images, labels, Attempts.radii(ball, count), 0, noise)
                .rows(rows);
        float[] margins = new float[rows.length];
        float[] asked = new float[rows.length];
        Arrays.fill(asked, 1);
        NDArray every = golden.get("square.marginEvery25");
        int step = queries / (int) every.getShape().get(0);
        var schedule = new SquareSchedule(0.8, queries, false);
        try (var squares = new SquareSearch(
                network, ball, linf ? new SquareLinfProposals() : new SquareL2Proposals(), schedule, tasks)) {
            assertThat(AaGolden.median(squares.margin().toFloatArray(), golden.floats("square.startMargin")))
                    .isLessThan(1e-4);
            for (int i = 0; i < queries && squares.rows().length > 0; i++) {
                squares.drop();
                for (long row : squares.rows()) {
                    asked[(int) row]++;
                }
                if (squares.rows().length > 0) {
                    squares.ask(i);
                }
                float[] now = squares.margin().toFloatArray();
                for (int j = 0; j < now.length; j++) {
                    margins[(int) squares.rows()[j]] = now[j];
                }
                if ((i + 1) % step == 0) {
                    assertThat(AaGolden.median(margins, every.get(i / step).toFloatArray()))
                            .as("query %d", i)
                            .isLessThan(1e-4);
                }
            }
            assertThat(AaGolden.median(margins, golden.floats("square.bestMargin")))
                    .isLessThan(1e-4);
            float[] recorded = golden.floats("square.queries");
            int otherwise = 0;
            for (int i = 0; i < asked.length; i++) {
                otherwise += asked[i] == recorded[i] ? 0 : 1;
            }
            assertThat(otherwise).isLessThanOrEqualTo(1);
            assertWindows(new Square(ball, queries), noise, golden.get("square.squares"), images.getShape());
        }
    }

    @Test
    void edgesEqualTheReference() {
        AaGolden.edges(scenario -> scenario.assertRobust("square", new Square(scenario.ball(), scenario.queries())));
    }
}
