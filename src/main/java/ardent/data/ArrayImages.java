package ardent.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.network.Npz;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Images in a file of numpy, {@code .npz}: an array of pixels and one of labels. */
final class ArrayImages {
    /** What scripts call the two, the likeliest first. */
    private static final List<List<String>> USUAL =
            List.of(List.of("x", "y"), List.of("X", "y"), List.of("images", "labels"), List.of("data", "labels"));

    private static final String CALL = "Images.npz(path, \"x\", \"y\", ChannelOrder.LAST)";

    private ArrayImages() {}

    /** Reads a file; no names mean the usual ones. */
    static Images load(Path file, @Nullable String images, @Nullable String labels, @Nullable ChannelOrder order) {
        try (NDManager manager = Torch.manager().newSubManager()) {
            Map<String, Shape> held = Npz.shapes(file);
            List<String> names = images == null || labels == null ? usual(file, held) : List.of(images, labels);
            requireHeld(file, names, held);
            Map<String, NDArray> arrays = Npz.read(file, manager, names::contains);
            NDArray pixels = Objects.requireNonNull(arrays.get(names.get(0)));
            NDArray classes = Objects.requireNonNull(arrays.get(names.get(1)));
            OwnData data = OwnData.of(file, SourceFile.of(file));
            OwnData part = images == null ? data : data.part(images);
            Shape shape = pixels.getShape();
            String what = "The array %s of %s".formatted(names.get(0), file);
            int[] numbers = labels(file, names.get(1), classes, shape.dimension() == 0 ? 0 : shape.get(0));
            ChannelOrder known = shape.dimension() == 4 ? order : ChannelOrder.FIRST;
            Shape one = one(what, shape);
            return images(part, what, levels(what, pixels, one), numbers, OwnData.numbered(numbers), one, known);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("The file") ? new DataException(message, e) : e;
        }
    }

    /** Images whose channels come first, or last and are then turned round; the shape says which, unless an order is given. */
    static Images images(
            OwnData data,
            String what,
            byte[] pixels,
            int[] labels,
            List<String> classes,
            Shape shape,
            @Nullable ChannelOrder given) {
        if (shape.dimension() != 3) {
            throw new DataException(
                    "%s would be images of the shape %s: an image has three axes, channels, height and width."
                            .formatted(what, shape));
        }
        ChannelOrder order =
                given == null ? ChannelOrder.of(what, shape, "a last argument, ChannelOrder.FIRST or LAST") : given;
        return order == ChannelOrder.FIRST
                ? data.images(pixels, labels, shape, classes)
                : data.images(
                        ImagesInMemory.turned(data.name(), pixels, shape),
                        labels,
                        new Shape(shape.get(2), shape.get(0), shape.get(1)),
                        classes);
    }

    private static List<String> usual(Path file, Map<String, Shape> held) {
        return USUAL.stream()
                .filter(names -> held.keySet().containsAll(names))
                .findFirst()
                .orElseThrow(() -> new DataException("%s holds %s: name the arrays of pixels and of labels, as in %s."
                        .formatted(file, contents(held), CALL.replace(", ChannelOrder.LAST", ""))));
    }

    private static void requireHeld(Path file, List<String> names, Map<String, Shape> held) {
        for (String name : names) {
            if (!held.containsKey(name)) {
                throw new DataException("%s has no array %s; it holds %s.".formatted(file, name, contents(held)));
            }
        }
    }

    private static String contents(Map<String, Shape> held) {
        return held.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    /** The shape of one image: of three axes, of two for grey images, of one for square grey images. */
    private static Shape one(String what, Shape all) {
        if (all.dimension() == 4) {
            return new Shape(all.get(1), all.get(2), all.get(3));
        }
        if (all.dimension() == 3) {
            return new Shape(1, all.get(1), all.get(2));
        }
        long side = all.dimension() == 2 ? Math.round(Math.sqrt((double) all.get(1))) : 0;
        if (side == 0 || side * side != all.get(1)) {
            throw new DataException(("%s has the shape %s: images are (N, C, H, W), (N, H, W, C), (N, H, W), or rows of"
                            + " square grey ones.")
                    .formatted(what, all));
        }
        return new Shape(1, side, side);
    }

    private static byte[] levels(String what, NDArray pixels, Shape one) {
        if (pixels.getDataType() == DataType.UINT8) {
            return ImagesInMemory.levels(Tape.read(() -> {
                var buffer = pixels.toByteBuffer();
                var bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                return bytes;
            }));
        }
        try (NDArray floats = pixels.toType(DataType.FLOAT32, true)) {
            return OwnData.levels(Tape.read(floats::toFloatArray), ImagesInMemory.places(inside(what), one));
        }
    }

    private static String inside(String what) {
        return what.replaceFirst("The", "the");
    }

    private static int[] labels(Path file, String name, NDArray array, long images) {
        Shape shape = array.getShape();
        String what = "The array %s of %s".formatted(name, file);
        if (shape.dimension() == 0 || array.size() != images || shape.get(0) != images) {
            throw new DataException(
                    ("%s has the shape %s: labels are one number of a class for each of the %d images; of"
                                    + " one-hot rows take np.argmax(y, 1).")
                            .formatted(what, shape, images));
        }
        try (NDArray numbers = array.toType(DataType.FLOAT64, true)) {
            return OwnData.labels(
                    Tape.read(numbers::toDoubleArray), i -> "The label of image %d in %s".formatted(i, inside(what)));
        }
    }
}
