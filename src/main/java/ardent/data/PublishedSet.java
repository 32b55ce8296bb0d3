package ardent.data;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A data set as its authors published it: its name, its classes, its files and where they come from. The
 * {@link Corpus} with its images is a record of this package, named as {@link #type(String)} gives it and with a method
 * {@code load()}: {@link Recall} then finds it by the name of the data.
 */
interface PublishedSet {
    /** The name in reports and origins, such as {@code CIFAR-10}. */
    String name();

    /** The address of the folder that holds the files to download. */
    URI site();

    /** The class names by label. */
    List<String> classes();

    /** The files to download. */
    List<Published> files();

    /** The name of the record that holds the images of a data set, such as {@code Cifar10} for {@code CIFAR-10}. */
    static String type(String name) {
        return Stream.of(name.split("-"))
                .filter(word -> !word.isEmpty())
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    /** The name of the folder in {@code datasets}, such as {@code cifar-10}. */
    default String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether that folder is there. */
    default boolean isThere() {
        return DataFolder.find(folder()).isPresent();
    }

    /** That folder; where it is missing, one sentence says how to download the data. */
    default Path place() {
        return DataFolder.of(folder(), type(name()) + ".download() brings the data");
    }

    /** The folder to download into, in which {@link #place} looks for the files. */
    default Path home() {
        return DataFolder.home(folder());
    }

    /** The folders that may hold the files of a set whose folder is this one. */
    default List<Path> folders(Path place) {
        return List.of(place);
    }

    /** The same images; refuses files with another content than the authors', such as those of other data of equal names. */
    default <T extends Corpus> T official(Path place, T images) {
        Stream.of(images.train(), images.test())
                .flatMap(part -> part.origin().files().stream())
                .filter(file -> !file.official())
                .findFirst()
                .ifPresent(file -> {
                    Path found = folders(place).stream()
                            .map(folder -> folder.resolve(file.name()))
                            .filter(Files::exists)
                            .findFirst()
                            .orElse(place);
                    throw new DataException(
                            "%s is not the official file of %s: put the original in its place, or load what is there by %s.load(Path.of(\"%s\"))."
                                    .formatted(found, name(), type(name()), place));
                });
        return images;
    }

    /** The label in a byte of a file; refuses one that has no class. */
    default int label(byte unsigned, int image) throws IOException {
        int label = unsigned & 255;
        if (label >= classes().size()) {
            throw new IOException("label %d of image %d is outside 0..%d"
                    .formatted(label, image, classes().size() - 1));
        }
        return label;
    }
}
