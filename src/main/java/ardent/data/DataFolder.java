package ardent.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The folder of a data set: in {@code datasets}, found from the working directory upwards, or in a named folder. */
public final class DataFolder {
    /** System property or environment variable that names the folder of the data sets. */
    public static final String DATASETS = "ARDENT_DATASETS";

    private DataFolder() {}

    /** Where the user says that all data lie. */
    private static @Nullable String named() {
        return System.getProperty(DATASETS, System.getenv(DATASETS));
    }

    /**
     * The folder of all data sets, for programs that work elsewhere.
     *
     * @return the one that the user names, or the nearest {@code datasets} from the working directory upwards, absolute
     */
    public static Optional<Path> root() {
        String named = named();
        return named != null
                ? Optional.of(Path.of(named).toAbsolutePath())
                : above(Path.of("").toAbsolutePath(), "");
    }

    /** The folder of that name, if there is one. */
    static Optional<Path> find(String name) {
        String named = named();
        return named != null
                ? Optional.of(Path.of(named, name)).filter(Files::isDirectory)
                : above(Path.of("").toAbsolutePath(), name);
    }

    /**
     * The folder of that name.
     *
     * @param name such as {@code mnist}
     * @param advice what to do where there is none, without a full stop
     * @return the folder
     * @throws DataException in one sentence that ends with the advice, if there is none
     */
    public static Path of(String name, String advice) {
        return find(name).orElseThrow(() -> missing(name, Path.of("").toAbsolutePath(), advice));
    }

    static Optional<Path> above(Path start, String name) {
        for (Path at = start; at != null; at = at.getParent()) {
            Path folder = at.resolve("datasets").resolve(name);
            if (Files.isDirectory(folder)) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    /** The folder that {@link #find} would find once it is there: that of a download without a folder. */
    static Path home(String name) {
        String named = named();
        return find(name)
                .orElseGet(() ->
                        named != null ? Path.of(named, name) : below(Path.of("").toAbsolutePath(), name));
    }

    /** In the nearest folder {@code datasets}, from {@code start} upwards, else in a new one. */
    static Path below(Path start, String name) {
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("datasets"))) {
                return at.resolve("datasets").resolve(name);
            }
        }
        return start.resolve("datasets").resolve(name);
    }

    private static DataException missing(String name, Path start, String advice) {
        String named = named();
        return new DataException((named != null
                        ? "There is no folder %s in %s, which %s names: ".formatted(name, named, DATASETS)
                        : "There is no folder datasets/%s in %s or above: ".formatted(name, start))
                + advice + ".");
    }
}
