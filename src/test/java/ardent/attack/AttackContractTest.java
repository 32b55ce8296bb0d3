package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.cascade.CascadeRulesTest;
import ardent.attack.search.Rows;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every attack promises. Attacks are found by scanning: a new one needs no entry here. */
class AttackContractTest {
    private static final List<Class<?>> TYPES = types();
    private static final List<Ball> BALLS = List.of(new Linf(0.06f), new L2(0.4f));

    /** Every attack of the kit that can be made; {@link #everyAttackCanBeMade} names the others. */
    static List<Attack> attacks(Ball ball) {
        var attacks = new ArrayList<Attack>();
        for (Class<?> type : TYPES) {
            try {
                attacks.add(quick(make(type, ball)));
            } catch (AssertionError e) {
                continue;
            }
        }
        assertThat(attacks).hasSizeGreaterThan(12);
        return attacks;
    }

    private static List<Class<?>> types() {
        var types = new ArrayList<Class<?>>();
        for (JavaClass found : new ClassFileImporter()
                .withImportOption(new DoNotIncludeTests())
                .importPackages("ardent.attack")) {
            if (found.isAssignableTo(Attack.class) && !found.isInterface()) {
                types.add(found.reflect());
            }
        }
        return types;
    }

    @TestFactory
    Stream<DynamicTest> everyAttackCanBeMade() {
        return BALLS.stream()
                .flatMap(ball -> TYPES.stream()
                        .map(type -> dynamicTest(
                                type.getSimpleName() + " " + ball,
                                () -> assertThat(make(type, ball)).isNotNull())));
    }

    /** Has no constructor of a ball. */
    record Unfinished(float speed) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return images;
        }
    }

    @Test
    void anAttackThatCannotBeMadeIsNamed() {
        assertThatThrownBy(() -> make(Unfinished.class, BALLS.get(0)))
                .hasMessageContaining("Unfinished needs a public constructor that takes a Ball");
    }

    /** By a constructor that takes a ball, an attack, attacks or nothing. */
    private static Attack make(Class<?> type, Ball ball) {
        return make(type, ball, new Pgd(ball, 3), new Fgsm(ball));
    }

    private static Attack make(Class<?> type, Ball ball, Attack... parts) {
        Attack part = parts[0];
        if (type == Transfer.class) {
            return new Transfer(part, x -> x.reshape(x.getShape().get(0), -1).get(":, 0:5"));
        }
        for (Object[] arguments : new Object[][] {{ball}, {ball, 3}, {part, 2}, {part}, {parts}, {}}) {
            for (Constructor<?> constructor : type.getConstructors()) {
                if (fits(constructor, arguments)) {
                    try {
                        return (Attack) constructor.newInstance(arguments);
                    } catch (ReflectiveOperationException e) {
                        throw new AssertionError(
                                type.getSimpleName() + " cannot be made of a ball: " + e.getCause(), e);
                    }
                }
            }
        }
        throw new AssertionError(
                type.getSimpleName()
                        + " needs a public constructor that takes a Ball, a Ball and a number of steps, an attack, or nothing.");
    }

    private static boolean fits(Constructor<?> constructor, Object... arguments) {
        Class<?>[] types = constructor.getParameterTypes();
        boolean fits = types.length == arguments.length;
        for (int i = 0; fits && i < types.length; i++) {
            fits = types[i].isInstance(arguments[i]) || (types[i] == int.class && arguments[i] instanceof Integer);
        }
        return fits;
    }

    /** Says of itself what it is told to. */
    private record Traits(Ball ball, boolean whiteBox, boolean averagesDraws, boolean transfers) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return images.duplicate();
        }
    }

    /** Whatever wraps attacks, found by its components. */
    @Test
    void whatRunsOthersHasTheirTraits() {
        Ball ball = BALLS.get(0);
        var wrappers = new ArrayList<Class<?>>();
        for (Class<?> type : TYPES) {
            boolean wraps = Stream.of(type.getRecordComponents())
                    .anyMatch(component ->
                            component.getGenericType().getTypeName().contains(Attack.class.getName()));
            if (wraps && type != Transfer.class) {
                wrappers.add(type);
                for (int bits = 0; bits < 8; bits++) {
                    boolean white = (bits & 1) > 0;
                    var part = new Traits(ball, white, white && (bits & 2) > 0, (bits & 4) > 0);
                    Attack whole = make(type, ball, part);
                    assertThat(new Traits(whole.ball(), whole.whiteBox(), whole.averagesDraws(), whole.transfers()))
                            .as("%s", whole)
                            .isEqualTo(part);
                }
            }
        }
        assertThat(wrappers).contains(Restarts.class, WorstOf.class, Cascade.class, Attack.InBfloat16.class);
        var averages = new Traits(ball, true, true, true);
        for (Class<?> type : List.of(WorstOf.class, Cascade.class)) {
            assertThat(make(type, ball, averages, new Square(ball)).averagesDraws())
                    .isTrue();
            assertThat(make(type, ball, averages, new Pgd(ball, 1)).averagesDraws())
                    .isFalse();
            assertThat(make(type, ball, averages, new Square(ball)).transfers()).isFalse();
        }
        Attack transfer = new Transfer(new Pgd(ball, 1), x -> x);
        assertThat(List.of(transfer.whiteBox(), transfer.averagesDraws(), transfer.transfers()))
                .containsExactly(false, false, true);
        assertThat(transfer.ball()).isEqualTo(ball);
    }

    /** With few steps. */
    private static Attack quick(Attack attack) {
        if (attack instanceof Apgd a) {
            return a.steps(8).restarts(2);
        } else if (attack instanceof ApgdT a) {
            return a.steps(8).targets(2);
        } else if (attack instanceof FabT a) {
            return new FabT(a.ball(), 8, 2, 2, a.mode());
        } else if (attack instanceof Fab a) {
            return new Fab(a.ball(), 8, 2, a.mode());
        } else if (attack instanceof Square a) {
            return new Square(a.ball(), 60);
        } else if (attack instanceof CwL2 a) {
            return new CwL2(40, 4, 0.05f, 0.1f, 0);
        } else if (attack instanceof AutoAttack a) {
            return CascadeRulesTest.small(a.ball(), 8, a.mode());
        }
        return attack;
    }

    @TestFactory
    Stream<DynamicTest> everyAttackKeepsTheContract() {
        return BALLS.stream()
                .flatMap(ball -> attacks(ball).stream())
                .map(attack -> dynamicTest(attack.toString(), () -> assertContract(attack)));
    }

    private static void assertContract(Attack attack) {
        assertThat(attack).as("an attack is a record").isInstanceOf(Record.class);
        assertThat(attack.label()).isNotBlank();
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray images = golden.get("images").get("0:20").duplicate();
                NDArray labels = golden.get("labels").get("0:20").duplicate();
                float[] before = images.toFloatArray();
                NDArray adversarial = attack.perturb(network, images, labels, Noise.of(7));
                assertInside(attack, images, adversarial);
                assertThat(images.toFloatArray()).as("the input is left alone").isEqualTo(before);
                NDArray again = attack.perturb(network, images, labels, Noise.of(7));
                assertThat(again.toFloatArray()).as("same seed, same images").isEqualTo(adversarial.toFloatArray());
                NDArray one = images.get("0:1");
                assertInside(attack, one, attack.perturb(network, one, labels.get("0:1")));
                NDArray wrong = network.logits(images).argMin(1);
                assertInside(attack, images, attack.perturb(network, images, wrong));
                assertThatThrownBy(() -> attack.perturb(network, images.mul(Torch.constant(2)), labels))
                        .isInstanceOf(IllegalArgumentException.class);
                int held = images.getManager().getManagedArrays().size()
                        + Torch.manager().getManagedArrays().size();
                Tape.free(() -> attack.perturb(network, images, labels, Noise.of(8)));
                assertThat(images.getManager().getManagedArrays().size()
                                + Torch.manager().getManagedArrays().size())
                        .as("nothing stays behind")
                        .isEqualTo(held);
            });
        }
    }

    private static void assertInside(Attack attack, NDArray images, NDArray adversarial) {
        assertThat(adversarial.getShape()).isEqualTo(images.getShape());
        long count = images.getShape().get(0);
        Ball ball = attack.ball();
        for (long i = 0; i < count; i++) {
            float radius = ball == null ? 1e6f : ball.radius();
            Ball norm = ball == null ? new L2(radius) : ball;
            assertThat(PerturbationVerifier.inside(
                            norm,
                            radius,
                            images.get(i).toFloatArray(),
                            adversarial.get(i).toFloatArray()))
                    .as("image %d stays in the ball and in [0, 1]", i)
                    .isTrue();
        }
    }

    @TestFactory
    Stream<DynamicTest> fewClassesAndOblongImagesWork() {
        return BALLS.stream()
                .flatMap(ball -> attacks(ball).stream())
                .flatMap(attack ->
                        Stream.of(2, 3, 4).map(k -> dynamicTest(k + " classes: " + attack, () -> few(attack, k))));
    }

    private static void few(Attack attack, int classes) {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray weight = Torch.keep(Noise.of(2).normal(new Shape(classes, 2 * 5 * 9)));
            weight.attach(manager);
            Network network = x -> x.reshape(x.getShape().get(0), -1).matMul(weight.transpose());
            Tape.free(() -> {
                NDArray images = Noise.of(3).uniform(0, 1, new Shape(6, 2, 5, 9));
                NDArray labels = network.logits(images).argMax(1);
                if (attack instanceof ApgdT && classes < 4) {
                    assertThatThrownBy(() -> attack.perturb(network, images, labels))
                            .hasMessageContaining("compares 4 classes and there are " + classes);
                } else {
                    Attack fitting = attack instanceof Cascade c && c.name().equals("small")
                            ? CascadeRulesTest.shortened(new AutoAttack(c.ball()).cascade(classes), c.mode())
                            : attack;
                    assertInside(attack, images, fitting.perturb(network, images, labels));
                }
            });
        }
    }

    /**
     * Of attacks that search. {@link Fgsm} takes one step, which may overshoot a bend, and {@link Transfer} climbs another
     * network: what holds of them is in {@code AttackEdgesTest}.
     */
    @TestFactory
    Stream<DynamicTest> aLargerRadiusBreaksWhatASmallerOneDid() {
        var tests = new ArrayList<DynamicTest>();
        for (boolean linf : new boolean[] {true, false}) {
            List<Attack> small = attacks(linf ? new Linf(0.03f) : new L2(0.2f));
            List<Attack> large = attacks(linf ? new Linf(0.06f) : new L2(0.4f));
            for (int i = 0; i < small.size(); i++) {
                Attack one = small.get(i);
                Attack two = large.get(i);
                if (one.ball() != null && !(one instanceof Transfer || one instanceof Fgsm)) {
                    tests.add(dynamicTest(one.toString(), () -> assertNested(one, two)));
                }
            }
        }
        return tests.stream();
    }

    private static void assertNested(Attack small, Attack large) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray images = golden.get("images");
                NDArray labels = golden.get("labels");
                boolean[] robust = Rows.right(network.logits(small.perturb(network, images, labels)), labels)
                        .toBooleanArray();
                boolean[] still = Rows.right(network.logits(large.perturb(network, images, labels)), labels)
                        .toBooleanArray();
                int fewer = 0;
                for (int i = 0; i < robust.length; i++) {
                    fewer += still[i] && !robust[i] ? 1 : 0;
                }
                assertThat(fewer).as("%s", small).isZero();
            });
        }
    }

    @TestFactory
    Stream<DynamicTest> moreRestartsNeverHelpTheNetwork() {
        return BALLS.stream()
                .map(ball -> dynamicTest(ball.toString(), () -> {
                    try (var golden = new Golden("model-tiny");
                            var network = GoldenNet.load("model-tiny")) {
                        long few = standing(new Restarts(new Pgd(ball, 2), 1), network, golden);
                        long more = standing(new Restarts(new Pgd(ball, 2), 4), network, golden);
                        assertThat(more).isLessThanOrEqualTo(few);
                        assertThat(standing(new Apgd(ball).steps(3).restarts(4), network, golden))
                                .isLessThanOrEqualTo(standing(new Apgd(ball).steps(3), network, golden));
                    }
                }));
    }

    static long standing(Attack attack, Network network, Golden golden) {
        long[] count = new long[1];
        Tape.free(() -> {
            NDArray adversarial = attack.perturb(network, golden.get("images"), golden.get("labels"));
            boolean[] right = Rows.right(network.logits(adversarial), golden.get("labels"))
                    .toBooleanArray();
            count[0] = Rows.where(right, true).length;
        });
        return count[0];
    }
}
