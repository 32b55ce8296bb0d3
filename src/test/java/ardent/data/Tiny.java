package ardent.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ardent.provenance.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Official file formats with a handful of images. */
final class Tiny {
    static final List<String> CLASSES = List.of("a", "b", "c");

    private static final URI SITE = URI.create("http://127.0.0.1:1/");

    /** Two training images, one test image, 3×3 pixels. */
    static final Idx IDX = idx("Tiny");

    /** Two training parts of two images, one test part of one image; two label bytes as in CIFAR-100. */
    static final Cifar CIFAR = new Cifar(
            "Tiny",
            SITE,
            CLASSES,
            2,
            4,
            1,
            new Published("tiny.tar.gz", "", ""),
            "unpacked",
            List.of(
                    published("one.bin", cifar(0, 1)),
                    published("two.bin", cifar(2, 0)),
                    published("test.bin", cifar(1))));

    private Tiny() {}

    static Idx idx(String name) {
        return new Idx(
                name,
                SITE,
                CLASSES,
                3,
                2,
                1,
                List.of(
                        published("train-images", idxImages(2)),
                        published("train-labels", idxLabels(2, 1)),
                        published("t10k-images", idxImages(1)),
                        published("t10k-labels", idxLabels(0))));
    }

    private static Published published(String name, byte[] content) {
        return new Published(name, Sha256.of(content), Sha256.of(content));
    }

    /** The content of a published file of {@link #IDX}. */
    static byte[] published(String name) {
        return switch (name) {
            case "train-images" -> idxImages(2);
            case "train-labels" -> idxLabels(2, 1);
            case "t10k-images" -> idxImages(1);
            default -> idxLabels(0);
        };
    }

    static byte[] idxImages(int count) {
        var bytes = ByteBuffer.allocate(16 + 9 * count)
                .putInt(0x803)
                .putInt(count)
                .putInt(3)
                .putInt(3);
        for (int i = 0; bytes.hasRemaining(); i++) {
            bytes.put((byte) (37 * i));
        }
        return bytes.array();
    }

    static byte[] idxLabels(int... labels) {
        var bytes = ByteBuffer.allocate(8 + labels.length).putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            bytes.put((byte) label);
        }
        return bytes.array();
    }

    static byte[] cifar(int... labels) {
        var bytes = ByteBuffer.allocate(3074 * labels.length);
        for (int label : labels) {
            bytes.put((byte) 9).put((byte) label);
            for (int i = 0; i < 3072; i++) {
                bytes.put((byte) (i % 200 + label));
            }
        }
        return bytes.array();
    }

    static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    static byte[] tar(Map<String, byte[]> members) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (var member : members.entrySet()) {
            byte[] content = member.getValue();
            var header = ByteBuffer.allocate(512);
            header.put(0, ("folder/" + member.getKey()).getBytes(US_ASCII));
            header.put(124, "%011o".formatted(content.length).getBytes(US_ASCII));
            header.put(148, "        ".getBytes(US_ASCII));
            header.put(156, (byte) '0');
            int sum = 0;
            for (byte value : header.array()) {
                sum += value & 255;
            }
            header.put(148, "%06o\0 ".formatted(sum).getBytes(US_ASCII));
            bytes.write(header.array());
            bytes.write(content);
            bytes.write(new byte[(512 - content.length % 512) % 512]);
        }
        bytes.write(new byte[1024]);
        return bytes.toByteArray();
    }

    static Map<String, byte[]> cifarMembers() {
        return Map.of("one.bin", cifar(0, 1), "two.bin", cifar(2, 0), "test.bin", cifar(1), "readme.html", new byte[9]);
    }

    static void writeIdx(Path folder) throws IOException {
        Files.write(folder.resolve("train-images"), idxImages(2));
        Files.write(folder.resolve("train-labels.gz"), gzip(idxLabels(2, 1)));
        Files.write(folder.resolve("t10k-images.gz"), gzip(idxImages(1)));
        Files.write(folder.resolve("t10k-labels"), idxLabels(0));
    }

    static byte[] flipped(byte[] bytes, int bit) {
        byte[] copy = bytes.clone();
        copy[bit / 8] ^= (byte) (1 << bit % 8);
        return copy;
    }
}
