package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Warning.Code;
import ardent.data.AdversarialImages;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What attacks, curves and inputs take, up to the bound itself, and what they refuse beyond it. */
class AttackSettingsTest extends OnePixelImages {
    private static final float INFINITE = Float.POSITIVE_INFINITY;
    private static final Ball BALL = new Linf(0.1f);

    private static void refused(ThrowingCallable made, String part) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(part);
    }

    private static <T> void taken(Function<T, Object> made, List<T> good, List<T> bad, String part) {
        good.forEach(value -> assertThatCode(() -> made.apply(value)).doesNotThrowAnyException());
        bad.forEach(value -> refused(() -> made.apply(value), part));
    }

    @Test
    void boundsBelongToWhatIsAllowed() {
        taken(Linf::new, List.of(1e-6f, 1f), List.of(0f, -1f, Float.NaN), "greater than 0");
        taken(Linf::new, List.of(1f), List.of(1.001f), "/255f");
        taken(L2::new, List.of(1e-6f, 100f), List.of(0f, INFINITE), "greater than 0");
        taken(Start.Gauss::new, List.of(1e-6f), List.of(0f, -1f, Float.NaN, INFINITE), "deviation");
        Function<Float, Object> pgd = stride -> new Pgd(BALL, stride, 1, Start.clean());
        taken(pgd, List.of(1e-6f, 0.1f), List.of(0f, -1f, Float.NaN, 0.11f), "swapped");
        taken(steps -> new Pgd(BALL, steps), List.of(1), List.of(0, -1), "at least 1 step");
        Function<Float, Object> momentum = decay -> new MiFgsm(BALL, 0.1f, 1, decay);
        taken(momentum, List.of(0f, 2f), List.of(-0.1f, Float.NaN, INFINITE), "decay");
        refused(() -> new MiFgsm(BALL, 0.2f, 1, 0), "swapped");
        Function<Float, Object> margin = kappa -> new CwLinf(BALL, 0.1f, 1, kappa, Start.clean(), true);
        taken(margin, List.of(0f, 50f), List.of(-0.1f, Float.NaN, INFINITE), "κ");
        taken(rate -> new CwL2(1, 1, rate, 1, 0), List.of(1e-6f), List.of(0f, Float.NaN, INFINITE), "rate");
        taken(first -> new CwL2(1, 1, 1, first, 0), List.of(1e-6f), List.of(0f, Float.NaN, INFINITE), "first c");
        taken(kappa -> new CwL2(1, 1, 1, 1, kappa), List.of(0f), List.of(-0.1f, Float.NaN, INFINITE), "κ");
        taken(steps -> new CwL2(steps, 1, 1, 1, 0), List.of(1), List.of(0), "step");
        taken(searches -> new CwL2(1, searches, 1, 1, 0), List.of(1), List.of(0), "search");
        assertThat(new CwL2().steps(7)).isEqualTo(new CwL2(7, 9, 0.01f, 1e-3f, 0));
        taken(count -> new DeepFool(1, count, 0), List.of(2), List.of(1), "at least 2 classes");
        taken(over -> new DeepFool(1, 2, over), List.of(0f), List.of(-0.1f, Float.NaN, INFINITE), "overshoot");
        taken(steps -> new DeepFool(steps, 2, 0), List.of(1), List.of(0), "step");
        taken(
                share -> new Square(BALL, 1, 1, share, false),
                List.of(1e-6, 1.0),
                List.of(0.0, 1.01, Double.NaN),
                "share");
        taken(queries -> new Square(BALL, queries), List.of(1), List.of(0), "query");
        taken(restarts -> new Square(BALL, 1, restarts, 1, false), List.of(1), List.of(0), "restart");
        taken(steps -> new Apgd(BALL).steps(steps), List.of(1), List.of(0), "step");
        taken(restarts -> new Apgd(BALL).restarts(restarts), List.of(1), List.of(0), "restart");
        taken(draws -> new Apgd(BALL, Goal.CE, 1, 1, draws, Mode.FAST), List.of(1), List.of(0), "draw");
        taken(goal -> new Apgd(BALL, goal), List.of(Goal.DLR), List.of(Goal.TARGETED_DLR), "use ApgdT");
        taken(
                goal -> new ApgdT(BALL, goal, 1, 1, 1, Mode.FAST),
                List.of(Goal.TARGETED_DLR),
                List.of(Goal.CE),
                "use Apgd");
        taken(steps -> new ApgdT(BALL).steps(steps), List.of(1), List.of(0), "step");
        taken(targets -> new ApgdT(BALL).targets(targets), List.of(1), List.of(0), "target");
        taken(some -> new ApgdT(BALL, Goal.TARGETED_DLR, 1, 1, some, Mode.FAST), List.of(1), List.of(0), "restart");
        taken(steps -> new Fab(BALL, steps, 1, Mode.FAST), List.of(1), List.of(0), "step");
        taken(restarts -> new Fab(BALL, 1, restarts, Mode.FAST), List.of(1), List.of(0), "restart");
        taken(steps -> new FabT(BALL, steps, 1, 1, Mode.FAST), List.of(1), List.of(0), "step");
        taken(targets -> new FabT(BALL, 1, targets, 1, Mode.FAST), List.of(1), List.of(0), "target");
        taken(restarts -> new FabT(BALL, 1, 1, restarts, Mode.FAST), List.of(1), List.of(0), "restart");
        taken(count -> new Restarts(new Fgsm(), count), List.of(1), List.of(0), "restart");
        refused(() -> new WorstOf(List.of()), "at least one attack");
        refused(() -> new WorstOf(new Fgsm(BALL), new Fgsm(new Linf(0.2f))), "the same ball");
        refused(() -> new WorstOf(new DeepFool(), new Fgsm(BALL)), "the same ball, not [null, Linf[radius=0.1]]");
        assertThat(new WorstOf(new DeepFool(), new CwL2()).ball()).isNull();
        refused(() -> new Cascade(), "at least one attack");
        refused(() -> new Cascade(new Fgsm(BALL), new Fgsm(new Linf(0.2f))), "the same ball");
        taken(batch -> new AutoAttack().batch(batch), List.of(1), List.of(0), "image in a batch");
        taken(
                batch -> new Cascade("one", List.of(new Fgsm()), batch, Mode.FAST, 0),
                List.of(1),
                List.of(0),
                "image in a batch");
    }

    @Test
    void copiesChangeWhatTheySay() {
        AutoAttack standard = new AutoAttack();
        AutoAttack.Version version = AutoAttack.Version.STANDARD;
        assertThat(standard.mode(Mode.PARITY)).isEqualTo(new AutoAttack(new Linf(), version, Mode.PARITY, 250, 0));
        assertThat(standard.batch(7)).isEqualTo(new AutoAttack(new Linf(), version, Mode.FAST, 7, 0));
        assertThat(standard.seed(7)).isEqualTo(new AutoAttack(new Linf(), version, Mode.FAST, 250, 7));
        assertThat(new Pgd(20).start(Start.clean())).isEqualTo(new Pgd(new Linf(), 2 / 255f, 20, Start.clean()));
        assertThat(new Fgsm(BALL).start()).isEqualTo(Start.clean());
        CascadeOptions course = new CascadeOptions();
        Path file = Path.of("journal");
        CascadeOptions.Listener watch = moment -> {};
        NDArray radii = manager.create(new float[] {1});
        assertThat(course.radii(radii))
                .isEqualTo(new CascadeOptions(radii, null, false, CascadeOptions.Listener.NONE, true, null));
        assertThat(course.journal(file))
                .isEqualTo(new CascadeOptions(null, file, false, CascadeOptions.Listener.NONE, true, null));
        assertThat(course.renewedJournal(file))
                .isEqualTo(new CascadeOptions(null, file, true, CascadeOptions.Listener.NONE, true, null));
        assertThat(course.watch(watch)).isEqualTo(new CascadeOptions(null, null, false, watch, true, null));
        IntPredicate clean = row -> true;
        assertThat(course.clean(clean).checks(false))
                .isEqualTo(new CascadeOptions(null, null, false, CascadeOptions.Listener.NONE, false, clean));
        assertThat(course.checks(false))
                .isEqualTo(new CascadeOptions(null, null, false, CascadeOptions.Listener.NONE, false, null));
        assertThatCode(() -> CascadeOptions.Listener.NONE.at(new CascadeOptions.Moment("one", 1, 1, 1, 1, 1, 0, 0)))
                .doesNotThrowAnyException();
    }

    @Test
    void numbersOfWarningsAreShort() {
        assertThat(new Warning(Warning.Code.OUTSIDE, 3).size()).isEqualTo("3");
        assertThat(new Warning(Warning.Code.OUTSIDE, 1).size()).isEqualTo("1");
        assertThat(new Warning(Warning.Code.ZERO_GRADIENT, 0.25).size()).isEqualTo("0.250");
        assertThat(new Warning(Warning.Code.RANDOMISED, 1.5).size()).isEqualTo("1.50");
        assertThat(new Warning(Warning.Code.FLAT_LOSS, 0).size()).isEqualTo("0.00");
        for (Warning.Code code : Warning.Code.values()) {
            Warning warning = new Warning(code, 2.5);
            assertThat(warning.toString())
                    .startsWith(code.what())
                    .endsWith("; " + code.advice() + ".")
                    .doesNotContain(code.name(), "%s");
            assertThat(warning.coded()).startsWith(code + " (2.50): ");
            assertThat(Warning.read(warning.coded())).contains(warning);
        }
        assertThat(Warning.read("OUTSIDE_BALL: 3 images left it.")).isEmpty();
        assertThat(Warning.read("LATER (2.50): what a later version looks for."))
                .isEmpty();
        assertThat(new Warning(Warning.Code.SQUARE_WINS, 8.4)).asString().contains("left (8.4 points of accuracy);");
        assertThat(new Warning(Warning.Code.ZERO_GRADIENT, 0.979))
                .asString()
                .contains("gradient is zero (97.9 % of the images tried)");
        assertThat(new Warning(Warning.Code.RANDOMISED, 0.0123)).asString().contains("(distance 0.0123 of normalised");
        assertThat(new Warning(Warning.Code.OUTSIDE, 1)).asString().contains("(1 image);");
        assertThat(new Warning(Warning.Code.DYNAMIC, 1)).asString().contains("(1 call);");
        assertThat(new Warning(Warning.Code.FEW_CLASSES, 1)).asString().contains("(1 class);");
        for (Warning.Code code :
                List.of(Warning.Code.SQUARE_WINS, Warning.Code.QUERIES_WIN, Warning.Code.TRANSFER_WINS)) {
            assertThat(new Warning(code, 1)).asString().contains("(1 point of accuracy);");
            assertThat(code.amount(1, 1.5)).isEqualTo("1 to 1.5 points of accuracy");
        }
        assertThat(new Warning(Warning.Code.SOFTMAX, 1)).asString().doesNotContain("(");
        assertThat(Warning.Code.FLAT_LOSS.amount(0.4, 1)).isEqualTo("40 to 100 % of the images tried");
        assertThat(Warning.Code.SOFTMAX.advice()).isEqualTo("give the attack the logits before softmax");
    }

    @Test
    void inputsAreLookedAt() {
        Network network = x ->
                x.reshape(x.getShape().get(0), 1).concat(x.reshape(x.getShape().get(0), 1), 1);
        NDArray labels = manager.create(new long[] {0, 5});
        assertThatCode(() -> AttackInputs.check(network, images(0, 1), labels)).doesNotThrowAnyException();
        refused(
                () -> AttackInputs.check(network, images(-0.01f, 1), labels),
                "Pixels lie in [0, 1]; these reach from -0.01 to 1.0");
        refused(() -> AttackInputs.check(network, images(0, 1.01f), labels), "these reach from 0.0 to 1.01");
        refused(() -> AttackInputs.check(network, images(0, Float.NaN), labels), "not a number");
        refused(() -> AttackInputs.check(network, images(0), labels), "each of the 1 images");
        refused(() -> AttackInputs.check(network, images(0, 1), manager.create(new long[][] {{0, 1}})), "int64 label");
        refused(() -> AttackInputs.check(network, images(0, 1), manager.create(new int[] {0, 1})), "not int32");
        refused(
                () -> AttackInputs.check(network, images(0, 1), manager.create(new long[] {-1, 1})),
                "a label is -1: attack images.labelledOnly()");
        refused(() -> AttackInputs.check(network, images(0, 1).toType(DataType.FLOAT64, true), labels), "not float64");
        refused(() -> AttackInputs.check(network, images(0, 1).reshape(2, 1, 1), labels), "(N, C, H, W)");
        NDArray images = images(0, 1);
        List<Attack> good = List.of(new Apgd(BALL), new Square(BALL), new AutoAttack(BALL));
        assertThatCode(() -> AttackInputs.radii(images, manager.create(new float[] {0, 2}), good))
                .doesNotThrowAnyException();
        for (float bad : new float[] {-0.1f, Float.NaN, INFINITE}) {
            refused(
                    () -> AttackInputs.radii(images, manager.create(new float[] {0, bad}), good),
                    "number of at least 0");
        }
        refused(() -> AttackInputs.radii(images, manager.create(new float[] {0}), good), "each of the 2 images");
        refused(() -> AttackInputs.radii(images, manager.create(new double[] {0, 1}), good), "float64");
        refused(() -> AttackInputs.radii(images, manager.create(new float[][] {{0, 1}}), good), "one float radius");
        refused(
                () -> AttackInputs.radii(images, manager.create(new float[] {0, 1}), List.of(new Pgd(2))),
                "PGD-2 takes one radius");
        try (var known = ardent.GoldenNet.load("model-tiny")) {
            NDArray picture = manager.zeros(new Shape(1).addAll(known.image()));
            assertThatCode(() -> AttackInputs.check(known, picture, manager.create(new long[] {4})))
                    .doesNotThrowAnyException();
            refused(
                    () -> AttackInputs.check(known, picture, manager.create(new long[] {5})),
                    "Labels lie in 0..4; these reach from 5");
            refused(
                    () -> AttackInputs.check(
                            known, manager.zeros(new Shape(1, 2, 5, 5)), manager.create(new long[] {5})),
                    "takes images of shape (N, ");
        }
    }

    @Test
    void curvesHaveRisingRadii() {
        for (List<Float> bad : List.of(
                List.<Float>of(),
                List.of(0.2f, 0.1f),
                List.of(0.1f, 0.1f),
                List.of(-0.1f),
                List.of(Float.NaN),
                List.of(INFINITE))) {
            refused(() -> new Curve("bad", bad, bad.stream().map(r -> 1.0).toList()), "rising radii");
        }
        assertThat(new Curve("good", List.of(0f, 0.1f), List.of(1.0, 0.5)).warnings())
                .isEmpty();
        refused(() -> new Curve("bad", List.of(0f), List.of(1.0, 0.5)), "one accuracy for each");
        List<Float> radii = List.of(0f, 0.1f, 0.2f);
        assertThat(Curve.attacks(radii, e -> new Fgsm(new Linf(e))))
                .containsExactly(new Fgsm(new Linf(0.1f)), new Fgsm(new Linf(0.2f)));
        refused(
                () -> Curve.attacks(radii, e -> new Fgsm(BALL)),
                "For ε = 0.2 the function gives FGSM with the radius 0.1");
        refused(() -> Curve.attacks(radii, e -> null), "gives no attack");
        assertThat(Curve.attacks(radii, e -> new Fgsm(new Linf(e * (1 + 5e-7f)))))
                .hasSize(2);
        refused(() -> Curve.attacks(radii, e -> new Fgsm(new Linf(e * (1 + 2e-6f)))), "the function gives FGSM");
        for (Attack unbound : List.of(new DeepFool(), new CwL2(), new WorstOf(new DeepFool()))) {
            refused(
                    () -> Curve.attacks(radii, e -> unbound),
                    unbound.label() + " has no ball that ε = 0.1 could bound");
        }
        refused(() -> Curve.attacks(radii, e -> (victim, images, labels, noise) -> images), "a record with ball()");
        assertThat(Curve.attacks(List.of(0f), e -> new DeepFool())).isEmpty();
    }

    /** An attack that runs AutoAttack says of itself what runs for few classes, and that it is another cascade. */
    @Test
    void compositesHaveTheNamesOfWhatTheyRun() {
        var auto = new AutoAttack(BALL);
        var pgd = new Pgd(BALL, 2);
        Map<Attack, String> names = Map.of(
                new WorstOf(auto, pgd), "Worst of %s, PGD-2",
                new Restarts(auto, 2), "%s ×2",
                new Cascade(auto, pgd), "Worst of %s, PGD-2",
                new Attack.InBfloat16(auto), "%s (bfloat16)",
                new Transfer(auto, AttackSettingsTest::half), "%s (transfer)",
                new Restarts(new WorstOf(pgd, auto), 1), "Worst of PGD-2, %s ×1");
        names.forEach((attack, name) -> {
            assertThat(attack.label()).isEqualTo(name, "AutoAttack").isEqualTo(attack.label(4));
            assertThat(attack.label(3)).isEqualTo(name, "Cascade for 3 classes (not AutoAttack)");
            assertThat(attack.warnings(10)).isEmpty();
            assertThat(attack.warnings(3)).isEqualTo(auto.warnings(3)).contains(new Warning(Code.FEW_CLASSES, 3));
        });
        assertThat(new Cascade("mine", List.of(auto), 1, Mode.FAST, 0).label(2)).isEqualTo("mine");
        assertThat(new WorstOf(pgd).warnings(2)).isEmpty();
    }

    /** Two classes, which attacks on arrays see by the network's answers. */
    @Test
    void whatRunsForFewClassesIsNamedWhereItRan() {
        NDArray images = images(0.4f, 0.6f);
        NDArray labels = manager.create(new long[] {0, 1});
        var auto = new AutoAttack(new Linf(0.3f), AutoAttack.Version.RAND, Mode.FAST, 250, 0);
        String name = "Cascade for 2 classes (not AutoAttack)";
        CascadeResult result = new Cascade(auto).run(AttackSettingsTest::half, images, labels);
        assertThat(result.attack()).isEqualTo("Worst of " + name);
        assertThat(result.stages()).extracting(Stage::name).containsExactly("clean", name);
        assertThat(result.warnings()).contains(new Warning(Code.FEW_CLASSES, 2));
        Curve curve = Curve.of(AttackSettingsTest::half, images, labels, List.of(0.3f), e -> new Restarts(auto, 1), 2);
        assertThat(curve.attack()).isEqualTo(name + " ×1");
        assertThat(curve.warnings()).contains(new Warning(Code.FEW_CLASSES, 2));
    }

    /** Class 1 above a half; the attack sets pixels to a value. */
    private record Set(Ball ball, float value, List<Integer> sizes) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            float[] pixels = new float[(int) images.size()];
            Arrays.fill(pixels, value);
            sizes.add(pixels.length);
            return Torch.array(pixels, images.getShape());
        }

        @Override
        public String label() {
            return "set";
        }
    }

    private static NDArray half(NDArray x) {
        NDArray lead = x.reshape(x.getShape().get(0), 1).sub(Torch.constant(0.5));
        return lead.neg().concat(lead, 1);
    }

    /** Five images, of which 0.9 is wrong from the beginning and 0.1 is too far from what breaks it. */
    @Test
    void curvesCountWhatStandsAndWhatLeavesTheBall() {
        NDArray images = images(0.45f, 0.4f, 0.9f, 0.3f, 0.1f);
        NDArray labels = manager.create(new long[5]);
        var sizes = new ArrayList<Integer>();
        Curve curve = Curve.of(
                AttackSettingsTest::half, images, labels, List.of(0f, 0.3f), e -> new Set(new Linf(e), 0.6f, sizes), 2);
        assertThat(curve.accuracies()).containsExactly(0.8, 0.2);
        assertThat(curve.attack()).isEqualTo("set");
        assertThat(curve.warnings()).containsExactly(new Warning(Warning.Code.OUTSIDE, 1));
        assertThat(sizes).containsExactly(2, 2);
        Curve none = Curve.of(
                AttackSettingsTest::half,
                images,
                labels,
                List.of(0.6f),
                e -> new Set(new Linf(e), Float.NaN, sizes),
                9);
        assertThat(none.accuracies()).containsExactly(0.8);
        assertThat(none.warnings()).containsExactly(new Warning(Warning.Code.OUTSIDE, 4));
        Function<Float, Attack> late = e -> {
            if (e < 0.9f) {
                throw new IllegalStateException("too small");
            }
            return new Fgsm(new Linf(e));
        };
        assertThat(Curve.of(AttackSettingsTest::half, images, labels, List.of(0f), late, 9)
                        .attack())
                .isEqualTo("FGSM");
        Function<Float, Attack> never = e -> {
            throw new IllegalStateException("never");
        };
        Curve clean = Curve.of(AttackSettingsTest::half, images, labels, List.of(0f), never, 9);
        assertThat(clean.attack()).isEqualTo("clean");
        assertThat(clean.accuracies()).containsExactly(0.8);
        refused(
                () -> Curve.ofDistances(AttackSettingsTest::half, images, labels, images, true, List.of(0f), "same"),
                "the very array of the clean ones");
        NDArray moved = images(0.6f, 0.45f, 0.9f, 1.5f, Float.NaN);
        Curve distances = Curve.ofDistances(
                AttackSettingsTest::half, images, labels, moved, false, List.of(0f, 0.2f, 2f), "moved");
        assertThat(distances.accuracies()).containsExactly(0.8, 0.6, 0.6);
        assertThat(distances.warnings()).containsExactly(new Warning(Warning.Code.OUTSIDE, 2));
    }

    /** What lies outside the ball is no success: the next attack is tried, in any order. */
    @Test
    void theWorstOfAttacksGoesOnAfterWhatLeavesTheBall() {
        var ball = new Linf(0.3f);
        Attack far = new Set(ball, 0.95f, new ArrayList<>());
        Attack near = new Set(ball, 0.6f, new ArrayList<>());
        NDArray images = images(0.45f, 0.4f, 0.9f, 0.3f, 0.1f);
        NDArray labels = manager.create(new long[5]);
        BiFunction<Attack, Attack, float[]> found = (first, second) -> new WorstOf(first, second)
                .perturb(AttackSettingsTest::half, images, labels, Noise.of(0))
                .toFloatArray();
        assertThat(found.apply(far, near)).containsExactly(0.6f, 0.6f, 0.9f, 0.6f, 0.95f);
        assertThat(found.apply(near, far)).containsExactly(0.6f, 0.6f, 0.9f, 0.6f, 0.6f);
    }

    /** Where a gradient nearly vanishes, the length of an L2 step shows its scale. */
    @Test
    void imagesWithNoiseOfTheirOwnDependOnNoOther() {
        Network sure = x -> half(x).mul(Torch.constant(70));
        var attack = new Pgd(new L2(0.1f), 0.05f, 1, Start.clean());
        NDArray labels = manager.create(new long[4]);
        float alone = attack.perturb(sure, images(0.3f), manager.create(new long[1]), Noise.each(0, 1))
                .getFloat(0, 0, 0, 0);
        assertThat(alone).isBetween(0.31f, 0.39f);
        NDArray four = images(0.3f, 0.4f, 0.45f, 0.2f);
        assertThat(attack.perturb(sure, four, labels, Noise.each(0, 1, 2, 3, 4)).getFloat(0, 0, 0, 0))
                .isCloseTo(alone, within(1e-5f));
        assertThat(attack.perturb(sure, four, labels, Noise.of(0)).getFloat(0, 0, 0, 0))
                .isLessThan(alone - 1e-3f);
    }

    /** A network that does not tell its classes is asked for them. */
    @Test
    void labelsThatANetworkDoesNotKnowAreNamed() {
        for (Attack attack : List.of(
                new Fgsm(BALL),
                new Pgd(BALL, 2),
                new MiFgsm(BALL),
                new CwLinf(BALL),
                new CwL2(2, 1, 0.1f, 1, 0),
                new DeepFool(2, 2, 0))) {
            refused(
                    () -> attack.perturb(
                            AttackSettingsTest::half, images(0.1f, 0.2f), manager.create(new long[] {0, 5})),
                    "Labels lie in 0..1; these reach from 0 to 5: the network knows 2 classes");
        }
    }

    /** A start of one's own may return the clean images themselves, or an array that it keeps. */
    @Test
    void whatAStartReturnsStaysOpen() {
        NDArray images = images(0.1f, 0.2f);
        NDArray kept = images(0.15f, 0.25f);
        for (NDArray first : List.of(images, kept)) {
            var attack = new Pgd(new Linf(0.1f), 0.1f, 2, (ball, clean, noise) -> first);
            float[] before = first.toFloatArray();
            try (NDArray found = attack.perturb(AttackSettingsTest::half, images, manager.create(new long[2]))) {
                assertThat(found.toFloatArray()).containsExactly(new float[] {0.2f, 0.3f}, within(1e-6f));
            }
            assertThat(first.toFloatArray()).isEqualTo(before);
        }
    }

    @Test
    void picturesComeBackFromBothKindsOfFiles(@TempDir Path folder) {
        NDArray images = images(0.1f, 0.2f);
        NDArray labels = manager.create(new long[] {3, 4});
        for (String name : List.of("pictures.npz", "pictures.safetensors")) {
            Path file = folder.resolve(name);
            int held = Torch.manager().getManagedArrays().size();
            new AdversarialImages(images, labels, Map.of("ε", "8/255")).save(file);
            assertThat(Torch.manager().getManagedArrays().size()).isEqualTo(held);
            AdversarialImages back = AdversarialImages.load(file, manager);
            assertThat(back.images().toFloatArray()).containsExactly(0.1f, 0.2f);
            assertThat(back.labels().toLongArray()).containsExactly(3, 4);
            assertThat(back.labels().getDataType()).isEqualTo(DataType.INT64);
            assertThat(back.about()).isEqualTo(Map.of("ε", "8/255"));
        }
        Path other = folder.resolve("other.npz");
        ardent.network.Npz.write(other, Map.of("images", images));
        refused(() -> AdversarialImages.load(other, manager), "holds no adversarial images, but [images]");
        ardent.network.Npz.write(other, Map.of("labels", labels));
        refused(() -> AdversarialImages.load(other, manager), "holds no adversarial images, but [labels]");
        ardent.network.Npz.write(other, Map.of("images", images, "labels", labels));
        assertThat(AdversarialImages.load(other, manager).about()).isEmpty();
    }

    /** The first success stays; where nothing succeeds, the last try; the wrong ones are left alone. */
    @Test
    void theWorstOfSeveralRefusesWhatIsNoAnswer() {
        Attack wrong = (victim, images, labels, noise) -> images.get("0:1");
        NDArray images = images(0.1f, 0.2f);
        refused(
                () -> Tape.free(() -> new WorstOf(wrong)
                        .perturb(AttackSettingsTest::half, images, manager.create(new long[2]), Noise.of(0))),
                "returned shape (");
        float[] none = new WorstOf(new Set(BALL, Float.NaN, new ArrayList<>()))
                .perturb(AttackSettingsTest::half, images, manager.create(new long[2]), Noise.of(0))
                .toFloatArray();
        assertThat(none).as("told by who verifies").containsOnly(Float.NaN);
    }
}
