package ardent.data;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import ardent.provenance.Sha256;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Labelled images of one shape, immutable: 8 bits per pixel in memory, floats in [0, 1] by the batch; subsets share the
 * pixels of the whole. {@link #labelled(int, long)} and {@link #unlabelled} hide labels, to try what a method learns without them.
 *
 * <p>One rule says how bright a pixel of one's own data is, in files of every kind and in arrays of every type: where no pixel of the
 * set is larger than 1, pixels are numbers in [0, 1], else whole levels from 0 to 255. A byte 1 among bytes of 0 and 1 is
 * therefore white. Floats in memory are always numbers in [0, 1].
 */
public final class Images {
    private static final int UNKNOWN = -1;

    private final byte[] pixels;
    /** By position, so that an image that occurs twice may have its label once. */
    private final int[] labels;

    /** By position, which of the pixels. */
    private final int[] order;

    private final Shape shape;
    private final List<String> classes;
    private final Origin origin;

    /** Takes the arrays as they are; they must be consistent and must not change any more. */
    Images(byte[] pixels, int[] labels, Shape shape, List<String> classes, Origin origin) {
        this(pixels, labels, IntStream.range(0, labels.length).toArray(), shape, classes, origin);
    }

    private Images(byte[] pixels, int[] labels, int[] order, Shape shape, List<String> classes, Origin origin) {
        this.pixels = pixels;
        this.labels = labels;
        this.order = order;
        this.shape = shape;
        this.classes = List.copyOf(classes);
        this.origin = origin;
    }

    /**
     * Makes a set of one's own images; the arrays are copied.
     *
     * @param name name of the data in reports
     * @param pixels unsigned bytes, levels from 0 to 255 or only 0 and 1, image by image, each of them channels × height × width
     * @param labels one label per image, from 0
     * @param shape channels, height and width of one image
     * @param classes class names by label
     * @return the images
     * @throws IllegalArgumentException if there are no images, a count does not fit or a label has no class, or if the shape
     *     looks like height, width and channels, such as (28, 28, 3): the last axis is 1, 3 or 4, or 2 behind more than 4, and
     *     shorter than the first. Images one pixel wide, such as (3, 4, 1), are therefore asked for by name too
     */
    public static Images of(String name, byte[] pixels, int[] labels, Shape shape, List<String> classes) {
        return channelsFirst(name, pixels, labels, ImagesInMemory.channelsFirst(name, shape), classes);
    }

    /**
     * Makes a set of one's own images from floats in [0, 1] on the 8-bit grid k/255.
     *
     * @param name name of the data in reports
     * @param pixels values in [0, 1], image by image, each of them channels × height × width
     * @param labels one label per image, from 0
     * @param shape channels, height and width of one image
     * @param classes class names by label
     * @return the images
     * @throws IllegalArgumentException if a pixel is NaN, outside [0, 1] or further than 1e-4 from the grid, because
     *     8 bits would silently change it; also as for bytes
     */
    public static Images of(String name, float[] pixels, int[] labels, Shape shape, List<String> classes) {
        return channelsFirst(name, pixels, labels, ImagesInMemory.channelsFirst(name, shape), classes);
    }

    /**
     * Makes a set of one's own images whose channels come first, whatever their shape looks like; the arrays are copied.
     *
     * @param name name of the data in reports
     * @param pixels unsigned bytes, levels from 0 to 255 or only 0 and 1, image by image, each of them channels × height × width
     * @param labels one label per image, from 0
     * @param shape channels, height and width of one image
     * @param classes class names by label
     * @return the images
     * @throws IllegalArgumentException if there are no images, a count does not fit or a label has no class
     */
    public static Images channelsFirst(String name, byte[] pixels, int[] labels, Shape shape, List<String> classes) {
        return ImagesInMemory.images(name, ImagesInMemory.levels(pixels), labels, shape, classes);
    }

    /**
     * Makes a set of one's own images whose channels come first, whatever their shape looks like, from floats in [0, 1].
     *
     * @param name name of the data in reports
     * @param pixels values in [0, 1], image by image, each of them channels × height × width
     * @param labels one label per image, from 0
     * @param shape channels, height and width of one image
     * @param classes class names by label
     * @return the images
     * @throws IllegalArgumentException if a pixel is NaN, outside [0, 1] or further than 1e-4 from the grid, because
     *     8 bits would silently change it; also as for bytes
     */
    public static Images channelsFirst(String name, float[] pixels, int[] labels, Shape shape, List<String> classes) {
        return ImagesInMemory.images(name, ImagesInMemory.quantised(name, pixels, shape), labels, shape, classes);
    }

    /**
     * Makes a set of one's own images whose channels come last, as most image libraries hand them out; they are turned round.
     *
     * @param name name of the data in reports
     * @param pixels unsigned bytes, levels from 0 to 255 or only 0 and 1, image by image, each of them height × width × channels
     * @param labels one label per image, from 0
     * @param shape height, width and channels of one image
     * @param classes class names by label
     * @return the images
     * @throws IllegalArgumentException if there are no images, a count does not fit or a label has no class
     */
    public static Images channelsLast(String name, byte[] pixels, int[] labels, Shape shape, List<String> classes) {
        return turned(name, ImagesInMemory.levels(pixels), labels, shape, classes);
    }

    /**
     * Makes a set of one's own images whose channels come last, from floats in [0, 1]; they are turned round.
     *
     * @param name name of the data in reports
     * @param pixels values in [0, 1], image by image, each of them height × width × channels
     * @param labels one label per image, from 0
     * @param shape height, width and channels of one image
     * @param classes class names by label
     * @return the images
     * @throws IllegalArgumentException if a pixel is NaN, outside [0, 1] or further than 1e-4 from the grid, because
     *     8 bits would silently change it; also as for bytes
     */
    public static Images channelsLast(String name, float[] pixels, int[] labels, Shape shape, List<String> classes) {
        return turned(name, ImagesInMemory.quantised(name, pixels, shape), labels, shape, classes);
    }

    /**
     * Makes a set of one's own images from rows of floats in [0, 1].
     *
     * @param name name of the data in reports
     * @param pixels one row per image, channels × height × width, in [0, 1] on the 8-bit grid k/255
     * @param labels one label per image, from 0; {@link #labels(long[])} makes them of others
     * @param shape channels, height and width of one image
     * @param classes class names by label
     * @return the images
     * @throws IllegalArgumentException as for floats in one row
     */
    public static Images of(String name, float[][] pixels, int[] labels, Shape shape, List<String> classes) {
        return of(name, ImagesInMemory.joined(name, pixels), labels, shape, classes);
    }

    /**
     * Makes a set of one's own images from pictures of one size: of one channel if all are grey, else of red, green and blue.
     *
     * @param name name of the data in reports
     * @param pictures at least one, grey or RGB, of 8 bits a channel and not transparent
     * @param labels one label per picture, from 0; {@link #labels(long[])} makes them of others
     * @param classes class names by label
     * @return the images
     * @throws IllegalArgumentException if a picture cannot be taken, sizes differ, a count does not fit or a label has no class
     */
    public static Images of(String name, List<BufferedImage> pictures, int[] labels, List<String> classes) {
        return ImagesInMemory.pictures(name, pictures, labels, classes);
    }

    /**
     * Labels as this class takes them.
     *
     * @param labels numbers of classes, from 0
     * @return the same
     * @throws IllegalArgumentException if one is no number of a class
     */
    public static int[] labels(long[] labels) {
        Arguments.given("labels", labels);
        return IntStream.range(0, labels.length)
                .map(i -> {
                    if (labels[i] < 0 || labels[i] > Integer.MAX_VALUE) {
                        throw new IllegalArgumentException(
                                "The label of image %d is %d: labels are numbers of classes, from 0 to %d at most."
                                        .formatted(i, labels[i], Integer.MAX_VALUE));
                    }
                    return (int) labels[i];
                })
                .toArray();
    }

    /**
     * Reads pictures (PNG, JPEG, GIF, BMP, TIFF) from a folder with one sub-folder a class. They have one channel if all files
     * are grey, else red, green and blue; {@link ImageFolder} has more choices.
     *
     * @param folder the folder; the data are called as it is
     * @return the images, class by class, in alphabetical order
     * @throws DataException in one sentence, if a file cannot be read, if their sizes differ or if there are no classes
     */
    public static Images folder(Path folder) {
        return new ImageFolder(folder).load();
    }

    /**
     * Reads pictures (PNG, JPEG, GIF, BMP, TIFF) from a folder with one sub-folder a class, and fits each into a square: its
     * middle is taken and scaled.
     *
     * @param folder the folder; the data are called as it is
     * @param size height and width in pixels
     * @return the images, class by class, in alphabetical order
     * @throws DataException in one sentence, if a file cannot be read or if there are no classes
     */
    public static Images folder(Path folder, int size) {
        Arguments.atLeastOne("pixel", size);
        return new ImageFolder(folder).size(size).load();
    }

    /**
     * Reads the arrays {@code x} and {@code y}, or {@code images} and {@code labels}, of a file of numpy. Pixels of any type
     * are numbers in [0, 1] on the grid k/255 where none is larger than 1, else whole numbers from 0 to 255; (N, C, H, W) and
     * (N, H, W, C) are told apart by which axis is at most 4.
     *
     * @param file the file, {@code .npz}
     * @return the images, whose classes are called 0, 1, …
     * @throws DataException in one sentence, if the file cannot be read, an array is missing or does not fit, or the order of
     *     the axes is not plain
     */
    public static Images npz(Path file) {
        Arguments.given("file", file);
        return ArrayImages.load(file, null, null, null);
    }

    /**
     * Reads two arrays of a file of numpy, as {@link #npz(Path)} does.
     *
     * @param file the file, {@code .npz}
     * @param images name of the array of pixels
     * @param labels name of the array of labels
     * @return the images, whose classes are called 0, 1, …
     * @throws DataException as {@link #npz(Path)}
     */
    public static Images npz(Path file, String images, String labels) {
        Arguments.given("file, images, labels", file, images, labels);
        return ArrayImages.load(file, images, labels, null);
    }

    /**
     * Reads two arrays of a file of numpy, where the shape does not show the order of the axes.
     *
     * @param file the file, {@code .npz}
     * @param images name of the array of pixels
     * @param labels name of the array of labels
     * @param order where the channels are
     * @return the images, whose classes are called 0, 1, …
     * @throws DataException as {@link #npz(Path)}
     */
    public static Images npz(Path file, String images, String labels, ChannelOrder order) {
        Arguments.given("file, images, labels, order", file, images, labels, order);
        return ArrayImages.load(file, images, labels, order);
    }

    /**
     * Reads square grey images from a CSV file: a row an image, a column a pixel, row by row of the image, with commas between
     * them; pixels are as in {@link #npz(Path)}. The labels are in the column {@code label}, {@code class}, {@code target} or
     * {@code y}, or in the first column where there is no line of headings: the numbers of the classes from 0, or names, whose
     * classes are in alphabetical order. A first line that counts from 0 or 1, as pandas writes it, is one of headings.
     *
     * @param file the file, a text in UTF-8
     * @return the images
     * @throws DataException in one sentence, if the file cannot be read, a cell is no number, the pixels make no square or no
     *     heading is one of labels
     */
    public static Images csv(Path file) {
        Arguments.given("file", file);
        return ImageTable.load(file, null, null, null);
    }

    /**
     * Reads images from a CSV file with a line of headings.
     *
     * @param file the file
     * @param label heading of the column of labels, numbers from 0 or names
     * @param shape of one image, as its pixels follow each other: (channels, height, width) or (height, width, channels), told
     *     apart by which axis is at most 4
     * @return the images
     * @throws DataException as {@link #csv(Path)}, also if the order of the axes is not plain
     */
    public static Images csv(Path file, String label, Shape shape) {
        Arguments.given("file, label, shape", file, label, shape);
        return ImageTable.load(file, label, shape, null);
    }

    /**
     * Reads images from a CSV file with a line of headings, where the shape does not show the order of the axes.
     *
     * @param file the file
     * @param label heading of the column of labels, numbers from 0 or names
     * @param shape of one image, as its pixels follow each other
     * @param order where the channels are in it
     * @return the images
     * @throws DataException as {@link #csv(Path)}
     */
    public static Images csv(Path file, String label, Shape shape, ChannelOrder order) {
        Arguments.given("file, label, shape, order", file, label, shape, order);
        return ImageTable.load(file, label, shape, order);
    }

    /**
     * The same images with other names for their classes.
     *
     * @param classes names by label, as many as there are classes or more
     * @return the images, whose labels stay
     * @throws IllegalArgumentException if names are fewer than classes, or two are equal
     */
    public Images named(List<String> classes) {
        List<String> names = Arguments.all("classes", classes);
        if (names.size() < classCount() || names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException(
                    "The class names %s do not fit the %d classes of %s: give each a name of its own."
                            .formatted(names, classCount(), origin));
        }
        var selection = new Selection("named", size(), Selection.classes(names));
        return new Images(pixels, labels, order, shape, names, origin.then(selection));
    }

    /**
     * The same images with their classes numbered as in other data, found by name: {@code test.relabelled(train.classes())} where
     * test images lack a class.
     *
     * @param classes names by label, all those of these images among them
     * @return the images; a label is the place of its class in the names
     * @throws IllegalArgumentException if a class is not among the names, or two names are equal
     */
    public Images relabelled(List<String> classes) {
        List<String> names = Arguments.all("classes", classes);
        List<String> other =
                classes().stream().filter(name -> !names.contains(name)).toList();
        if (!other.isEmpty() || names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException(
                    "The classes of %s are %s, and the names given are %s: name each of these classes, and none twice."
                            .formatted(origin, classes(), names));
        }
        int[] renumbered = IntStream.of(labels)
                .map(label -> label == UNKNOWN ? UNKNOWN : names.indexOf(this.classes.get(label)))
                .toArray();
        var selection = new Selection("relabelled", size(), Selection.classes(names));
        return new Images(pixels, renumbered, order, shape, names, origin.then(selection));
    }

    private static Images turned(String name, byte[] pixels, int[] labels, Shape shape, List<String> classes) {
        byte[] turned = ImagesInMemory.turned(name, pixels, shape);
        Shape first = new Shape(shape.get(2), shape.get(0), shape.get(1));
        return ImagesInMemory.images(name, turned, labels, first, classes);
    }

    /** Returns the number of images, at least 1. */
    public int size() {
        return order.length;
    }

    /** Returns channels, height and width of one image. */
    public Shape shape() {
        return shape;
    }

    /** Returns the class names by label. */
    public List<String> classes() {
        return classes;
    }

    /** Returns the number of classes. */
    public int classCount() {
        return classes.size();
    }

    /**
     * Returns the label of an image.
     *
     * @param i index of the image, 0 to size − 1
     * @return its label, 0 to classes − 1
     * @throws IllegalArgumentException if it has none
     */
    public int label(int i) {
        if (!isLabelled(i)) {
            throw new IllegalArgumentException(
                    "Image %d of %s has no label: images.labelledOnly() leaves such images out.".formatted(i, origin));
        }
        return labels[i];
    }

    /**
     * Tells whether the label of an image is known.
     *
     * @param i index of the image, 0 to size − 1
     * @return false if {@link #labelled(int, long)} or {@link #unlabelled} has hidden it
     */
    public boolean isLabelled(int i) {
        return knownLabel(i) != UNKNOWN;
    }

    /** Returns the number of images whose label is known. */
    public int labelCount() {
        return (int) IntStream.range(0, size()).filter(this::isLabelled).count();
    }

    /** Returns where the images come from. */
    public Origin origin() {
        return origin;
    }

    /**
     * Takes a random subset that keeps the proportions of the classes, in random order.
     *
     * @param n number of images, 1 to size
     * @param seed the same seed takes the same images in the same order
     * @return the subset
     */
    public Images take(int n, long seed) {
        checkCount("take", n, size());
        return part(draw(n, seed), "take", "seed " + seed);
    }

    /**
     * Takes a random subset with seed 0, see {@link #take(int, long)}.
     *
     * @param n number of images, 1 to size
     * @return the subset
     */
    public Images take(int n) {
        return take(n, 0);
    }

    /**
     * Takes the first images in their order.
     *
     * @param n number of images, 1 to size
     * @return the subset
     */
    public Images first(int n) {
        checkCount("take the first", n, size());
        return part(IntStream.range(0, n).toArray(), "first", "");
    }

    /**
     * The same images, of which only some keep their label; which ones is drawn as by {@link #take(int, long)}, so that {@code
     * take(n, seed)} holds the images that {@code labelled(n, seed)} has labels of.
     *
     * @param n number of labels that stay, 1 to {@link #labelCount}
     * @param seed the same seed keeps the same labels
     * @return all images; methods that need no label learn from all of them
     */
    public Images labelled(int n, long seed) {
        int[] known = IntStream.range(0, size()).filter(this::isLabelled).toArray();
        if (n < 1 || n > known.length) {
            throw new IllegalArgumentException("Cannot keep the labels of %d images: %d of the %d of %s have one."
                    .formatted(n, known.length, size(), origin));
        }
        int[] of = IntStream.of(known).map(this::label).toArray();
        int[] kept = IntStream.of(StratifiedChoice.draw(of, classCount(), n, seed))
                .map(i -> known[i])
                .toArray();
        return hidden(kept, new Selection("labelled", size(), n + " labels, seed " + seed));
    }

    /** Returns the same images without their labels. */
    public Images unlabelled() {
        return hidden(new int[0], new Selection("unlabelled", size(), ""));
    }

    /**
     * Takes the images whose label is known, in their order.
     *
     * @return the subset
     * @throws IllegalArgumentException if there is none
     */
    public Images labelledOnly() {
        int[] known = IntStream.range(0, size()).filter(this::isLabelled).toArray();
        if (known.length == 0) {
            throw new IllegalArgumentException("None of the %d images of %s has a label.".formatted(size(), origin));
        }
        return part(known, "labelledOnly", "");
    }

    /** The same images, of which only those at the given positions keep their label. */
    private Images hidden(int[] kept, Selection selection) {
        var some = new int[size()];
        Arrays.fill(some, UNKNOWN);
        for (int i : kept) {
            some[i] = labels[i];
        }
        return new Images(pixels, some, order, shape, classes, origin.then(selection));
    }

    /**
     * Takes the named images in the order given.
     *
     * @param indices at least one index, each 0 to size − 1
     * @return the subset
     */
    public Images select(int... indices) {
        checkCount("select", indices.length, Integer.MAX_VALUE);
        String which = indices.length <= 20
                ? "indices " + Arrays.toString(indices)
                : "indices with SHA-256 " + Sha256.of(ImagesInMemory.bytes(indices));
        return part(indices, "select", which);
    }

    /**
     * Takes the images of one class in their order.
     *
     * @param label the class, 0 to classes − 1
     * @return the subset
     * @throws IllegalArgumentException if there is none
     */
    public Images only(int label) {
        int[] chosen = IntStream.range(0, size())
                .filter(i -> isLabelled(i) && labels[i] == label)
                .toArray();
        if (chosen.length == 0) {
            throw new IllegalArgumentException("None of the %d images of %s has the label %d; labels are 0 to %d."
                    .formatted(size(), origin, label, classCount() - 1));
        }
        return part(chosen, "only", "label " + label);
    }

    /**
     * Holds out a random part that keeps the proportions of the classes.
     *
     * @param n number of images held out, 1 to size − 1
     * @param seed the same seed holds out the same images
     * @return the two parts
     */
    public Split holdOut(int n, long seed) {
        checkCount("hold out", n, size() - 1);
        int[] held = draw(n, seed);
        var chosen = new BitSet();
        IntStream.of(held).forEach(chosen::set);
        int[] rest = IntStream.range(0, size()).filter(i -> !chosen.get(i)).toArray();
        String how = n + " held out, seed " + seed;
        return new Split(part(rest, "rest", how), part(held, "held", how));
    }

    private int[] draw(int n, long seed) {
        int[] present = IntStream.of(labels)
                .map(label -> label == UNKNOWN ? classCount() : label) // those without are one more class
                .toArray();
        return StratifiedChoice.draw(present, classCount() + 1, n, seed);
    }

    private void checkCount(String verb, int n, int most) {
        if (n < 1 || n > most) {
            throw new IllegalArgumentException(
                    "Cannot %s %d of the %d images of %s.".formatted(verb, n, size(), origin));
        }
    }

    /** Some of the images; {@link Selection#from} repeats the choice from these words. */
    private Images part(int[] positions, String verb, String how) {
        int[] chosen = IntStream.of(positions).map(this::at).toArray();
        int[] theirs = IntStream.of(positions).map(i -> labels[i]).toArray();
        var selection = new Selection(verb, positions.length, how);
        return new Images(pixels, theirs, chosen, shape, classes, origin.then(selection));
    }

    /** The label of an image, −1 where it is not known. */
    int knownLabel(int i) {
        requireImage(i);
        return labels[i];
    }

    /** Writes the bytes of an image. */
    void write(int i, OutputStream out) throws IOException {
        int size = (int) shape.size();
        out.write(pixels, at(i) * size, size);
    }

    /** The same images with another origin. */
    Images known(Origin origin) {
        return new Images(pixels, labels, order, shape, classes, origin);
    }

    private int at(int i) {
        requireImage(i);
        return order[i];
    }

    private void requireImage(int i) {
        if (i < 0 || i >= order.length) {
            throw new IllegalArgumentException(
                    "Image %d does not exist: %s has images 0..%d.".formatted(i, origin, order.length - 1));
        }
    }

    /**
     * Hands out a batch.
     *
     * @param manager owner of the array, on any device
     * @param indices images of the batch, each 0 to size − 1
     * @return float32 [N, C, H, W] in [0, 1]: byte / 255
     */
    public NDArray pixels(NDManager manager, int[] indices) {
        return pixels(manager, indices, Augmentation.none(), new SplittableRandom(0));
    }

    /**
     * Hands out all images.
     *
     * @param manager owner of the array, on any device
     * @return float32 [N, C, H, W] in [0, 1]: byte / 255
     */
    public NDArray pixels(NDManager manager) {
        return pixels(manager, IntStream.range(0, size()).toArray());
    }

    /**
     * Hands out an augmented batch.
     *
     * @param manager owner of the array, on any device
     * @param indices images of the batch, each 0 to size − 1
     * @param augmentation what to do to each image
     * @param random source of offsets and flips, image by image
     * @return float32 [N, C, H, W] in [0, 1]: byte / 255
     */
    public NDArray pixels(NDManager manager, int[] indices, Augmentation augmentation, SplittableRandom random) {
        int height = (int) shape.get(1);
        int width = (int) shape.get(2);
        var image = new float[(int) shape.size()];
        Shape batch = new Shape(indices.length).addAll(shape);
        return fill(manager, batch, DataType.FLOAT32, buffer -> {
            var floats = buffer.asFloatBuffer();
            for (int i : indices) {
                augmentation.write(pixels, at(i) * image.length, image, height, width, random);
                floats.put(image);
            }
        });
    }

    /**
     * Hands out the labels of a batch.
     *
     * @param manager owner of the array, on any device
     * @param indices images of the batch, each 0 to size − 1
     * @return int64 [N], each 0 to classes − 1
     * @throws IllegalArgumentException if one of them has none
     */
    public NDArray labels(NDManager manager, int[] indices) {
        for (int i : indices) {
            if (!isLabelled(i)) {
                throw new IllegalArgumentException(
                        "%d of the %d images of %s have no label, which this needs: images.labelledOnly() has the others."
                                .formatted(size() - labelCount(), size(), origin));
            }
        }
        return knownLabels(manager, indices);
    }

    /**
     * Hands out the labels of a batch as far as they are known.
     *
     * @param manager owner of the array, on any device
     * @param indices images of the batch, each 0 to size − 1
     * @return int64 [N], each 0 to classes − 1, or −1 where it is not known
     */
    public NDArray knownLabels(NDManager manager, int[] indices) {
        return fill(manager, new Shape(indices.length), DataType.INT64, buffer -> {
            for (int i : indices) {
                buffer.putLong(knownLabel(i));
            }
        });
    }

    /**
     * Hands out all labels.
     *
     * @param manager owner of the array, on any device
     * @return int64 [N], each 0 to classes − 1
     */
    public NDArray labels(NDManager manager) {
        return labels(manager, IntStream.range(0, size()).toArray());
    }

    /** Writes into memory that the engine owns: what wraps a Java buffer can vanish under the tape. */
    private NDArray fill(NDManager manager, Shape shape, DataType type, Consumer<ByteBuffer> writer) {
        checkCount("hand out", (int) shape.get(0), Integer.MAX_VALUE);
        long[] bytes = Arrays.copyOf(shape.getShape(), shape.dimension() + 1);
        bytes[shape.dimension()] = type.getNumOfBytes();
        Arguments.product("size in bytes of a batch of " + origin, bytes);
        try (NDManager host = manager.newSubManager(Device.cpu())) {
            NDArray array = host.create(shape, type);
            writer.accept(array.toByteBuffer(true));
            NDArray there = array.toDevice(manager.getDevice(), false);
            there.attach(manager);
            return there;
        }
    }

    /** One line: origin, number and shape of the images, number of classes, and of labels where some are not known. */
    @Override
    public String toString() {
        int known = labelCount();
        return "%s: %d images of %d×%d×%d, %d classes%s"
                .formatted(
                        origin,
                        size(),
                        shape.get(0),
                        shape.get(1),
                        shape.get(2),
                        classCount(),
                        known == size() ? "" : ", " + known + " labels");
    }
}
