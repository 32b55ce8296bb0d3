package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.search.CountingNetwork;
import ardent.attack.search.Rows;
import ardent.attack.search.SearchRegion;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.tensor.WrittenNoise;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Recorded runs of the AutoAttack reference, and the tolerances their README names. */
public final class AaGolden {
    /** Share of pixels that the record allows to differ; why more in one place is said in the README of the copy. */
    private static final double MOVED = 3e-2;

    private static final double MOVED_IN_L2 = 4e-2;

    private AaGolden() {}

    public interface Check {
        public void on(Golden golden, Network network, Ball ball);
    }

    public interface EdgeCheck {
        public void on(Scenario scenario);
    }

    /** A search that writes down how many images each round tried and left, and how far the first round moved them. */
    public static final class Seen implements MultiRoundAttack {
        private final MultiRoundAttack attack;
        private final List<Long> rows = new ArrayList<>();
        private final List<Long> left = new ArrayList<>();
        private float[] first = {};

        public Seen(MultiRoundAttack attack) {
            this.attack = attack;
        }

        @Override
        public Ball ball() {
            return attack.ball();
        }

        @Override
        public int rounds(int classes) {
            return attack.rounds(classes);
        }

        @Override
        public SearchResult search(Network victim, Attempts tasks) {
            SearchResult found = attack.search(victim, tasks);
            if (rows.isEmpty()) {
                first = SearchRegion.norm(ball() instanceof Linf, found.images().sub(tasks.images()))
                        .toFloatArray();
            }
            rows.add((long) tasks.size());
            left.add((long) Rows.where(found.broken(), false).length);
            return found;
        }

        public long[] rows() {
            return rows.stream().mapToLong(Long::longValue).toArray();
        }

        long[] left() {
            return left.stream().mapToLong(Long::longValue).toArray();
        }
    }

    public static Ball ball(String norm, float radius) {
        return norm.equals("l2") ? new L2(radius) : new Linf(radius);
    }

    public static Network linear(Golden golden) {
        NDArray weight = golden.get("weight");
        NDArray bias = golden.get("bias");
        return x ->
                Linear.linear(x.reshape(x.getShape().get(0), -1), weight, bias).head();
    }

    public static void on(String name, Check check) {
        try (var golden = new Golden(name);
                var images = new Golden(golden.text("model"));
                var network = GoldenNet.load(golden.text("model"))) {
            check.on(golden.with(images, "images", "labels"), network, ball(golden, "eps"));
        }
    }

    public static Ball ball(Golden golden, String... radius) {
        return ball(golden.text("norm").toLowerCase(Locale.ROOT), golden.number(radius));
    }

    /** The recorded runs of whole attacks on a network, by name. */
    public static Stream<String> runs() {
        return Golden.cases("aa-(?!trace).*-(linf|l2)");
    }

    public static Stream<String> traces() {
        return Golden.cases("aa-trace-.*");
    }

    /** Flags of all images; in parity also rows of each run, draws, and of broken images norms, losses and pixels. */
    public static void assertRun(Golden golden, String prefix, MultiRoundAttack attack, Network network, Mode mode) {
        Tape.free(() -> {
            String name = prefix + " " + attack;
            long[] expected = golden.get(prefix + ".robust").toLongArray();
            NDArray images = golden.get("images").get("0:" + expected.length);
            NDArray labels = golden.get("labels").get("0:" + expected.length);
            var noise = new WrittenNoise((long) golden.number("seed"));
            var counted = new CountingNetwork(network);
            var seen = new Seen(attack);
            NDArray adversarial = seen.perturb(counted, images, labels, noise);
            long forwards = counted.cost().forwards();
            NDArray logits = network.logits(adversarial);
            boolean[] clean = Rows.right(network.logits(images), labels).toBooleanArray();
            long[] flags = flags(logits, labels);
            int differing = differing(flags, expected);
            assertThat(differing).as(name).isLessThanOrEqualTo(1);
            if (mode == Mode.FAST) {
                return;
            }
            JsonObject figure = golden.figure(prefix.replace('_', '-')).getAsJsonObject();
            if (differing == 0) {
                assertThat(seen.rows()).as(name).hasSize(figure.get("runs").getAsInt());
                if (golden.has(prefix + ".runRows")) {
                    assertThat(seen.rows())
                            .as(name)
                            .isEqualTo(golden.get(prefix + ".runRows").toLongArray());
                }
                if (golden.has(prefix + ".runRobust")) {
                    assertThat(seen.left())
                            .as(name)
                            .isEqualTo(golden.get(prefix + ".runRobust").toLongArray());
                }
                assertDraws(figure, noise, attack);
            }
            if (!prefix.startsWith("fab")) { // FAB here asks once less for the logits at which targets are ranked
                assertThat(forwards).as(name).isEqualTo(figure.get("forwards").getAsLong());
            }
            assertShares(figure, clean, flags, name);
            boolean linf = attack.ball() instanceof Linf;
            float[] norms = SearchRegion.norm(linf, adversarial.sub(images)).toFloatArray();
            boolean[] broken = new boolean[clean.length];
            float most = 0;
            for (int i = 0; i < broken.length; i++) {
                broken[i] = clean[i] && flags[i] == 0 && expected[i] == 0;
                most = Math.max(most, norms[i]);
            }
            assertThat(Rows.where(broken, true)).as(name).isNotEmpty();
            assertThat((double) most).as(name).isCloseTo(figure.get("maxNorm").getAsDouble(), within(1e-3));
            float[] loss = Losses.crossEntropy(logits, labels).toFloatArray();
            assertThat(median(broken, loss, golden.floats(prefix + ".ce")))
                    .as(name)
                    .isLessThan(1e-4);
            assertThat(median(broken, norms, golden.floats(prefix + ".norm")))
                    .as(name)
                    .isLessThan(prefix.startsWith("fab") ? 1e-3 : 1e-4);
            assertThat(moved(adversarial, golden.get(prefix + ".adv")))
                    .as(name)
                    .isLessThanOrEqualTo(prefix.startsWith("apgd") && !linf ? MOVED_IN_L2 : MOVED);
            if (golden.has(prefix + ".run0.bestNorm")) {
                assertNearest(golden.floats(prefix + ".run0.bestNorm"), seen.first, name);
            }
        });
    }

    /** Of the first run of FAB: which images it broke at any distance, 1e10 for none, and how near. */
    private static void assertNearest(float[] expected, float[] actual, String name) {
        boolean[] near = new boolean[expected.length];
        int otherwise = 0;
        for (int i = 0; i < near.length; i++) {
            near[i] = expected[i] < 1e9 && actual[i] > 0;
            otherwise += expected[i] < 1e9 == actual[i] > 0 ? 0 : 1;
        }
        assertThat(otherwise).as(name).isLessThanOrEqualTo(1);
        assertThat(median(near, expected, actual)).as(name).isLessThan(1e-3);
    }

    private static void assertShares(JsonObject figure, boolean[] clean, long[] flags, String name) {
        double right = Rows.where(clean, true).length;
        double robust = Arrays.stream(flags).sum();
        double one = 1.0 / flags.length + 1e-9;
        assertThat(right / flags.length)
                .as(name)
                .isEqualTo(figure.get("cleanAccuracy").getAsDouble());
        assertThat(robust / flags.length)
                .as(name)
                .isCloseTo(figure.get("robustAccuracy").getAsDouble(), within(one));
        assertThat((right - robust) / right)
                .as(name)
                .isCloseTo(figure.get("brokenOfCorrect").getAsDouble(), within(2 * one));
    }

    /** What a search drew: how often, the first draws, and all of them in one sum. */
    public static void assertDraws(JsonObject figure, WrittenNoise noise, Attack attack) {
        JsonObject recorded = figure.getAsJsonObject("draws");
        var drawn = new ArrayList<WrittenNoise.Draw>();
        for (WrittenNoise.Draw draw : noise.draws()) {
            // The third draw of each query of Square in L∞ is one sign for each channel, of shape [C, 1, 1].
            boolean signs = attack instanceof Square && attack.ball() instanceof Linf && drawn.size() % 3 == 0;
            boolean shared = draw.shape().size() == 1;
            drawn.add(
                    signs && shared
                            ? new WrittenNoise.Draw(
                                    draw.kind(), List.of(draw.shape().get(0), 1L, 1L), draw.crc())
                            : draw);
        }
        int at = 0;
        for (JsonElement element : recorded.getAsJsonArray("first")) {
            JsonObject draw = element.getAsJsonObject();
            List<Long> shape = StreamSupport.stream(draw.getAsJsonArray("shape").spliterator(), false)
                    .map(JsonElement::getAsLong)
                    .toList();
            assertThat(drawn.get(at++))
                    .isEqualTo(new WrittenNoise.Draw(
                            draw.get("kind").getAsString(),
                            shape,
                            draw.get("crc32").getAsString()));
        }
        assertThat(drawn).hasSize(recorded.get("count").getAsInt());
        assertThat(WrittenNoise.crc(drawn)).isEqualTo(recorded.get("crc32OfAll").getAsString());
    }

    /** What the first run of a traced attack was given: the images classified correctly, their labels and its targets. */
    public static void assertFirstRun(Golden golden, String run, Attack attack, Network network) {
        NDArray images = golden.get("images");
        NDArray labels = golden.get("labels");
        NDArray right = Rows.right(network.logits(images), labels);
        long[] rows = Rows.where(right.toBooleanArray(), true);
        NDArray clean = golden.get(run + ".x0");
        NDArray truth = golden.get(run + ".y");
        assertThat(Rows.pick(labels, rows).toLongArray()).isEqualTo(truth.toLongArray());
        assertThat(Rows.pick(images, rows).toFloatArray()).isEqualTo(clean.toFloatArray());
        if (golden.has(run + ".target")) {
            NDArray radii = Attempts.radii(attack.ball(), rows.length);
            Attempts tasks = Attempts.of(clean, truth, radii, 0, Noise.of(0));
            assertThat(TargetClasses.of(network, tasks, 1).toLongArray())
                    .isEqualTo(golden.get(run + ".target").toLongArray());
        }
    }

    /** Flags, their share and, where they are to be equal, logits of a case of exact arithmetic. */
    public static void assertExact(Golden golden, String run, NDArray logits, float tolerance) {
        long[] success = golden.get(run + ".success").toLongArray();
        long[] flags = flags(logits, golden.get("labels"));
        for (int i = 0; i < flags.length; i++) {
            assertThat(flags[i]).as("%s, image %d", run, i).isEqualTo(1 - success[i]);
        }
        assertThat((double) Arrays.stream(success).sum() / success.length)
                .isEqualTo(golden.measured(run, "successRate"));
        assertThat(gap(logits, golden.get(run + ".logits"))).as(run).isLessThanOrEqualTo(tolerance);
    }

    public static int differing(long[] one, long[] two) {
        assertThat(one).hasSameSizeAs(two);
        int differing = 0;
        for (int i = 0; i < one.length; i++) {
            differing += one[i] == two[i] ? 0 : 1;
        }
        return differing;
    }

    public static long[] flags(NDArray logits, NDArray labels) {
        return Rows.right(logits, labels).toType(DataType.INT64, false).toLongArray();
    }

    public static double median(float[] one, float[] two) {
        boolean[] all = new boolean[one.length];
        Arrays.fill(all, true);
        return median(all, one, two);
    }

    /** The median distance of the numbers that count. */
    public static double median(boolean[] counts, float[] one, float[] two) {
        double[] gaps = Arrays.stream(Rows.where(counts, true))
                .mapToDouble(i -> Math.abs(one[(int) i] - two[(int) i]))
                .sorted()
                .toArray();
        return gaps.length == 0 ? 0 : gaps[gaps.length / 2];
    }

    public static float gap(NDArray one, NDArray two) {
        return one.size() == 0 ? 0 : one.sub(two).abs().max().getFloat();
    }

    public static double moved(NDArray one, NDArray two) {
        return Rows.floats(one.sub(two).abs().gt(1e-5f)).mean().getFloat();
    }

    public record Scenario(String name, String norm, Golden golden, Network network) {
        public Ball ball() {
            // A ball has a radius greater than 0; that of the case reaches the attack by its own way.
            return AaGolden.ball(norm.equals("L2") ? "l2" : "linf", Math.max(radius(), 1e-3f));
        }

        float radius() {
            return golden.number(name + "." + norm, "eps");
        }

        public int steps() {
            return (int) golden.number(name + "." + norm, "iterations");
        }

        public int queries() {
            return (int) golden.number("queries");
        }

        private NDArray own(String what) {
            return golden.get(golden.has(name + "." + what) ? name + "." + what : what);
        }

        public void assertRobust(String prefix, MultiRoundAttack attack) {
            Tape.free(() -> {
                String key = name + "." + norm + "." + prefix;
                long[] expected = golden.get(key + ".robust").toLongArray();
                NDArray images = own("images").get("0:" + expected.length);
                NDArray labels = own("labels").get("0:" + expected.length);
                float[] radii = new float[expected.length];
                Arrays.fill(radii, radius());
                var noise = new WrittenNoise((long) golden.number("seed"));
                NDArray adversarial =
                        attack.perturb(network, images, labels, Torch.array(radii, new Shape(radii.length)), noise);
                assertThat(flags(network.logits(adversarial), labels)).as(key).isEqualTo(expected);
                float[] norms = SearchRegion.norm(norm.equals("Linf"), adversarial.sub(images))
                        .toFloatArray();
                float[] distances = golden.floats(key + ".norm");
                float tolerance = prefix.startsWith("fab") ? 1e-3f : 1e-6f;
                for (int i = 0; i < norms.length; i++) {
                    assertThat(Math.abs(norms[i] - distances[i])).as(key).isLessThanOrEqualTo(tolerance);
                }
                JsonObject figure = golden.figure(key).getAsJsonObject();
                assertThat(Arrays.stream(expected).sum())
                        .isEqualTo(figure.get("robust").getAsLong());
                if (figure.get("unchanged").getAsBoolean()) {
                    assertThat(adversarial.toFloatArray()).as(key).isEqualTo(images.toFloatArray());
                    assertThat(WrittenNoise.crc(adversarial.toFloatArray()))
                            .as(key)
                            .isEqualTo(figure.get("advCrc32").getAsString());
                }
                assertDraws(figure, noise, attack);
                if (golden.has(key + ".adv")) {
                    assertThat(moved(adversarial, golden.get(key + ".adv")))
                            .as(key)
                            .isLessThanOrEqualTo(MOVED);
                }
            });
        }
    }

    public static void edges(EdgeCheck check) {
        try (var golden = new Golden("aa-edges");
                var network = GoldenNet.load(golden.text("model"))) {
            for (String parameter : new TreeSet<>(golden.parameters())) {
                int dot = parameter.indexOf('.');
                if (dot > 0) {
                    check.on(new Scenario(parameter.substring(0, dot), parameter.substring(dot + 1), golden, network));
                }
            }
        }
    }
}
