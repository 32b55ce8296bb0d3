package ardent.provenance;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** From nodes to live records, through their canonical constructors. */
record Rebuild(BiFunction<Record, Class<?>, Object> revive) {
    @Nullable
    Object value(Node node, Type declared) {
        Class<?> wanted = Types.raw(declared);
        if (wanted == Description.class) {
            return new Description(node);
        }
        if (wanted == Optional.class) {
            return Optional.ofNullable(
                    node instanceof Node.Leaf leaf && leaf.value() == null
                            ? null
                            : value(node, Types.argument(declared, 0)));
        }
        if (node instanceof Node.Leaf leaf) {
            return leaf.value() == null && !wanted.isPrimitive() ? null : leaf(leaf, wanted);
        }
        if (node instanceof Node.Items list && wanted.isAssignableFrom(List.class)) {
            Type element = Types.argument(declared, 0);
            var items = new ArrayList<@Nullable Object>();
            list.items().forEach(item -> items.add(value(item, element)));
            return List.copyOf(items);
        }
        if (node instanceof Node.Fields fields) {
            return fields.type().isEmpty() ? map(fields, declared) : typed(fields, wanted);
        }
        throw misfit(node, wanted);
    }

    private static Object leaf(Node.Leaf leaf, Class<?> wanted) {
        Object value = leaf.value();
        if (value instanceof Long whole) {
            return whole(whole, leaf, wanted);
        }
        if (value instanceof Double number && (wanted == float.class || wanted == Float.class)) {
            return number.floatValue();
        }
        if (value instanceof Double number && (wanted == double.class || wanted == Double.class)) {
            return number;
        }
        if (value instanceof Boolean flag && (wanted == boolean.class || wanted == Boolean.class)) {
            return flag;
        }
        if (value instanceof String text) {
            return text(text, leaf, wanted);
        }
        throw misfit(leaf, wanted);
    }

    private static Object whole(long value, Node.Leaf leaf, Class<?> wanted) {
        if (wanted == long.class || wanted == Long.class) {
            return value;
        }
        if ((wanted == int.class || wanted == Integer.class) && value == (int) value) {
            return (int) value;
        }
        if ((wanted == short.class || wanted == Short.class) && value == (short) value) {
            return (short) value;
        }
        if ((wanted == byte.class || wanted == Byte.class) && value == (byte) value) {
            return (byte) value;
        }
        throw misfit(leaf, wanted);
    }

    private static Object text(String text, Node.Leaf leaf, Class<?> wanted) {
        try {
            if (wanted == String.class) {
                return text;
            }
            if (wanted == Path.class && !Path.of(text).isAbsolute()) {
                return Path.of(text);
            }
            if (wanted == Instant.class) {
                return Instant.parse(text);
            }
            if (wanted == Duration.class) {
                return Duration.parse(text);
            }
            if ((wanted == char.class || wanted == Character.class) && text.length() == 1) {
                return text.charAt(0);
            }
            if (wanted.isEnum()) {
                return constant(text, wanted);
            }
        } catch (DateTimeParseException e) {
            throw misfit(leaf, wanted);
        }
        throw misfit(leaf, wanted);
    }

    private static Object constant(String name, Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> ((Enum<?>) constant).name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(type.getName() + " has no constant " + name + "."));
    }

    private Map<String, Object> map(Node.Fields fields, Type declared) {
        if (!Types.raw(declared).isAssignableFrom(Map.class)) {
            throw misfit(fields, Types.raw(declared));
        }
        Type element = Types.argument(declared, 1);
        var map = new LinkedHashMap<String, Object>();
        fields.parts().forEach((key, part) -> map.put(key, value(part, element)));
        return Map.copyOf(map);
    }

    private Object typed(Node.Fields fields, Class<?> wanted) {
        Class<?> type = trusted(fields);
        Object built = type.isEnum()
                ? constant(
                        fields.parts()
                                .getOrDefault("constant", new Node.Leaf(""))
                                .text(),
                        type)
                : record(fields, type);
        if (wanted.isInstance(built)) {
            return built;
        }
        Object revived = built instanceof Record record ? revive.apply(record, wanted) : built;
        if (!wanted.isInstance(revived)) {
            throw misfit(fields, wanted);
        }
        return revived;
    }

    private Record record(Node.Fields fields, Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        var names = Arrays.stream(components).map(RecordComponent::getName).toList();
        if (!fields.parts().keySet().equals(new HashSet<>(names))) {
            throw new IllegalArgumentException(type.getName() + " has the components " + names + " and not "
                    + fields.parts().keySet() + ": the description is of another version.");
        }
        var arguments = new ArrayList<@Nullable Object>();
        for (RecordComponent component : components) {
            arguments.add(value(fields.part(component.getName()), component.getGenericType()));
        }
        return Types.create(type, arguments);
    }

    /** Only records and enums of this kit are built. */
    private static Class<?> trusted(Node.Fields fields) {
        if (!fields.repeatable()) {
            throw new IllegalArgumentException(fields.simpleType() + " cannot be built again: it is a lambda, an object"
                    + " without description or a class of a notebook cell.");
        }
        Optional<Class<?>> known = Types.known(fields.type());
        if (known.filter(type -> type.isRecord() || type.isEnum()).isPresent()) {
            return known.get();
        }
        if (known.isEmpty() && Types.ours(fields.type())) {
            throw new IllegalArgumentException(
                    "This version has no " + fields.type() + ".", new ClassNotFoundException(fields.type()));
        }
        throw new IllegalArgumentException(
                "Only records and enums of Ardent are built from a description, not " + fields.type() + ".");
    }

    private static IllegalArgumentException misfit(Node node, Class<?> wanted) {
        return new IllegalArgumentException(
                "The description has \"" + node.text() + "\" where " + wanted.getSimpleName() + " is wanted.");
    }
}
