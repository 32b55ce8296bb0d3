package ardent.provenance;

import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What reflection says of records. */
final class Types {
    private Types() {}

    static Class<?> raw(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        return type instanceof ParameterizedType generic ? raw(generic.getRawType()) : Object.class;
    }

    static Type argument(Type type, int index) {
        return type instanceof ParameterizedType generic ? generic.getActualTypeArguments()[index] : Object.class;
    }

    static @Nullable Object read(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    record.getClass().getName() + " does not give its component " + component.getName() + ".", e);
        }
    }

    /** The letter of a component of one of Ardent's own records. */
    static Optional<String> letter(String type, String component) {
        return marked(type, component, Letter.class).map(Letter::value);
    }

    /** What a component of one of Ardent's own records is a multiple of. */
    static Optional<String> unit(String type, String component) {
        return marked(type, component, InUnitsOf.class).map(InUnitsOf::value);
    }

    /** Whether a node is a record that is shown whole, or a list of such records; see {@link InWords}. */
    static boolean inWords(Node node) {
        if (node instanceof Node.Items list) {
            return !list.items().isEmpty() && list.items().stream().allMatch(Types::inWords);
        }
        return node instanceof Node.Fields fields
                && known(fields.type())
                        .filter(type -> type.isAnnotationPresent(InWords.class))
                        .isPresent();
    }

    /** Such a record in its own words. */
    static String words(Description whole) {
        try {
            return whole.rebuild().toString();
        } catch (IllegalArgumentException e) { // of another version
            return whole.root().text();
        }
    }

    private static <A extends Annotation> Optional<A> marked(String type, String component, Class<A> mark) {
        return known(type).stream()
                .flatMap(Types::components)
                .filter(each -> each.getName().equals(component))
                .flatMap(each -> Stream.ofNullable(each.getAnnotation(mark)))
                .findFirst();
    }

    /** Whether a name is that of one of Ardent's own types, of this version or another. */
    static boolean ours(String type) {
        return type.startsWith("ardent.");
    }

    /** One of Ardent's own types, without running any of its code; nothing if this version has none of that name. */
    static Optional<Class<?>> known(String type) {
        if (!ours(type)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Class.forName(type, false, Types.class.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }

    /** Whether a part of an essence is described as today: an enum or a record with these components beside its facts, or nothing of Ardent's. */
    static boolean isCurrent(Node.Fields fields) {
        return !ours(fields.type())
                || known(fields.type())
                        .filter(type -> type.isEnum()
                                || components(type)
                                        .filter(each -> !each.isAnnotationPresent(Fact.class))
                                        .map(RecordComponent::getName)
                                        .collect(Collectors.toSet())
                                        .equals(fields.parts().keySet()))
                        .isPresent();
    }

    private static Stream<RecordComponent> components(Class<?> type) {
        return Stream.ofNullable(type.getRecordComponents()).flatMap(Stream::of);
    }

    static Record create(Class<?> type, List<@Nullable Object> arguments) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(parameters);
            canonical.setAccessible(true);
            return (Record) canonical.newInstance(arguments.toArray());
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    type.getName() + " refuses what is described: "
                            + e.getTargetException().getMessage(),
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type.getName() + " cannot be built from its description.", e);
        }
    }
}
