package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.network.Npz;
import ardent.tensor.Torch;
import java.awt.Color;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of one's own from folders, numpy's files, CSV and memory: the pixels, their order, and what is said of bad files. */
class OwnDataTest {
    private static final ChannelOrder FIRST = ChannelOrder.FIRST;

    @TempDir
    Path folder;

    private final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** Grey levels that rise by one from pixel to pixel: a conversion of colours would change them. */
    static BufferedImage grey(int width, int height, int first) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < width * height; i++) {
            image.getRaster().setSample(i % width, i / width, 0, (first + i) % 256);
        }
        return image;
    }

    private static BufferedImage colour(int width, int height, int rgb) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, rgb);
        }
        return image;
    }

    static Path save(BufferedImage image, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        String name = file.toString();
        String format = name.substring(name.lastIndexOf('.') + 1);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    private int[] levels(Images images) {
        try (NDArray pixels = images.pixels(manager)) {
            float[] floats = pixels.toFloatArray();
            return IntStream.range(0, floats.length)
                    .map(i -> Math.round(255 * floats[i]))
                    .toArray();
        }
    }

    @Test
    void aFolderOfGreyPicturesKeepsEveryLevel() throws IOException {
        save(grey(16, 16, 0), folder.resolve("pets/train/cat/a.png"));
        Files.move(
                save(grey(16, 16, 7), folder.resolve("pets/train/dog/b.png")), folder.resolve("pets/train/dog/b.PNG"));
        Files.writeString(folder.resolve("pets/train/cat/notes.txt"), "no picture");
        Files.createDirectories(folder.resolve("pets/train/.ipynb_checkpoints"));

        Images images = Images.folder(folder.resolve("pets/train"));

        assertThat(images.shape()).isEqualTo(new Shape(1, 16, 16));
        assertThat(images.classes()).containsExactly("cat", "dog");
        assertThat(images.label(1)).isEqualTo(1);
        assertThat(levels(images))
                .isEqualTo(IntStream.range(0, 512)
                        .map(i -> i < 256 ? i : (i - 256 + 7) % 256)
                        .toArray());
        assertThat(images.origin()).hasToString("pets train");
        assertThat(images.origin())
                .isEqualTo(Images.folder(folder.resolve("pets/train")).origin());
        assertThat(Recall.knows(images.origin())).isFalse();
        assertThatThrownBy(() -> Recall.of(images.origin()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("read from files of one's own")
                .hasMessageContaining("give the images");
    }

    @Test
    void aFolderCalledAsAPublishedSetIsNotTakenForIt() throws IOException {
        save(grey(28, 28, 0), folder.resolve("MNIST/0/a.png"));
        save(grey(28, 28, 1), folder.resolve("MNIST/1/a.png"));

        assertThat(Recall.knows(Images.folder(folder.resolve("MNIST")).origin()))
                .isFalse();
    }

    @Test
    void coloursComeChannelByChannel() throws IOException {
        save(colour(2, 3, 0x102030), folder.resolve("set/a/1.png"));
        save(grey(2, 3, 100), folder.resolve("set/b/1.png"));

        Images images = Images.folder(folder.resolve("set"));

        assertThat(images.shape()).isEqualTo(new Shape(3, 3, 2));
        assertThat(Arrays.copyOf(levels(images), 18))
                .containsExactly(16, 16, 16, 16, 16, 16, 32, 32, 32, 32, 32, 32, 48, 48, 48, 48, 48, 48);
        Images one = new ImageFolder(folder.resolve("set"))
                .colour(ImageFolder.Colour.GREY)
                .load();
        assertThat(one.shape()).isEqualTo(new Shape(1, 3, 2));
        assertThat(levels(one)[0]).isEqualTo(Math.round(0.299f * 16 + 0.587f * 32 + 0.114f * 48));
        assertThat(levels(one)[6]).isEqualTo(100);
        assertThat(one.origin()).isNotEqualTo(images.origin());
    }

    @Test
    void jpegIsReadAndPalettesOfGreysAreGrey() throws IOException {
        save(colour(8, 8, 0x808080), folder.resolve("set/a/1.jpg"));
        assertThat(levels(Images.folder(folder.resolve("set"))))
                .containsOnly(128)
                .hasSize(192);

        var two = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_BINARY);
        two.setRGB(1, 0, Color.WHITE.getRGB());
        save(two, folder.resolve("binary/a/1.png"));
        Images binary = Images.folder(folder.resolve("binary"));
        assertThat(binary.shape().get(0)).isEqualTo(1);
        assertThat(Arrays.copyOf(levels(binary), 3)).containsExactly(0, 255, 0);
    }

    @Test
    void picturesOfDifferentSizesAreRefusedOrFitted() throws IOException {
        save(colour(4, 4, 0x000000), folder.resolve("set/a/1.png"));
        var wide = colour(8, 4, 0xff0000);
        for (int y = 0; y < 4; y++) {
            for (int x = 2; x < 6; x++) {
                wide.setRGB(x, y, (x + y) % 2 == 0 ? 0x00ff00 : 0x000000);
            }
        }
        save(wide, folder.resolve("set/b/1.png"));

        assertThatThrownBy(() -> Images.folder(folder.resolve("set")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("different sizes")
                .hasMessageContaining("a" + java.io.File.separator + "1.png is 4×4")
                .hasMessageContaining("8×4")
                .hasMessageContaining("Images.folder(path, 32)");
        int[] fitted = levels(Images.folder(folder.resolve("set"), 2));
        assertThat(fitted).hasSize(24);
        assertThat(Arrays.copyOfRange(fitted, 12, 16))
                .as("red outside the middle is cut off")
                .containsOnly(0);
        assertThat(Arrays.copyOfRange(fitted, 16, 20))
                .as("the mean of each area")
                .containsOnly(128);
        assertThatThrownBy(() -> Images.folder(folder.resolve("set"), 0)).hasMessageContaining("At least 1 pixel");
    }

    @Test
    void badFilesAreNamedWithTheirReasonAndLeftOutOnlyIfAskedFor() throws IOException {
        save(grey(4, 4, 0), folder.resolve("set/a/good.png"));
        Files.writeString(folder.resolve("set/a/text.png"), "this is no picture");
        Path cut = save(grey(64, 64, 0), folder.resolve("set/b/cut.png"));
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 60));
        var clear = new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB);
        save(clear, folder.resolve("set/b/clear.png"));
        save(new BufferedImage(4, 4, BufferedImage.TYPE_USHORT_GRAY), folder.resolve("set/b/deep.png"));

        assertThatThrownBy(() -> Images.folder(folder.resolve("set")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("4 of 5 pictures")
                .hasMessageContaining("a/text.png (it is no PNG, JPEG, GIF, BMP or TIFF; convert it to PNG)")
                .hasMessageContaining("b/clear.png (it is transparent in places")
                .hasMessageContaining("b/deep.png (it has more than 8 bits")
                .hasMessageContaining("b/cut.png (")
                .hasMessageContaining("skippingBadFiles");
        Images rest = new ImageFolder(folder.resolve("set")).skippingBadFiles().load();
        assertThat(rest.size()).isEqualTo(1);
        assertThat(rest.classes()).containsExactly("a", "b");
    }

    /** Colours of which Java knows a conversion, which is another one than that of the programs that write them. */
    private static final class Space extends ColorSpace {
        Space(int type, int channels) {
            super(type, channels);
        }

        @Override
        public float[] toRGB(float... colours) {
            return new float[] {1, 1, 1};
        }

        @Override
        public float[] fromRGB(float... rgb) {
            return new float[getNumComponents()];
        }

        @Override
        public float[] toCIEXYZ(float... colours) {
            return new float[] {1, 1, 1};
        }

        @Override
        public float[] fromCIEXYZ(float... xyz) {
            return new float[getNumComponents()];
        }

        static BufferedImage picture(int type, int channels) {
            var colours = new ComponentColorModel(
                    new Space(type, channels), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
            return new BufferedImage(colours, colours.createCompatibleWritableRaster(4, 4), false, null);
        }
    }

    @Test
    void coloursThatAreNeitherGreyNorRgbAreRefused() throws IOException {
        save(grey(4, 4, 0), folder.resolve("set/a/good.png"));
        save(Space.picture(ColorSpace.TYPE_CMYK, 4), folder.resolve("set/b/print.tiff"));
        assertThatThrownBy(() -> Images.folder(folder.resolve("set")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("b/print.tiff (its colours are CMYK; convert it to RGB)");
        List<BufferedImage> lab = List.of(Space.picture(ColorSpace.TYPE_Lab, 3));
        assertThatThrownBy(() -> Images.of("own", lab, new int[1], List.of("a")))
                .hasMessage("Picture 0 of own cannot be taken: its colours are Lab; convert it to RGB.");
    }

    @Test
    void picturesThatAreInNoClassAreNamed() throws IOException {
        save(grey(4, 4, 0), folder.resolve("set/a/good.png"));
        save(grey(4, 4, 0), folder.resolve("set/b/good.png"));
        save(grey(4, 4, 0), folder.resolve("set/b/more/deep/lost.png"));
        save(grey(4, 4, 0), folder.resolve("set/alone.png"));

        assertThatThrownBy(() -> Images.folder(folder.resolve("set")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("2 of 4 pictures")
                .hasMessageContaining("alone.png (it is beside the classes)")
                .hasMessageContaining("b/more/deep/lost.png (it is in a folder within a class)")
                .hasMessageContaining("move");
        assertThat(new ImageFolder(folder.resolve("set"))
                        .skippingBadFiles()
                        .load()
                        .size())
                .isEqualTo(2);
        Files.createDirectories(folder.resolve("linked"));
        Files.createSymbolicLink(folder.resolve("linked/a"), folder.resolve("set/a"));
        assertThat(Images.folder(folder.resolve("linked")).size()).isEqualTo(1);
    }

    @Test
    void classesAreNumberedByNameAsInOtherData() throws IOException {
        Images train = Images.csv(csv("label,a,b,c,d", "cat,9,2,3,4", "dog,9,2,3,4", "fox,9,2,3,4"));
        Images test = Images.csv(csv("label,a,b,c,d", "fox,9,2,3,4", "cat,9,2,3,4"));
        assertThat(test.label(0)).isEqualTo(1);
        Images fit = test.relabelled(train.classes());
        assertThat(List.of(fit.label(0), fit.label(1))).containsExactly(2, 0);
        assertThat(fit.classes()).isEqualTo(train.classes());
        assertThat(fit.origin()).isNotEqualTo(test.origin());
        Selection step = fit.origin().selections().get(0);
        assertThat(step.from(test).origin()).isEqualTo(fit.origin());
        assertThat(test.unlabelled().relabelled(train.classes()).isLabelled(0)).isFalse();
        assertThatThrownBy(() -> train.relabelled(test.classes()))
                .hasMessageContaining("[cat, dog, fox]")
                .hasMessageContaining("name each of these classes, and none twice");
    }

    @Test
    void everyFormatThatJavaReadsIsReadAndOthersAreNamed() throws IOException {
        for (String ending : List.of("png", "gif", "bmp", "tiff")) {
            save(grey(16, 16, 0), folder.resolve("set/a/levels." + ending));
        }
        Images images = Images.folder(folder.resolve("set"));
        assertThat(images.size()).isEqualTo(4);
        assertThat(images.shape()).isEqualTo(new Shape(1, 16, 16));
        for (int i = 0; i < 4; i++) {
            assertThat(levels(images.select(i)))
                    .as("picture %d", i)
                    .isEqualTo(IntStream.range(0, 256).toArray());
        }
        Files.writeString(folder.resolve("set/a/new.webp"), "RIFF....WEBPVP8 ");
        Files.writeString(folder.resolve("set/a/phone.HEIC"), "....ftypheic");
        assertThatThrownBy(() -> Images.folder(folder.resolve("set")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("2 of 6 pictures")
                .hasMessageContaining("a/new.webp (it is no PNG, JPEG, GIF, BMP or TIFF; convert it to PNG)")
                .hasMessageContaining("a/phone.HEIC (");
    }

    @Test
    void foldersWithoutClassesSayWhatTheyHold() throws IOException {
        save(grey(4, 4, 0), folder.resolve("flat/1.png"));
        save(grey(4, 4, 0), folder.resolve("whole/train/a/1.png"));
        save(grey(4, 4, 0), folder.resolve("part/test/b/1.png"));

        assertThatThrownBy(() -> Images.folder(folder.resolve("flat")))
                .hasMessageContaining("pictures, but no sub-folder");
        assertThatThrownBy(() -> Images.folder(folder.resolve("whole")))
                .hasMessageContaining("the sub-folder train without pictures");
        assertThatThrownBy(() -> Images.folder(folder.resolve("none"))).hasMessageContaining("There is no folder");
        Images part = new ImageFolder(folder.resolve("part/test"))
                .classes(List.of("a", "b"))
                .load();
        assertThat(part.label(0)).isEqualTo(1);
        assertThatThrownBy(() -> new ImageFolder(folder.resolve("part/test"))
                        .classes(List.of("a", "c"))
                        .load())
                .hasMessageContaining("[b]");
    }

    private Path npz(Map<String, NDArray> arrays) {
        Path file = folder.resolve("set.npz");
        Npz.write(file, arrays);
        return file;
    }

    private static Map<String, NDArray> two(NDArray x, NDArray y) {
        var arrays = new LinkedHashMap<String, NDArray>();
        arrays.put("x", x);
        arrays.put("y", y);
        return arrays;
    }

    @Test
    void arraysOfNumpyAreReadInEveryTypeAndOrder() {
        NDArray levels = manager.arange(0, 180, 1, DataType.INT32).reshape(2, 3, 5, 6);
        NDArray y = manager.create(new long[] {1, 0});
        int[] expected = IntStream.range(0, 180).toArray();
        for (NDArray x : List.of(
                levels.toType(DataType.UINT8, true),
                levels,
                levels.toType(DataType.FLOAT32, true).div(manager.create(255f)),
                levels.toType(DataType.FLOAT64, true).div(manager.create(255d)),
                levels.toType(DataType.FLOAT32, true))) {
            Images first = Images.npz(npz(two(x, y)));
            assertThat(first.shape()).isEqualTo(new Shape(3, 5, 6));
            assertThat(levels(first)).isEqualTo(expected);
            Images last = Images.npz(npz(two(x.transpose(0, 2, 3, 1).reshape(2, 5, 6, 3), y.reshape(2, 1))));
            assertThat(last.shape()).isEqualTo(new Shape(3, 5, 6));
            assertThat(levels(last)).isEqualTo(expected);
            assertThat(List.of(last.label(0), last.label(1))).containsExactly(1, 0);
        }
        assertThat(Images.npz(npz(two(levels.reshape(6, 5, 6), manager.zeros(new Shape(6), DataType.INT64))))
                        .shape())
                .isEqualTo(new Shape(1, 5, 6));
    }

    @Test
    void oneIsWhiteWhereNoPixelIsLargerWhateverHoldsIt() throws IOException {
        NDArray x = manager.create(new float[] {0, 1, 1, 0}).reshape(1, 1, 2, 2);
        NDArray y = manager.create(new long[] {0});
        for (DataType type :
                List.of(DataType.UINT8, DataType.INT32, DataType.INT64, DataType.FLOAT32, DataType.BOOLEAN)) {
            assertThat(levels(Images.npz(npz(two(x.toType(type, true), y)), "x", "y", ChannelOrder.FIRST)))
                    .as("%s", type)
                    .containsExactly(0, 255, 255, 0);
        }
        assertThat(levels(Images.csv(csv("label,a,b,c,d", "0,0,1,1,0", "1,0,0,0,1"))))
                .containsExactly(0, 255, 255, 0, 0, 0, 0, 255);
        byte[] bits = {0, 1, 1, 0};
        Shape shape = new Shape(1, 2, 2);
        assertThat(levels(Images.of("bits", bits, new int[1], shape, List.of("a"))))
                .containsExactly(0, 255, 255, 0);
        assertThat(levels(Images.channelsLast("bits", bits, new int[1], new Shape(2, 2, 1), List.of("a"))))
                .containsExactly(0, 255, 255, 0);
        assertThat(bits).as("what was given").containsExactly(0, 1, 1, 0);
        assertThat(levels(Images.of("dark", new byte[] {0, 1, 2, 0}, new int[1], shape, List.of("a"))))
                .containsExactly(0, 1, 2, 0);
        assertThat(levels(Images.of("floats", new float[] {0, 1 / 255f, 0, 0}, new int[1], shape, List.of("a"))))
                .as("floats are in [0, 1] already")
                .containsExactly(0, 1, 0, 0);
        assertThat(levels(Images.of("pictures", List.of(grey(2, 1, 0)), new int[1], List.of("a"))))
                .as("pictures have levels")
                .containsExactly(0, 1);
    }

    @Test
    void labelsOfArraysThatAreNoClassesSayWhichAndWhy() {
        NDArray x = manager.zeros(new Shape(3, 1, 2, 2), DataType.UINT8);
        assertThatThrownBy(() ->
                        Images.npz(npz(two(x, manager.create(new long[] {0, 1, 3_000_000_000L}))), "x", "y", FIRST))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("The label of image 2 in the array y of ")
                .hasMessageEndingWith(
                        "is 3000000000: labels that are numbers count the classes from 0, and there are at"
                                + " most 100000 classes.");
        assertThatThrownBy(() -> Images.npz(npz(two(x, manager.create(new long[] {0, -1, 1}))), "x", "y", FIRST))
                .hasMessageContaining("image 1")
                .hasMessageEndingWith("is -1: labels that are numbers count the classes from 0, as whole numbers.");
        assertThatThrownBy(() -> Images.npz(npz(two(x, manager.create(new float[] {0, 1, 0.5f}))), "x", "y", FIRST))
                .hasMessageContaining("is 0.5: ");
        NDArray large = manager.create(new long[] {0, 1, 16_777_217});
        assertThatThrownBy(() -> Images.npz(npz(two(x, large)), "x", "y", FIRST))
                .as("no label is rounded")
                .hasMessageContaining("is 16777217: ");
    }

    @Test
    void oneLabelWithoutAnAxisIsNoListOfLabels() {
        NDArray x = manager.zeros(new Shape(1, 1, 2, 2), DataType.UINT8);
        assertThatThrownBy(() -> Images.npz(npz(two(x, manager.create(3L))), "x", "y", FIRST))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has the shape (): labels are one number of a class for each of the 1 images");
    }

    /** Names of classes or of files often lie beside pixels and labels. */
    @Test
    void arraysThatAreNotAskedForMayHoldAnything() throws IOException {
        NDArray x = manager.zeros(new Shape(2, 1, 5, 5), DataType.UINT8);
        Path file = npz(two(x, manager.create(new long[] {1, 0})));
        Path with = folder.resolve("names.npz");
        String text = "{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }" + " ".repeat(60) + "\n";
        try (var from = new ZipInputStream(Files.newInputStream(file));
                var to = new ZipOutputStream(Files.newOutputStream(with))) {
            to.putNextEntry(new ZipEntry("names.npy"));
            to.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length(), 0});
            to.write(text.getBytes(StandardCharsets.US_ASCII));
            to.write(new byte[24]);
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                from.transferTo(to);
            }
        }
        assertThat(Images.npz(with).origin().files().subList(1, 3))
                .isEqualTo(Images.npz(file).origin().files().subList(1, 3));
        assertThat(Images.npz(with, "x", "y").label(0)).isEqualTo(1);
        assertThatThrownBy(() -> Images.npz(with, "x", "z"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has no array z; it holds names (2), x (2, 1, 5, 5), y (2).");
        assertThatThrownBy(() -> Images.npz(with, "x", "names"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("array names has the type <U3; save it as");
    }

    @Test
    void aFileThatIsNoArraySaysSoInItsOwnWords() throws IOException {
        Path text = Files.writeString(folder.resolve("text.npz"), "label,a,b\n1,2,3\n");
        assertThatThrownBy(() -> Images.npz(text))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("it is a text, which begins with \"label,a,b\"; arrays come from numpy.savez")
                .hasMessageNotContaining("weights");
        Path picture = save(grey(4, 4, 0), folder.resolve("one.png"));
        assertThatThrownBy(() -> Images.npz(picture))
                .hasMessageContaining("it is an image (PNG)")
                .hasMessageNotContaining("weights");
    }

    @Test
    void arraysThatAreNotPlainAreAskedFor() {
        NDArray y = manager.create(new long[] {0, 1});
        NDArray square = manager.zeros(new Shape(2, 3, 8, 4), DataType.UINT8);
        assertThatThrownBy(() -> Images.npz(npz(two(square, y))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("both its first and its last axis")
                .hasMessageContaining("ChannelOrder.FIRST or LAST");
        assertThat(Images.npz(npz(two(square, y)), "x", "y", ChannelOrder.LAST).shape())
                .isEqualTo(new Shape(4, 3, 8));
        assertThatThrownBy(() -> Images.npz(npz(Map.of("x_train", square, "y_train", y))))
                .hasMessageContaining("x_train (2, 3, 8, 4)")
                .hasMessageContaining("name the arrays");
        assertThatThrownBy(() -> Images.npz(npz(two(square, y)), "x", "z")).hasMessageContaining("has no array z");
        assertThatThrownBy(() -> Images.npz(npz(two(square, manager.zeros(new Shape(2, 10))))))
                .hasMessageContaining("np.argmax");
        assertThatThrownBy(() -> Images.npz(
                        npz(two(manager.create(new float[] {0.5f, 300}).reshape(2, 1, 1, 1), y)),
                        "x",
                        "y",
                        ChannelOrder.FIRST))
                .hasMessageStartingWith("Pixel (0, 0, 0) of image 0 of the array x of ")
                .hasMessageContaining("is 0.5: ")
                .hasMessageEndingWith("whole numbers from 0 to 255; the largest is 300.0.");
        assertThatThrownBy(() -> Images.npz(folder.resolve("none.npz")))
                .hasMessageContaining("it does not exist in " + folder);
    }

    private Path csv(String... lines) throws IOException {
        return Files.writeString(folder.resolve("set.csv"), String.join("\n", lines) + "\n");
    }

    @Test
    void tablesAreReadWithAndWithoutHeadings() throws IOException {
        Images named = Images.csv(csv("p0,p1,p2,p3,label", "0,1,2,255,dog", "4,5,6,7,cat"));
        assertThat(levels(named)).containsExactly(0, 1, 2, 255, 4, 5, 6, 7);
        assertThat(named.classes()).containsExactly("cat", "dog");
        assertThat(named.label(0)).isEqualTo(1);
        Images bare = Images.csv(csv("2,0,1,2,255", "0,4,5,6,7"));
        assertThat(levels(bare)).containsExactly(0, 1, 2, 255, 4, 5, 6, 7);
        assertThat(bare.classes()).containsExactly("0", "1", "2");
        Images numbered = Images.csv(csv("label,0,1,2,3", "1,0,0.2,0.4,1"));
        assertThat(levels(numbered)).containsExactly(0, 51, 102, 255);
        Images colour = Images.csv(
                csv(
                        "kind," + IntStream.range(0, 75).mapToObj(i -> "p" + i).collect(Collectors.joining(",")),
                        "1,"
                                + IntStream.range(0, 75)
                                        .mapToObj(Integer::toString)
                                        .collect(Collectors.joining(","))),
                "kind",
                new Shape(5, 5, 3));
        assertThat(colour.shape()).isEqualTo(new Shape(3, 5, 5));
        assertThat(Arrays.copyOf(levels(colour), 3)).containsExactly(0, 3, 6);
    }

    @Test
    void badTablesSayWhere() throws IOException {
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", "0,1,2,3,4", "1,1,x,3,4")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column b")
                .hasMessageContaining("x");
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", "0,1,2,3,4", "1,1,,3,4")))
                .hasMessageContaining("row 2")
                .hasMessageContaining("column b");
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", "0,1,2,3,4", "1,1,2,3,NaN")))
                .hasMessageContaining("row 2 of its images, column d is not a number (NaN)");
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", "0,1,2,3,4", "1,1,2,3")))
                .hasMessageContaining("row 2 of its images has 4 cells instead of 5");
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", ",1,2,3,4")))
                .hasMessageContaining("no label in row 1");
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d"))).hasMessageContaining("holds no image");
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c", "0,1,2,3")))
                .hasMessageContaining("no square grey image");
        assertThatThrownBy(() -> Images.csv(csv("kind,a,b,c,d", "0,1,2,3,4")))
                .hasMessageContaining("no column \"label\"");
        assertThatThrownBy(() -> Images.csv(csv("0,1,2,3,1", "0,1,2,3,2"))).hasMessageContaining("no line of headings");
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", "0,1,2,3"))).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Images.csv(folder.resolve("none.csv")))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("none.csv cannot be read (there is no such file in " + folder + ").");
        assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", "0,1,2,3,4", "1,1,300,3,4")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("set.csv the pixel in row 2 of its images, column b, is 300.0: pixels are");
        assertThatThrownBy(() -> Images.csv(csv("a,b,label,c,d", "1,2,0,3,4", "1,1,1,3,0.5")))
                .hasMessageContaining("row 2 of its images, column d, is 0.5: ");
        assertThatThrownBy(() -> Images.csv(csv("label;a;b;c;d", "0;1;2;3;4")))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith(
                        "has semicolons between its cells: save it with commas, and with points in numbers.");
        assertThatThrownBy(() -> Images.csv(csv("0;0,5;1,0;0,25;1,0", "1;0,5;1,0;0,25;1,0")))
                .hasMessageContaining("semicolons");
        assertThatThrownBy(() -> Images.csv(csv("label\ta\tb\tc\td", "0\t1\t2\t3\t4")))
                .hasMessageContaining("tabs");
        assertThatThrownBy(() -> Images.csv(csv("label a b c d", "0 1 2 3 4"))).hasMessageContaining("has no comma");
        assertThatThrownBy(() -> Images.csv(csv("", "label,a,b,c,d", "0,1,2,3,4")))
                .hasMessageContaining("has no comma");
        assertThatThrownBy(() -> Images.csv(csv("label;" + "12345678;".repeat(1000), "0;1")))
                .hasMessageContaining("has semicolons between its cells");
        String long5000 = "x".repeat(5000);
        assertThat(Images.csv(csv("label,a,b,c," + long5000, "cat,9,2,3,4", "dog,5,6,7,8"))
                        .size())
                .isEqualTo(2);
        Path latin = Files.write(folder.resolve("latin.csv"), new byte[] {'l', (byte) 0xe9, ',', '1', '\n'});
        assertThatThrownBy(() -> Images.csv(latin)).hasMessageContaining("it is no text in UTF-8");
    }

    /** Names of classes that are decoded as one another become one class: every byte counts, not the first thousands. */
    @Test
    void aTableThatIsNoUtf8AnywhereIsRefused() throws IOException {
        for (int rows : new int[] {0, 5, 2_000, 200_000}) {
            byte[] text = ("label,a,b,c,d\n" + "cat,9,2,3,4\n".repeat(rows) + "Bär,9,2,3,4\nBör,9,2,3,4\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            Path latin = Files.write(folder.resolve("latin.csv"), text);
            assertThatThrownBy(() -> Images.csv(latin))
                    .as("%d rows", rows)
                    .isInstanceOf(DataException.class)
                    .hasMessageEndingWith("latin.csv cannot be read (it is no text in UTF-8).");
        }
        Images marked = Images.csv(csv("\ufefflabel,a,b,c,d", "Bär,9,2,3,4", "Bör,9,2,3,4"));
        assertThat(marked.classes()).containsExactly("Bär", "Bör");
        assertThat(levels(Images.csv(csv("\ufeff0,9,2,3,4", "1,5,6,7,8")))).startsWith(9, 2, 3, 4, 5);
    }

    @Test
    void noRowIsAComment() throws IOException {
        Images images = Images.csv(csv("label,a,b,c,d", "#cat,9,2,3,4", "dog,9,2,3,4", "#cat,5,6,7,8"));
        assertThat(images.size()).isEqualTo(3);
        assertThat(images.classes()).containsExactly("#cat", "dog");
        Images headed =
                Images.csv(csv("# label,a,b,c,d", "1,9,2,3,4", "0,5,6,7,8"), "# label", new Shape(1, 2, 2), FIRST);
        assertThat(levels(headed)).containsExactly(9, 2, 3, 4, 5, 6, 7, 8);
    }

    /** As pandas writes columns without names, with and without its index. */
    @Test
    void headingsThatAreNumbersAreNoImage() throws IOException {
        for (String headings : List.of("0,1,2,3,4", "1,2,3,4,5", "\"0\",\"1\",\"2\",\"3\",\"4\"")) {
            Path file = csv(headings, "1,9,2,3,4", "2,9,2,3,4");
            assertThatThrownBy(() -> Images.csv(file))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("has no column \"label\" among its 5")
                    .hasMessageContaining("name that of the labels");
        }
        Images named = Images.csv(csv("0,1,2,3,4", "1,9,2,3,4", "2,9,2,3,4"), "0", new Shape(1, 2, 2), FIRST);
        assertThat(named.size()).isEqualTo(2);
        assertThat(named.label(1)).isEqualTo(2);
        for (String headings : List.of(",0,1,2,3", ",label,a,b,c,d", "label,a,b,c,d,")) {
            assertThatThrownBy(() -> Images.csv(csv(headings, "0,1,9,2,3,4")))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("has a column without a heading, such as the row numbers that pandas writes")
                    .hasMessageContaining("to_csv(path, index=False)");
        }
        Images quoted = Images.csv(csv("label,\"a,0\",\"a,1\",\"a,2\",\"a,3\"", "cat,9,2,3,4", "dog,5,6,7,8"));
        assertThat(levels(quoted)).containsExactly(9, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void wordForLabelsIsAnImagesLabelWhereTwoCellsOfTheLineAreEqual() throws IOException {
        Images answers = Images.csv(csv("y,0,0,3,4", "n,1,2,3,4", "n,5,2,3,4"));
        assertThat(answers.size()).isEqualTo(3);
        assertThat(answers.classes()).containsExactly("n", "y");
        assertThat(Images.csv(csv("y,0,1,2,3", "n,1,2,3,4", "m,5,2,3,4")).size())
                .isEqualTo(2);
        assertThat(Images.csv(csv("y,7,1,2,3", "n,1,2,3,4", "m,5,2,3,4")).size())
                .isEqualTo(2);
    }

    @Test
    void missingLabelsAmongNumbersAreNoClass() {
        for (String none : List.of("NaN", "nan", "NA", "null", "?")) {
            assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", "1,9,2,3,4", none + ",9,2,3,4", "10,9,2,3,4")))
                    .isInstanceOf(DataException.class)
                    .hasMessageEndingWith(
                            "set.csv has no label in row 2 of its images (" + none + "): leave such rows out.");
        }
    }

    @Test
    void labelsThatAreNumbersCountTheClassesAndOthersAreNames() throws IOException {
        Images floats = Images.csv(csv("label,a,b,c,d", "0.0,9,2,3,4", "10.0,9,2,3,4", "2.0,9,2,3,4"));
        assertThat(floats.classCount()).isEqualTo(11);
        assertThat(List.of(floats.label(0), floats.label(1), floats.label(2))).containsExactly(0, 10, 2);
        assertThat(floats.classes()).startsWith("0", "1", "2");
        Images numpy = Images.csv(csv("1.000e+00,9,2,3,4e+00", "0.000e+00,9,2,3,4"));
        assertThat(List.of(numpy.label(0), numpy.label(1))).containsExactly(1, 0);
        Images names = Images.csv(csv("label,a,b,c,d", "3rd,9,2,3,4", "1,9,2,3,4", "-1,9,2,3,4"));
        assertThat(names.classes()).containsExactly("-1", "1", "3rd");
        for (String label : List.of("-1", "1.5", "1e7")) {
            assertThatThrownBy(() -> Images.csv(csv("label,a,b,c,d", "0,9,2,3,4", label + ",9,2,3,4")))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("set.csv the label in row 2 of its images is ")
                    .hasMessageContaining("count the classes from 0");
        }
    }

    @Test
    void memoryIsTakenAsRowsAndAsPictures() {
        float[][] rows = {{0, 1, 0.2f, 0.4f}, {1, 0, 0, 0}};
        Images images =
                Images.of("rows", rows, Images.labels(new long[] {1, 0}), new Shape(1, 2, 2), List.of("a", "b"));
        assertThat(levels(images)).containsExactly(0, 255, 51, 102, 255, 0, 0, 0);
        assertThatThrownBy(() ->
                        Images.of("rows", new float[][] {{0}, {0, 1}}, new int[2], new Shape(1, 1, 1), List.of("a")))
                .hasMessageContaining("Image 1 of rows has 2 pixels");
        assertThatThrownBy(() -> Images.labels(new long[] {1L << 40}))
                .hasMessageContaining("The label of image 0 is 1099511627776");

        Images pictures =
                Images.of("pictures", List.of(grey(4, 4, 3), grey(4, 4, 9)), new int[] {0, 1}, List.of("a", "b"));
        assertThat(pictures.shape()).isEqualTo(new Shape(1, 4, 4));
        assertThat(levels(pictures)[16]).isEqualTo(9);
        assertThatThrownBy(() -> Images.of("p", List.of(grey(4, 4, 3), grey(4, 5, 9)), new int[2], List.of("a")))
                .hasMessageContaining("Picture 1 of p is 4×5");
        assertThat(pictures.named(List.of("x", "y", "z")).classCount()).isEqualTo(3);
        assertThatThrownBy(() -> pictures.named(List.of("x"))).hasMessageContaining("do not fit");
    }
}
