package ardent.provenance;

import com.oracle.labs.mlrg.olcut.config.json.JsonProvenanceSerialization;
import com.oracle.labs.mlrg.olcut.provenance.ObjectProvenance;
import com.oracle.labs.mlrg.olcut.provenance.PrimitiveProvenance;
import com.oracle.labs.mlrg.olcut.provenance.Provenance;
import com.oracle.labs.mlrg.olcut.provenance.ProvenanceUtil;
import com.oracle.labs.mlrg.olcut.provenance.io.ProvenanceSerializationException;
import com.oracle.labs.mlrg.olcut.provenance.primitives.BooleanProvenance;
import com.oracle.labs.mlrg.olcut.provenance.primitives.DoubleProvenance;
import com.oracle.labs.mlrg.olcut.provenance.primitives.LongProvenance;
import com.oracle.labs.mlrg.olcut.provenance.primitives.StringProvenance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Nodes to and from OLCUT's provenance and its JSON. */
final class Olcut {
    private static final String VERSION = "@format";
    private static final String LIST = "java.util.List";
    private static final String MAP = "java.util.Map";
    private static final String NULL = "null";
    private static final String ORDER = "@order";
    private static final String FACTS = "@facts";
    private static final String REPEATABLE = "@repeatable";

    private Olcut() {}

    /** A whole description, which has a format version. */
    static RecordProvenance root(Node node) {
        var values = new LinkedHashMap<>(object(node).values());
        values.put(VERSION, new LongProvenance(VERSION, Json.FORMAT));
        return new RecordProvenance(values);
    }

    private static RecordProvenance object(Node node) {
        var values = new LinkedHashMap<String, Provenance>();
        String type = NULL;
        if (node instanceof Node.Items list) {
            type = LIST;
            for (int i = 0; i < list.items().size(); i++) {
                String key = Integer.toString(i);
                values.put(key, provenance(key, list.items().get(i)));
            }
        } else if (node instanceof Node.Fields fields) {
            type = fields.type().isEmpty() ? MAP : fields.type();
            fields.parts().forEach((name, part) -> values.put("." + name, provenance(name, part)));
            values.put(
                    ORDER,
                    new StringProvenance(ORDER, String.join("\n", fields.parts().keySet())));
            values.put(FACTS, new StringProvenance(FACTS, String.join("\n", fields.facts())));
            values.put(REPEATABLE, new BooleanProvenance(REPEATABLE, fields.repeatable()));
        }
        values.put(ObjectProvenance.CLASS_NAME, new StringProvenance(ObjectProvenance.CLASS_NAME, type));
        return new RecordProvenance(values);
    }

    private static Provenance provenance(String name, Node node) {
        Object value = node instanceof Node.Leaf leaf ? leaf.value() : null;
        if (value instanceof Long whole) {
            return new LongProvenance(name, whole);
        }
        if (value instanceof Double real) {
            return new DoubleProvenance(name, real);
        }
        if (value instanceof Boolean flag) {
            return new BooleanProvenance(name, flag);
        }
        return value instanceof String text ? new StringProvenance(name, text) : object(node);
    }

    static Node node(Provenance provenance) {
        if (provenance instanceof PrimitiveProvenance<?> primitive) {
            return new Node.Leaf(primitive.getValue());
        }
        Map<String, Provenance> values = ((RecordProvenance) provenance).values();
        String type = ((RecordProvenance) provenance).getClassName();
        if (type.equals(NULL)) {
            return new Node.Leaf(null);
        }
        if (type.equals(LIST)) {
            var items = new ArrayList<Node>();
            for (int i = 0; values.containsKey(Integer.toString(i)); i++) {
                items.add(node(part(values, Integer.toString(i))));
            }
            return new Node.Items(items);
        }
        var parts = new LinkedHashMap<String, Node>();
        for (String name : names(values, ORDER)) {
            parts.put(name, node(part(values, "." + name)));
        }
        boolean repeatable = (Boolean) ((PrimitiveProvenance<?>) part(values, REPEATABLE)).getValue();
        return FormerNames.fields(type.equals(MAP) ? "" : type, repeatable, names(values, FACTS), parts);
    }

    private static List<String> names(Map<String, Provenance> values, String key) {
        String joined = (String) ((PrimitiveProvenance<?>) part(values, key)).getValue();
        return joined.isEmpty() ? List.of() : List.of(joined.split("\n", -1));
    }

    private static Provenance part(Map<String, Provenance> values, String name) {
        Provenance part = values.get(name);
        if (part == null) {
            throw new IllegalArgumentException("The provenance lacks its value " + name + ".");
        }
        return part;
    }

    static String write(RecordProvenance provenance) {
        return new JsonProvenanceSerialization(true).marshalAndSerialize(provenance) + "\n";
    }

    /** Reads a file; OLCUT would make an object of any class that it names, so other classes than ours are refused first. */
    static RecordProvenance read(String json) {
        List<com.oracle.labs.mlrg.olcut.provenance.io.ObjectMarshalledProvenance> parts;
        try {
            parts = new JsonProvenanceSerialization(true).deserializeFromString(json);
        } catch (ProvenanceSerializationException e) {
            throw new IllegalArgumentException("The text is no OLCUT provenance, or it is damaged.", e);
        }
        for (var part : parts) {
            if (!part.getProvenanceClassName().equals(RecordProvenance.class.getName())) {
                throw new IllegalArgumentException(
                        "Only provenance written by Ardent is read, not " + part.getProvenanceClassName() + ".");
            }
        }
        var read = (RecordProvenance) ProvenanceUtil.unmarshalProvenance(parts);
        if (read.values().get(VERSION) instanceof LongProvenance format) {
            Json.readable(format.getValue());
        }
        return read;
    }
}
