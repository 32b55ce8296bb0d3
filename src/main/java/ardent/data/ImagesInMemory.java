package ardent.data;

import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Images a user gives in memory, checked. */
final class ImagesInMemory {
    private static final float GRID_TOLERANCE = 1e-4f;
    private static final Set<Long> CHANNELS = Set.of(1L, 2L, 3L, 4L);

    private ImagesInMemory() {}

    /** Takes pixels as they are, channels first. */
    static Images images(
            String name, byte @Nullable [] pixels, int @Nullable [] labels, Shape shape, List<String> classes) {
        Arguments.given("name of the images", name);
        byte[] bytes = Arguments.given("array of pixels", pixels).clone();
        int[] numbers = Arguments.given("array of labels", labels).clone();
        List<String> names = Arguments.all("class names", classes);
        check(name, bytes.length, numbers, Arguments.given("shape of the images", shape), names);
        var files = sources(bytes, numbers, shape, names);
        return new Images(bytes, numbers, shape, names, new Origin(name, "", files, List.of()));
    }

    /** Takes pixels of a file as they are, channels first. */
    static Images images(OwnData data, byte[] pixels, int[] labels, Shape shape, List<String> classes) {
        check(data.name(), pixels.length, labels, shape, classes);
        var files = new ArrayList<>(List.of(data.source()));
        files.addAll(sources(pixels, labels, shape, classes));
        return new Images(pixels, labels, shape, classes, new Origin(data.name(), data.split(), files, List.of()));
    }

    /** One row after the other. */
    static float[] joined(String name, float @Nullable [] @Nullable [] rows) {
        float[][] given = Arguments.given("array of pixels", rows);
        int each = given.length == 0 ? 0 : Arguments.given("first image", given[0]).length;
        var joined = new float[Arguments.product("pixels of " + name, given.length, each)];
        for (int i = 0; i < given.length; i++) {
            float[] row = Arguments.given("image " + i, given[i]);
            if (row.length != each) {
                throw new IllegalArgumentException(
                        "Image %d of %s has %d pixels and the first has %d: give images of one size."
                                .formatted(i, name, row.length, each));
            }
            System.arraycopy(row, 0, joined, i * each, each);
        }
        return joined;
    }

    /** The pixels of pictures of one size, channels first: one channel if all are grey, else three. */
    static Images pictures(String name, List<BufferedImage> pictures, int @Nullable [] labels, List<String> classes) {
        Arguments.given("name of the images, array of labels", name, labels);
        Arguments.all("class names", classes);
        List<BufferedImage> all = Arguments.all("pictures", pictures);
        var bitmaps = new ArrayList<Bitmap>();
        for (BufferedImage picture : all) {
            try {
                bitmaps.add(Bitmap.of(picture));
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "Picture %d of %s cannot be taken: %s.".formatted(bitmaps.size(), name, e.getMessage()), e);
            }
            Bitmap first = bitmaps.get(0);
            if (picture.getWidth() != first.width() || picture.getHeight() != first.height()) {
                throw new IllegalArgumentException(
                        "Picture %d of %s is %d×%d pixels and the first is %d×%d: scale them to one size."
                                .formatted(
                                        bitmaps.size() - 1,
                                        name,
                                        picture.getWidth(),
                                        picture.getHeight(),
                                        first.width(),
                                        first.height()));
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("%s holds no images: give at least one.".formatted(name));
        }
        Shape shape = new Shape(
                bitmaps.stream().allMatch(Bitmap::grey) ? 1 : 3,
                bitmaps.get(0).height(),
                bitmaps.get(0).width());
        return images(name, Bitmap.bytes(bitmaps, shape), labels, shape, classes);
    }

    /** Refuses a shape that looks like height, width and channels. */
    static Shape channelsFirst(String name, Shape shape) {
        if (Arguments.given("shape of the images", shape).dimension() != 3) {
            return shape;
        }
        long first = shape.get(0);
        long last = shape.get(2);
        if (CHANNELS.contains(last) && first > last && (last != 2 || first > 4)) {
            throw new IllegalArgumentException(
                    ("The image shape of %s is %s, which looks like height, width and channels"
                                    + " and would be %d channels of %d×%d: Images.channelsLast takes such pixels and turns them"
                                    + " round, and if channels do come first, Images.channelsFirst takes them as they are.")
                            .formatted(name, shape, first, shape.get(1), last));
        }
        return shape;
    }

    /** Turns pixels round, from height × width × channels to channels × height × width. */
    static byte[] turned(String name, byte @Nullable [] pixels, Shape shape) {
        checkShape(name, "height, width and channels", Arguments.given("shape of the images", shape));
        int channels = Arguments.product("image shape of " + name, shape.get(2));
        int area = Arguments.product("image shape of " + name, shape.get(0), shape.get(1));
        int size = Arguments.product("image shape of " + name, area, channels);
        byte[] from = Arguments.given("array of pixels", pixels);
        var turned = new byte[from.length];
        for (int i = 0; i < from.length / size * size; i++) {
            int place = i % size;
            turned[i - place + place % channels * area + place / channels] = from[i];
        }
        return turned;
    }

    /** The same pixels in another shape, and the same labels among more classes, are other data. */
    private static List<SourceFile> sources(byte[] pixels, int[] labels, Shape shape, List<String> classes) {
        return List.of(
                source(SourceFile.PIXELS + " " + shape, pixels),
                source(SourceFile.LABELS + " of " + classes.size() + " classes", bytes(labels)));
    }

    private static SourceFile source(String what, byte[] bytes) {
        return SourceFile.inMemory(what, bytes);
    }

    /** Four bytes for each number, the highest first. */
    static byte[] bytes(int[] values) {
        var bytes = ByteBuffer.allocate(Integer.BYTES * values.length);
        bytes.asIntBuffer().put(values);
        return bytes.array();
    }

    /** Turns floats on the grid k/255 into bytes and refuses all others: 8 bits would silently change them. */
    static byte[] quantised(String name, float @Nullable [] given, Shape shape) {
        float[] pixels = Arguments.given("array of pixels", given);
        return quantised(pixels, places(name, Arguments.given("shape of the images", shape)));
    }

    private static byte[] quantised(float[] pixels, IntFunction<String> place) {
        var bytes = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            float value = pixels[i];
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException("%s is %s: pixels must be numbers in [0, 1]%s."
                        .formatted(place.apply(i), value, value > 1 ? "; divide levels up to 255 by 255" : ""));
            }
            int level = Math.round(value * 255);
            if (Math.abs(value - Augmentation.UNIT[level]) > GRID_TOLERANCE) {
                throw new IllegalArgumentException(
                        "%s is %s, which 8 bits cannot hold: round the images to multiples of 1/255 first."
                                .formatted(place.apply(i), value));
            }
            bytes[i] = (byte) level;
        }
        return bytes;
    }

    /** Bytes of pixels by the rule of {@link Images}: numbers in [0, 1] where none is larger than 1, else levels up to 255. */
    static byte[] levels(float[] pixels, IntFunction<String> place) {
        float most = 0;
        for (float value : pixels) {
            most = Math.max(most, value);
        }
        if (most <= 1) {
            return quantised(pixels, place);
        }
        var bytes = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int level = Math.round(pixels[i]);
            if (level != pixels[i] || level < 0 || level > 255) {
                throw new IllegalArgumentException(
                        ("%s is %s: pixels are numbers in [0, 1] or, where one is larger than 1, whole numbers from 0"
                                        + " to 255; the largest is %s.")
                                .formatted(place.apply(i), pixels[i], most));
            }
            bytes[i] = (byte) level;
        }
        return bytes;
    }

    /** The same rule for bytes, which are levels unless none is larger than 1. */
    static byte[] levels(byte @Nullable [] given) {
        byte[] pixels = Arguments.given("array of pixels", given);
        for (byte pixel : pixels) {
            if (pixel != 0 && pixel != 1) {
                return pixels;
            }
        }
        var bytes = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            bytes[i] = (byte) (255 * pixels[i]);
        }
        return bytes;
    }

    /** Names pixels of an array for messages, by axes and image, such as "Pixel (0, 2, 5) of image 3 of digits". */
    static IntFunction<String> places(String name, Shape shape) {
        return index -> {
            long[] sizes = LongStream.of(shape.getShape())
                    .map(size -> Math.max(1, size))
                    .toArray();
            var at = new StringJoiner(", ", "(", ")");
            long each = LongStream.of(sizes).reduce(1, (one, other) -> one * other);
            long below = each;
            for (long size : sizes) {
                below /= size;
                at.add(Long.toString(index / below % size));
            }
            return "Pixel %s of image %d of %s".formatted(at, index / each, name);
        };
    }

    private static void check(String name, int pixels, int[] labels, Shape shape, List<String> classes) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("%s holds no images: give at least one.".formatted(name));
        }
        checkShape(name, "channels, height and width", shape);
        long needed = (long) labels.length
                * Arguments.product("image shape of " + name, shape.get(0), shape.get(1), shape.get(2));
        if (pixels != needed) {
            throw new IllegalArgumentException("%s has %d pixels, but its %d labels and images of %s need %d."
                    .formatted(name, pixels, labels.length, shape, needed));
        }
        if (classes.isEmpty() || new HashSet<>(classes).size() != classes.size()) {
            throw new IllegalArgumentException(
                    "The class names of %s are %s: give each class a name of its own.".formatted(name, classes));
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes.size()) {
                throw new IllegalArgumentException("Label %d of image %d of %s is outside 0..%d: name more classes."
                        .formatted(labels[i], i, name, classes.size() - 1));
            }
        }
    }

    private static void checkShape(String name, String order, Shape shape) {
        String more = shape.dimension() == 2
                ? "; grey images have one channel"
                : shape.dimension() == 4 ? " of one image, without the number of images" : "";
        if (shape.dimension() != 3 || shape.get(0) < 1 || shape.get(1) < 1 || shape.get(2) < 1) {
            throw new IllegalArgumentException(
                    "The image shape of %s is %s: give %s%s.".formatted(name, shape, order, more));
        }
    }
}
