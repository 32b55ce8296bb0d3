package ardent.provenance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A record and all that it holds, written down as plain data: nested records, lists, maps with text keys, numbers, texts,
 * enums, relative paths, times, and whatever is {@link Described}.
 *
 * <p>Equal descriptions mean equal records. A description can be read without the classes it names; only
 * {@link #rebuild()} loads them.
 *
 * @param root what is described
 */
public record Description(Node root) {
    /** Nothing is null. */
    public Description {
        Arguments.given("root", root);
    }

    /**
     * Describes a value.
     *
     * @param value a record, or anything a record may hold; of a lambda or an object without description only its class
     *     and the name by which tables call it are written down, marked as not repeatable
     * @return its description
     * @throws IllegalArgumentException in one sentence that names the component, if it holds an absolute path, an array, a set or
     *     another class of the Java library
     */
    public static Description of(Object value) {
        return of(value, Described::origin);
    }

    /**
     * Describes a value with another account of what is {@link Described} in it, such as where its weights are kept.
     *
     * @param value as in {@link #of(Object)}
     * @param origin what is described in its place
     * @return its description
     */
    public static Description of(Object value, Function<Described, Record> origin) {
        return new Description(new Describe(origin, "value").node(value, Object.class));
    }

    /**
     * What a value holds of a type, in components of records and in lists.
     *
     * @param value a record, or anything a record may hold
     * @param type what is looked for
     * @param <T> that type
     * @return each before what comes after it; in what is found nothing else is looked for
     */
    public static <T> Stream<T> held(@Nullable Object value, Class<T> type) {
        if (type.isInstance(value)) {
            return Stream.of(type.cast(value));
        }
        if (value instanceof Record record) {
            return Stream.of(record.getClass().getRecordComponents())
                    .flatMap(component -> held(Types.read(record, component), type));
        }
        return value instanceof List<?> list ? list.stream().flatMap(each -> held(each, type)) : Stream.empty();
    }

    /**
     * The description of one component.
     *
     * @param name its name
     * @return its description
     * @throws IllegalArgumentException if there is no such component
     */
    public Description part(String name) {
        if (root instanceof Node.Fields fields && fields.parts().containsKey(name)) {
            return new Description(fields.part(name));
        }
        throw new IllegalArgumentException("The description has no component " + name + ".");
    }

    /**
     * Reads what {@link #json()} wrote.
     *
     * @param json the text
     * @return an equal description
     * @throws IllegalArgumentException if the text is damaged or of a later format
     */
    public static Description parse(String json) {
        return new Description(Json.read(json));
    }

    /**
     * Reads what {@link #olcut()} wrote.
     *
     * @param json the text
     * @return an equal description
     * @throws IllegalArgumentException if the text is damaged or names other classes than Ardent's own
     */
    public static Description parseOlcut(String json) {
        return new Description(Olcut.node(Olcut.read(json)));
    }

    /**
     * Reads a file that holds what {@link #json()} or {@link #olcut()} wrote, such as a report's {@code provenance.json}.
     *
     * @param file the file
     * @return an equal description
     * @throws IllegalArgumentException in one sentence that names the file, if it is missing, damaged or of a later format
     */
    public static Description read(Path file) {
        try {
            String text = Files.readString(file);
            return text.contains(Json.DESCRIPTION) ? parse(text) : parseOlcut(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("The file " + file + " cannot be read: " + e + ".", e);
        } catch (RuntimeException e) { // OLCUT refuses damaged texts in many ways
            String why = e instanceof IllegalArgumentException ? e.getMessage() : "It is damaged.";
            throw new IllegalArgumentException("The file " + file + " is not taken. " + why, e);
        }
    }

    /**
     * Readable JSON, the same for equal descriptions: components in their order, map keys sorted, numbers with the fewest
     * digits that read back as the same number.
     *
     * @return the text, ending with a line break
     */
    public String json() {
        return Json.write(root);
    }

    /**
     * The description as OLCUT's tools print and marshal it.
     *
     * @return the root of a tree of such objects
     */
    public RecordProvenance provenance() {
        return Olcut.root(root);
    }

    /**
     * OLCUT's JSON of {@link #provenance()}.
     *
     * @return the text, ending with a line break
     */
    public String olcut() {
        return Olcut.write(provenance());
    }

    /**
     * What decides: this description without the {@link Fact}s in it, which follow from the rest or from where and when it
     * was carried out.
     *
     * @return equal for equal inputs, wherever and whenever they were used
     */
    public Description essence() {
        return new Description(essence(root));
    }

    private static Node essence(Node node) {
        if (node instanceof Node.Items list) {
            return new Node.Items(
                    list.items().stream().map(Description::essence).toList());
        }
        if (node instanceof Node.Fields fields) {
            var parts = new LinkedHashMap<String, Node>();
            fields.parts().forEach((name, part) -> {
                if (!fields.facts().contains(name)) {
                    parts.put(name, essence(part));
                }
            });
            return new Node.Fields(fields.type(), fields.repeatable(), List.of(), parts);
        }
        return node;
    }

    /**
     * Whether the described record can be built again from this alone, see {@link #rebuild()}.
     *
     * @return false if it is not {@link #complete}, or if a class of somebody else is in it
     */
    public boolean repeatable() {
        return complete()
                && root.all()
                        .noneMatch(node -> node instanceof Node.Fields fields
                                && !fields.type().isEmpty()
                                && !Types.ours(fields.type()));
    }

    /**
     * Whether equal descriptions are of equal records; of a class in a jar its name and its components are taken for the whole.
     *
     * @return false if a lambda, an object without description or a class of a notebook cell is in it, of which nobody can tell
     *     whether it changed
     */
    public boolean complete() {
        return root.all().noneMatch(node -> node instanceof Node.Fields fields && !fields.repeatable());
    }

    /**
     * Types of Ardent that this version does not have as they are described here, {@link Fact}s aside: another version renamed them
     * or gave them other components. The {@link #essence()} of such a description equals none of today's. How a trained network, such as
     * a teacher, came about is left out: it stays as its file tells it.
     *
     * @return their names without packages, each once
     */
    public List<String> changedTypes() {
        return told(essence().root)
                .filter(fields -> fields.repeatable() && !Types.isCurrent(fields))
                .map(Node.Fields::simpleType)
                .distinct()
                .toList();
    }

    private static Stream<Node.Fields> told(Node node) {
        if (node instanceof Node.Fields fields && fields.trained()) {
            return Stream.empty();
        }
        Stream<Node.Fields> below = node.children().values().stream().flatMap(Description::told);
        return node instanceof Node.Fields fields ? Stream.concat(Stream.of(fields), below) : below;
    }

    /**
     * The described record as records print themselves, such as {@code SmallCnn[width=8]}.
     *
     * @return names without packages; of what cannot be built again the name alone
     */
    public String brief() {
        return brief(root);
    }

    private static String brief(Node node) {
        if (!(node instanceof Node.Fields fields)
                || fields.type().isEmpty()
                || !fields.repeatable()
                || fields.parts().isEmpty()) {
            return node.text();
        }
        return fields.parts().entrySet().stream()
                .map(part -> part.getKey() + "=" + brief(part.getValue()))
                .collect(Collectors.joining(", ", fields.simpleType() + "[", "]"));
    }

    /**
     * Builds the described record through canonical constructors.
     *
     * @return a record equal to the described one
     * @throws IllegalArgumentException if a class is not a record or enum of Ardent, does not exist in this version,
     *     refuses its values, or stands for something trained, which no description can hold
     */
    public Record rebuild() {
        return rebuild((origin, wanted) -> {
            throw new IllegalArgumentException("A " + wanted.getSimpleName() + " has to be made again from its "
                    + origin.getClass().getSimpleName() + ": a description holds no weights.");
        });
    }

    /**
     * Builds the described record, and with help also what records hold only by its origin, such as a trained teacher.
     *
     * @param revive from an origin and the class wanted to an instance of that class
     * @return the record
     * @throws IllegalArgumentException as {@link #rebuild()}
     */
    public Record rebuild(BiFunction<Record, Class<?>, Object> revive) {
        if (new Rebuild(revive).value(root, Record.class) instanceof Record record) {
            return record;
        }
        throw new IllegalArgumentException("The description is not of a record.");
    }

    /**
     * Every value by its path.
     *
     * @return for example {@code method.inner.ball.radius} → {@code 0.2}; a record is listed under its path with its simple
     *     class name, a list of plain values in brackets
     */
    public Map<String, String> flat() {
        var flat = new LinkedHashMap<String, String>();
        flatten("", root, flat);
        return flat;
    }

    private static void flatten(String path, Node node, Map<String, String> flat) {
        Map<String, Node> children = node.children();
        boolean named = node instanceof Node.Fields fields ? !fields.type().isEmpty() : children.isEmpty();
        if (named && !path.isEmpty()) {
            flat.put(path, node.text());
        }
        children.forEach((name, part) -> {
            if (!name.equals(PlainName.KEY)) { // is shown at the path of the whole
                flatten(node.path(path, name), part, flat);
            }
        });
    }

    /**
     * The value at a path.
     *
     * @param path as in {@link #flat()}; empty for the root
     * @return its text, if the path exists
     */
    public Optional<String> at(String path) {
        return Optional.ofNullable(Difference.at(root, path)).map(Node::text);
    }

    /**
     * The value at a path as people read it: tables, charts, names and captions show this one.
     *
     * @param path as in {@link #flat()}; empty for the root
     * @return as {@link #at}, with numbers as {@link Numbers#shown} writes them, such as {@code 8/255}
     */
    public Optional<String> shown(String path) {
        return Optional.ofNullable(Difference.at(root, path)).map(Node::shown);
    }

    /**
     * The values of several descriptions at a path as people read them beside each other.
     *
     * @param descriptions what is compared
     * @param path as in {@link #flat()}; empty for the root
     * @return for each as {@link #shown(String)}, empty where there is none, and with all digits where different values would look
     *     the same; a method on top of another one, which others have in its place, has the value of that one
     */
    public static List<String> shown(List<Description> descriptions, String path) {
        Arguments.all("descriptions", descriptions);
        List<Node> nodes = descriptions.stream()
                .map(each -> Difference.at(each.root(), path, descriptions))
                .toList();
        return Numbers.apart(
                nodes.stream().map(Node::shown).toList(),
                nodes.stream().map(Node::text).toList());
    }

    /**
     * The paths in which several descriptions differ, with short names that are unique among them. Where parts are of
     * different types, only the part is named and not all its components. Components marked as {@link Fact}, hashes and times
     * are left out. A component that has a {@link Letter} is called by it; one that is the same multiple of another everywhere, as
     * {@link InUnitsOf} says of it, is left out.
     *
     * @param descriptions what to compare
     * @return for example {@code method.contrast} → {@code contrast} and {@code method.robust} → {@code α}, in the order of the
     *     components
     */
    public static Map<String, String> differing(List<Description> descriptions) {
        return Difference.names(descriptions);
    }

    /** The readable JSON. */
    @Override
    public String toString() {
        return json();
    }
}
