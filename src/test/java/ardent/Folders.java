package ardent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders of runs for tests. */
final class Folders {
    private Folders() {}

    /** A copy of the files of a folder. */
    static Path copied(Path folder, Path copy) throws IOException {
        Files.createDirectory(copy);
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }
}
