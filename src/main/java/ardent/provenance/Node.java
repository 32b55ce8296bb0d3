package ardent.provenance;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A part of a {@link Description}: plain data, so that a description can be read without the classes it names. */
public sealed interface Node {
    /**
     * A single value.
     *
     * @param value null, a {@link Boolean}, a {@link Long}, a {@link Double} or a {@link String}; a float is the double
     *     of its shortest decimal
     */
    record Leaf(@Nullable Object value) implements Node {}

    /**
     * A list.
     *
     * @param items its elements in order
     */
    record Items(List<Node> items) implements Node {
        /** Copies the list. */
        public Items {
            items = Arguments.all("items", items);
        }
    }

    /**
     * A record, a map, or an object of which only the class is known.
     *
     * @param type the full class name; empty for a map
     * @param repeatable false for a lambda, an anonymous class, an object without description or a class of a notebook
     *     cell: none of them can be built again from the description
     * @param facts names of the components that are a {@link Fact}
     * @param parts record components in their order, or map entries by key
     */
    record Fields(String type, boolean repeatable, List<String> facts, Map<String, Node> parts) implements Node {
        /** Copies list and map. */
        public Fields {
            Arguments.given("type", type);
            facts = Arguments.all("facts", facts);
            parts = Arguments.all("parts", parts);
        }

        /** Whether this tells how the weights of a network came about. */
        boolean trained() {
            return parts.containsKey("weights")
                    && part("architecture") instanceof Fields
                    && part("method") instanceof Fields;
        }

        /**
         * One component or entry.
         *
         * @param name its name
         * @return the part, or a leaf without value if there is none
         */
        public Node part(String name) {
            return parts.getOrDefault(name, new Leaf(null));
        }

        /**
         * What people call it: as a rule its class.
         *
         * @return the name of the class without package, and without outer classes where it has a name of its own; of a lambda
         *     that is a part of something the name by which tables call it; of a trained network such as {@code SmallCnn by
         *     Trades}; of an untrained network whose weights are named that of the network
         */
        public String simpleType() {
            if (trained()) {
                return part("architecture").text() + " by " + part("method").text();
            }
            if (parts.containsKey("weights") && part("network") instanceof Fields network && !network.trained()) {
                return network.simpleType();
            }
            if (parts.get(PlainName.KEY) instanceof Leaf name) {
                return name.text();
            }
            int inner = repeatable ? type.lastIndexOf('$') : -1;
            return type.substring(Math.max(type.lastIndexOf('.'), inner) + 1);
        }
    }

    /**
     * What lies below and has names of its own.
     *
     * @return components and entries by name, records of a list as {@code [0]}, {@code [1]} …; a list of plain values has
     *     none
     */
    default Map<String, Node> children() {
        if (this instanceof Fields fields) {
            return fields.parts();
        }
        var children = new LinkedHashMap<String, Node>();
        if (this instanceof Items list && list.items().stream().anyMatch(Fields.class::isInstance)) {
            list.items().forEach(item -> children.put("[" + children.size() + "]", item));
        }
        return children;
    }

    /**
     * This node and everything below it.
     *
     * @return the nodes, each before what it holds
     */
    default Stream<Node> all() {
        Collection<Node> inner = this instanceof Fields fields
                ? fields.parts().values()
                : this instanceof Items list ? list.items() : List.of();
        return Stream.concat(Stream.of(this), inner.stream().flatMap(Node::all));
    }

    /**
     * Where a child is.
     *
     * @param path the path of this node
     * @param child a name of {@link #children}
     * @return the path of that child
     */
    default String path(String path, String child) {
        return this instanceof Items || path.isEmpty() ? path + child : path + "." + child;
    }

    /**
     * The node as short text for a table cell.
     *
     * @return the value, the elements in brackets, or the simple class name
     */
    default String text() {
        if (this instanceof Leaf leaf) {
            return leaf.value() == null ? "" : Numbers.text(leaf.value());
        }
        if (this instanceof Items list) {
            return list.items().stream().map(Node::text).toList().toString();
        }
        Fields fields = (Fields) this;
        return fields.type().isEmpty() ? fields.parts().keySet().toString() : fields.simpleType();
    }

    /**
     * The node as people read it, in tables, charts and names.
     *
     * @return as {@link #text}, with numbers as {@link Numbers#shown} writes them
     */
    default String shown() {
        if (this instanceof Leaf leaf && leaf.value() instanceof Double number) {
            return Numbers.shown(number.doubleValue());
        }
        if (this instanceof Items list) {
            String items = list.items().stream().map(Node::shown).collect(Collectors.joining(", "));
            return Types.inWords(this) ? items : "[" + items + "]";
        }
        return Types.inWords(this) ? Types.words(new Description(this)) : text();
    }
}
