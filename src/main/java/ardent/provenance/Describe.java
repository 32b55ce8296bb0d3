package ardent.provenance;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From live values to nodes.
 *
 * @param where the innermost component that is being described, for what is refused
 */
record Describe(Function<Described, Record> origin, String where) {
    private static final Pattern CELL = Pattern.compile("^REPL\\.\\$JShell\\$\\w+\\$");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    Node node(@Nullable Object value, Type declared) {
        if (value == null || value instanceof Boolean || value instanceof String) {
            return new Node.Leaf(value);
        }
        if (value instanceof Number number) {
            return new Node.Leaf(number(number));
        }
        if (value instanceof Optional<?> optional) {
            return node(optional.orElse(null), Types.argument(declared, 0));
        }
        if (value instanceof Enum<?> constant) {
            return constant(constant, declared);
        }
        if (value instanceof Path path) {
            return new Node.Leaf(relative(path));
        }
        if (value instanceof Instant || value instanceof Duration || value instanceof Character) {
            return new Node.Leaf(value.toString());
        }
        return compound(value, declared);
    }

    private Node compound(Object value, Type declared) {
        if (value instanceof Description description) {
            return description.root();
        }
        if (value instanceof Described described && described.origin() != value) {
            return node(origin.apply(described), Object.class);
        }
        if (value instanceof Record record) {
            return record(record);
        }
        if (value instanceof List<?> list) {
            Type element = Types.argument(declared, 0);
            var items = new ArrayList<Node>();
            list.forEach(item -> items.add(node(item, element)));
            return new Node.Items(items);
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, Types.argument(declared, 1));
        }
        Class<?> type = value.getClass();
        if (type.isArray() || type.getName().startsWith("java.")) {
            boolean many = type.isArray() || value instanceof Collection;
            throw refused(
                    value instanceof Set ? "Set" : type.getSimpleName(),
                    many ? "a List" : "a number, a text, an enum, a List, a Map or a record");
        }
        return fields(type, false, List.of(), named(value, Types.raw(declared)));
    }

    /** What a part without a name of its own is called, which tells lambdas apart. */
    private static Map<String, Node> named(Object value, Class<?> declared) {
        var parts = new LinkedHashMap<String, Node>();
        if (declared != Object.class && PlainName.isNameless(value.getClass())) {
            String kind = declared.getSimpleName().toLowerCase(Locale.ROOT);
            parts.put(PlainName.KEY, new Node.Leaf(PlainName.of(value, kind)));
        }
        return parts;
    }

    /** A class of a cell is gone with its kernel: its source goes along, under a key that no component can have. */
    private static Node fields(Class<?> type, boolean repeatable, List<String> facts, Map<String, Node> parts) {
        Optional<String> source = isCell(type) ? CellSource.of(type) : Optional.empty();
        source.ifPresent(text -> parts.put(CellSource.KEY, new Node.Leaf(text)));
        var all = new ArrayList<>(facts);
        Stream.of(PlainName.KEY, CellSource.KEY).filter(parts::containsKey).forEach(all::add);
        return new Node.Fields(name(type), repeatable, all, parts);
    }

    private IllegalArgumentException refused(String type, String instead) {
        return new IllegalArgumentException(
                "The %s has the type %s, which no description holds: give it %s.".formatted(where, type, instead));
    }

    private Object number(Number number) {
        if (number instanceof Float f) {
            return Numbers.widen(f);
        }
        if (number instanceof Double) {
            return number;
        }
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return number.longValue();
        }
        throw refused(number.getClass().getSimpleName(), "an int, a long, a float or a double");
    }

    private static Node constant(Enum<?> constant, Type declared) {
        Class<?> type = constant.getDeclaringClass();
        var name = new Node.Leaf(constant.name());
        return Types.raw(declared) == type
                ? name
                : new Node.Fields(name(type), !isCell(type), List.of(), Map.of("constant", name));
    }

    private String relative(Path path) {
        if (path.isAbsolute()) {
            throw new IllegalArgumentException(
                    "The %s has a path of this machine, %s, which no description holds: give it".formatted(where, path)
                            + " a relative one.");
        }
        var names = new ArrayList<String>();
        path.forEach(name -> names.add(name.toString()));
        return String.join("/", names);
    }

    private Node record(Record record) {
        var parts = new LinkedHashMap<String, Node>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            var inner = new Describe(
                    origin,
                    "component " + component.getName() + " of "
                            + record.getClass().getSimpleName());
            parts.put(component.getName(), inner.node(Types.read(record, component), component.getGenericType()));
        }
        Class<?> type = record.getClass();
        List<String> facts = Arrays.stream(type.getRecordComponents())
                .filter(component -> component.isAnnotationPresent(Fact.class))
                .map(RecordComponent::getName)
                .toList();
        return fields(type, !isCell(type), facts, parts);
    }

    private Node map(Map<?, ?> map, Type element) {
        var parts = new TreeMap<String, Node>();
        map.forEach((key, value) -> {
            if (!(key instanceof String name) || name.startsWith("@")) {
                throw new IllegalArgumentException(
                        "The %s has a map with the key %s, which no description holds: give it".formatted(where, key)
                                + " texts that do not start with @ as keys.");
            }
            parts.put(name, node(value, element));
        });
        return new Node.Fields("", true, List.of(), parts);
    }

    private static boolean isCell(Class<?> type) {
        return CELL.matcher(type.getName()).find();
    }

    /** The class name, without what changes from run to run. */
    private static String name(Class<?> type) {
        String name = type.getName();
        int lambda = name.indexOf("$$Lambda");
        String steady = lambda < 0 ? name : name.substring(0, lambda) + "$lambda";
        String own = CELL.matcher(steady).replaceFirst("");
        return NUMBER.matcher(own).matches() ? "anonymous" : own;
    }
}
