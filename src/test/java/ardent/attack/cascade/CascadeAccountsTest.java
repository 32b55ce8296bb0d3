package ardent.attack.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Apgd;
import ardent.attack.Attack;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.Cost;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.MultiRoundAttack;
import ardent.attack.OnePixelImages;
import ardent.attack.Pgd;
import ardent.attack.SearchResult;
import ardent.attack.Square;
import ardent.attack.Stage;
import ardent.attack.Warning;
import ardent.attack.Warning.Code;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a cascade tells while it runs, counts and refuses, on images of one pixel whose fate is prescribed. */
class CascadeAccountsTest extends OnePixelImages {
    private static final CascadeOptions QUIET = new CascadeOptions().checks(false);

    private NDArray labels(long... labels) {
        return manager.create(labels);
    }

    /** Class 1 above 0.35, else class 0. */
    private static NDArray step(NDArray x) {
        NDArray lead = x.reshape(x.getShape().get(0), 1).sub(Torch.constant(0.35));
        return lead.neg().concat(lead, 1);
    }

    /** Turns the pixels that it is given into others. */
    @SuppressWarnings("ArrayRecordComponent") // a script, never compared
    private record Turned(Ball ball, List<Integer> batches, float[] from, float... to) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return Torch.array(turned(images.toFloatArray()), images.getShape());
        }

        private float[] turned(float... pixels) {
            batches.add(pixels.length);
            for (int i = 0; i < pixels.length; i++) {
                for (int j = 0; j < from.length; j++) {
                    pixels[i] = pixels[i] == from[j] ? to[j] : pixels[i];
                }
            }
            return pixels;
        }

        @Override
        public String label() {
            return "turned";
        }
    }

    /** As a search of two rounds that says of every image that it is broken. */
    private record Boaster(Turned turned, List<float[]> radii, List<long[]> rounds) implements MultiRoundAttack {
        @Override
        public Ball ball() {
            return turned.ball();
        }

        @Override
        public int rounds(int classes) {
            return classes;
        }

        @Override
        public SearchResult search(Network victim, Attempts tasks) {
            radii.add(tasks.radii().toFloatArray());
            rounds.add(tasks.rounds());
            boolean[] broken = new boolean[tasks.size()];
            Arrays.fill(broken, true);
            float[] pixels = turned.turned(tasks.images().toFloatArray());
            return new SearchResult(Torch.array(pixels, tasks.images().getShape()), broken);
        }

        @Override
        public String label() {
            return "boaster";
        }
    }

    private static Turned turned(float[] from, float... to) {
        return new Turned(new Linf(0.5f), new ArrayList<>(), from, to);
    }

    private static float[] floats(float... values) {
        return values;
    }

    /** Five images in batches of two: 0.9 is wrong, 0.3 and 0.2 break, 0.1 and 0 stand. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyBatchIsToldAndCounted(Mode mode) {
        NDArray images = images(0.1f, 0.9f, 0.2f, 0.3f, 0);
        Turned first = turned(floats(0.3f), 0.4f);
        Turned second = turned(floats(0.2f), 0.5f);
        var moments = new ArrayList<CascadeOptions.Moment>();
        CascadeResult verdict = new Cascade("two", List.of(first, second), 2, mode, 0)
                .run(CascadeAccountsTest::step, images, labels(0, 0, 0, 0, 0), QUIET.watch(moments::add));
        assertThat(verdict.brokenBy()).containsExactly(-1, 0, 2, 1, -1);
        assertThat(moments)
                .extracting(CascadeOptions.Moment::stage)
                .containsExactly("clean", "clean", "clean", "turned", "turned", "turned", "turned");
        assertThat(moments).extracting(CascadeOptions.Moment::number).containsExactly(1, 1, 1, 2, 2, 3, 3);
        assertThat(moments).extracting(CascadeOptions.Moment::stages).containsOnly(3);
        assertThat(moments)
                .extracting(CascadeOptions.Moment::share)
                .containsExactly(0.4, 0.8, 1.0, 0.5, 1.0, 2 / 3.0, 1.0);
        assertThat(moments).extracting(CascadeOptions.Moment::correct).containsExactly(4, 4, 4, 4, 3, 2, 2);
        assertThat(moments)
                .extracting(CascadeOptions.Moment::accuracy)
                .containsExactly(0.8, 0.8, 0.8, 0.8, 0.6, 0.4, 0.4);
        double before = 0;
        for (CascadeOptions.Moment moment : moments) {
            assertThat(moment.seconds()).isBetween(before, 60.0);
            before = moment.seconds();
            assertThat(moment.left()).isGreaterThanOrEqualTo(0);
            assertThat(moment.left() == 0).isEqualTo(moment.share() == 1);
        }
        assertThat(first.batches()).containsExactly(2, 2);
        assertThat(second.batches()).containsExactly(2, 1);
        // The clean pass asks once for each batch; a stage does and asks once more about the broken images alone.
        assertThat(verdict.stages())
                .extracting(Stage::cost)
                .containsExactly(new Cost(3, 0, 5), new Cost(3, 0, 5), new Cost(3, 0, 4));
        assertThat(verdict.stages()).extracting(Stage::name).containsExactly("clean", "turned", "turned");
        assertThat(verdict.warnings()).isEmpty();
        Tape.free(() ->
                assertThat(verdict.adversarial(images).toFloatArray()).containsExactly(0.1f, 0.9f, 0.5f, 0.4f, 0));
    }

    @Test
    void timesAreThoseOfTheirStages() {
        var moments = new ArrayList<CascadeOptions.Moment>();
        Attack slow = new Attack() {
            @Override
            public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
                pause(60);
                return images.duplicate();
            }
        };
        CascadeResult verdict = new Cascade("slow", List.of(slow), 1, Mode.PARITY, 0)
                .run(CascadeAccountsTest::step, images(0, 0.1f, 0.2f), labels(0, 0, 0), QUIET.watch(moments::add));
        assertThat(verdict.stages().get(0).time()).isPositive();
        assertThat(verdict.stages().get(1).time().toMillis()).isBetween(180L, 60_000L);
        assertThat(moments.get(5).seconds()).isBetween(0.18, 60.0);
        // One of three batches done: twice as long as it took.
        double took = moments.get(3).seconds() - moments.get(2).seconds();
        assertThat(moments.get(3).left()).isBetween(2 * 0.06, 2 * took + 0.001);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** After a break at one of four batches the next one is the first, and a half of what is left after it. */
    @Test
    void theTimeLeftAfterABreakCountsFromTheBreak(@TempDir Path folder) {
        Attack slow = new Attack() {
            @Override
            public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
                pause(100);
                return images.duplicate();
            }
        };
        for (Mode mode : Mode.values()) {
            var cascade = new Cascade("slow", List.of(slow), 1, mode, 0);
            NDArray images = images(0, 0.1f, 0.2f, 0.3f);
            NDArray labels = labels(0, 0, 0, 0);
            CascadeOptions course = QUIET.journal(folder.resolve(mode.name()));
            assertThatThrownBy(() -> cascade.run(CascadeAccountsTest::step, images, labels, course.watch(moment -> {
                        if (moment.number() == 2) {
                            throw new CancellationException("enough");
                        }
                    })))
                    .isInstanceOf(CancellationException.class);
            var moments = new ArrayList<CascadeOptions.Moment>();
            cascade.run(CascadeAccountsTest::step, images, labels, course.watch(moments::add));
            assertThat(moments).extracting(CascadeOptions.Moment::share).containsExactly(0.5, 0.75, 1.0);
            // A quarter took some 0.1 s and two are left; counted from the beginning, it would be as long as it took.
            assertThat(moments.get(0).left()).isBetween(0.2, 2 * moments.get(0).seconds() + 0.001);
            assertThat(moments.get(0).seconds()).isLessThan(60);
        }
    }

    @Test
    void anInterruptedCascadeStopsBeforeItsNextBatch() {
        Turned attack = turned(floats(), floats());
        try {
            assertThatThrownBy(() -> new Cascade("stopped", List.of(attack), 1, Mode.PARITY, 0)
                            .run(
                                    CascadeAccountsTest::step,
                                    images(0, 0.1f),
                                    labels(0, 0),
                                    QUIET.watch(moment -> Thread.currentThread().interrupt())))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("The cascade was stopped.");
        } finally {
            Thread.interrupted();
        }
        assertThat(attack.batches()).isEmpty();
    }

    /** Says that it broke all: 0.3 it did, 0.2 it moved too far, 0.1 it left right, 0 it left no number. */
    @Test
    void whatASearchSaysIsJudged() {
        var boaster = new Boaster(
                turned(floats(0.3f, 0.2f, 0.1f, 0), 0.4f, 0.9f, 0.15f, Float.NaN),
                new ArrayList<>(),
                new ArrayList<>());
        NDArray images = images(0.3f, 0.2f, 0.1f, 0);
        CascadeResult verdict = new Cascade("boaster", List.of(boaster), 4, Mode.FAST, 0)
                .run(CascadeAccountsTest::step, images, labels(0, 0, 0, 0), QUIET);
        assertThat(verdict.brokenBy()).containsExactly(1, -1, -1, -1);
        // In two rounds, of which the second tries what the first left standing.
        assertThat(boaster.rounds()).containsExactly(new long[] {0, 0, 0, 0}, new long[] {1, 1, 1});
        assertThat(verdict.warnings()).containsExactly(new Warning(Code.OUTSIDE, 4), new Warning(Code.UNSTABLE, 2));
    }

    /** A plain attack is asked about in its batch and once more without those that stand: only said if it is right then. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void answersThatDependOnTheBatchAreSaid(Mode mode) {
        Network fickle = x -> {
            // In a batch of one, everything is right.
            double bound = x.getShape().get(0) == 1 ? 10 : 0.35;
            NDArray lead = x.reshape(x.getShape().get(0), 1).sub(Torch.constant(bound));
            return lead.neg().concat(lead, 1);
        };
        CascadeResult verdict = new Cascade("fickle", List.of(turned(floats(0.3f), 0.4f)), 3, mode, 0)
                .run(fickle, images(0.3f, 0.2f, 0.1f), labels(0, 0, 0), QUIET);
        assertThat(verdict.brokenBy()).containsExactly(1, -1, -1);
        assertThat(verdict.warnings()).containsExactly(new Warning(Code.UNSTABLE, 1));
    }

    /** Pixels that are no numbers break nothing, and are counted. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void pixelsThatAreNoNumbersBreakNothing(Mode mode) {
        CascadeResult verdict = new Cascade("nothing", List.of(turned(floats(0.2f), Float.NaN)), 3, mode, 0)
                .run(CascadeAccountsTest::step, images(0.3f, 0.2f, 0.1f), labels(0, 0, 0), QUIET);
        assertThat(verdict.brokenBy()).containsOnly(-1);
        assertThat(verdict.warnings()).containsExactly(new Warning(Code.OUTSIDE, 1));
    }

    /** In parity each batch draws from the seed anew; fast ones draw for each image. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void batchesDrawAsTheirModeSays(Mode mode) {
        var draws = new ArrayList<Float>();
        Attack attack = (victim, images, labels, noise) -> {
            draws.add(noise.uniform(0, 1, new Shape(1, 1)).getFloat());
            return images.duplicate();
        };
        new Cascade("drawn", List.of(attack), 1, mode, 7)
                .run(CascadeAccountsTest::step, images(0.3f, 0.2f), labels(0, 0), QUIET);
        float first = Tape.read(() -> Noise.of(7).uniform(0, 1, new Shape(1, 1)).getFloat());
        if (mode == Mode.PARITY) {
            assertThat(draws).containsExactly(first, first);
        } else {
            assertThat(draws).hasSize(2).doesNotHaveDuplicates().doesNotContain(first);
        }
    }

    private record Drawing(String label, List<Float> own, List<Float> common) implements Attack {
        Drawing(String label) {
            this(label, new ArrayList<>(), new ArrayList<>());
        }

        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            own.add(noise.uniform(0, 1, new Shape(1, 1)).getFloat());
            common.add(noise.shared(1)[0]);
            return images.duplicate();
        }
    }

    private void drawn(Attack... attacks) {
        new Cascade("drawn", List.of(attacks), 1, Mode.FAST, 7)
                .run(CascadeAccountsTest::step, images(0.3f), labels(0), QUIET);
    }

    /** Each attack of a label draws anew; the first of its label as if it were alone. */
    @Test
    void attacksWithOneLabelDrawOtherwise() {
        var one = new Drawing("one");
        var other = new Drawing("other");
        drawn(one);
        drawn(other);
        drawn(one, other, one, one);
        assertThat(one.own()).hasSize(4);
        assertThat(one.own().get(1)).isEqualTo(one.own().get(0));
        assertThat(one.common().get(1)).isEqualTo(one.common().get(0));
        assertThat(one.own().subList(1, 4)).doesNotHaveDuplicates();
        assertThat(one.common().subList(1, 4)).doesNotHaveDuplicates();
        assertThat(other.own().get(1)).isEqualTo(other.own().get(0));
    }

    private float drawn(long seed, long noise) {
        var attack = new Drawing("one");
        Attack cascade = new Cascade("drawn", List.of(attack), 1, Mode.FAST, seed);
        Tape.free(() -> cascade.perturb(CascadeAccountsTest::step, images(0.3f), labels(0), Noise.of(noise)));
        return attack.own().get(0);
    }

    /** Whoever runs it: its own seed, which its description names, counts beside that of the noise. */
    @Test
    void aCascadeDrawsFromItsSeedAndTheNoise() {
        var attack = new Drawing("one");
        drawn(attack);
        float seven = attack.own().get(0);
        assertThat(drawn(7, 0)).isEqualTo(seven);
        assertThat(drawn(0, 7)).isEqualTo(seven);
        assertThat(drawn(7, 3)).isNotIn(seven, drawn(3, 0), drawn(0, 0));
    }

    /** Bad images are refused before any work, and bad answers when they come. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatIsNoImageIsRefused(Mode mode) {
        Turned fine = turned(floats());
        Cascade cascade = new Cascade("refused", List.of(fine), 2, mode, 0);
        assertThatThrownBy(() -> cascade.run(CascadeAccountsTest::step, images(0.3f, 2), labels(0, 0), QUIET))
                .hasMessageContaining("Pixels lie in [0, 1]");
        assertThat(fine.batches()).isEmpty();
        assertThatThrownBy(() -> new Apgd(new Linf(0.1f))
                        .perturb(CascadeAccountsTest::step, images(0.3f, 2), labels(0, 0), Noise.of(0)))
                .hasMessageContaining("Pixels lie in [0, 1]");
        Attack shorter = (victim, images, labels, noise) -> images.get("0:1");
        assertThatThrownBy(() -> new Cascade("short", List.of(shorter), 2, mode, 0)
                        .run(CascadeAccountsTest::step, images(0.3f, 0.2f), labels(0, 0), QUIET))
                .hasMessageContaining("returned shape (");
        Attack wide = new MultiRoundAttack() {
            @Override
            public Ball ball() {
                return new Linf(0.1f);
            }

            @Override
            public int rounds(int classes) {
                return 1;
            }

            @Override
            public SearchResult search(Network victim, Attempts tasks) {
                return new SearchResult(tasks.images().get("0:1"), new boolean[tasks.size()]);
            }
        };
        assertThatThrownBy(() -> new Cascade("short", List.of(wide), 2, Mode.FAST, 0)
                        .run(CascadeAccountsTest::step, images(0.3f, 0.2f), labels(0, 0), QUIET))
                .hasMessageContaining("returned shape (");
    }

    /** What was cut off a journal is told, and nothing where nothing was. */
    @Test
    void cutsAreTold(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("journal");
        Journal.open(file, "run", ledger(), false).close();
        var told = new java.io.ByteArrayOutputStream();
        java.io.PrintStream before = System.err;
        System.setErr(new java.io.PrintStream(told, true, java.nio.charset.StandardCharsets.UTF_8));
        try {
            Journal.open(file, "run", ledger(), false).close();
            assertThat(told.size()).isZero();
            Files.write(file, new byte[17], java.nio.file.StandardOpenOption.APPEND);
            Journal.open(file, "run", ledger(), false).close();
        } finally {
            System.setErr(before);
        }
        assertThat(told.toString(java.nio.charset.StandardCharsets.UTF_8))
                .contains(" ends in 17 bytes that are no whole");
    }

    /** Each image has its radius: both searches and whole attacks are told, and both are held to it. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void radiiGoToTheAttackAndToTheJudge(Mode mode) {
        var boaster = new Boaster(turned(floats(0.3f, 0.25f), 0.4f, 0.4f), new ArrayList<>(), new ArrayList<>());
        NDArray radii = manager.create(new float[] {0.1f, 0.2f, 0.1f, 0});
        NDArray images = images(0.25f, 0.9f, 0.3f, 0.1f);
        var inner = new Cascade("inner", List.of(boaster), 4, mode, 0);
        for (Attack attack : List.of(boaster, inner)) {
            boaster.radii().clear();
            CascadeResult verdict = new Cascade("radii", List.of(attack), 4, mode, 0)
                    .run(CascadeAccountsTest::step, images, labels(0, 0, 0, 0), QUIET.radii(radii));
            assertThat(boaster.radii().get(0)).startsWith(0.1f, 0.1f, 0);
            assertThat(verdict.brokenBy()).containsExactly(-1, 0, 1, -1);
        }
        assertThatThrownBy(() -> new Cascade(turned(floats()))
                        .run(CascadeAccountsTest::step, images, labels(0, 0, 0, 0), QUIET.radii(radii)))
                .hasMessageStartingWith("The attack turned takes one radius for all images");
    }

    /** Before attacks by gradients the network is looked at, on the images of the first batch. */
    @Test
    void checksLookAtTheFirstBatchOfAttacksByGradients() {
        var sizes = new ArrayList<Long>();
        Network network = x -> {
            sizes.add(x.getShape().get(0));
            return step(x).softmax(1);
        };
        NDArray images = images(0.3f, 0.2f, 0.1f);
        NDArray labels = labels(0, 0, 0);
        Attack white = turned(floats());
        Attack black = new Square(new Linf(0.5f), 1);
        CascadeResult looked = new Cascade("white", List.of(white), 2, Mode.PARITY, 0).run(network, images, labels);
        assertThat(looked.warnings()).extracting(Warning::code).contains(Code.SOFTMAX);
        assertThat(sizes).contains(1L, 2L).doesNotContain(3L);
        int asked = sizes.size();
        sizes.clear();
        new Cascade("white", List.of(white), 2, Mode.PARITY, 0).run(network, images, labels, QUIET);
        assertThat(sizes).containsExactly(2L, 1L, 2L, 1L).hasSizeLessThan(asked);
        sizes.clear();
        CascadeResult blind = new Cascade("black", List.of(black), 2, Mode.PARITY, 0).run(network, images, labels);
        assertThat(blind.warnings()).isEmpty();
    }

    private static CascadeState ledger() {
        return new CascadeState(5, List.of(new Pgd(new Linf(), 1)), 10);
    }

    private static void refused(Path file, String what) {
        assertThatThrownBy(() -> Journal.open(file, "run", ledger(), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }

    @Test
    void journalsOfOthersStayAsTheyAre(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("deeper").resolve("journal");
        try (Journal journal = Journal.open(file, "run", ledger(), false)) {
            refused(file, "is being written by another run");
            journal.append(new CascadeState.Entry(1, 7, List.of(3), List.of(floats(0.5f)), 0, 0, Cost.NONE, 4));
        }
        byte[] whole = Files.readAllBytes(file);
        refused(folder, "is a folder");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        refused(link, "is a link");
        assertThatThrownBy(() -> Journal.open(file, "other", ledger(), false))
                .hasMessageContaining("belongs to another run");
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        // The lock is gone after each refusal.
        CascadeState ledger = ledger();
        Journal.open(file, "run", ledger, false).close();
        assertThat(ledger.position(1)).isEqualTo(7);
        assertThat(ledger.correct(3)).isFalse();
        byte[] title = Arrays.copyOf(whole, 12 + ByteBuffer.wrap(whole).getInt());
        for (int kept : new int[] {0, 1, 11, 12, 20, title.length - 1}) {
            byte[] cut = Arrays.copyOf(title, kept);
            assertBegun(file, title, cut, true);
            assertBegun(file, title, Arrays.copyOf(cut, kept + 40), true);
            byte[] noise = Arrays.copyOf(cut, kept + 1);
            noise[kept] = (byte) (title[kept] + 1);
            assertBegun(file, title, noise, kept == 11 && noise[kept] == 0);
        }
        assertBegun(file, title, new byte[1 << 16], true);
        assertBegun(file, title, new byte[(1 << 16) + 1], false);
    }

    private static void assertBegun(Path file, byte[] title, byte[] content, boolean begun) throws IOException {
        Files.write(file, content);
        if (begun) {
            Journal.open(file, "run", ledger(), false).close();
            assertThat(Files.readAllBytes(file)).isEqualTo(title);
        } else {
            refused(file, "is no journal of a cascade");
            assertThat(Files.readAllBytes(file)).isEqualTo(content);
        }
    }

    @Test
    void journalsThatAreRenewedBeginAnewWhereTheyBelongToOthers(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("journal");
        var entry = new CascadeState.Entry(1, 7, List.of(3), List.of(floats(0.5f)), 0, 0, Cost.NONE, 4);
        try (Journal journal = Journal.open(file, "run", ledger(), true)) {
            journal.append(entry);
        }
        byte[] whole = Files.readAllBytes(file);
        CascadeState same = ledger();
        Journal.open(file, "run", same, true).close();
        assertThat(same.position(1)).isEqualTo(7);
        CascadeState other = ledger();
        try (Journal journal = Journal.open(file, "nur", other, true)) {
            assertThat(other.position(1)).isZero();
            journal.append(entry);
        }
        assertThat(Files.readAllBytes(file)).hasSameSizeAs(whole).isNotEqualTo(whole);
        Files.write(file, new byte[] {1, 2, 3});
        Journal.open(file, "run", ledger(), true).close();
        Journal.open(file, "run", ledger(), false).close();
    }

    /** Workers have one thread of operations each, are daemons, leave no array behind and go when the crew is closed. */
    @Test
    void crewsAreHousekept() throws InterruptedException {
        int threads = Torch.threads();
        var workers = java.util.Collections.synchronizedList(new ArrayList<Thread>());
        try (var network = ardent.GoldenNet.load("model-tiny")) {
            Torch.threads(2);
            try (var crew = WorkerPool.of(network)) {
                NDArray one = Torch.constant(1);
                int held = Torch.manager().getManagedArrays().size();
                Thread.currentThread().interrupt();
                List<Integer> answers = crew.share(List.of(1, 2), part -> {
                    workers.add(Thread.currentThread());
                    Torch.manager().zeros(new Shape(1)).add(one);
                    return Torch.threads();
                });
                assertThat(Thread.interrupted()).as("is told to who asked").isTrue();
                assertThat(answers).containsExactly(1, 1);
                assertThat(Torch.manager().getManagedArrays().size()).isEqualTo(held);
                assertThat(workers).hasSize(2).allMatch(Thread::isDaemon).doesNotHaveDuplicates();
                assertThat(workers).extracting(Thread::getName).containsOnly("ardent-attack");
                assertThatThrownBy(() -> crew.share(List.of(1, 2), part -> {
                            throw new StackOverflowError("deep");
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasRootCauseMessage("deep");
            }
            for (Thread worker : workers) {
                worker.join(5000);
                assertThat(worker.isAlive()).isFalse();
            }
        } finally {
            Thread.interrupted();
            Torch.threads(threads);
        }
    }
}
