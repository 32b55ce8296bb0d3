package ardent;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Start;
import ardent.data.Images;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import ardent.train.Averaging;
import ardent.train.Perturbation;
import ardent.train.Plan;
import ardent.train.Schedule;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What every public record and factory promises of its arguments: nothing is null, no number of an idea is NaN or infinite. */
class GivenTest {
    private static final Classifier NETWORK = Classifier.of(new SmallCnn(2), new Shape(1, 8, 8), 4, 0);
    private static final Map<Class<?>, Object> SAMPLES = Map.ofEntries(
            Map.entry(String.class, "x"),
            Map.entry(int.class, 10),
            Map.entry(long.class, 1L),
            Map.entry(float.class, 0.5f),
            Map.entry(double.class, 0.5),
            Map.entry(boolean.class, false),
            Map.entry(boolean[].class, new boolean[1]),
            Map.entry(Path.class, Path.of("x")),
            Map.entry(URI.class, URI.create("http://127.0.0.1:1/")),
            Map.entry(Duration.class, Duration.ZERO),
            Map.entry(Instant.class, Instant.EPOCH),
            Map.entry(Optional.class, Optional.empty()),
            Map.entry(Shape.class, new Shape(1, 8, 8)),
            Map.entry(Classifier.class, NETWORK),
            Map.entry(Images.class, Tiny.images(8, 0)),
            Map.entry(Ball.class, new Linf(0.5f)),
            Map.entry(Attack.class, new Fgsm()),
            Map.entry(Method.class, new Natural()),
            Map.entry(Architecture.class, new SmallCnn(2)),
            Map.entry(Plan.class, Plan.quick()),
            Map.entry(ardent.provenance.Node.class, new ardent.provenance.Node.Leaf("x")),
            Map.entry(Record.class, new Natural()),
            Map.entry(Description.class, Description.of(new Natural())));

    /** Records that a user writes down: their numbers are choices, not results. */
    private static final Set<Class<?>> IDEAS = Set.of(
            Attack.class,
            Ball.class,
            Method.class,
            Architecture.class,
            Start.class,
            Schedule.class,
            Averaging.class,
            Perturbation.class,
            ardent.method.Compensation.class,
            ardent.method.Contrast.class);

    /** Floors below the checks of arguments. */
    private static final Set<String> HELPERS = Set.of("ardent.tensor", "ardent.progress");

    @AfterAll
    static void close() {
        NETWORK.close();
    }

    private static List<Class<?>> types() {
        var types = new ArrayList<Class<?>>();
        for (JavaClass found : new ClassFileImporter()
                .withImportOption(new DoNotIncludeTests())
                .importPackages("ardent")) {
            if (found.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC)
                    && !found.getPackageName().equals("ardent.notebook")
                    && !ArchitectureTest.INNER.contains(found.getPackageName())) {
                Class<?> type = found.reflect();
                Class<?> outer = type.getEnclosingClass();
                if (outer == null || Modifier.isPublic(outer.getModifiers())) {
                    types.add(type);
                }
            }
        }
        return types;
    }

    @Test
    void noRecordTakesNull() {
        var wrong = new ArrayList<String>();
        int checked = 0;
        for (Class<?> type : types()) {
            for (Constructor<?> constructor : type.isRecord() ? type.getConstructors() : new Constructor<?>[0]) {
                checked += constructor.getParameterCount();
                wrong.addAll(nulls(constructor));
            }
        }
        assertThat(checked).isGreaterThan(300);
        assertThat(wrong).isEmpty();
    }

    @Test
    void noFactoryTakesNull() {
        var wrong = new ArrayList<String>();
        for (Class<?> type : types()) {
            for (var method : type.getDeclaredMethods()) {
                if (Modifier.isStatic(method.getModifiers())
                        && Modifier.isPublic(method.getModifiers())
                        && !HELPERS.contains(type.getPackageName())
                        && !type.isEnum()
                        && type != Ardent.class
                        && type != Description.class // of nothing there is a description, too
                        && (method.getReturnType() == type
                                || IDEAS.stream().anyMatch(method.getReturnType()::equals))) {
                    wrong.addAll(nulls(method));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void noChoiceIsNotANumber() throws ReflectiveOperationException {
        var wrong = new ArrayList<String>();
        for (Class<?> type : types()) {
            boolean idea = type == Plan.class
                    || type == ardent.method.Divergence.class
                    || IDEAS.stream().anyMatch(one -> one.isAssignableFrom(type));
            if (!type.isRecord() || !idea) {
                continue;
            }
            for (Constructor<?> constructor : type.getConstructors()) {
                Parameter[] parameters = constructor.getParameters();
                for (int i = 0; i < parameters.length; i++) {
                    Class<?> number = parameters[i].getType();
                    boolean many =
                            parameters[i].getParameterizedType().toString().equals("java.util.List<java.lang.Float>");
                    boolean off = parameters[i].getName().equals("clip"); // an infinite one never clips
                    if (off || number != float.class && number != double.class && !many) {
                        continue;
                    }
                    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                        Object[] arguments = samples(constructor);
                        arguments[i] = many
                                ? List.of(value)
                                : number == float.class ? (Object) value : (Object) (double) value;
                        String answer = answer(constructor, arguments);
                        if (!answer.contains("NaN") && !answer.contains("Infinity")) {
                            wrong.add(type.getSimpleName() + " " + parameters[i].getName() + " = " + value + ": "
                                    + answer);
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Every argument in turn is null, then holds null. */
    private static List<String> nulls(Executable made) {
        var wrong = new ArrayList<String>();
        Parameter[] parameters = made.getParameters();
        AnnotatedType[] types = made.getAnnotatedParameterTypes();
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i].getType().isPrimitive() || types[i].isAnnotationPresent(Nullable.class)) {
                continue;
            }
            var bad = new ArrayList<@Nullable Object>();
            bad.add(null);
            if (List.class == parameters[i].getType() || Collection.class == parameters[i].getType()) {
                bad.add(Collections.singletonList(null));
            } else if (Map.class == parameters[i].getType()) {
                bad.add(Collections.singletonMap("x", null));
            }
            for (Object value : bad) {
                Object[] arguments = samples(made);
                arguments[i] = value;
                String answer = answer(made, arguments);
                boolean known = made instanceof Constructor<?> constructor
                        && canonical(constructor)
                        && !Arrays.asList(arguments).subList(0, i).contains(null);
                if (!answer.startsWith("IllegalArgumentException")
                        || !answer.contains(" is null")
                        || known && !answer.contains(parameters[i].getName())) {
                    wrong.add(made.getDeclaringClass().getSimpleName() + "." + made.getName() + " "
                            + parameters[i].getName() + " = " + value + ": " + answer);
                }
            }
        }
        return wrong;
    }

    private static boolean canonical(Constructor<?> constructor) {
        var components = constructor.getDeclaringClass().getRecordComponents();
        return Arrays.equals(
                Stream.of(components).map(one -> one.getType()).toArray(), constructor.getParameterTypes());
    }

    private static String answer(Executable made, Object[] arguments) {
        try {
            made.setAccessible(true);
            Object result = made instanceof Constructor<?> constructor
                    ? constructor.newInstance(arguments)
                    : ((java.lang.reflect.Method) made).invoke(null, arguments);
            return "made " + (result == null ? "nothing" : result.getClass().getSimpleName());
        } catch (InvocationTargetException e) {
            return e.getCause().getClass().getSimpleName() + " " + e.getCause().getMessage();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object[] samples(Executable made) {
        return Stream.of(made.getGenericParameterTypes()).map(GivenTest::sample).toArray();
    }

    /** Something of that type, or null where none can be made. */
    private static @Nullable Object sample(Type generic) {
        Class<?> type = raw(generic);
        if (SAMPLES.containsKey(type)) {
            return SAMPLES.get(type);
        }
        Type[] inner = generic instanceof ParameterizedType one ? one.getActualTypeArguments() : new Type[0];
        if (type == List.class || type == Collection.class) {
            Object element = sample(inner[0]);
            return element == null ? List.of() : List.of(element);
        }
        if (type == Map.class) {
            Object element = sample(inner[1]);
            return element == null ? Map.of() : Map.of("x", element);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isSealed()) {
            return sample(type.getPermittedSubclasses()[0]);
        }
        if (type.isInterface()) {
            return Proxy.newProxyInstance(
                    GivenTest.class.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) -> method.getName().equals("toString")
                            ? "proxy"
                            : method.getName().equals("hashCode") ? 1 : null);
        }
        if (type.isRecord()) {
            try {
                Constructor<?> constructor = Stream.of(type.getDeclaredConstructors())
                        .filter(GivenTest::canonical)
                        .findFirst()
                        .orElseThrow();
                constructor.setAccessible(true);
                return constructor.newInstance(samples(constructor));
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }
        return null;
    }

    private static Class<?> raw(Type type) {
        if (type instanceof Class<?> one) {
            return one;
        }
        if (type instanceof ParameterizedType one) {
            return raw(one.getRawType());
        }
        if (type instanceof java.lang.reflect.WildcardType one) {
            return raw(one.getUpperBounds()[0]);
        }
        if (type instanceof java.lang.reflect.TypeVariable<?> one) {
            return raw(one.getBounds()[0]);
        }
        return Object[].class;
    }
}
