package ardent.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where data lie that no path is given for. */
final class Place {
    private static final String DATASETS = "ARDENT_DATASETS";

    private Place() {}

    /** The folder of that name in the folder named by {@code ARDENT_DATASETS}, else in {@code datasets} here or above. */
    static Path of(String name) {
        String named = System.getProperty(DATASETS, System.getenv(DATASETS));
        return named != null ? Path.of(named, name) : above(Path.of("").toAbsolutePath(), name);
    }

    static Path above(Path start, String name) {
        for (Path at = start; at != null; at = at.getParent()) {
            Path folder = at.resolve("datasets").resolve(name);
            if (Files.isDirectory(folder)) {
                return folder;
            }
        }
        throw new DataException(
                "There is no folder datasets/%s in %s or above: start inside the project, or name its datasets folder in %s."
                        .formatted(name, start, DATASETS));
    }
}
