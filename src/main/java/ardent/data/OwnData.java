package ardent.data;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
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

    /** Bytes of pixels by the rule of {@link Images}; {@code place} names one for a message. */
    static byte[] levels(float[] pixels, IntFunction<String> place) {
        try {
            return ImagesInMemory.levels(pixels, place);
        } catch (IllegalArgumentException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Labels that are numbers; {@code place} names that of an image for a message. */
    static int[] labels(double[] numbers, IntFunction<String> place) {
        var labels = new int[numbers.length];
        for (int i = 0; i < labels.length; i++) {
            double number = numbers[i];
            boolean whole = number == Math.rint(number) && Math.abs(number) < Long.MAX_VALUE;
            if (!whole || number < 0 || number >= MOST_CLASSES) {
                throw new DataException("%s is %s: labels that are numbers count the classes from 0, %s."
                        .formatted(
                                place.apply(i),
                                whole ? Long.toString((long) number) : Double.toString(number),
                                number >= MOST_CLASSES
                                        ? "and there are at most " + MOST_CLASSES + " classes"
                                        : "as whole numbers"));
            }
            labels[i] = (int) number;
        }
        return labels;
    }

    /** Names of classes by number: 0, 1, … */
    static List<String> numbered(int[] labels) {
        int most = IntStream.of(labels).max().orElse(0);
        return IntStream.rangeClosed(0, Math.max(1, most))
                .mapToObj(Integer::toString)
                .toList();
    }
}
