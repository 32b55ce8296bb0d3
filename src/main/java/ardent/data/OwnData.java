package ardent.data;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Images of a user's own files, before they are checked.
 *
 * @param name name of the data
 * @param split part of the data, empty where there is none
 * @param source what was read
 */
record OwnData(String name, String split, SourceFile source) {
    private static final int MOST_CLASSES = 100_000;
    private static final Set<String> SPLITS =
            Set.of("train", "training", "test", "testing", "val", "valid", "validation");

    /** The data in a file or folder, called as it is; {@code train}, {@code test} and the like are parts of the folder above. */
    static OwnData of(Path path, SourceFile source) {
        Path whole = path.toAbsolutePath().normalize();
        String own = name(whole);
        Optional<String> above = Optional.ofNullable(whole.getParent())
                .map(OwnData::name)
                .filter(name -> !name.isEmpty() && SPLITS.contains(own));
        return new OwnData(above.orElse(own), above.isPresent() ? own : "", source);
    }

    /** The same data, a part of them with a name. */
    OwnData part(String part) {
        return new OwnData(name, part, source);
    }

    private static String name(Path path) {
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        return Files.isDirectory(path) ? name : name.replaceFirst("\\.[A-Za-z]+$", "");
    }

    /** The images, of which the origin tells the file, and the pixels and labels that were made of it. */
    Images images(byte[] pixels, int[] labels, Shape shape, List<String> classes) {
        return ImagesInMemory.images(this, pixels, labels, shape, classes);
    }

    /** Bytes of levels that are whole numbers from 0 to 255, or numbers in [0, 1] on the grid k/255 where none is larger. */
    byte[] levels(float[] values) {
        float most = 0;
        for (float value : values) {
            most = Math.max(most, value);
        }
        return most <= 1 ? ImagesInMemory.quantised(name, values) : bytes(values);
    }

    /** Bytes of whole numbers from 0 to 255. */
    byte[] bytes(float[] values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            int level = Math.round(values[i]);
            if (level != values[i] || level < 0 || level > 255) {
                throw new DataException(
                        "Pixel %d of %s is %s: pixels are whole numbers from 0 to 255, or numbers in [0, 1]."
                                .formatted(i, name, values[i]));
            }
            bytes[i] = (byte) level;
        }
        return bytes;
    }

    /** Names of classes by number: 0, 1, … */
    static List<String> numbered(int[] labels) {
        int most = IntStream.of(labels).max().orElse(0);
        if (most >= MOST_CLASSES) {
            throw new DataException("The largest label is %d: labels are numbers of classes, from 0.".formatted(most));
        }
        return IntStream.rangeClosed(0, Math.max(1, most))
                .mapToObj(Integer::toString)
                .toList();
    }
}
