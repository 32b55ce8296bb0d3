package ardent.data;

import ai.djl.ndarray.types.Shape;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Grey images and their labels in IDX files, the format of MNIST and similar data (LeCun, Cortes and Burges, "The MNIST
 * database of handwritten digits").
 *
 * @param name name of the data
 * @param site address of the folder that holds the files
 * @param classes class names by label
 * @param side height and width in pixels
 * @param train number of images to learn from
 * @param test number of images to test on
 * @param files training images, training labels, test images, test labels
 */
record Idx(String name, URI site, List<String> classes, int side, int train, int test, List<Published> files)
        implements PublishedSet {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;

    Images train(Path folder) {
        return read(folder, "train", train, files.get(0), files.get(1));
    }

    Images test(Path folder) {
        return read(folder, "test", test, files.get(2), files.get(3));
    }

    private Images read(Path folder, String split, int count, Published images, Published labels) {
        var pixels = new byte[count * side * side];
        var numbers = new int[count];
        SourceFile first = FileReading.of(locate(folder, images), images, reading -> {
            var in = new DataInputStream(reading.content());
            expect(in, "magic number", IMAGES);
            expect(in, "number of images", count);
            expect(in, "image height", side);
            expect(in, "image width", side);
            in.readFully(pixels);
            reading.end(in);
            return reading.source();
        });
        SourceFile second = FileReading.of(locate(folder, labels), labels, reading -> {
            var in = new DataInputStream(reading.content());
            expect(in, "magic number", LABELS);
            expect(in, "number of labels", count);
            var bytes = new byte[count];
            in.readFully(bytes);
            reading.end(in);
            for (int i = 0; i < count; i++) {
                numbers[i] = label(bytes[i], i);
            }
            return reading.source();
        });
        var origin = new Origin(name, split, List.of(first, second), List.of());
        return new Images(pixels, numbers, new Shape(1, side, side), classes, origin);
    }

    private Path locate(Path folder, Published file) {
        return SourceFile.find(folder, file.plainName())
                .orElseThrow(() -> new DataException("%s is missing: put this file of %s into the folder %s."
                        .formatted(file.name(), name, folder.toAbsolutePath())));
    }

    private static void expect(DataInputStream in, String what, int expected) throws IOException {
        int found = in.readInt();
        if (found != expected) {
            throw new IOException("its %s is %d, not %d".formatted(what, found, expected));
        }
    }
}
