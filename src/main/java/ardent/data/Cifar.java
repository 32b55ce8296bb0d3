package ardent.data;

import ai.djl.ndarray.types.Shape;
import ardent.provenance.Sha256;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Colour images in the binary version of CIFAR (Krizhevsky, "Learning multiple layers of features from tiny images",
 * 2009): per record the label bytes, the finest last, then 3,072 pixel bytes as red, green and blue planes.
 *
 * @param name name of the data
 * @param site address of the folder that holds the archive
 * @param classes class names by (finest) label
 * @param labelBytes label bytes per record
 * @param train number of images to learn from, equally many in each part
 * @param test number of images to test on
 * @param archive the archive that holds the parts
 * @param unpacked folder that the archive unpacks to
 * @param parts the files in the archive: parts to learn from, in order, then the one to test on
 */
record Cifar(
        String name,
        URI site,
        List<String> classes,
        int labelBytes,
        int train,
        int test,
        Published archive,
        String unpacked,
        List<Published> parts)
        implements PublishedSet {
    private static final int SIDE = 32;
    private static final int PIXELS = 3 * SIDE * SIDE;
    private static final int BUFFER = 1 << 16;

    /** Both halves of the data. */
    record Halves(Images train, Images test) {}

    /** A file of the archive, with its SHA-256. */
    static Published part(String name, String sha256) {
        return new Published(name, sha256, sha256);
    }

    @Override
    public List<Published> files() {
        return List.of(archive);
    }

    @Override
    public List<Path> folders(Path place) {
        return List.of(place, place.resolve(unpacked));
    }

    /** Reads the parts from a folder or its unpacked sub-folder, else the archive in it (or at the path itself). */
    Halves load(Path place) {
        if (Files.isRegularFile(place)) {
            return archived(place);
        }
        Path packed = place.resolve(archive.name());
        Path loose = folders(place).stream()
                .filter(dir -> parts.stream().anyMatch(part -> present(dir, part)))
                .findFirst()
                .orElse(place);
        boolean complete = parts.stream().allMatch(part -> present(loose, part));
        return complete || !Files.isRegularFile(packed) ? loose(loose) : archived(packed);
    }

    private static boolean present(Path dir, Published part) {
        return SourceFile.find(dir, part.plainName()).isPresent();
    }

    private List<Published> trainParts() {
        return parts.subList(0, parts.size() - 1);
    }

    private Published testPart() {
        return parts.get(parts.size() - 1);
    }

    private Halves loose(Path dir) {
        List<Published> there =
                trainParts().stream().filter(part -> present(dir, part)).toList();
        if (there.isEmpty() || !present(dir, testPart())) {
            Published missing = there.isEmpty() ? parts.get(0) : testPart();
            throw new DataException("%s is missing: put this file of %s, or %s which holds it, into the folder %s."
                    .formatted(missing.name(), name, archive.name(), dir.toAbsolutePath()));
        }
        String split = there.size() == trainParts().size() ? "train" : "train (only " + names(there) + ")";
        var all = new Records(there, train / trainParts().size());
        var held = new Records(List.of(testPart()), test);
        return new Halves(all.images(split, all.fill(dir)), held.images("test", held.fill(dir)));
    }

    private static String names(List<Published> parts) {
        return parts.stream().map(Published::plainName).collect(Collectors.joining(", "));
    }

    private Halves archived(Path file) {
        var all = new Records(trainParts(), train / trainParts().size());
        var held = new Records(List.of(testPart()), test);
        SourceFile source = FileReading.of(file, archive, reading -> {
            var missing = new ArrayList<>(parts);
            var other = new ArrayList<Published>();
            var in = new DataInputStream(new BufferedInputStream(reading.content(), BUFFER));
            Tar.read(in, (member, size) -> {
                Optional<Published> part = missing.stream()
                        .filter(some -> some.plainName().equals(member))
                        .findFirst();
                if (part.isPresent()) {
                    var hashed = new DigestInputStream(in, Sha256.digest());
                    (part.get().equals(testPart()) ? held : all).fill(part.get(), size, new DataInputStream(hashed));
                    part.filter(read -> !read.sha256().equals(Sha256.text(hashed.getMessageDigest())))
                            .ifPresent(other::add);
                }
                return part.map(missing::remove).orElse(false);
            });
            if (!missing.isEmpty()) {
                throw new IOException("it does not hold " + names(missing));
            }
            SourceFile read = reading.source();
            return read.official() || !other.isEmpty() ? read : read.packedAnew();
        });
        return new Halves(all.images("train", List.of(source)), held.images("test", List.of(source)));
    }

    /** The records of some parts, one after the other. */
    private final class Records {
        private final List<Published> parts;
        private final int each;
        private final byte[] pixels;
        private final int[] labels;

        Records(List<Published> parts, int each) {
            this.parts = parts;
            this.each = each;
            pixels = new byte[parts.size() * each * PIXELS];
            labels = new int[parts.size() * each];
        }

        Images images(String split, List<SourceFile> files) {
            var origin = new Origin(name, split, files, List.of());
            return new Images(pixels, labels, new Shape(3, SIDE, SIDE), classes, origin);
        }

        List<SourceFile> fill(Path dir) {
            var files = new ArrayList<SourceFile>();
            for (Published part : parts) {
                Path file = SourceFile.find(dir, part.plainName()).orElseThrow();
                files.add(FileReading.of(file, part, reading -> {
                    var in = new DataInputStream(new BufferedInputStream(reading.content(), BUFFER));
                    fill(part, in);
                    reading.end(in);
                    return reading.source();
                }));
            }
            return files;
        }

        void fill(Published part, long size, DataInputStream in) throws IOException {
            long expected = each * (long) (labelBytes + PIXELS);
            if (size != expected) {
                throw new IOException("its %s has %d bytes, not %d".formatted(part.plainName(), size, expected));
            }
            fill(part, in);
        }

        private void fill(Published part, DataInputStream in) throws IOException {
            int start = parts.indexOf(part) * each;
            var label = new byte[labelBytes];
            for (int i = 0; i < each; i++) {
                in.readFully(label);
                labels[start + i] = label(label[labelBytes - 1], i);
                in.readFully(pixels, (start + i) * PIXELS, PIXELS);
            }
        }
    }
}
