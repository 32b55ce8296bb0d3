package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarTest {
    @TempDir
    Path folder;

    private void write(Path into, String... names) throws IOException {
        Files.createDirectories(into);
        for (String name : names) {
            byte[] content = Tiny.cifarMembers().get(name.replace(".gz", ""));
            Files.write(into.resolve(name), name.endsWith(".gz") ? Tiny.gzip(content) : content);
        }
    }

    private static int[] labels(Images images) {
        return IntStream.range(0, images.size()).map(images::label).toArray();
    }

    private Path archive(byte[] tar) throws IOException {
        return Files.write(folder.resolve("tiny.tar.gz"), Tiny.gzip(tar));
    }

    @Test
    void readsLooseFilesPlainAndGzipped() throws IOException {
        write(folder, "one.bin", "two.bin.gz", "test.bin");
        var halves = Tiny.CIFAR.load(folder);
        assertThat(labels(halves.train())).containsExactly(0, 1, 2, 0);
        assertThat(labels(halves.test())).containsExactly(1);
        assertThat(halves.train().shape()).isEqualTo(new Shape(3, 32, 32));
        assertThat(halves.train().origin().split()).isEqualTo("train");
        assertThat(halves.train().origin().official()).isTrue();
        try (var manager = NDManager.newBaseManager()) {
            float[] pixels = halves.train().pixels(manager, new int[] {2}).toFloatArray();
            for (int i = 0; i < 3072; i++) {
                assertThat(pixels[i]).isEqualTo((i % 200 + 2) / 255f);
            }
        }
    }

    @Test
    void readsTheUnpackedFolderAndTheArchive() throws IOException {
        write(folder.resolve("unpacked"), "one.bin", "two.bin", "test.bin");
        assertThat(labels(Tiny.CIFAR.load(folder).train())).containsExactly(0, 1, 2, 0);

        Path file = archive(Tiny.tar(Tiny.cifarMembers()));
        for (Path place : new Path[] {folder, file}) {
            Files.deleteIfExists(folder.resolve("unpacked/two.bin"));
            var halves = Tiny.CIFAR.load(place);
            assertThat(labels(halves.train())).containsExactly(0, 1, 2, 0);
            assertThat(labels(halves.test())).containsExactly(1);
            assertThat(halves.train().origin().files())
                    .containsExactly(new SourceFile(
                            "tiny.tar.gz",
                            Files.size(file),
                            Sha256.of(Files.readAllBytes(file)),
                            SourceFile.OFFICIAL_CONTENT));
        }
    }

    private record Both(Images train, Images test) implements Corpus {}

    private Both official() {
        Cifar.Halves halves = Tiny.CIFAR.load(folder);
        return Tiny.CIFAR.official(folder, new Both(halves.train(), halves.test()));
    }

    private void notOfficial(String file) {
        assertThatThrownBy(this::official)
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "%s is not the official file of Tiny: put the original in its place, or load what is there by Tiny.load(Path.of(\"%s\")).",
                        folder.resolve(file), folder);
    }

    @Test
    void officialIsWhatHasTheAuthorsContent() throws IOException {
        write(folder.resolve("unpacked"), "two.bin.gz", "test.bin");
        assertThat(official().train().size()).as("some of the parts").isEqualTo(2);
        Files.write(folder.resolve("unpacked/one.bin"), Tiny.flipped(Tiny.cifar(0, 1), 99));
        notOfficial("unpacked/one.bin");

        write(folder, "one.bin", "two.bin");
        var members = new HashMap<>(Tiny.cifarMembers());
        archive(Tiny.tar(members));
        assertThat(official().train().size()).as("an archive packed anew").isEqualTo(4);
        for (String part : List.of("one.bin", "test.bin")) {
            members.put(part, Tiny.flipped(members.get(part), 99));
            archive(Tiny.tar(members));
            notOfficial("tiny.tar.gz");
            members.putAll(Tiny.cifarMembers());
        }
    }

    @Test
    void loadsTheTrainingPartsThereAreAndSaysSo() throws IOException {
        write(folder, "two.bin", "test.bin");
        Images train = Tiny.CIFAR.load(folder).train();
        assertThat(labels(train)).containsExactly(2, 0);
        assertThat(train).hasToString("Tiny train (only two.bin): 2 images of 3×32×32, 3 classes");
    }

    @Test
    void namesTheMissingFile() throws IOException {
        refused("one.bin is missing: put this file of Tiny, or tiny.tar.gz which holds it, into the folder " + folder);
        write(folder, "one.bin", "two.bin");
        refused("test.bin is missing");
        var members = new HashMap<>(Tiny.cifarMembers());
        members.remove("two.bin");
        archive(Tiny.tar(members));
        refused("tiny.tar.gz cannot be read (it does not hold two.bin)");
    }

    @Test
    void theRealOnesNameTheirFiles() {
        assertThatThrownBy(() -> Cifar10.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessage("data_batch_1.bin is missing: put this file of CIFAR-10,"
                        + " or cifar-10-binary.tar.gz which holds it, into the folder " + folder + ".");
        assertThatThrownBy(() -> Cifar100.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessage("train.bin is missing: put this file of CIFAR-100,"
                        + " or cifar-100-binary.tar.gz which holds it, into the folder " + folder + ".");
    }

    @Test
    void refusesTruncatedLongAndMislabelledFiles() throws IOException {
        write(folder, "two.bin", "test.bin");
        byte[] good = Tiny.cifar(0, 1);
        byte[] mislabelled = good.clone();
        mislabelled[3074 + 1] = 3;
        var cases = Map.of(
                Arrays.copyOf(good, good.length - 1),
                "it ends too early",
                Arrays.copyOf(good, good.length + 1),
                "more bytes follow",
                new byte[0],
                "it ends too early",
                mislabelled,
                "label 3 of image 1 is outside 0..2");
        for (var bad : cases.entrySet()) {
            Files.write(folder.resolve("one.bin"), bad.getKey());
            refused(bad.getValue());
            Files.delete(folder.resolve("one.bin"));
            Files.write(folder.resolve("one.bin.gz"), Tiny.gzip(bad.getKey()));
            refused(bad.getValue());
            Files.delete(folder.resolve("one.bin.gz"));
        }
        Files.delete(folder.resolve("two.bin"));
        for (byte[] bad : cases.keySet()) {
            var members = new HashMap<>(Tiny.cifarMembers());
            members.put("one.bin", bad);
            archive(Tiny.tar(members));
            refused("tiny.tar.gz cannot be read");
        }
    }

    @Test
    void aDamagedArchiveIsRefusedNeverSilentlyWrong() throws IOException {
        byte[] tar = Tiny.tar(Tiny.cifarMembers());
        byte[] packed = Tiny.gzip(tar);
        var random = new SplittableRandom(1);
        for (int i = 0; i < 300; i++) {
            Files.write(folder.resolve("tiny.tar.gz"), Tiny.flipped(packed, random.nextInt(8 * packed.length)));
            refusedOrRight();
            Files.write(folder.resolve("tiny.tar.gz"), Arrays.copyOf(packed, random.nextInt(packed.length)));
            refused("tiny.tar.gz cannot be read");
        }
        for (int bit = 0; bit < 8 * 512; bit += 5) {
            archive(Tiny.flipped(tar, bit));
            refusedOrRight();
        }
    }

    private void refusedOrRight() {
        try {
            assertThat(labels(Tiny.CIFAR.load(folder).train())).containsExactly(0, 1, 2, 0);
        } catch (DataException refused) {
            assertThat(refused).hasMessageContaining("tiny.tar.gz");
        }
    }

    private void refused(String message) {
        assertThatThrownBy(() -> Tiny.CIFAR.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }
}
