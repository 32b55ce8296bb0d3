package ardent.attack.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.Cost;
import ardent.attack.Fab;
import ardent.attack.FabT;
import ardent.attack.Fgsm;
import ardent.attack.Goal;
import ardent.attack.Linf;
import ardent.attack.MaskingChecks;
import ardent.attack.Mode;
import ardent.attack.Pgd;
import ardent.attack.Restarts;
import ardent.attack.Square;
import ardent.attack.Stage;
import ardent.attack.Transfer;
import ardent.attack.Warning;
import ardent.attack.Warning.Code;
import ardent.attack.check.AccuracyChecks;
import ardent.attack.search.CountingNetwork;
import ardent.attack.search.Rows;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a cascade writes down, tells and warns of, on numbers made by hand. */
class AccountsTest {
    private static final Cost COST = new Cost(3, 2, 40);

    private final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    void close() {
        manager.close();
    }

    private static CascadeState.Entry entry(int stage, long position, List<Integer> rows, float... pixels) {
        List<float[]> images =
                stage == 0 ? List.of() : rows.stream().map(row -> pixels).toList();
        return new CascadeState.Entry(stage, position, rows, images, stage, 2 * stage, COST, 1_000_000_000L);
    }

    @Test
    void ledgersAddUpWhatTheBatchesBring() {
        var ledger = new CascadeState(5, List.of(new Named("one"), new Square(new Linf())), 10);
        assertThat(ledger.position(0)).isZero();
        ledger.apply(entry(0, 3, List.of(1)));
        assertThat(ledger.position(0)).isEqualTo(3);
        assertThat(ledger.position(1)).isZero();
        ledger.apply(entry(0, 5, List.of()));
        ledger.apply(entry(1, 4, List.of(0, 4), 0.5f));
        assertThat(ledger.position(0)).isEqualTo(Long.MAX_VALUE);
        assertThat(ledger.position(1)).isEqualTo(4);
        assertThat(ledger.position(2)).isZero();
        assertThat(ledger.correctBefore(1)).containsExactly(0, 2, 3, 4);
        assertThat(ledger.correctBefore(2)).containsExactly(2, 3);
        ledger.apply(entry(2, 2, List.of(3), 0.25f));
        assertThat(ledger.correct()).isEqualTo(1);
        assertThat(ledger.accuracy()).isEqualTo(0.2);
        assertThat(ledger.correct(2)).isTrue();
        assertThat(ledger.correct(3)).isFalse();
        CascadeResult verdict = ledger.result("name", List.of(new Warning(Code.SOFTMAX, 1)));
        assertThat(verdict.brokenBy()).containsExactly(1, 0, CascadeResult.ROBUST, 2, 1);
        assertThat(verdict.robust()).containsExactly(false, false, true, false, false);
        assertThat(verdict.stages().stream().map(Stage::correct)).containsExactly(4, 2, 1);
        assertThat(verdict.stages().stream().map(Stage::accuracy)).containsExactly(0.8, 0.4, 0.2);
        assertThat(verdict.stages().get(0).cost()).isEqualTo(new Cost(6, 4, 80));
        assertThat(verdict.stages().get(0).time()).isEqualTo(Duration.ofSeconds(2));
        assertThat(verdict.cost()).isEqualTo(new Cost(12, 8, 160));
        assertThat(verdict.accuracy()).isEqualTo(0.2);
        assertThat(verdict.warnings())
                .startsWith(new Warning(Code.SOFTMAX, 1), new Warning(Code.OUTSIDE, 3), new Warning(Code.UNSTABLE, 6))
                .extracting(Warning::code)
                .containsExactly(Code.SOFTMAX, Code.OUTSIDE, Code.UNSTABLE, Code.SQUARE_WINS);
        assertThat(verdict.toString())
                .startsWith("name: 20.0 % of 5 images remain correctly classified")
                .contains("one", "40.0 %", "3 forwards", "2 backwards", "1.0 s");
        Tape.free(() -> {
            NDArray clean = manager.create(new float[] {0, 0.1f, 0.2f, 0.3f, 0.4f}, new Shape(5, 1, 1, 1));
            assertThat(verdict.adversarial(clean).toFloatArray()).containsExactly(0.5f, 0.1f, 0.2f, 0.25f, 0.5f);
            assertThat(verdict.adversarial(clean.get("3:5"), 3).toFloatArray()).containsExactly(0.25f, 0.5f);
            assertThat(clean.toFloatArray()).containsExactly(0, 0.1f, 0.2f, 0.3f, 0.4f);
        });
    }

    @Test
    void entriesComeBackAsTheyWere() throws IOException {
        var entry = new CascadeState.Entry(
                3, 1L << 40, List.of(7, 300), List.of(new float[] {0.1f, 0.2f}, new float[] {1}), 4, 5, COST, 6);
        CascadeState.Entry read = CascadeState.Entry.of(entry.bytes());
        assertThat(read).usingRecursiveComparison().isEqualTo(entry);
        CascadeState.Entry clean = CascadeState.Entry.of(entry(0, 2, List.of(1)).bytes());
        assertThat(clean.rows()).containsExactly(1);
        assertThat(clean.images()).hasSize(1);
    }

    private static List<Warning> after(double... accuracies) {
        return after(new Square(new Linf()), accuracies);
    }

    private static List<Warning> after(Attack last, double... accuracies) {
        var attacks = List.of(new Named("APGD-CE"), new Named("APGD-T"), new Named("FAB-T"), last);
        var stages = new java.util.ArrayList<Stage>();
        for (int i = 0; i < accuracies.length; i++) {
            stages.add(new Stage(String.valueOf(i), 0, accuracies[i], Cost.NONE, Duration.ZERO));
        }
        return AccuracyChecks.after(stages, CascadeResult.tried(attacks));
    }

    /** Square that wins more than 0.2 points after attacks by gradients is a reason to doubt these. */
    @Test
    void squareThatWinsIsASurprise() {
        assertThat(after(0.9, 0.5, 0.5, 0.5, 0.497)).hasSize(1);
        assertThat(after(0.9, 0.5, 0.5, 0.5, 0.497).get(0).number()).isCloseTo(0.3, within(1e-9));
        assertThat(after(0.9, 0.5, 0.5, 0.5, 0.499)).isEmpty();
        assertThat(after(0.9, 0.5, 0.5, 0.4, 0.4)).isEmpty();
        assertThat(after(0.9, 0.5, 0.4)).isEmpty();
        Attack square = new Square(new Linf());
        var second = List.of(
                new Stage("clean", 9, 0.9, Cost.NONE, Duration.ZERO),
                new Stage("PGD-20", 5, 0.5, Cost.NONE, Duration.ZERO),
                new Stage("Square", 4, 0.4, Cost.NONE, Duration.ZERO));
        assertThat(AccuracyChecks.after(second, CascadeResult.tried(List.of(new Pgd(20), square))))
                .as("after one attack by gradients, too")
                .hasSize(1);
        assertThat(AccuracyChecks.after(second, CascadeResult.tried(List.of(new Fgsm(), square))))
                .as("one step proves nothing")
                .isEmpty();
        var first = List.of(
                new Stage("clean", 9, 0.9, Cost.NONE, Duration.ZERO),
                new Stage("Square", 5, 0.5, Cost.NONE, Duration.ZERO),
                new Stage("Square", 5, 0.5, Cost.NONE, Duration.ZERO),
                new Stage("Square", 4, 0.4, Cost.NONE, Duration.ZERO));
        assertThat(AccuracyChecks.after(first, CascadeResult.tried(Collections.nCopies(3, square))))
                .as("nothing by gradients came before")
                .isEmpty();
    }

    /** What an attack is called says nothing about it. */
    @Test
    void anotherSearchWithoutGradientsIsNotCalledSquare() {
        assertThat(after(new Named("SquareRoot"), 0.9, 0.5, 0.5, 0.5, 0.4)).isEmpty();
        assertThat(after(new Queries(), 0.9, 0.5, 0.5, 0.5, 0.4))
                .extracting(Warning::code)
                .containsExactly(Code.QUERIES_WIN);
        assertThat(after(new Restarts(new Square(new Linf()), 2), 0.9, 0.5, 0.5, 0.5, 0.4))
                .extracting(Warning::code)
                .containsExactly(Code.SQUARE_WINS);
        assertThat(after(new Transfer(new Named("PGD"), x -> x), 0.9, 0.5, 0.5, 0.5, 0.4))
                .extracting(Warning::code)
                .containsExactly(Code.TRANSFER_WINS);
    }

    private record Named(String label) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return images;
        }
    }

    private record Queries() implements Attack {
        @Override
        public boolean whiteBox() {
            return false;
        }

        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return images;
        }
    }

    @Test
    void fewClassesAreSaid() {
        assertThat(AccuracyChecks.classes(10, 9)).isEmpty();
        assertThat(AccuracyChecks.classes(4, 3)).isEmpty();
        assertThat(AccuracyChecks.classes(4, 9)).containsExactly(new Warning(Code.FEW_TARGETS, 6));
        assertThat(AccuracyChecks.classes(3, 0)).isEmpty();
        assertThat(AccuracyChecks.classes(2, 0)).containsExactly(new Warning(Code.FEW_CLASSES, 2));
        var randomised = new AutoAttack(new Linf(), AutoAttack.Version.RAND, Mode.FAST, 250, 0);
        assertThat(randomised.label(3)).isEqualTo("AutoAttack rand");
        assertThat(randomised.label(2)).contains("not AutoAttack");
    }

    /** Four even images; what a wrapper does to their logits is what the checks are to find. */
    private List<Warning> warnings(Network network, boolean randomised) {
        NDArray images = manager.create(new float[] {0.6f, 0.7f, 0.55f, 0.8f}, new Shape(4, 1, 1, 1))
                .repeat(3, 8);
        NDArray labels = manager.create(new long[] {0, 0, 0, 0});
        return MaskingChecks.full(network, new Linf(0.01f), images, labels, randomised)
                .warnings();
    }

    /** 4m − 1 and 1 − 4m, where m is the mean of the pixels. */
    private static NDArray plain(NDArray x) {
        NDArray mean = x.reshape(x.getShape().get(0), -1).mean(new int[] {1}, true);
        NDArray lead = mean.mul(Torch.constant(4)).sub(Torch.constant(1));
        return lead.concat(lead.neg(), 1);
    }

    private List<Code> codes(Network network) {
        return warnings(network, false).stream().map(Warning::code).toList();
    }

    @Test
    void checksTellBoundsFromBothSides() {
        assertThat(codes(AccountsTest::plain)).isEmpty();
        // Answers that differ by less than 1e-4 of their length are rounding.
        for (double spread : new double[] {3e-5, 3e-4}) {
            int[] call = {0};
            Network other = x -> {
                NDArray turn = manager.create(new float[] {0, (float) (spread * (++call[0] % 2))}, new Shape(1, 2));
                return plain(x).add(turn);
            };
            assertThat(codes(other).contains(Code.RANDOMISED)).isEqualTo(spread > 1e-4);
            call[0] = 0;
            assertThat(warnings(other, true)).noneMatch(w -> w.code() == Code.RANDOMISED);
        }
        // Half a batch that answers otherwise by more than 1e-3.
        for (double mix : new double[] {2e-4, 5e-3}) {
            Network mixing = x -> plain(x).add(manager.create(
                    new float[] {0, (float) (mix * x.getShape().get(0))}, new Shape(1, 2)));
            assertThat(codes(mixing).contains(Code.MIXES_IMAGES)).isEqualTo(mix > 1e-3);
        }
    }

    @Test
    void gradientsThatVanishOrAreNoNumbersAreCounted() {
        // One of four images has no gradient, and its loss does not rise.
        Network hidden = x -> {
            NDArray open = Rows.floats(x.stopGradient().lt(Torch.constant(0.75)));
            NDArray seen = x.mul(open).add(x.stopGradient().mul(open.neg().add(Torch.constant(1))));
            return plain(seen);
        };
        List<Warning> found = warnings(hidden, false);
        assertThat(found).extracting(Warning::code).containsExactly(Code.ZERO_GRADIENT);
        assertThat(found.get(0).number()).isEqualTo(0.25);
        // Where x is under 3/4 the root of 0 is taken and thrown away, whose slope is infinite and times 0 no number.
        Network broken = x -> {
            NDArray open = Rows.floats(x.stopGradient().gt(Torch.constant(0.75)));
            NDArray nothing = x.sub(Torch.constant(0.75)).mul(open).sqrt();
            return plain(x.add(nothing.mul(Torch.constant(0))));
        };
        assertThat(warnings(broken, false))
                .filteredOn(w -> w.code() == Code.NAN_GRADIENT)
                .extracting(Warning::number)
                .containsExactly(0.75);
    }

    @Test
    void lossesThatDoNotRiseAreSaidFromHalfOfTheImagesOn() {
        for (double bound : new double[] {0.65, 0.75}) {
            Network flat = x -> {
                NDArray open = Rows.floats(x.stopGradient().lt(Torch.constant(bound)));
                NDArray away = x.sub(x.stopGradient()); // 0, with a gradient
                NDArray moving = x.mul(open);
                NDArray still = away.add(Torch.constant(0.7)).mul(open.neg().add(Torch.constant(1)));
                return plain(moving.add(still));
            };
            // Of four images, 0.7 and 0.8 stand still at a bound of 0.65, and only 0.8 at 0.75.
            assertThat(codes(flat).contains(Code.FLAT_LOSS)).isFalse();
        }
        Network most = x -> {
            NDArray open = Rows.floats(x.stopGradient().lt(Torch.constant(0.57)));
            NDArray still = x.sub(x.stopGradient())
                    .add(Torch.constant(0.7))
                    .mul(open.neg().add(Torch.constant(1)));
            return plain(x.mul(open).add(still));
        };
        assertThat(warnings(most, false))
                .filteredOn(w -> w.code() == Code.FLAT_LOSS)
                .extracting(Warning::number)
                .containsExactly(0.75);
    }

    /** Everything that a run depends on is in its fingerprint. */
    @Test
    void fingerprintsTellRunsApart() {
        NDArray images = manager.create(new float[] {0.1f, 0.2f, 0.3f}, new Shape(3, 1, 1, 1));
        NDArray turned = manager.create(new float[] {0.1f, 0.3f, 0.2f}, new Shape(3, 1, 1, 1));
        NDArray labels = manager.create(new long[] {0, 1, 0});
        NDArray others = manager.create(new long[] {0, 0, 1});
        Network network = AccountsTest::plain;
        Network other = x -> plain(x).mul(Torch.constant(2));
        var cascade = new Cascade(new Pgd(new Linf(0.1f), 3));
        float[] reach = {0.1f, 0.1f, 0.1f};
        var prints = new TreeMap<String, String>();
        prints.put(CascadeFingerprint.of(cascade, network, images, labels, reach), "itself");
        prints.put(CascadeFingerprint.of(cascade.seed(1), network, images, labels, reach), "seed");
        prints.put(
                CascadeFingerprint.of(new Cascade(new Pgd(new Linf(0.1f), 4)), network, images, labels, reach),
                "steps");
        prints.put(CascadeFingerprint.of(cascade, other, images, labels, reach), "network");
        prints.put(CascadeFingerprint.of(cascade, network, turned, labels, reach), "images");
        prints.put(CascadeFingerprint.of(cascade, network, images, others, reach), "labels");
        prints.put(CascadeFingerprint.of(cascade, network, images, labels, 0.1f, 0.1f, 0.2f), "radii");
        assertThat(prints).hasSize(7);
        assertThat(prints).containsEntry(CascadeFingerprint.of(cascade, network, images, labels, reach), "itself");
    }

    /** A network of one's own that has changed since is told by its answers, whatever attacks it. */
    @Test
    void aChangedNetworkOfOnesOwnIsAnotherOne() {
        NDArray images = manager.create(new float[] {0.1f, 0.2f, 0.3f}, new Shape(3, 1, 1, 1));
        NDArray labels = manager.create(new long[] {0, 1, 0});
        float[] slope = {1};
        Network network = x -> plain(x).mul(Torch.constant(slope[0]));
        Ball ball = new Linf(0.1f);
        for (Attack attack : List.of(new Cascade(new Pgd(ball, 3)), new Cascade(new Square(ball)))) {
            slope[0] = 1;
            String before = CascadeFingerprint.of(attack, network, images, labels, 0.1f);
            slope[0] = 2;
            assertThat(CascadeFingerprint.of(attack, network, images, labels, 0.1f))
                    .as(attack.label())
                    .isNotEqualTo(before);
        }
        Network drawing = x -> plain(x).mul(Torch.constant(slope[0]++));
        var square = new Cascade(new Square(ball));
        assertThat(CascadeFingerprint.of(square, drawing, images, labels, 0.1f))
                .as("answers that differ from call to call tell nothing")
                .isEqualTo(CascadeFingerprint.of(square, drawing, images, labels, 0.1f));
    }

    /** An image's number depends on its pixels and label alone, wherever it stands. */
    @Test
    void keysBelongToImages() {
        Tape.free(() -> {
            NDArray images = Noise.of(1).uniform(0, 1, new Shape(300, 1, 2, 2));
            NDArray labels = manager.create(new long[300]);
            long[] keys = CascadeFingerprint.keys(images, labels);
            assertThat(java.util.Arrays.stream(keys).distinct().count()).isEqualTo(300);
            assertThat(CascadeFingerprint.keys(images.get("290:300"), labels.get("290:300")))
                    .containsExactly(java.util.Arrays.copyOfRange(keys, 290, 300));
            assertThat(CascadeFingerprint.keys(images.get("0:1"), manager.create(new long[] {1}))[0])
                    .isNotEqualTo(keys[0]);
        });
    }

    @Test
    void costsAreCountedAndSubtracted() {
        assertThat(new Cost(5, 4, 30).since(new Cost(1, 2, 10))).isEqualTo(new Cost(4, 2, 20));
        assertThat(new Cost(5, 4, 30).plus(new Cost(1, 2, 10))).isEqualTo(new Cost(6, 6, 40));
        var counted = new CountingNetwork(AccountsTest::plain);
        CountingNetwork other = counted.with(x -> plain(x).neg());
        NDArray images = manager.create(new float[] {0.6f, 0.7f}, new Shape(2, 1, 1, 1));
        Tape.free(() -> {
            counted.logits(images);
            assertThat(other.logits(images).toFloatArray()[0]).isNegative();
            Tape.gradient(images, other::logits);
            NDArray logits = Torch.manager().zeros(new Shape(2, 9));
            CountingNetwork.more(counted, logits);
            CountingNetwork.more(AccountsTest::plain, logits);
        });
        assertThat(counted.cost()).isEqualTo(new Cost(3, 9, 6));
    }

    @Test
    void theTimeLeftFollowsFromTheShareDone() {
        var pace = new RemainingTime();
        pace.before(1, 0.25);
        assertThat(pace.left(0.25)).as("nothing is known yet").isNaN();
        pace.before(1, 0.5);
        long begin = System.nanoTime();
        double half = pace.left(0.5);
        double threeQuarters = pace.left(0.75);
        double seconds = (System.nanoTime() - begin) / 1e9;
        // Of the three quarters to do, a third is done: twice as long as until now. Later, half as long as until now.
        assertThat(half / 2).isBetween(2 * threeQuarters - seconds - 1e-6, 2 * threeQuarters + 1e-6);
        assertThat(pace.left(1)).isZero();
        pace.before(2, 0);
        assertThat(pace.left(0)).isNaN();
        var figures = new CascadeOptions.Moment("one", 2, 5, 0.5, 7, 0.7, 12.4, 30).figures();
        assertThat(figures)
                .containsEntry("accuracy", "70.0 %")
                .containsEntry("images left", "7")
                .containsEntry("stage", "about 12 s left");
        assertThat(new CascadeOptions.Moment("one", 2, 5, 1, 7, 0.7, 12.4, 30).figures())
                .doesNotContainKey("stage");
        assertThat(new CascadeOptions.Moment("one", 2, 5, 0.5, 7, 0.7, Double.NaN, 30).figures())
                .doesNotContainKey("stage");
    }

    /** Every part of the work is done once, answers come in order, and what a worker throws comes out. */
    @Test
    void crewsShareTheWork() {
        List<Integer> work = java.util.stream.IntStream.range(0, 11).boxed().toList();
        int threads = Torch.threads();
        try (var network = ardent.GoldenNet.load("model-tiny")) {
            Torch.threads(3);
            try (var crew = WorkerPool.of(network);
                    var alone = WorkerPool.alone();
                    var other = WorkerPool.of(AccountsTest::plain)) {
                assertThat(crew.share(work, part -> part))
                        .hasSize(3)
                        .satisfies(parts ->
                                assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(work));
                assertThat(crew.share(work.subList(0, 2), List::size)).containsExactly(1, 1);
                assertThat(crew.share(work.subList(0, 1), List::size)).containsExactly(1);
                assertThat(alone.share(work, List::size)).containsExactly(11);
                assertThat(other.share(work, List::size)).containsExactly(11);
                assertThatThrownBy(() -> crew.share(work, part -> {
                            if (part.contains(10)) {
                                throw new IllegalArgumentException("ten");
                            }
                            return part;
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("ten");
            }
        } finally {
            Torch.threads(threads);
        }
    }

    /** Where gradients are means over several passes: a network may then answer differently each time. */
    @Test
    void attacksThatAverageSaySo() {
        Attack mean = new Apgd(new Linf(), Goal.CE, 10, 1, 2, Mode.FAST);
        Attack plain = new Apgd(new Linf());
        var randomised = new AutoAttack(new Linf(), AutoAttack.Version.RAND, Mode.FAST, 10, 0);
        for (Attack attack : List.of(mean, randomised, new Cascade(mean), new Cascade(mean, new Square(new Linf())))) {
            assertThat(attack.averagesDraws()).as("%s", attack).isTrue();
        }
        for (Attack attack : List.of(plain, new AutoAttack(), new Cascade(mean, plain), new Pgd(2))) {
            assertThat(attack.averagesDraws()).as("%s", attack).isFalse();
        }
    }

    @Test
    void versionsOfAutoAttackAreTheReferences() {
        Ball ball = new Linf(0.1f);
        var labels = Map.of(
                AutoAttack.Version.STANDARD, List.of("APGD-CE", "APGD-T", "FAB-T", "Square"),
                AutoAttack.Version.PLUS, List.of("APGD-CE", "APGD-DLR", "FAB", "Square", "APGD-T", "FAB-T"),
                AutoAttack.Version.RAND, List.of("APGD-CE", "APGD-DLR"));
        labels.forEach((version, names) -> {
            Cascade cascade = new AutoAttack(ball, version, Mode.PARITY, 7, 3).cascade(10);
            assertThat(cascade.attacks().stream().map(Attack::label)).containsExactlyElementsOf(names);
            assertThat(cascade.batch()).isEqualTo(7);
            assertThat(cascade.seed()).isEqualTo(3);
            assertThat(cascade.mode()).isEqualTo(Mode.PARITY);
        });
        Cascade plus = new AutoAttack(ball, AutoAttack.Version.PLUS, Mode.FAST, 7, 3).cascade(10);
        assertThat(plus.attacks().subList(0, 3))
                .containsExactly(
                        new Apgd(ball, Goal.CE, 100, 5, 1, Mode.FAST),
                        new Apgd(ball, Goal.DLR, 100, 5, 1, Mode.FAST),
                        new Fab(ball, 100, 5, Mode.FAST));
        assertThat(plus.name()).isEqualTo("AutoAttack+");
        Cascade rand = new AutoAttack(ball, AutoAttack.Version.RAND, Mode.FAST, 7, 3).cascade(10);
        assertThat(rand.attacks().get(0)).isEqualTo(new Apgd(ball, Goal.CE, 100, 1, 20, Mode.FAST));
        assertThat(rand.name()).isEqualTo("AutoAttack rand");
        Cascade standard = new AutoAttack(ball).cascade(10);
        assertThat(standard.attacks())
                .containsExactly(
                        new Apgd(ball, Goal.CE, 100, 1, 1, Mode.FAST),
                        new ApgdT(ball, Goal.TARGETED_DLR, 100, 9, 1, Mode.FAST),
                        new FabT(ball, 100, 9, 1, Mode.FAST),
                        new Square(ball));
        assertThat(new AutoAttack(ball).cascade(3).attacks().get(1))
                .isEqualTo(new ApgdT(ball, Goal.TARGETED_DLR_OF_THREE, 100, 9, 1, Mode.FAST));
        assertThat(new AutoAttack(ball).cascade(2).attacks().get(1))
                .isEqualTo(new ApgdT(ball, Goal.TARGETED_MARGIN, 100, 9, 1, Mode.FAST));
    }
}
