package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Tiny.writeIdx(folder);
    }

    @Test
    void readsPlainAndGzippedFiles() {
        Images train = Tiny.IDX.train(folder);
        assertThat(train).hasToString("Tiny train: 2 images of 1×3×3, 3 classes");
        assertThat(train.label(0)).isEqualTo(2);
        assertThat(train.label(1)).isEqualTo(1);
        assertThat(Tiny.IDX.test(folder).label(0)).isZero();
        try (var manager = NDManager.newBaseManager()) {
            float[] pixels = train.pixels(manager, new int[] {1}).toFloatArray();
            assertThat(pixels[0]).isEqualTo((37 * 9 & 255) / 255f);
        }
    }

    @Test
    void tellsOfficialFilesFromOthers() throws IOException {
        assertThat(Tiny.IDX.train(folder).origin().files())
                .extracting(SourceFile::standing)
                .containsExactly(SourceFile.OFFICIAL, SourceFile.OFFICIAL_CONTENT);
        byte[] other = Tiny.idxImages(2);
        other[20]++;
        Files.write(folder.resolve("train-images"), other);
        Origin origin = Tiny.IDX.train(folder).origin();
        assertThat(origin.official()).isFalse();
        SourceFile file = origin.files().get(0);
        assertThat(file)
                .isEqualTo(new SourceFile("train-images", other.length, Sha256.of(other), SourceFile.DIFFERENT));
    }

    @Test
    void namesTheMissingFileAndItsFolder() throws IOException {
        Files.delete(folder.resolve("train-labels.gz"));
        refused("train-labels is missing: put this file of Tiny into the folder " + folder);
        assertThatThrownBy(() -> Tiny.IDX.test(folder.resolve("nowhere"))).isInstanceOf(DataException.class);
    }

    @Test
    void refusesWrongNumbersInTheHeader() throws IOException {
        String[] reasons = {"magic number is 7, not 2051", "number of images is 7", "image height is 7", "width is 7"};
        for (int field = 0; field < reasons.length; field++) {
            byte[] bytes = Tiny.idxImages(2);
            ByteBuffer.wrap(bytes).putInt(4 * field, 7);
            Files.write(folder.resolve("train-images"), bytes);
            refused(reasons[field]);
        }
        Files.write(folder.resolve("train-images"), Tiny.idxLabels(1, 2));
        refused("magic number is 2049, not 2051");
    }

    @Test
    void refusesAHeaderThatClaimsMoreThanTheFileHolds() throws IOException {
        for (int claim : new int[] {3, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            byte[] images = Tiny.idxImages(2);
            ByteBuffer.wrap(images).putInt(4, claim);
            Files.write(folder.resolve("train-images"), images);
            refused("number of images is " + claim + ", not 2");
            Files.write(folder.resolve("train-images"), Tiny.idxImages(2));
            byte[] labels = Tiny.idxLabels(2, 1);
            ByteBuffer.wrap(labels).putInt(4, claim);
            Files.write(folder.resolve("train-labels.gz"), Tiny.gzip(labels));
            refused("number of labels is " + claim + ", not 2");
            Files.write(folder.resolve("train-labels.gz"), Tiny.gzip(Tiny.idxLabels(2, 1)));
        }
    }

    @Test
    void refusesALabelWithoutAClass() throws IOException {
        Files.write(folder.resolve("train-labels.gz"), Tiny.gzip(Tiny.idxLabels(0, 3)));
        refused("label 3 of image 1 is outside 0..2");
        Files.write(folder.resolve("train-labels.gz"), Tiny.gzip(Tiny.idxLabels(255, 0)));
        refused("label 255 of image 0 is outside 0..2");
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] plain = Tiny.idxImages(2);
        for (int length = 0; length < plain.length; length++) {
            Files.write(folder.resolve("train-images"), Arrays.copyOf(plain, length));
            refused("it ends too early");
        }
        byte[] packed = Tiny.gzip(plain);
        for (int length = 0; length < packed.length; length++) {
            Files.write(folder.resolve("train-images.gz"), Arrays.copyOf(packed, length));
            refused("train-images.gz cannot be read");
        }
    }

    @Test
    void refusesWhatFollowsTheLastRecord() throws IOException {
        byte[] plain = Tiny.idxImages(2);
        Files.write(folder.resolve("train-images"), Arrays.copyOf(plain, plain.length + 1));
        refused("more bytes follow after its last record");
        byte[] packed = Tiny.gzip(plain);
        byte[] longer = Arrays.copyOf(packed, packed.length + 1);
        longer[packed.length] = 1;
        Files.write(folder.resolve("train-images.gz"), longer);
        refused("train-images.gz cannot be read");
    }

    @Test
    void aFlippedBitIsRefusedOrHarmlessOrToldInTheOrigin() throws IOException {
        byte[] plain = Tiny.idxImages(2);
        byte[] packed = Tiny.gzip(plain);
        for (int bit = 0; bit < 8 * plain.length; bit++) {
            Files.write(folder.resolve("train-images"), Tiny.flipped(plain, bit));
            refusedOrNotOfficial();
        }
        for (int bit = 0; bit < 8 * packed.length; bit++) {
            Files.write(folder.resolve("train-images.gz"), Tiny.flipped(packed, bit));
            refusedOrOfficialContent();
        }
    }

    private void refusedOrNotOfficial() {
        try {
            assertThat(Tiny.IDX.train(folder).origin().official()).isFalse();
        } catch (DataException refused) {
            assertThat(refused).hasMessageContaining("train-images");
        }
    }

    private void refusedOrOfficialContent() {
        try {
            assertThat(Tiny.IDX.train(folder).origin().official()).isTrue();
        } catch (DataException refused) {
            assertThat(refused).hasMessageContaining("train-images.gz");
        }
    }

    private void refused(String message) {
        assertThatThrownBy(() -> Tiny.IDX.train(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message)
                .hasMessageEndingWith(".");
    }
}
