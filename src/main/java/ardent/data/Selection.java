package ardent.data;

import ardent.provenance.Arguments;
import ardent.provenance.InWords;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One step from a set of images to a part of it.
 *
 * @param verb the method that chose, such as {@code take}
 * @param images number of images chosen
 * @param how what fixed the choice, such as {@code seed 0}; empty where the number says it all
 */
@InWords
public record Selection(String verb, int images, String how) {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final String CLASSES = "classes ";

    /** Nothing is null. */
    public Selection {
        Arguments.given("verb, how", verb, how);
    }

    /** What fixes the names of the classes: with commas between them, or in JSON where that would not tell them apart. */
    static String classes(List<String> names) {
        boolean plain = names.stream().noneMatch(name -> name.contains(", ") || name.startsWith("["));
        return CLASSES + (plain ? String.join(", ", names) : GSON.toJson(names));
    }

    /** Whether {@link #from} can choose the same images: of many indices only the SHA-256 is written down. */
    boolean repeatable() {
        return !verb.equals("select") || how.startsWith("indices [");
    }

    /** Whether it chose no images and only gave their classes other names. */
    boolean isNaming() {
        return verb.equals("named");
    }

    /**
     * Chooses the same images from the same whole. The caller compares the selection of the result with this one.
     *
     * @throws DataException if it cannot be repeated from what is written down
     */
    Images from(Images whole) {
        try {
            return switch (repeatable() ? verb : "") {
                case "take" -> whole.take(images, lastNumber());
                case "first" -> whole.first(images);
                case "only" -> whole.only((int) lastNumber());
                case "select" -> whole.select(indices());
                case "labelled" -> whole.labelled(Integer.parseInt(how.substring(0, how.indexOf(' '))), lastNumber());
                case "unlabelled" -> whole.unlabelled();
                case "labelledOnly" -> whole.labelledOnly();
                case "named" -> whole.named(names());
                case "relabelled" -> whole.relabelled(names());
                case "rest" ->
                    whole.holdOut(whole.size() - images, lastNumber()).rest();
                case "held" -> whole.holdOut(images, lastNumber()).held();
                default -> throw new NumberFormatException(verb);
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException | JsonParseException e) {
            throw new DataException(
                    "The choice %s from %s cannot be repeated from its description: give the images."
                            .formatted(this, whole.origin()),
                    e);
        }
    }

    /** The seed or the label. */
    private long lastNumber() {
        return Long.parseLong(how.substring(how.lastIndexOf(' ') + 1));
    }

    private int[] indices() {
        String list = how.substring(how.indexOf('[') + 1, how.length() - 1);
        return Stream.of(list.split(", ")).mapToInt(Integer::parseInt).toArray();
    }

    private List<String> names() {
        String names = how.substring(how.indexOf(' ') + 1);
        return names.startsWith("[") ? Arrays.asList(GSON.fromJson(names, String[].class)) : List.of(names.split(", "));
    }

    @Override
    public String toString() {
        return how.isEmpty() ? verb + "(" + images + ")" : verb + "(" + images + ", " + how + ")";
    }
}
