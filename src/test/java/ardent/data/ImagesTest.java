package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import ardent.tensor.Torch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ImagesTest {
    private static final List<String> CLASSES = List.of("a", "b", "c");
    private static final Shape SHAPE = new Shape(1, 1, 2);

    /** Image i has the pixels i and i + 1; half of the labels are 0, a third 1, a sixth 2. */
    private static Images sample(int count) {
        var pixels = new byte[2 * count];
        var labels = new int[count];
        for (int i = 0; i < count; i++) {
            pixels[2 * i] = (byte) i;
            pixels[2 * i + 1] = (byte) (i + 1);
            labels[i] = new int[] {0, 1, 0, 2, 0, 1}[i % 6];
        }
        return Images.of("sample", pixels, labels, SHAPE, CLASSES);
    }

    private static List<Integer> firstPixels(Images images) {
        try (var manager = NDManager.newBaseManager()) {
            float[] pixels = images.pixels(manager).toFloatArray();
            return IntStream.range(0, images.size())
                    .map(i -> Math.round(255 * pixels[2 * i]))
                    .boxed()
                    .toList();
        }
    }

    private static int[] histogram(Images images) {
        var counts = new int[images.classCount()];
        IntStream.range(0, images.size()).forEach(i -> counts[images.label(i)]++);
        return counts;
    }

    @Test
    void handsOutFloatsAndLabels() {
        Images images = Images.of(
                "all levels", levels(), IntStream.range(0, 128).map(i -> i % 3).toArray(), SHAPE, CLASSES);
        try (var manager = NDManager.newBaseManager()) {
            NDArray pixels = images.pixels(manager);
            NDArray labels = images.labels(manager, new int[] {5, 1});
            assertThat(pixels.getShape()).isEqualTo(new Shape(128, 1, 1, 2));
            assertThat(pixels.getDataType()).isEqualTo(DataType.FLOAT32);
            float[] values = pixels.toFloatArray();
            for (int level = 0; level < 256; level++) {
                assertThat(values[level]).isEqualTo(level / 255f);
            }
            assertThat(labels.toLongArray()).containsExactly(2, 1);
            assertThat(manager.getManagedArrays()).hasSize(2);
        }
    }

    private static byte[] levels() {
        var levels = new byte[256];
        for (int i = 0; i < 256; i++) {
            levels[i] = (byte) i;
        }
        return levels;
    }

    @Test
    void batchesOutliveTheirFirstHandle() {
        Images images = sample(600);
        try (var manager = NDManager.newBaseManager()) {
            NDArray batch = images.pixels(manager);
            float[] expected = batch.toFloatArray();
            NDArray view = batch.reshape(-1);
            batch.close();
            for (int round = 0; round < 3; round++) {
                System.gc();
                for (int i = 0; i < 50; i++) {
                    var other = ByteBuffer.allocateDirect(4800);
                    while (other.hasRemaining()) {
                        other.put((byte) 99);
                    }
                }
                assertThat(view.toFloatArray()).isEqualTo(expected);
            }
        }
    }

    @Test
    void takesEachClassByItsShare() {
        Images images = sample(120);
        for (long seed = 0; seed < 20; seed++) {
            for (int n : new int[] {1, 7, 60, 119, 120}) {
                Images taken = images.take(n, seed);
                assertThat(firstPixels(taken)).hasSize(n).doesNotHaveDuplicates();
                int[] counts = histogram(taken);
                for (int k = 0; k < 3; k++) {
                    assertThat((double) counts[k])
                            .isBetween(
                                    Math.floor(n / new double[] {2, 3, 6}[k]),
                                    Math.ceil(n / new double[] {2, 3, 6}[k]));
                }
            }
        }
    }

    /** Recorded: a description has no other images in a later version. */
    @Test
    void aSeedDrawsWhatItDrew() {
        Images train = Mnist.load().train();
        int[] labels = IntStream.range(0, train.size()).map(train::label).toArray();
        int[] equal = IntStream.range(0, 1000).map(i -> i % 10).toArray();
        assertThat(drawn(labels, 600, 0)).isEqualTo("68a594ea0ed2d154fff58e2f1fe2ef039c67ca68608b084202285aeedce29696");
        assertThat(drawn(labels, 1100, 0))
                .isEqualTo("460936f1605bb0cb4d03d50feba7ee6e8c9b8101eb5b92e772c563fea21d6e75");
        assertThat(drawn(labels, 500, 0)).isEqualTo("670346e0d364086e1c267d0b77a4829b2444cdf5c7211088a387f960aa0d0c91");
        assertThat(drawn(labels, 500, 1)).isEqualTo("7e309071fecd5149d4ef5644004b867e371736b87a96df596d2cf1807b1d4999");
        assertThat(drawn(equal, 20, 0)).isEqualTo("3b373cd50daa805018b2234b5d91f6dd599ea970f0579720f28f0dd0823b43bd");
        assertThat(drawn(equal, 25, 0)).isEqualTo("feb09816ff621a9dad66a3c3be7a359ab155e791ffbc420ae3a49bf845814cde");
        assertThat(drawn(equal, 500, 0)).isEqualTo("484ec06a79a9899a4810a2df1cc69b631c5ce772425e32d42f340246e72241a6");
    }

    private static String drawn(int[] labels, int n, long seed) {
        return Sha256.of(ImagesInMemory.bytes(StratifiedChoice.draw(labels, 11, n, seed)));
    }

    @Test
    void takesTheSameWithTheSameSeedOnly() {
        Images images = sample(120);
        assertThat(firstPixels(images.take(50, 7))).isEqualTo(firstPixels(images.take(50, 7)));
        assertThat(firstPixels(images.take(50, 7))).isNotEqualTo(firstPixels(images.take(50, 8)));
        assertThat(firstPixels(images.take(50))).isEqualTo(firstPixels(images.take(50, 0)));
        assertThat(firstPixels(images.take(120, 1))).isNotEqualTo(firstPixels(images));
    }

    @Test
    void keepsPixelsWithTheirLabels() {
        Images images = sample(120);
        Images part = images.take(60, 3).holdOut(20, 4).rest();
        List<Integer> pixels = firstPixels(part);
        for (int i = 0; i < part.size(); i++) {
            assertThat(part.label(i)).isEqualTo(images.label(pixels.get(i)));
        }
    }

    @Test
    void holdsOutADisjointPart() {
        Images images = sample(120);
        for (long seed = 0; seed < 20; seed++) {
            Split split = images.holdOut(24, seed);
            assertThat(histogram(split.held())).containsExactly(12, 8, 4);
            assertThat(firstPixels(split.rest())).isSorted();
            var both = new ArrayList<>(firstPixels(split.rest()));
            both.addAll(firstPixels(split.held()));
            assertThat(both).containsExactlyInAnyOrderElementsOf(firstPixels(images));
        }
    }

    @Test
    void selectsInTheOrderGiven() {
        assertThat(firstPixels(sample(9).select(8, 0, 3).select(2, 0))).containsExactly(3, 8);
        assertThat(firstPixels(sample(9).first(3))).containsExactly(0, 1, 2);
    }

    @Test
    void hidesLabels() {
        Images whole = ardent.Tiny.images(40, 1);
        Images some = whole.labelled(8, 5);
        assertThat(some.size()).isEqualTo(40);
        assertThat(some.labelCount()).isEqualTo(8);
        assertThat(some).hasToString(some.origin() + ": 40 images of 1×8×8, 4 classes, 8 labels");
        Images known = some.labelledOnly();
        assertThat(sums(known)).containsExactlyInAnyOrderElementsOf(sums(whole.take(8, 5)));
        try (var manager = Torch.manager().newSubManager()) {
            long[] told =
                    some.knownLabels(manager, IntStream.range(0, 40).toArray()).toLongArray();
            for (int i = 0; i < 40; i++) {
                assertThat(told[i]).isEqualTo(some.isLabelled(i) ? whole.label(i) : -1);
            }
        }
        int hidden = IntStream.range(0, 40)
                .filter(i -> !some.isLabelled(i))
                .findFirst()
                .orElseThrow();
        Images unpacked = PackedImages.unpack(PackedImages.pack(some), some.origin());
        assertThat(unpacked.labelCount()).isEqualTo(8);
        assertThat(sums(unpacked.labelledOnly())).isEqualTo(sums(known));
        String none = "have no label, which this needs: images.labelledOnly() has the others";
        refused(() -> some.labels(Torch.manager()), "32 of the 40 images of " + some.origin() + " " + none);
        refused(() -> some.label(hidden), "Image " + hidden + " of " + some.origin() + " has no label");
        refused(() -> some.labelled(9, 0), "Cannot keep the labels of 9 images: 8 of the 40");
        refused(() -> whole.unlabelled().labelledOnly(), "None of the 40 images");
        assertThat(some.take(20, 1).labelCount()).isEqualTo(4); // those without are drawn as one more class
        assertThat(some.labelled(4, 2).labelCount()).isEqualTo(4);
        assertThat(whole.labelCount()).isEqualTo(40);
    }

    /** An image that stands several times is as many images. */
    @Test
    void labelsAreHiddenByPosition() {
        Images twice = sample(12).select(0, 0, 0, 1, 1);
        for (long seed = 0; seed < 20; seed++) {
            Images some = twice.labelled(2, seed);
            assertThat(some.labelCount()).isEqualTo(2);
            assertThat(some.labelledOnly().size()).isEqualTo(2);
            assertThat(firstPixels(some)).isEqualTo(firstPixels(twice));
            int[] known = IntStream.range(0, 5).filter(some::isLabelled).toArray();
            assertThat(some.label(known[0])).isEqualTo(twice.label(known[0]));
            assertThat(some.select(known).select(1, 0).label(0)).isEqualTo(twice.label(known[1]));
        }
    }

    private static List<Float> sums(Images images) {
        return IntStream.range(0, images.size())
                .mapToObj(
                        i -> images.pixels(Torch.manager(), new int[] {i}).sum().getFloat())
                .toList();
    }

    @Test
    void remembersItsOrigin() {
        Images part = sample(120).take(100, 5).holdOut(10, 6).held().first(4).select(1, 0);
        assertThat(part.origin())
                .hasToString("sample, take(100, seed 5), held(10, 10 held out, seed 6), first(4),"
                        + " select(2, indices [1, 0])");
        assertThat(part.origin().files())
                .extracting(SourceFile::name)
                .containsExactly("pixels (1, 1, 2)", "labels of 3 classes");
        assertThat(part).hasToString(part.origin() + ": 2 images of 1×1×2, 3 classes");
        assertThat(sample(120).select(new int[30]).origin())
                .isNotEqualTo(
                        sample(120).select(IntStream.range(0, 30).toArray()).origin());
        assertThat(sample(60).origin())
                .isEqualTo(sample(60).origin())
                .isNotEqualTo(sample(61).origin());
    }

    @Test
    void copiesWhatItIsGiven() {
        byte[] pixels = {1, 2};
        int[] labels = {1};
        Images images = Images.of("own", pixels, labels, SHAPE, CLASSES);
        pixels[0] = 9;
        labels[0] = 2;
        assertThat(firstPixels(images)).containsExactly(1);
        assertThat(images.label(0)).isEqualTo(1);
    }

    @Test
    void acceptsFloatsOnTheGridOnly() {
        Images images = Images.of("own", new float[] {7 / 255f + 9e-5f, 1}, new int[] {0}, SHAPE, CLASSES);
        assertThat(firstPixels(images)).containsExactly(7);
        refused(
                () -> own(0.5f, 0),
                "Pixel (0, 0, 0) of image 0 of own is 0.5, which 8 bits cannot hold: round the images to");
        refused(() -> own(0, Float.NaN), "Pixel (0, 0, 1) of image 0 of own is NaN: pixels must be numbers in [0, 1].");
        refused(() -> own(0, -0.1f), "Pixel (0, 0, 1) of image 0 of own is -0.1: pixels must be numbers in [0, 1].");
        refused(
                () -> own(255, 0),
                "Pixel (0, 0, 0) of image 0 of own is 255.0: pixels must be numbers in [0, 1]; divide");
        refused(
                () -> Images.of("own", new float[] {0, 0, 0, 1, 1, 300}, new int[3], SHAPE, CLASSES),
                "Pixel (0, 0, 1) of image 2 of own is 300.0");
    }

    private static Images own(float... pixels) {
        return Images.of("own", pixels, new int[] {0}, SHAPE, CLASSES);
    }

    @Test
    void refusesWhatDoesNotFit() {
        refused(() -> Images.of("own", new byte[0], new int[0], SHAPE, CLASSES), "own holds no images");
        refused(() -> Images.of("own", new byte[3], new int[2], SHAPE, CLASSES), "own has 3 pixels, but its 2 labels");
        refused(() -> Images.of("own", new byte[2], new int[1], new Shape(1, 2), CLASSES), "The image shape of own is");
        refused(
                () -> Images.of("own", new byte[2], new int[1], new Shape(1, 0, 2), CLASSES),
                "The image shape of own is");
        refused(() -> Images.of("own", new byte[2], new int[] {3}, SHAPE, CLASSES), "Label 3 of image 0 of own");
        refused(() -> Images.of("own", new byte[2], new int[] {-1}, SHAPE, CLASSES), "Label -1 of image 0 of own");
        refused(() -> Images.of("own", new byte[2], new int[1], SHAPE, List.of()), "The class names of own are []");
        refused(() -> Images.of("own", new byte[2], new int[1], SHAPE, List.of("a", "a")), "The class names of own");
    }

    @Test
    void aShapeIsMultipliedExactly() {
        for (Shape shape : List.of(
                new Shape(65536, 65536, 4294967296L),
                new Shape(4, 32768, 32768),
                new Shape(2, Long.MAX_VALUE, 2),
                new Shape(1L << 32, 1, 1L << 32))) {
            refused(
                    () -> Images.channelsFirst("own", new byte[0], new int[1], shape, CLASSES),
                    "more numbers than an array holds (2147483647)");
            refused(
                    () -> Images.channelsLast("own", new byte[0], new int[1], shape, CLASSES),
                    "more numbers than an array holds (2147483647)");
        }
        // 65536 labels × 65536 pixels = 2³² = 0 in 32 bits
        refused(
                () -> Images.of("own", new byte[0], new int[65536], new Shape(1, 256, 256), CLASSES),
                "own has 0 pixels, but its 65536 labels and images of (1, 256, 256) need 4294967296.");
        Images large = Images.of("own", new byte[1 << 20], new int[1], new Shape(1, 1024, 1024), CLASSES);
        try (var manager = NDManager.newBaseManager()) {
            refused(() -> large.pixels(manager, new int[512]), "in bytes of a batch of own is [512, 1, 1024, 1024, 4]");
        }
    }

    @Test
    void channelsComeFirstOrAreAskedFor() {
        for (Shape shape : List.of(
                new Shape(28, 28, 3),
                new Shape(28, 28, 1),
                new Shape(32, 16, 4),
                new Shape(8, 8, 2),
                new Shape(3, 4, 1),
                new Shape(2, 6, 1),
                new Shape(4, 5, 3),
                new Shape(5, 7, 3))) {
            int size = (int) shape.size();
            refused(
                    () -> Images.of("own", new byte[size], new int[1], shape, CLASSES),
                    "looks like height, width and channels and would be " + shape.get(0) + " channels of "
                            + shape.get(1) + "×" + shape.get(2));
            refused(() -> Images.of("own", new float[size], new int[1], shape, CLASSES), "Images.channelsLast");
            assertThat(Images.channelsFirst("own", new byte[size], new int[1], shape, CLASSES)
                            .shape())
                    .isEqualTo(shape);
            assertThat(Images.channelsFirst("own", new float[size], new int[1], shape, CLASSES)
                            .shape())
                    .isEqualTo(shape);
            assertThat(Images.channelsLast("own", new byte[size], new int[1], shape, CLASSES)
                            .shape())
                    .isEqualTo(new Shape(shape.get(2), shape.get(0), shape.get(1)));
        }
        for (Shape shape : List.of(
                new Shape(3, 3, 3), new Shape(1, 6, 1), new Shape(1, 1, 1), new Shape(3, 2, 2), new Shape(8, 8, 8))) {
            assertThat(Images.of("own", new byte[(int) shape.size()], new int[1], shape, CLASSES)
                            .shape())
                    .isEqualTo(shape);
        }
    }

    /** Pixel (row, column) of image n has the red 10n + 3·row + column, 50 more of green, 100 more of blue. */
    @Test
    void pixelsWithChannelsLastAreTurnedRound() {
        var last = new byte[2 * 2 * 3 * 3];
        var first = new byte[last.length];
        var floats = new float[last.length];
        for (int n = 0; n < 2; n++) {
            for (int place = 0; place < 6; place++) {
                for (int channel = 0; channel < 3; channel++) {
                    byte value = (byte) (10 * n + place + 50 * channel);
                    last[18 * n + 3 * place + channel] = value;
                    first[18 * n + 6 * channel + place] = value;
                    floats[18 * n + 3 * place + channel] = value / 255f;
                }
            }
        }
        Images expected = Images.of("own", first, new int[2], new Shape(3, 2, 3), CLASSES);
        Images turned = Images.channelsLast("own", last, new int[2], new Shape(2, 3, 3), CLASSES);
        assertThat(turned.origin()).isEqualTo(expected.origin());
        assertThat(Images.channelsLast("own", floats, new int[2], new Shape(2, 3, 3), CLASSES)
                        .origin())
                .isEqualTo(expected.origin());
        try (var manager = NDManager.newBaseManager()) {
            assertThat(turned.pixels(manager).toFloatArray())
                    .isEqualTo(expected.pixels(manager).toFloatArray());
        }
        refused(
                () -> Images.channelsLast("own", new byte[19], new int[1], new Shape(2, 3, 3), CLASSES),
                "own has 19 pixels, but its 1 labels and images of (3, 2, 3) need 18.");
    }

    @Test
    void aShapeThatIsNotOneImageSaysWhatIsMissing() {
        refused(
                () -> Images.of("own", new byte[4], new int[1], new Shape(2, 2), CLASSES),
                "The image shape of own is (2, 2): give channels, height and width; grey images have one channel.");
        refused(
                () -> Images.of("own", new byte[8], new int[2], new Shape(2, 1, 2, 2), CLASSES),
                "give channels, height and width of one image, without the number of images.");
        refused(
                () -> Images.channelsLast("own", new byte[4], new int[1], new Shape(2, 2), CLASSES),
                "height, width and");
        refused(() -> Images.of("own", new byte[4], new int[1], new Shape(-1, 2, -1), CLASSES), "give channels");
    }

    @Test
    void nothingIsNull() {
        byte[] none = null;
        refused(() -> Images.of(null, new byte[2], new int[1], SHAPE, CLASSES), "The name of the images is null");
        refused(() -> Images.of("own", none, new int[1], SHAPE, CLASSES), "The array of pixels is null");
        refused(() -> Images.channelsLast("own", none, new int[1], SHAPE, CLASSES), "The array of pixels is null");
        refused(() -> Images.of("own", (float[]) null, new int[1], SHAPE, CLASSES), "The array of pixels is null");
        refused(() -> Images.of("own", new byte[2], null, SHAPE, CLASSES), "The array of labels is null");
        refused(() -> Images.of("own", new byte[2], new int[1], null, CLASSES), "The shape of the images is null");
        refused(() -> Images.of("own", new byte[2], new int[1], SHAPE, null), "The class names is null");
        refused(
                () -> Images.of("own", new byte[2], new int[1], SHAPE, java.util.Arrays.asList("a", null)),
                "Element 1 of the class names is null");
    }

    @Test
    void refusesImpossibleSelections() {
        Images images = sample(12);
        refused(() -> images.take(0), "Cannot take 0 of the 12 images of sample.");
        refused(() -> images.take(13, 1), "Cannot take 13 of the 12 images of sample.");
        refused(() -> images.first(13), "Cannot take the first 13 of the 12 images");
        refused(() -> images.holdOut(12, 0), "Cannot hold out 12 of the 12 images");
        refused(() -> images.select(), "Cannot select 0 of the 12 images");
        refused(() -> images.only(-1), "None of the 12 images of sample has the label -1; labels are 0 to 2.");
        refused(() -> images.unlabelled().only(-1), "has the label -1; labels are 0 to 2.");
        refused(() -> images.select(12), "Image 12 does not exist: sample has images 0..11.");
        refused(() -> images.label(-1), "Image -1 does not exist");
        try (var manager = NDManager.newBaseManager()) {
            refused(() -> images.pixels(manager, new int[0]), "Cannot hand out 0 of the 12 images");
            refused(() -> images.labels(manager, new int[] {99}), "Image 99 does not exist");
            assertThat(manager.getManagedArrays()).isEmpty();
        }
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageEndingWith(".");
    }

    /** With a share below one image for each class only the seed can say which classes come. */
    @Test
    void fewerImagesThanClassesAreOfOtherClassesWithEachSeed() {
        Images all = Mnist.load().train();
        var seen = new TreeSet<Integer>();
        for (long seed = 0; seed < 20; seed++) {
            Images some = all.take(5, seed);
            IntStream.range(0, some.size()).forEach(i -> seen.add(some.label(i)));
        }
        assertThat(seen).hasSize(10);
    }

    /** A number of an intermediate choice is no number of images that anybody learns from. */
    @Test
    void tablesTellAChoiceWhole() {
        Images all = Mnist.load().train();
        assertThat(differing(all.take(200), all.take(100))).containsExactly("selections[0].images: 200 | 100");
        assertThat(differing(all.take(200).take(100), all.take(200).take(50)))
                .containsExactly("selections[1].images: 100 | 50");
        assertThat(differing(all.take(200).take(100), all.take(1000).take(100)))
                .containsExactly(
                        "selections: take(200, seed 0), take(100, seed 0) | take(1000, seed 0), take(100, seed 0)");
        assertThat(differing(all.take(200), all.only(3), all.take(200).take(100), all))
                .containsExactly("selections: take(200, seed 0) | only(6131, label 3)"
                        + " | take(200, seed 0), take(100, seed 0) | []");
        assertThat(differing(all.take(200, 0), all.take(200, 1)))
                .containsExactly("selections: take(200, seed 0) | take(200, seed 1)");
    }

    private static List<String> differing(Images... images) {
        List<Description> origins =
                Stream.of(images).map(Images::origin).map(Description::of).toList();
        return Description.differing(origins).keySet().stream()
                .map(path -> path + ": " + String.join(" | ", Description.shown(origins, path)))
                .toList();
    }
}
