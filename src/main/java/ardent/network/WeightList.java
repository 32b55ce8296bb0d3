package ardent.network;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The names and shapes in a weight file.
 *
 * @param format what kind of file it is, in words
 * @param part the key that led to the weights, empty where there is none
 * @param lines one for each array, in the order of the file
 * @param others parts of the file with other networks
 */
public record WeightList(String format, String part, List<Line> lines, List<String> others) {
    /** Copies the lists. */
    public WeightList {
        Arguments.given("format, part", format, part);
        lines = Arguments.all("lines", lines);
        others = Arguments.all("others", others);
    }

    /**
     * An array.
     *
     * @param name its name
     * @param shape its shape, such as {@code (16, 3, 3, 3)}
     * @param type its type, such as {@code float32}
     */
    public record Line(String name, String shape, String type) {
        /** Nothing is null. */
        public Line {
            Arguments.given("name, shape, type", name, shape, type);
        }
    }

    static WeightList of(WeightContent content) {
        return new WeightList(
                content.format(),
                content.metadata().getOrDefault("part", ""),
                content.arrays().entrySet().stream().map(WeightList::line).toList(),
                content.others());
    }

    private static Line line(Map.Entry<String, NDArray> entry) {
        NDArray array = entry.getValue();
        return new Line(
                entry.getKey(),
                array.getShape().toString(),
                array.getDataType().toString().toLowerCase(Locale.ROOT));
    }

    /** One line for each array, aligned, below what the file is. */
    @Override
    public String toString() {
        int names = lines.stream().mapToInt(line -> line.name.length()).max().orElse(0);
        int shapes = lines.stream().mapToInt(line -> line.shape.length()).max().orElse(0);
        String where = part.isEmpty() ? "" : ", under " + part;
        String also = others.isEmpty() ? "" : "; other networks under " + String.join(", ", others);
        return format + where + ", " + lines.size() + " arrays" + also + "\n"
                + lines.stream()
                        .map(line -> ("%-" + Math.max(1, names) + "s  %-" + Math.max(1, shapes) + "s  %s")
                                .formatted(line.name, line.shape, line.type))
                        .collect(Collectors.joining("\n"));
    }
}
