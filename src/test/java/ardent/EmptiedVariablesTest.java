package ardent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ardent.anomaly.Detector;
import ardent.anomaly.ReverseDistillation;
import ardent.attack.Attack;
import ardent.attack.Cascade;
import ardent.attack.CascadeOptions;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.grid.Grid;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.rank.Knrm;
import ardent.rank.Piat;
import ardent.rank.Rankings;
import ardent.rank.Substitution;
import ardent.recommend.Bpr;
import ardent.recommend.Factors;
import ardent.recommend.Interactions;
import ardent.recommend.Recommender;
import ardent.recommend.RecommenderLoss;
import ardent.recommend.RecommenderModel;
import ardent.spark.Spark;
import ardent.train.Plan;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every verb names a parameter that is null, found by scanning, before it does anything. */
class EmptiedVariablesTest {
    private static final Images IMAGES = Tiny.images(4, 1);
    private static final Network NETWORK = images -> images;

    private static final Classifier CLASSIFIER = Classifier.of(new SmallCnn(2), IMAGES.shape(), 4, 1);

    private static final Interactions PAIRS = Interactions.of(
                    "pairs",
                    IntStream.range(0, 10)
                            .mapToObj(user -> IntStream.range(0, 20)
                                    .map(i -> (user + i) % 40)
                                    .toArray())
                            .toList())
            .split(0);

    private static final Rankings TEXTS = Rankings.of(
                    "texts",
                    Stream.concat(
                                    Stream.of("thin wing", "thin plate", "thin wing plate", "wing plate"),
                                    Stream.generate(() -> "").limit(8))
                            .toList(),
                    List.of("wing", "plate"),
                    List.of(Set.of(0), Set.of(1)))
            .split(1, 0);
    private static final Knrm RANKER =
            Ardent.train(new Piat(Piat.Form.NATURAL), TEXTS, Knrm.plan().epochs(1));
    private static final Recommender RECOMMENDER = Ardent.train(
            new Factors(1), new Bpr(), PAIRS, Recommender.plan().epochs(1).patience(0));

    private static final Map<Class<?>, Object> GIVEN = Map.ofEntries(
            Map.entry(Architecture.class, new SmallCnn(1)),
            Map.entry(Method.class, new Natural()),
            Map.entry(Images.class, IMAGES),
            Map.entry(Plan.class, Plan.quick()),
            Map.entry(Path.class, Path.of("no-such-folder")),
            Map.entry(ReverseDistillation.class, new ReverseDistillation(CLASSIFIER)),
            Map.entry(Network.class, NETWORK),
            Map.entry(Classifier.class, CLASSIFIER),
            Map.entry(Detector.class, (Detector) images -> images),
            Map.entry(Attack.class, new Fgsm(new Linf(0.1f))),
            Map.entry(StagedAttack.class, new Cascade(new Fgsm(new Linf(0.1f)))),
            Map.entry(CascadeOptions.class, new CascadeOptions()),
            Map.entry(Function.class, Function.identity()),
            Map.entry(Grid.class, new Grid(new SmallCnn(1), IMAGES, Plan.quick(), IMAGES)),
            Map.entry(Interactions.class, PAIRS),
            Map.entry(Recommender.class, RECOMMENDER),
            Map.entry(Piat.class, new Piat()),
            Map.entry(Substitution.class, new Substitution()),
            Map.entry(Rankings.class, TEXTS),
            Map.entry(Knrm.class, RANKER),
            Map.entry(RecommenderModel.class, new Factors(1)),
            Map.entry(RecommenderLoss.class, new Bpr()),
            Map.entry(Spark.class, Spark.local(1)),
            Map.entry(int[].class, new int[] {1}),
            Map.entry(float[].class, new float[] {0.1f}),
            Map.entry(int.class, 1));

    @AfterAll
    static void close() {
        CLASSIFIER.close();
        RECOMMENDER.close();
    }

    @TestFactory
    Stream<DynamicTest> everyVerbNamesWhatIsNull() {
        return Arrays.stream(Ardent.class.getMethods())
                .filter(verb -> Modifier.isStatic(verb.getModifiers()))
                .flatMap(verb -> IntStream.range(0, verb.getParameterCount())
                        .filter(i -> !verb.getParameterTypes()[i].isPrimitive())
                        .mapToObj(i -> dynamicTest(
                                verb.getName() + " " + verb.getParameters()[i].getName(), () -> refuses(verb, i))));
    }

    private static void refuses(java.lang.reflect.Method verb, int emptied) throws IllegalAccessException {
        Class<?> type = verb.getParameterTypes()[emptied];
        String name = verb.getParameters()[emptied].getName();
        refuses(verb, emptied, null, name);
        if (type == List.class) {
            refuses(verb, emptied, Arrays.asList(null, null), name + ", number 1");
        } else if (type.isArray() && !type.getComponentType().isPrimitive()) {
            refuses(verb, emptied, Array.newInstance(type.getComponentType(), 2), name + ", number 1");
        }
    }

    private static void refuses(java.lang.reflect.Method verb, int emptied, Object value, String what)
            throws IllegalAccessException {
        Object[] arguments = Arrays.stream(verb.getParameterTypes())
                .map(EmptiedVariablesTest::given)
                .toArray();
        arguments[emptied] = value;
        try {
            verb.invoke(null, arguments);
            assertThat(true).as("%s takes null as %s", verb, what).isFalse();
        } catch (InvocationTargetException e) {
            assertThat(e.getCause())
                    .as("%s", verb)
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(verb.getName() + " was given null (" + what + "): a kernel empties")
                    .hasMessageContaining("lastRun().student()")
                    .hasMessageContaining("runs()");
        }
    }

    private static Object given(Class<?> type) {
        if (type == List.class) {
            return List.of();
        }
        if (GIVEN.containsKey(type)) {
            return GIVEN.get(type);
        }
        return type.isArray() ? Array.newInstance(type.getComponentType(), 0) : null;
    }

    @Test
    void theNumberSaysWhichOne() {
        assertThatThrownBy(() -> Ardent.evaluate(Arrays.asList(NETWORK, null), IMAGES))
                .hasMessageStartingWith("evaluate was given null (networks, number 2): ");
        assertThatThrownBy(() -> Ardent.show("one", null)).hasMessageContaining("(things, number 2)");
        assertThatThrownBy(() -> Ardent.show((Object) null)).hasMessageContaining("(things, number 1)");
    }
}
