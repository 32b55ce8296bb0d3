package ardent.notebook;

import ardent.provenance.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing to show in several formats, of which a front end picks the richest it knows.
 *
 * @param data the formats: MIME type to content, text as it is and images as Base64; always with {@code text/plain}
 * @param metadata what the front end should know of a format: MIME type to names and values, such as a picture's size
 */
public record Bundle(Map<String, String> data, Map<String, Map<String, Integer>> metadata) {
    /** The MIME type that terminals, diffs and screen readers get. */
    public static final String TEXT = "text/plain";

    /** The MIME type of tables and progress bars. */
    public static final String HTML = "text/html";

    /** The MIME type of charts and image sheets. */
    public static final String PNG = "image/png";

    /**
     * Checks that there is text and copies the maps.
     *
     * @throws IllegalArgumentException if there is no text
     */
    public Bundle {
        Arguments.all("metadata", metadata);
        if (!data.containsKey(TEXT)) {
            throw new IllegalArgumentException("A bundle needs " + TEXT + " besides " + data.keySet() + ".");
        }
        data = Arguments.all("data", data);
        metadata = Map.copyOf(metadata);
    }

    /** A bundle of text only. */
    public static Bundle of(String text) {
        return new Bundle(Map.of(TEXT, text), Map.of());
    }

    /** This bundle with one more format. */
    public Bundle with(String mime, String content) {
        var more = new LinkedHashMap<>(data);
        more.put(mime, content);
        return new Bundle(more, metadata);
    }

    /** This bundle with the size, in CSS pixels, at which to show a picture. */
    public Bundle sized(String mime, int width, int height) {
        var more = new LinkedHashMap<>(metadata);
        more.put(mime, Map.of("width", width, "height", height));
        return new Bundle(data, more);
    }

    /** The plain text. */
    public String text() {
        return data.getOrDefault(TEXT, "");
    }
}
