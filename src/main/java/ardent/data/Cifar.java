package ardent.data;

import ai.djl.ndarray.types.Shape;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Colour images in the binary version of CIFAR (Krizhevsky, "Learning multiple layers of features from tiny images",
 * 2009): per record the label bytes, the finest last, then 3,072 pixel bytes as red, green and blue planes.
 *
 * @param name name of the data
 * @param classes class names by (finest) label
 * @param labelBytes label bytes per record
 * @param archive the archive that holds the parts
 * @param folder folder that the archive unpacks to
 * @param train parts to learn from, in order
 * @param test part to test on
 */
record Cifar(
        String name,
        List<String> classes,
        int labelBytes,
        Published archive,
        String folder,
        List<Part> train,
        Part test) {
    private static final int SIDE = 32;
    private static final int PIXELS = 3 * SIDE * SIDE;
    private static final int BUFFER = 1 << 16;

    /** A file of the archive and the number of its records. */
    record Part(Published file, int records) {
        static Part of(String name, int records, String sha256) {
            return new Part(new Published(name, sha256, sha256), records);
        }
    }

    /** Both halves of the data. */
    record Halves(Images train, Images test) {}

    /** Reads the parts from a folder or its unpacked sub-folder, else the archive in it (or at the path itself). */
    Halves load(Path place) {
        if (Files.isRegularFile(place)) {
            return archived(place);
        }
        Path packed = place.resolve(archive.name());
        Path loose = Stream.of(place, place.resolve(folder))
                .filter(dir -> allParts().anyMatch(part -> present(dir, part)))
                .findFirst()
                .orElse(place);
        boolean complete = allParts().allMatch(part -> present(loose, part));
        return complete || !Files.isRegularFile(packed) ? loose(loose) : archived(packed);
    }

    private Stream<Part> allParts() {
        return Stream.concat(train.stream(), Stream.of(test));
    }

    private static boolean present(Path dir, Part part) {
        return FileReading.find(dir, part.file).isPresent();
    }

    private Halves loose(Path dir) {
        List<Part> parts = train.stream().filter(part -> present(dir, part)).toList();
        if (parts.isEmpty() || !present(dir, test)) {
            Part missing = parts.isEmpty() ? train.get(0) : test;
            throw new DataException("%s is missing: put this file of %s, or %s which holds it, into the folder %s."
                    .formatted(missing.file.name(), name, archive.name(), dir.toAbsolutePath()));
        }
        var all = new Records(parts);
        var held = new Records(List.of(test));
        return new Halves(images(trainSplit(parts), all, all.fill(dir)), images("test", held, held.fill(dir)));
    }

    private String trainSplit(List<Part> parts) {
        return parts.size() == train.size()
                ? "train"
                : parts.stream()
                        .map(part -> part.file.plainName())
                        .collect(Collectors.joining(", ", "train (only ", ")"));
    }

    private Halves archived(Path file) {
        var all = new Records(train);
        var held = new Records(List.of(test));
        SourceFile source = FileReading.of(file, archive, reading -> {
            var missing = allParts().map(part -> part.file.plainName()).collect(Collectors.toCollection(TreeSet::new));
            var in = new DataInputStream(new BufferedInputStream(reading.content(), BUFFER));
            Tar.read(in, (member, size) -> {
                Records records = member.equals(test.file.plainName()) ? held : all;
                return missing.remove(member) && records.fill(member, size, in);
            });
            if (!missing.isEmpty()) {
                throw new IOException("it does not hold " + String.join(", ", missing));
            }
            return reading.source();
        });
        return new Halves(images("train", all, List.of(source)), images("test", held, List.of(source)));
    }

    private Images images(String split, Records records, List<SourceFile> files) {
        var origin = new Origin(name, split, files, List.of());
        return new Images(records.pixels, records.labels, new Shape(3, SIDE, SIDE), classes, origin);
    }

    /** The records of some parts, one after the other. */
    private final class Records {
        private final List<Part> parts;
        private final byte[] pixels;
        private final int[] labels;

        Records(List<Part> parts) {
            this.parts = parts;
            int count = parts.stream().mapToInt(Part::records).sum();
            pixels = new byte[count * PIXELS];
            labels = new int[count];
        }

        List<SourceFile> fill(Path dir) {
            var files = new ArrayList<SourceFile>();
            for (Part part : parts) {
                Path file = FileReading.find(dir, part.file).orElseThrow();
                files.add(FileReading.of(file, part.file, reading -> {
                    var in = new DataInputStream(new BufferedInputStream(reading.content(), BUFFER));
                    fill(part, in);
                    reading.end(in);
                    return reading.source();
                }));
            }
            return files;
        }

        boolean fill(String member, long size, DataInputStream in) throws IOException {
            for (Part part : parts) {
                if (part.file.plainName().equals(member)) {
                    long expected = part.records * (long) (labelBytes + PIXELS);
                    if (size != expected) {
                        throw new IOException("its %s has %d bytes, not %d".formatted(member, size, expected));
                    }
                    fill(part, in);
                    return true;
                }
            }
            return false;
        }

        private void fill(Part part, DataInputStream in) throws IOException {
            int start = parts.stream()
                    .takeWhile(earlier -> !earlier.equals(part))
                    .mapToInt(Part::records)
                    .sum();
            var label = new byte[labelBytes];
            for (int i = 0; i < part.records; i++) {
                in.readFully(label);
                labels[start + i] = label[labelBytes - 1] & 255;
                Idx.checkLabel(labels[start + i], i, classes.size());
                in.readFully(pixels, (start + i) * PIXELS, PIXELS);
            }
        }
    }
}
