package ardent.attack.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.JavaProgram;
import ardent.attack.AaGolden;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attack;
import ardent.attack.Attempts;
import ardent.attack.AutoAttack;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.Cost;
import ardent.attack.Curve;
import ardent.attack.FabT;
import ardent.attack.Fgsm;
import ardent.attack.Goal;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.MaskingChecks;
import ardent.attack.Mode;
import ardent.attack.MultiRoundAttack;
import ardent.attack.Pgd;
import ardent.attack.SearchResult;
import ardent.attack.Square;
import ardent.attack.Stage;
import ardent.attack.Transfer;
import ardent.attack.Warning;
import ardent.attack.check.AccuracyChecks;
import ardent.attack.search.Rows;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every cascade: batches do not show, breaks do not show, few classes and few images work. */
public class CascadeRulesTest {
    private static final CascadeOptions QUIET = new CascadeOptions().checks(false);

    public static Cascade small(Ball ball, int batch, Mode mode) {
        return new Cascade(
                "small",
                List.of(
                        new Apgd(ball, Goal.CE, 10, 2, 1, mode),
                        new ApgdT(ball, Goal.TARGETED_DLR, 10, 3, 1, mode),
                        new FabT(ball, 10, 3, 1, mode),
                        new Square(ball, 50)),
                batch,
                mode,
                5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linf", "l2"})
    void fastDoesNotDependOnBatchesOrOrder(String norm) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Ball ball = AaGolden.ball(norm, norm.equals("linf") ? 0.05f : 0.4f);
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            CascadeResult whole = small(ball, 64, Mode.FAST).run(network, images, labels);
            for (int batch : new int[] {7, 30}) {
                assertThat(small(ball, batch, Mode.FAST)
                                .run(network, images, labels)
                                .brokenBy())
                        .isEqualTo(whole.brokenBy());
            }
            int threads = Torch.threads();
            Torch.threads(3);
            try {
                assertThat(small(ball, 30, Mode.FAST)
                                .run(network, images, labels)
                                .brokenBy())
                        .isEqualTo(whole.brokenBy());
            } finally {
                Torch.threads(threads);
            }
            Tape.free(() -> {
                long[] turned = new long[64];
                for (int i = 0; i < 64; i++) {
                    turned[i] = 63 - i;
                }
                int[] fell = small(ball, 20, Mode.FAST)
                        .run(network, Rows.pick(images, turned), Rows.pick(labels, turned))
                        .brokenBy();
                for (int i = 0; i < 64; i++) {
                    assertThat(fell[63 - i]).isEqualTo(whole.brokenBy()[i]);
                }
            });
            assertThat(whole.brokenBy()).contains(0, 1, CascadeResult.ROBUST);
        }
    }

    /**
     * Tries images, each a single pixel, and writes down what each drew in which round; from round (number mod 5) on, an
     * image breaks.
     */
    private record Noted(Ball ball, boolean mixes, Map<String, Float> drawn, List<Integer> batches)
            implements MultiRoundAttack {
        @Override
        public int rounds(int classes) {
            return 2 * classes;
        }

        @Override
        public SearchResult search(Network victim, Attempts tasks) {
            int count = tasks.size();
            batches.add((int) Arrays.stream(tasks.rounds()).distinct().count());
            float[] pixels = tasks.images().toFloatArray();
            float[] draws = tasks.noise().uniform(0, 1, new Shape(count, 1)).toFloatArray();
            boolean[] broken = new boolean[count];
            for (int i = 0; i < count; i++) {
                int number = Math.round(100 * pixels[i]);
                long round = tasks.rounds()[i];
                assertThat(drawn.putIfAbsent(number + " in " + round, draws[i]))
                        .as("asked once")
                        .isNull();
                broken[i] = round >= number % 5;
                pixels[i] += broken[i] ? 0.5f + 0.01f * round : 0;
            }
            return new SearchResult(Torch.array(pixels, tasks.images().getShape()), broken);
        }
    }

    /** A fast cascade that stayed in round 0 would break a fifth of the images and aim at one class nine times. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fastGoesThroughAllRoundsAndKeepsTheFirstSuccess(boolean mixes) {
        try (NDManager manager = Torch.manager().newSubManager()) {
            float[] pixels = new float[20];
            for (int i = 0; i < 20; i++) {
                pixels[i] = i / 100f;
            }
            NDArray images = manager.create(pixels, new Shape(20, 1, 1, 1));
            NDArray labels = manager.zeros(new Shape(20), DataType.INT64);
            Network network = x -> {
                NDArray lead = x.reshape(x.getShape().get(0), 1).sub(Torch.constant(0.35));
                return lead.neg().concat(lead, 1);
            };
            var alone = new TreeMap<String, Float>();
            for (int batch : new int[] {1, 7, 20, 100}) {
                var drawn = new TreeMap<String, Float>();
                var batches = new ArrayList<Integer>();
                var attack = new Noted(new Linf(0.6f), mixes, drawn, batches);
                CascadeResult outcome =
                        new Cascade("noted", List.of(attack), batch, Mode.FAST, 3).run(network, images, labels, QUIET);
                float[] adversarial = outcome.adversarial(images).toFloatArray();
                for (int i = 0; i < 20; i++) {
                    boolean breaks = i % 5 < 4;
                    assertThat(outcome.brokenBy()[i]).isEqualTo(breaks ? 1 : CascadeResult.ROBUST);
                    float change = breaks ? 0.5f + 0.01f * (i % 5) : 0;
                    assertThat(adversarial[i]).isCloseTo(pixels[i] + change, within(1e-6f));
                }
                if (batch == 1) {
                    alone.putAll(drawn);
                    assertThat(drawn).hasSize(4 * (1 + 2 + 3 + 4 + 4)).containsKeys("19 in 0", "19 in 3", "3 in 3");
                    assertThat(drawn.values()).as("each draws for itself").doesNotHaveDuplicates();
                } else {
                    assertThat(drawn).containsAllEntriesOf(alone);
                    assertThat(batches.stream().anyMatch(rounds -> rounds > 1)).isEqualTo(mixes);
                }
            }
        }
    }

    /** Towards the nearest two classes the logits are flat; only the third can be reached, and by its own gradient alone. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyTargetGetsItsTurn(Mode mode) {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray images = manager.full(new Shape(6, 1, 2, 2), 0.5f);
            NDArray labels = manager.zeros(new Shape(6), DataType.INT64);
            NDArray flat = manager.create(new float[] {1, 0.9f, 0.8f, 0, 0.1f}, new Shape(1, 5));
            NDArray way = manager.create(new float[] {0, 0, 0, 1, 0}, new Shape(1, 5));
            Network network = x -> x.reshape(x.getShape().get(0), -1)
                    .sum(new int[] {1}, true)
                    .sub(Torch.constant(2))
                    .mul(Torch.constant(2.8))
                    .mul(way)
                    .add(flat);
            for (int targets = 2; targets <= 4; targets++) {
                var attack = new ApgdT(new Linf(0.1f), Goal.TARGETED_DLR, 5, targets, 1, mode);
                int[] fell = new Cascade("targets", List.of(attack), 4, mode, 0)
                        .run(network, images, labels, QUIET)
                        .brokenBy();
                assertThat(fell).as("%d targets", targets).containsOnly(targets < 4 ? CascadeResult.ROBUST : 1);
            }
        }
    }

    /** Also where its attacks take one radius for all images. */
    @Test
    void aCascadeCanBeAStageOfAnother() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            var fgsm = new Fgsm(new Linf(0.05f));
            int[] plain = new Cascade(fgsm).run(network, images, labels, QUIET).brokenBy();
            int[] nested = new Cascade(new Cascade(fgsm))
                    .run(network, images, labels, QUIET)
                    .brokenBy();
            assertThat(nested).isEqualTo(plain).contains(1, CascadeResult.ROBUST);
        }
    }

    /** After the last record: zeros, garbage, half a record, a length that is none. */
    @Test
    void anyTailOfAJournalIsCutOff(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("journal");
        var entry = new CascadeState.Entry(1, 7, List.of(3), List.of(new float[] {0.5f}), 0, 0, new Cost(1, 2, 3), 4);
        try (Journal journal =
                Journal.open(file, "run", new CascadeState(5, List.of(new Pgd(new Linf(), 1)), 10), false)) {
            journal.append(entry);
        }
        byte[] whole = Files.readAllBytes(file);
        var tails = new ArrayList<byte[]>();
        for (int zeros = 0; zeros <= 64; zeros++) {
            tails.add(new byte[zeros]);
        }
        tails.add(new byte[100_000]);
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1, 28, 40}) {
            tails.add(ByteBuffer.allocate(40).putInt(length).array());
        }
        var random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] garbage = new byte[1 + random.nextInt(100)];
            random.nextBytes(garbage);
            tails.add(garbage);
        }
        for (int half = 1; half < 30; half++) {
            tails.add(Arrays.copyOf(whole, half));
            tails.add(Arrays.copyOf(Arrays.copyOf(whole, half), 64));
        }
        for (byte[] tail : tails) {
            Files.write(file, whole);
            Files.write(file, tail, StandardOpenOption.APPEND);
            var ledger = new CascadeState(5, List.of(new Pgd(new Linf(), 1)), 10);
            Journal.open(file, "run", ledger, false).close();
            assertThat(ledger.correctBefore(2)).containsExactly(0, 1, 2, 4);
            assertThat(ledger.position(1)).isEqualTo(7);
            assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        }
    }

    /** A journal of labels 0 is none of labels 256; labels that fit into a byte have the fingerprint that they had. */
    @Test
    void fingerprintsTellLabelsApart() {
        Tape.free(() -> {
            NDArray images = Noise.of(1).uniform(0, 1, new Shape(2, 1, 2, 2));
            var prints = new java.util.HashSet<String>();
            long[][] labels = {{0, 1}, {256, 1}, {0, 257}, {1, 0}, {512, 1}, {255, 1}, {65536, 1}};
            Network network = x -> x.reshape(x.getShape().get(0), 4);
            for (long[] some : labels) {
                prints.add(CascadeFingerprint.of(
                        small(new Linf(0.1f), 4, Mode.FAST),
                        network,
                        images,
                        Torch.manager().create(some),
                        0.1f));
            }
            assertThat(prints).hasSize(labels.length);
        });
    }

    /** What was found with images of another source is no part of this run. */
    @Test
    void fingerprintsTellTheWeightsOfASourceApart() {
        try (Classifier source = Classifier.of(new SmallCnn(1), new Shape(1, 8, 8), 4, 0);
                Classifier other = Classifier.of(new SmallCnn(1), new Shape(1, 8, 8), 4, 1)) {
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(1, 1, 8, 8));
                NDArray labels = Torch.manager().create(new long[] {0});
                Attack cascade = new Cascade(new Transfer(new Fgsm(new Linf(0.1f)), source));
                String before = CascadeFingerprint.of(cascade, other, images, labels, 0.1f);
                assertThat(CascadeFingerprint.of(cascade, other, images, labels, 0.1f))
                        .isEqualTo(before);
                source.layers().set(other.layers().all());
                assertThat(CascadeFingerprint.of(cascade, other, images, labels, 0.1f))
                        .isNotEqualTo(before);
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aRunThatWasStoppedEndsAsIfItHadNotBeen(Mode mode, @TempDir Path folder) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Cascade cascade = small(new Linf(0.05f), 16, mode);
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            CascadeResult whole = cascade.run(network, images, labels);
            Path journal = folder.resolve("run.journal");
            for (int stop = 1; stop < 6; stop++) {
                int[] left = {stop};
                assertThatThrownBy(() -> cascade.run(
                                network,
                                images,
                                labels,
                                new CascadeOptions().journal(journal).watch(moment -> {
                                    if (--left[0] == 0) {
                                        throw new CancellationException("enough");
                                    }
                                })))
                        .isInstanceOf(CancellationException.class);
            }
            assertSame(whole, cascade.run(network, images, labels, new CascadeOptions().journal(journal)), images);
            assertSame(whole, cascade.run(network, images, labels, new CascadeOptions().journal(journal)), images);
            assertThatThrownBy(() -> small(new Linf(0.06f), 16, mode)
                            .run(network, images, labels, new CascadeOptions().journal(journal)))
                    .hasMessageContaining("belongs to another run");
        }
    }

    @Test
    void aRunKilledAtAnyMomentEndsTheSame(@TempDir Path folder) throws IOException, InterruptedException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        Path journal = folder.resolve("two.journal");
        assertThat(child(folder.resolve("one.journal"), whole).waitFor()).isZero();
        var random = new Random(3);
        int kills = 0;
        for (int i = 0; i < 4; i++) {
            long written = size(journal);
            Process process = child(journal, parts);
            while (size(journal) <= written && process.isAlive()) {
                Thread.sleep(1);
            }
            if (!process.waitFor(random.nextInt(40), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                kills++;
            }
        }
        assertThat(child(folder.resolve("two.journal"), parts).waitFor()).isZero();
        assertThat(Files.readString(parts)).isEqualTo(Files.readString(whole));
        assertThat(kills).isPositive();
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static Process child(Path journal, Path result) throws IOException {
        return JavaProgram.start(Killed.class.getName(), journal.toString(), result.toString());
    }

    /** The child that is killed. */
    static final class Killed {
        public static void main(String[] arguments) throws IOException {
            try (var golden = new Golden("model-tiny");
                    var network = GoldenNet.load("model-tiny")) {
                Cascade cascade = small(new Linf(0.05f), 4, Mode.FAST);
                NDArray images = golden.get("images");
                CascadeResult outcome = cascade.run(
                        network, images, golden.get("labels"), new CascadeOptions().journal(Path.of(arguments[0])));
                float[] pixels = outcome.adversarial(images).toFloatArray();
                Files.writeString(
                        Path.of(arguments[1]),
                        java.util.Arrays.toString(outcome.brokenBy()) + java.util.Arrays.hashCode(pixels));
            }
            Runtime.getRuntime().halt(0);
        }
    }

    private static void assertSame(CascadeResult one, CascadeResult two, NDArray images) {
        assertThat(two.brokenBy()).isEqualTo(one.brokenBy());
        assertThat(two.stages().stream().map(Stage::correct).toList())
                .isEqualTo(one.stages().stream().map(Stage::correct).toList());
        try (NDArray first = one.adversarial(images);
                NDArray second = two.adversarial(images)) {
            assertThat(second.toFloatArray()).isEqualTo(first.toFloatArray());
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aBatchLargerThanTheDataIsOneBatch(Mode mode) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images").get("0:9");
            NDArray labels = golden.get("labels").get("0:9");
            Ball ball = new Linf(0.05f);
            int[] whole = small(ball, 9, mode).run(network, images, labels).brokenBy();
            var curve = Curve.of(network, images, labels, List.of(0f, 0.05f), e -> new Pgd(new Linf(e), 2), 9);
            for (int batch : new int[] {10, 1 << 30, Integer.MAX_VALUE - 1, Integer.MAX_VALUE}) {
                assertThat(small(ball, batch, mode).run(network, images, labels).brokenBy())
                        .isEqualTo(whole);
                assertThat(Curve.of(network, images, labels, curve.radii(), e -> new Pgd(new Linf(e), 2), batch))
                        .isEqualTo(curve);
            }
        }
    }

    @Test
    void roundsBeyondAnIntAreNotNone() {
        int most = Integer.MAX_VALUE;
        assertThat(new ApgdT(new Linf(0.1f), Goal.TARGETED_DLR, 1, 9, most, Mode.FAST).rounds(10))
                .isEqualTo(most);
        assertThat(new FabT(new Linf(0.1f), 1, most, most, Mode.FAST).rounds(10))
                .isEqualTo(most);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void fewClassesWorkAndSayWhatTheyAre(int classes) {
        try (NDManager manager = Torch.manager().newSubManager()) {
            Network network = linear(manager, classes, 3 * 4 * 6);
            NDArray images = Torch.keep(Noise.of(1).uniform(0, 1, new Shape(9, 3, 4, 6)));
            images.attach(manager);
            NDArray labels = network.logits(images).argMax(1);
            for (Ball ball : List.of(new Linf(0.02f), new L2(0.2f))) {
                for (Mode mode : Mode.values()) {
                    Cascade full = new AutoAttack(ball).mode(mode).batch(4).cascade(classes);
                    CascadeResult outcome = shortened(full, mode).run(network, images, labels);
                    assertThat(outcome.stages()).hasSize(5);
                    assertThat(outcome.attack().equals("AutoAttack")).isEqualTo(classes > 3);
                    assertThat(outcome.attack().contains("not AutoAttack")).isEqualTo(classes < 4);
                }
            }
        }
    }

    /** The same attacks with few steps. */
    public static Cascade shortened(Cascade full, Mode mode) {
        var parts = full.attacks().stream().map(CascadeRulesTest::shortened).toList();
        return new Cascade(full.name(), parts, 4, mode, 0);
    }

    private static Attack shortened(Attack attack) {
        if (attack instanceof Apgd a) {
            return a.steps(5);
        }
        if (attack instanceof ApgdT a) {
            return a.steps(5);
        }
        return attack instanceof FabT a
                ? new FabT(a.ball(), 5, a.targets(), 1, a.mode())
                : new Square(attack.ball(), 20);
    }

    private static Network linear(NDManager manager, int classes, int size) {
        NDArray weight = Torch.keep(Noise.of(2).normal(new Shape(classes, size)));
        weight.attach(manager);
        return x -> x.reshape(x.getShape().get(0), -1).matMul(weight.transpose());
    }

    @Test
    void nothingRightAndNothingBrokenWork() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images").get("0:3");
            NDArray right = network.logits(images).argMax(1);
            NDArray wrong = right.add(Rows.index(1, 1, 1)).mod(Rows.index(5, 5, 5));
            for (Mode mode : Mode.values()) {
                CascadeResult lost = small(new Linf(0.1f), 2, mode).run(network, images, wrong);
                assertThat(lost.brokenBy()).containsOnly(0);
                assertThat(lost.adversarial(images).toFloatArray()).isEqualTo(images.toFloatArray());
                CascadeResult safe = small(new Linf(1e-6f), 2, mode).run(network, images, right);
                assertThat(safe.brokenBy()).containsOnly(CascadeResult.ROBUST);
                assertThat(safe.accuracy()).isEqualTo(1);
                CascadeResult all = small(new Linf(1), 2, mode).run(network, images, right);
                assertThat(all.brokenBy()).containsOnly(1);
                NDArray one = images.get("0:1");
                assertThat(small(new Linf(0.1f), 2, mode)
                                .run(network, one, right.get("0:1"))
                                .brokenBy())
                        .hasSize(1);
            }
        }
    }

    @Test
    void runsLeaveNoArrayBehind() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            for (Mode mode : Mode.values()) {
                for (Ball ball : List.of(new Linf(0.05f), new L2(0.4f))) {
                    Cascade cascade = small(ball, 20, mode);
                    cascade.run(network, golden.get("images"), golden.get("labels"));
                    int held = arrays(golden);
                    cascade.run(network, golden.get("images"), golden.get("labels"));
                    assertThat(arrays(golden)).isEqualTo(held);
                }
            }
        }
    }

    private static int arrays(Golden golden) {
        return Torch.manager().getManagedArrays().size()
                + golden.get("images").getManager().getManagedArrays().size();
    }

    @Test
    void imagesThatLeaveTheBallDoNotCountAndAreReported() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            record Cheat(Ball ball) implements Attack {
                @Override
                public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
                    return images.mul(Torch.constant(-1)).add(Torch.constant(1));
                }
            }
            for (Mode mode : Mode.values()) {
                CascadeResult outcome = new Cascade("cheat", List.of(new Cheat(new Linf(0.1f))), 10, mode, 0)
                        .run(network, golden.get("images"), golden.get("labels"));
                assertThat(outcome.brokenBy()).containsOnly(0, CascadeResult.ROBUST);
                assertThat(outcome.warnings()).anyMatch(w -> w.code() == Warning.Code.OUTSIDE && w.number() > 10);
            }
        }
    }

    @Test
    void checksFindWhatIsWrongWithANetwork() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            Ball ball = new Linf(0.1f);
            assertThat(MaskingChecks.full(network, ball, images, labels, false).warnings())
                    .isEmpty();
            assertThat(codes(x -> network.logits(x).softmax(1), images, labels)).contains(Warning.Code.SOFTMAX);
            Noise noise = Noise.of(4);
            Network random = x -> network.logits(x.add(noise.uniform(0, 0.3, x.getShape())));
            assertThat(codes(random, images, labels)).contains(Warning.Code.RANDOMISED);
            Network saturated = x -> network.logits(x).mul(Torch.constant(1 << 12));
            assertThat(codes(saturated, images, labels)).contains(Warning.Code.ZERO_GRADIENT, Warning.Code.FLAT_LOSS);
            Network dynamic = x -> {
                Tape.gradient(x, network::logits);
                return network.logits(x);
            };
            assertThat(codes(dynamic, images, labels)).contains(Warning.Code.DYNAMIC);
            Network mixing = x -> network.logits(x.sub(x.mean(new int[] {0}, true)));
            assertThat(codes(mixing, images, labels)).containsExactly(Warning.Code.MIXES_IMAGES);
            Network opaque = x -> network.logits(x).stopGradient();
            assertThat(codes(opaque, images, labels)).containsExactly(Warning.Code.ZERO_GRADIENT);
            assertThat(AccuracyChecks.classes(3, 9)).hasSize(2);
        }
    }

    @Test
    void checksAreCountedAndNoDearerThanTheySay() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            int[] asked = new int[2];
            Network counting = x -> {
                asked[0]++;
                asked[1] += Tape.isOpen() ? 1 : 0;
                return network.logits(x);
            };
            Cost quick = MaskingChecks.quick(counting, new Linf(0.1f), images, labels, false)
                    .cost();
            assertThat(asked).containsExactly(7, 1);
            assertThat(quick.forwards()).isEqualTo(7);
            assertThat(quick.backwards()).isEqualTo(1);
            Cost full = MaskingChecks.full(counting, new L2(0.4f), images, labels, false)
                    .cost();
            assertThat(asked).containsExactly(7 + 18, 1 + 12);
            assertThat(full.forwards()).isEqualTo(18);
            assertThat(full.backwards()).isEqualTo(12);
            Cost none =
                    MaskingChecks.quick(counting, null, images, labels, true).cost();
            assertThat(none.forwards()).isEqualTo(2);
        }
    }

    private static List<Warning.Code> codes(Network network, NDArray images, NDArray labels) {
        return MaskingChecks.full(network, new Linf(0.1f), images, labels, false).warnings().stream()
                .map(Warning::code)
                .toList();
    }
}
