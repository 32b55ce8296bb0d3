package ardent.provenance;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/** Nodes as JSON; keys that start with @ are ours and can be no component's name. */
final class Json {
    static final int FORMAT = 1;
    static final String DESCRIPTION = "\"@description\"";
    private static final Gson GSON = new Gson();
    private static final String TYPE = "@type";
    private static final String REPEATABLE = "@repeatable";
    private static final String FACTS = "@facts";
    private static final String NUMBER = "@number";
    private static final Pattern WHOLE = Pattern.compile("-?\\d+");

    private Json() {}

    static String write(Node root) {
        var text = new StringWriter();
        try (var json = new JsonWriter(text)) {
            json.setIndent("  ");
            json.beginObject().name("@format").value(FORMAT).name("@description");
            write(root, json);
            json.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private static void write(Node node, JsonWriter json) throws IOException {
        if (node instanceof Node.Leaf leaf) {
            leaf(leaf, json);
        } else if (node instanceof Node.Items list) {
            json.beginArray();
            for (Node item : list.items()) {
                write(item, json);
            }
            json.endArray();
        } else if (node instanceof Node.Fields fields) {
            json.beginObject();
            if (!fields.type().isEmpty()) {
                json.name(TYPE).value(fields.type());
            }
            if (!fields.repeatable()) {
                json.name(REPEATABLE).value(false);
            }
            if (!fields.facts().isEmpty()) {
                json.name(FACTS).value(String.join(" ", fields.facts()));
            }
            for (var part : fields.parts().entrySet()) {
                if (!FormerNames.unwritten(fields.type(), part.getKey(), part.getValue())) {
                    json.name(part.getKey());
                    write(part.getValue(), json);
                }
            }
            json.endObject();
        }
    }

    private static void leaf(Node.Leaf leaf, JsonWriter json) throws IOException {
        Object value = leaf.value();
        if (value == null) {
            json.nullValue();
        } else if (value instanceof Boolean flag) {
            json.value(flag);
        } else if (value instanceof Double real && !Double.isFinite(real)) {
            json.beginObject().name(NUMBER).value(Double.toString(real)).endObject();
        } else if (value instanceof String text) {
            json.value(text);
        } else {
            json.jsonValue(Numbers.text(value));
        }
    }

    static Node read(String text) {
        try {
            JsonObject file = GSON.fromJson(text, JsonObject.class);
            int format = file.get("@format").getAsInt();
            readable(format);
            return node(file.get("@description"));
        } catch (JsonParseException
                | IllegalStateException
                | UnsupportedOperationException
                | NullPointerException
                | NumberFormatException
                | StackOverflowError e) {
            throw new IllegalArgumentException("The text is no description of Ardent, or it is damaged.", e);
        }
    }

    /** Refuses what a later version wrote. */
    static void readable(long format) {
        if (format > FORMAT) {
            throw new IllegalArgumentException("The description has format " + format
                    + ", and this version reads up to " + FORMAT + ": open it with the later Ardent that wrote it.");
        }
    }

    private static Node node(JsonElement json) {
        if (json.isJsonNull()) {
            return new Node.Leaf(null);
        }
        if (json.isJsonPrimitive()) {
            return new Node.Leaf(primitive(json.getAsJsonPrimitive()));
        }
        if (json.isJsonArray()) {
            var items = new ArrayList<Node>();
            json.getAsJsonArray().forEach(item -> items.add(node(item)));
            return new Node.Items(items);
        }
        return object(json.getAsJsonObject());
    }

    private static Node object(JsonObject json) {
        if (json.has(NUMBER)) {
            return new Node.Leaf(Double.valueOf(json.get(NUMBER).getAsString()));
        }
        String type = json.has(TYPE) ? json.get(TYPE).getAsString() : "";
        var parts = new LinkedHashMap<String, Node>();
        json.entrySet().forEach(entry -> {
            if (!entry.getKey().startsWith("@")) {
                parts.put(entry.getKey(), node(entry.getValue()));
            }
        });
        boolean repeatable = !json.has(REPEATABLE) || json.get(REPEATABLE).getAsBoolean();
        List<String> facts =
                json.has(FACTS) ? List.of(json.get(FACTS).getAsString().split(" ", -1)) : List.of();
        return FormerNames.fields(type, repeatable, facts, parts);
    }

    private static Object primitive(JsonPrimitive json) {
        if (json.isBoolean()) {
            return json.getAsBoolean();
        }
        String text = json.getAsString();
        if (json.isString()) {
            return text;
        }
        return WHOLE.matcher(text).matches() ? (Object) Long.valueOf(text) : (Object) Double.valueOf(text);
    }
}
