package ardent.grid;

import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.Recall;
import ardent.provenance.Description;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes published images whose files were only packed anew for those that the results of a grid are of. */
final class Repacked {
    private static final int DEPTH = 2;

    private Repacked() {}

    /** The images, described as the results in a folder describe the same ones, if there are any. */
    static Images known(Images images, Path folder) {
        if (!images.origin().official()) {
            return images;
        }
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .flatMap(file -> origin(file).stream())
                    .flatMap(origin -> Recall.from(images, origin)
                            .filter(found -> found.size() == images.size())
                            .filter(found -> images.origin().selections().equals(origin.selections()))
                            .stream())
                    .findFirst()
                    .orElse(images);
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " cannot be read: " + e + ".", e);
        }
    }

    /** What a result says of the images that were learned from, or judged on. */
    private static Optional<Origin> origin(Path file) {
        try {
            Description content = Description.read(file).part("content");
            Description data = content.at("setup").isPresent()
                    ? content.part("setup").part("data")
                    : content.part("measure").part("test");
            return Optional.of((Origin) data.rebuild());
        } catch (IllegalArgumentException | ClassCastException e) {
            return Optional.empty(); // damaged, which is told where it is looked for, or no result
        }
    }
}
