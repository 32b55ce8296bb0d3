package ardent.notebook;

import com.google.gson.Gson;
import java.util.List;
import java.util.Map;

/** Makes notebooks for tests. */
final class Notebooks {
    private Notebooks() {}

    static String of(List<String> cells) {
        var content = cells.stream()
                .map(source -> Map.of(
                        "cell_type",
                        "code",
                        "metadata",
                        Map.of(),
                        "source",
                        source,
                        "outputs",
                        List.of(),
                        "id",
                        id(source)))
                .toList();
        return new Gson().toJson(Map.of("cells", content, "metadata", Map.of(), "nbformat", 4, "nbformat_minor", 5));
    }

    private static String id(String source) {
        return "cell-" + Integer.toHexString(source.hashCode());
    }
}
