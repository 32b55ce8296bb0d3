package ardent.data;

import ai.djl.ndarray.types.Shape;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Grey images and their labels in IDX files, the format of MNIST and its kin (LeCun, Cortes and Burges, "The MNIST
 * database of handwritten digits").
 *
 * @param name name of the data
 * @param classes class names by label
 * @param side height and width in pixels
 * @param train number of images to learn from
 * @param test number of images to test on
 * @param files training images, training labels, test images, test labels
 */
record Idx(String name, List<String> classes, int side, int train, int test, List<Published> files) {
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
        var classOf = new byte[count];
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
            in.readFully(classOf);
            reading.end(in);
            for (int i = 0; i < count; i++) {
                checkLabel(classOf[i] & 255, i, classes.size());
            }
            return reading.source();
        });
        var numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = classOf[i];
        }
        var origin = new Origin(name, split, List.of(first, second), List.of());
        return new Images(pixels, numbers, new Shape(1, side, side), classes, origin);
    }

    private Path locate(Path folder, Published file) {
        return FileReading.find(folder, file)
                .orElseThrow(() -> new DataException("%s is missing: put this file of %s into the folder %s."
                        .formatted(file.name(), name, folder.toAbsolutePath())));
    }

    private static void expect(DataInputStream in, String what, int expected) throws IOException {
        int found = in.readInt();
        if (found != expected) {
            throw new IOException("its %s is %d, not %d".formatted(what, found, expected));
        }
    }

    static void checkLabel(int label, int image, int classes) throws IOException {
        if (label >= classes) {
            throw new IOException("label %d of image %d is outside 0..%d".formatted(label, image, classes - 1));
        }
    }
}
