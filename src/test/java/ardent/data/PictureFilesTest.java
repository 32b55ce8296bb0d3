package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ardent.tensor.Torch;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

    /** As programs and broken copies leave them: no pixel is missing. */
    @Test
    void aJpegWithoutItsEndMarkOrWithBytesTooManyIsWhole() throws IOException {
        byte[] whole = Files.readAllBytes(jpeg);
        Files.write(folder.resolve("set/a/unmarked.jpg"), Arrays.copyOf(whole, whole.length - 2));
        byte[] more = Arrays.copyOf(whole, whole.length + 5);
        System.arraycopy(whole, whole.length - 2, more, more.length - 2, 2);
        Arrays.fill(more, whole.length - 2, more.length - 2, (byte) 7);
        Files.write(folder.resolve("set/a/more.jpg"), more);
        Images images = Images.folder(folder.resolve("set"));
        assertThat(images.size()).isEqualTo(3);
        try (var manager = Torch.manager().newSubManager()) {
            float[] first = images.pixels(manager, new int[] {0}).toFloatArray();
            assertThat(images.pixels(manager, new int[] {1}).toFloatArray()).isEqualTo(first);
            assertThat(images.pixels(manager, new int[] {2}).toFloatArray()).isEqualTo(first);
        }
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
                            "holds links to what is not there, b: repair or remove them, since they may be classes.");
        }
    }

    /** A profile of colours says how to show a picture, and changes no level of it. */
    @Test
    void aProfileOfColoursLeavesLevelsAsTheyAreStored() throws IOException {
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] plain = Files.readAllBytes(jpeg);
        int after = 4 + (plain[4] & 255) * 256 + (plain[5] & 255); // behind the first segment
        var bytes = ByteBuffer.allocate(plain.length + 18 + profile.length);
        bytes.put(plain, 0, after);
        bytes.putShort((short) 0xffe2).putShort((short) (16 + profile.length));
        bytes.put("ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1)).put(profile);
        bytes.put(plain, after, plain.length - after);
        Files.write(Files.createDirectories(folder.resolve("icc/a")).resolve("whole.jpg"), bytes.array());

        try (NDArray expected = Images.folder(folder.resolve("set")).pixels(Torch.manager());
                NDArray actual = Images.folder(folder.resolve("icc")).pixels(Torch.manager())) {
            assertThat(actual.sub(expected).abs().max().getFloat()).isZero();
        }
    }

    /** Bands stand in many orders in memory, and 5 bits are no level. */
    @Test
    void everyOrderOfBandsInMemoryIsRed() {
        for (int type : new int[] {
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_INT_BGR,
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_4BYTE_ABGR,
            BufferedImage.TYPE_INT_ARGB_PRE,
            BufferedImage.TYPE_4BYTE_ABGR_PRE,
            BufferedImage.TYPE_USHORT_555_RGB
        }) {
            var image = new BufferedImage(1, 1, type);
            image.setRGB(0, 0, 0xffff0008);
            Images images = Images.of("one", List.of(image), new int[1], List.of("a"));
            try (NDArray pixels = images.pixels(Torch.manager())) {
                assertThat(pixels.toFloatArray()).as("type %d", type).containsExactly(1, 0, 8 / 255f);
            }
        }
    }
}
