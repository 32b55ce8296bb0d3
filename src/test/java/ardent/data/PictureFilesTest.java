package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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

    @Test
    void everyEndingOfAJpegIsRead() throws IOException {
        for (String name : List.of("2.jfif", "3.jpe", "4.jif", "5.JPEG")) {
            Files.copy(jpeg, folder.resolve("set/a").resolve(name));
        }
        assertThat(Images.folder(folder.resolve("set")).size()).isEqualTo(5);
    }

    @Test
    void linksThatLeadNowhereAreNamed() throws IOException {
        Path nowhere = folder.resolve("nowhere");
        Files.createSymbolicLink(folder.resolve("set/a/lost.png"), nowhere);
        Files.createSymbolicLink(folder.resolve("set/alone.png"), nowhere);
        Files.createSymbolicLink(folder.resolve("set/a/whole-too.jpg"), jpeg);
        assertThatThrownBy(() -> Images.folder(folder.resolve("set")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("2 of 4 pictures")
                .hasMessageContaining("a/lost.png (it is a link to a file that is not there)")
                .hasMessageContaining("alone.png (it is beside the classes)");
        var lenient = new ImageFolder(folder.resolve("set")).skippingBadFiles();
        assertThat(lenient.load().size()).isEqualTo(2);

        Files.createSymbolicLink(folder.resolve("set/b"), nowhere);
        for (ImageFolder classes : List.of(lenient, lenient.classes(List.of("a", "b")))) {
            assertThatThrownBy(classes::load)
                    .isInstanceOf(DataException.class)
                    .hasMessageEndingWith(
                            "holds links to what is not there, b: mend or remove them, since they may be classes.");
        }
    }
}
