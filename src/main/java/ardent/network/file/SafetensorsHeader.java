package ardent.network.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a safetensors file says, read as strictly as the format's own library does and its description asks:
 * strict JSON that begins with a brace, no name twice, and numbers that cover the file without a hole or an overlap.
 *
 * @param tensors where each tensor lies, by name
 * @param metadata texts by key
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata) {
    /** Types of the format that have no array here, with the bits of one number. */
    private static final Map<String, Integer> OTHERS = Map.ofEntries(
            Map.entry("U16", 16),
            Map.entry("U32", 32),
            Map.entry("U64", 64),
            Map.entry("F8_E5M2", 8),
            Map.entry("F8_E4M3", 8),
            Map.entry("F8_E8M0", 8),
            Map.entry("F8_E4M3FNUZ", 8),
            Map.entry("F8_E5M2FNUZ", 8),
            Map.entry("C64", 64),
            Map.entry("F6_E2M3", 6),
            Map.entry("F6_E3M2", 6),
            Map.entry("F4", 4));

    /** Strict, as it is by itself; and with no limit on the length of names and texts, as the format has none. */
    private static final JsonFactory STRICT = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final String METADATA = "__metadata__";
    private static final String WHOLE_NUMBER = "0|[1-9][0-9]{0,18}";

    /**
     * Where a tensor lies.
     *
     * @param type what its numbers are, in the format's words
     * @param shape its shape
     * @param from its first byte behind the header
     * @param to the byte after its last one
     */
    record Entry(String type, List<Long> shape, long from, long to) {
        long[] dimensions() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }
    }

    static SafetensorsHeader parse(ByteBuffer bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its header is no text in UTF-8", e);
        }
        if (!text.startsWith("{")) {
            throw new IllegalArgumentException("its header does not begin with {");
        }
        try (JsonParser json = STRICT.createParser(text)) {
            json.nextToken();
            SafetensorsHeader header = read(json);
            if (json.nextToken() != null) {
                throw new IOException("There is text behind its end.");
            }
            return header;
        } catch (IOException | NumberFormatException e) {
            throw new IllegalArgumentException("its header is not the strict JSON of safetensors", e);
        }
    }

    private static SafetensorsHeader read(JsonParser json) throws IOException {
        var tensors = new LinkedHashMap<String, Entry>();
        Map<String, String> metadata = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = text(json.currentName());
            json.nextToken();
            if (!name.equals(METADATA)) {
                requireNew(tensors.put(name, entry(name, json)), name);
            } else {
                requireNew(metadata, name);
                metadata = texts(json);
            }
        }
        return new SafetensorsHeader(tensors, Objects.requireNonNullElse(metadata, Map.of()));
    }

    private static void requireNew(@Nullable Object earlier, String name) {
        if (earlier != null) {
            throw new IllegalArgumentException("its header has " + PickleNames.shortened(name) + " twice");
        }
    }

    private static Map<String, String> texts(JsonParser json) throws IOException {
        var texts = new LinkedHashMap<String, String>();
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return texts;
        }
        require(json, JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = text(json.currentName());
            json.nextToken();
            requireNew(texts.put(key, string(json, METADATA)), key);
        }
        return texts;
    }

    private static void require(JsonParser json, JsonToken token) throws IOException {
        if (json.currentToken() != token) {
            throw new IOException("There is " + json.currentToken() + " in the place of " + token + ".");
        }
    }

    private static Entry entry(String name, JsonParser json) throws IOException {
        String what = "tensor " + PickleNames.shortened(name);
        String type = null;
        List<Long> shape = null;
        List<Long> place = null;
        var keys = new LinkedHashSet<String>();
        require(json, JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            if (!keys.add(key)) {
                throw new IllegalArgumentException(what + " has " + PickleNames.shortened(key) + " twice");
            }
            switch (key) {
                case "dtype" -> type = string(json, what);
                case "shape" -> shape = numbers(json, what + " has a shape");
                case "data_offsets" -> place = numbers(json, what + " has offsets");
                default -> json.skipChildren();
            }
        }
        if (type == null || shape == null || place == null || place.size() != 2) {
            throw new IllegalArgumentException(what + " lacks its dtype, its shape or its two data_offsets");
        }
        return new Entry(type, shape, place.get(0), place.get(1));
    }

    private static String string(JsonParser json, String what) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException(what + " has a value that is no text");
        }
        return text(json.getText());
    }

    /** A text without halves of a character, which cannot be written in UTF-8. */
    private static String text(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("its header has a text with half a character");
        }
        return text;
    }

    private static List<Long> numbers(JsonParser json, String what) throws IOException {
        var numbers = new ArrayList<Long>();
        require(json, JsonToken.START_ARRAY);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String number = json.currentToken().isNumeric() ? json.getText() : "";
            if (!number.matches(WHOLE_NUMBER)) {
                throw new IllegalArgumentException(what + " of other values than whole numbers from 0 on"
                        + (number.isEmpty() ? "" : ": " + number));
            }
            numbers.add(Long.parseLong(number));
        }
        return numbers;
    }

    /** Refuses what does not cover the bytes behind the header, each once. */
    void requireWhole(long length) {
        long end = 0;
        String before = "the header";
        var order = Comparator.comparingLong(
                        (Map.Entry<String, Entry> entry) -> entry.getValue().from())
                .thenComparingLong(entry -> entry.getValue().to());
        for (var entry : tensors.entrySet().stream().sorted(order).toList()) {
            String name = "tensor " + PickleNames.shortened(entry.getKey());
            Entry about = entry.getValue();
            if (about.from() != end || about.to() < about.from()) {
                throw new IllegalArgumentException(name + " lies at bytes " + about.from() + " to " + about.to()
                        + ", not right behind " + before + ", which ends at " + end);
            }
            if (about.to() > length) {
                throw new IllegalArgumentException(name + " lies outside the file");
            }
            if (about.to() - about.from() != size(name, about)) {
                throw new IllegalArgumentException(name + " of shape " + about.shape() + " and type " + about.type()
                        + " does not fit into its " + (about.to() - about.from()) + " bytes");
            }
            end = about.to();
            before = name;
        }
        if (end != length) {
            throw new IllegalArgumentException("its length does not fit its header");
        }
    }

    /** How many bytes a tensor needs; -1 where they are no whole number. */
    private static long size(String name, Entry about) {
        Integer bits = Optional.ofNullable(OTHERS.get(about.type()))
                .or(() -> NumberType.ofName(about.type()).map(kind -> 8 * kind.size()))
                .orElseThrow(() -> new IllegalArgumentException(name + " has the type "
                        + PickleNames.shortened(about.type()) + ", which safetensors does not have"));
        long size = Math.multiplyExact(NumberReader.size(about.dimensions()), (long) bits);
        return size % 8 == 0 ? size / 8 : -1;
    }
}
