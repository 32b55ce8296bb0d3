package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of pictures as they lie about: cut off, linked, named and coloured in many ways. */
class PictureFilesTest {
    @TempDir
    Path folder;

    private Path jpeg;

    /** Noise: a long JPEG, so that a part of it lacks many pixels. */
    @BeforeEach
    void write() throws IOException {
        var noise = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        var random = new SplittableRandom(1);
        for (int i = 0; i < 64 * 64; i++) {
            noise.setRGB(i % 64, i / 64, random.nextInt(1 << 24));
        }
        jpeg = OwnDataTest.save(noise, folder.resolve("set/a/whole.jpg"));
    }

    @Test
    void aDamagedJpegIsNoPicture() throws IOException {
        byte[] whole = Files.readAllBytes(jpeg);
        Files.write(folder.resolve("set/a/cut.jpg"), Arrays.copyOf(whole, whole.length / 3));
        byte[] zeroed = whole.clone();
        Arrays.fill(zeroed, whole.length / 2, whole.length, (byte) 0);
        Files.write(folder.resolve("set/a/zeroed.jpg"), zeroed);

        assertThatThrownBy(() -> Images.folder(folder.resolve("set")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("2 of 3 pictures")
                .hasMessageContaining("a/cut.jpg (it is cut off or damaged: ")
                .hasMessageContaining("a/zeroed.jpg (it is cut off or damaged: ");
        assertThat(new ImageFolder(folder.resolve("set"))
                        .skippingBadFiles()
                        .load()
                        .size())
                .isEqualTo(1);
    }
}
