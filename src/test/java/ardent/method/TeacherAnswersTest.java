package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.Tiny;
import ardent.attack.Ball;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.network.SmallCnn;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a teacher answers is looked at wherever a method asks it: before, inside and after its search. */
class TeacherAnswersTest {
    private static final Images IMAGES = Tiny.images(8, 3, 1);
    private static final List<Class<?>> TYPES = MethodContractTest.types();
    private static final Plan PLAN = Plan.quick().epochs(1).batchSize(8).validation(0);

    /** Every method that takes teachers as bare networks. */
    private static List<Method> methods(Network teacher, Ball ball) throws ReflectiveOperationException {
        var methods = new ArrayList<Method>();
        for (Class<?> type : TYPES) {
            for (Constructor<?> constructor : type.getConstructors()) {
                List<Class<?>> takes = List.of(constructor.getParameterTypes());
                if (type != Crdnd.class
                        && takes.contains(Network.class)
                        && takes.stream().allMatch(each -> each == Network.class || each == Ball.class)
                        && (takes.contains(Ball.class) || type == Ckl.class)) {
                    Object[] arguments = takes.stream()
                            .map(each -> each == Ball.class ? ball : teacher)
                            .toArray();
                    methods.add((Method) constructor.newInstance(arguments));
                }
            }
        }
        assertThat(methods).hasSizeGreaterThan(12);
        for (Crdnd.Search search : Crdnd.Search.values()) {
            for (Compensation compensation : List.of(
                    Compensation.none(),
                    Compensation.correction(),
                    Compensation.reliance(),
                    Compensation.transition(),
                    Compensation.tempered(2),
                    Compensation.softened(0.5),
                    Compensation.adaptive(2),
                    new Compensation.Residual(
                            Compensation.Residual.Input.LOGITS, Compensation.Residual.Target.ADVERSARIAL, 1))) {
                methods.add(new Crdnd(teacher, ball)
                        .contrast(Contrast.none())
                        .search(search)
                        .compensation(compensation));
            }
        }
        return methods;
    }

    private static NDArray brightness(NDArray x, int classes) {
        long count = x.getShape().get(0);
        float[] weights = new float[64 * classes];
        for (int p = 0; p < 64; p++) {
            weights[p * classes + p % classes] = 1;
        }
        return x.reshape(count, 64).matMul(Torch.array(weights, new Shape(64, classes)));
    }

    private static void train(Method method) {
        try (var training = new Training(new SmallCnn(2), method, IMAGES, PLAN)) {
            training.run(Tasks.silent()).student().close();
        }
    }

    @Test
    void aTeacherThatASearchFollowsIsRoundedAsTheStudentIs() {
        try (var teacher = Classifier.of(new SmallCnn(4), IMAGES.shape(), 3, 5);
                var companion = new Companion(IMAGES, Noise.of(0))) {
            Tape.free(() -> {
                NDArray images = IMAGES.pixels(Torch.manager());
                var step = new Step(teacher, images, IMAGES.labels(Torch.manager()), 0, Noise.of(1), companion);
                Supplier<float[]> followed = () -> Tape.differentiate(images, x -> new NDList(step.follow(teacher, x)))
                        .get(1)
                        .toFloatArray();
                float[] full = followed.get();
                float[] low = Precision.BFLOAT16.during(followed);
                assertThat(low).isNotEqualTo(full).containsExactly(full, within(0.02f));
                assertThat(Precision.BFLOAT16.during(
                                () -> step.ask(teacher, images).toFloatArray()))
                        .as("asked outside of a search")
                        .isEqualTo(step.ask(teacher, images.duplicate()).toFloatArray());
            });
        }
    }

    /** In a ball without room only what is learnt could tell the precision of the search. */
    @Test
    void whatIsLearntIsNotRounded() throws ReflectiveOperationException {
        try (var teacher = Classifier.of(new SmallCnn(4), IMAGES.shape(), 3, 5)) {
            Tape.free(
                    () -> teacher.layers().all().get("fc2.weight").muli(Torch.constant(300))); // so that roundings show
            var ball = new Linf(1e-7f);
            var all = new ArrayList<Method>(List.of(new Saad(teacher, new Pgd(ball, 2), 1, 5, 1, 100, 1)));
            all.addAll(methods(teacher, ball));
            for (Method method : all) {
                Map<String, Float> full = terms(method, Precision.FLOAT32);
                terms(method, Precision.BFLOAT16)
                        .forEach((name, value) -> assertThat(value)
                                .as("%s of %s", name, method)
                                .isCloseTo(full.get(name), within(1e-3f)));
            }
        }
    }

    private static Map<String, Float> terms(Method method, Precision precision) {
        var terms = new LinkedHashMap<String, Float>();
        try (var student = Classifier.of(new SmallCnn(2), IMAGES.shape(), 3, 9);
                var companion = new Companion(IMAGES, Noise.of(1))) {
            Tape.free(() -> {
                NDArray images = IMAGES.pixels(Torch.manager());
                var step = new Step(student, images, IMAGES.labels(Torch.manager()), 0.5, Noise.of(5), companion);
                Objective objective = precision.during(() -> Classifier.folding(student, () -> method.prepare(step)));
                Tape.record(() -> {
                    Terms values = objective.value();
                    values.list()
                            .forEach(term -> terms.put(
                                    term.name(), term.value().stopGradient().getFloat()));
                    return values.total();
                });
            });
        }
        return terms;
    }

    @Test
    void everyMethodRefusesWhatIsNoLogit() throws ReflectiveOperationException {
        Map<Network, String> bad = new LinkedHashMap<>();
        bad.put(x -> brightness(x, 3).mul(Torch.constant(Float.NaN)), "a logit that is not finite");
        bad.put(x -> brightness(x, 3).mul(Torch.constant(Float.POSITIVE_INFINITY)), "a logit that is not finite");
        bad.put(x -> brightness(x, 1), "logits of shape (8, 1)");
        bad.put(x -> brightness(x, 3).reshape(8, 3, 1, 1), "logits of shape (8, 3, 1, 1)");
        bad.put(x -> brightness(x, 3).sum(), "logits of shape ()");
        bad.put(x -> brightness(x, 4), "logits of shape (8, 4), but the data have 3 classes: ");
        bad.put(x -> brightness(x, 3).toType(DataType.FLOAT64, false), "logits of type float64");
        for (var entry : bad.entrySet()) {
            for (Method method : methods(entry.getKey(), new Linf(0.05f))) {
                assertThatThrownBy(() -> train(method))
                        .as("%s", method)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(entry.getValue())
                        .hasMessageStartingWith("The network ");
            }
        }
    }

    /** The sign of a gradient that is no number is 0: the search would end where it began, without a word. */
    @Test
    void aTeacherThatFailsOnlyWhereASearchLeadsIsRefusedByEveryMethodThatAsksItThere()
            throws ReflectiveOperationException {
        float most;
        try (NDArray images = IMAGES.pixels(Torch.manager())) {
            most = images.max().getFloat();
        }
        Network network = x -> {
            NDArray beyond =
                    x.reshape(x.getShape().get(0), -1).max(new int[] {1}).gt(Torch.constant(most + 0.02f));
            NDArray nan = beyond.toType(DataType.FLOAT32, false)
                    .mul(Torch.constant(1e30f))
                    .exp()
                    .log()
                    .expandDims(1);
            return brightness(x, 3).add(nan).sub(nan);
        };
        var refused = new ArrayList<String>();
        for (Ball ball : List.of(new Linf(0.1f), new L2(1))) {
            for (Method method : methods(network, ball)) {
                try {
                    train(method);
                } catch (IllegalArgumentException e) {
                    assertThat(e).hasMessageContaining("a logit that is not finite");
                    refused.add(
                            method instanceof Crdnd crdnd
                                    ? crdnd.search() + " "
                                            + crdnd.compensation().getClass().getSimpleName()
                                    : method.label());
                }
            }
        }
        assertThat(refused)
                .contains("AdaAD", "AdaIAD", "DGAD", "AdaAD+IGDM", "SAAD", "IAD-II", "MTARD", "B-MTARD")
                .contains("ADAPTIVE None", "ADAPTIVE Correction", "COMPENSATED Reliance", "COMPENSATED Residual")
                .contains("SELF_UNIFORM Tempered", "COMPENSATED Tempered");
    }

    /** AdaAD differentiates its teacher: one that is cut off would make another search of it. */
    @Test
    void aTeacherWithoutGradientIsRefusedWhereTheSearchFollowsIt() throws ReflectiveOperationException {
        Network cut = x -> brightness(x, 3).stopGradient();
        var refused = new ArrayList<String>();
        for (Method method : methods(cut, new Linf(0.05f))) {
            try {
                train(method);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("logits that carry no gradient with respect to the images");
                refused.add(method.label());
            }
        }
        assertThat(refused).contains("AdaAD", "AdaIAD", "DGAD", "AdaAD+IGDM", "SAAD", "CKL", "CRDND");
    }

    @Test
    void goodTeachersAreTakenByAll() throws ReflectiveOperationException {
        for (Method method : methods(x -> brightness(x, 3), new Linf(0.05f))) {
            train(method);
        }
    }
}
