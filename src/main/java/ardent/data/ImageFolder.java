package ardent.data;

import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import ardent.provenance.Sha256;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A folder of pictures: one sub-folder a class, PNG, JPEG, GIF, BMP or TIFF in each; of a file that holds several pictures the
 * first is read. {@code Images.folder(path)} is {@code new ImageFolder(path).load()}.
 *
 * @param path the folder; where it is called {@code train} or {@code test}, the data are called as the folder above
 * @param size height and width to fit each picture into, 0 to leave them as they are
 * @param colour how many channels there are
 * @param classes class names by label, each a sub-folder or without images; empty for the sub-folders in alphabetical order
 * @param lenient whether files that cannot be read are left out and named, instead of refused
 */
public record ImageFolder(Path path, int size, Colour colour, List<String> classes, boolean lenient) {
    private static final String READ = "PNG, JPEG, GIF, BMP or TIFF";

    /** Endings of pictures, also of those that Java does not read: they are named and not passed over. */
    private static final Set<String> ENDINGS = Set.of(
            "png", "jpg", "jpeg", "jpe", "jif", "jfif", "jfi", "gif", "bmp", "dib", "tif", "tiff", "webp", "avif",
            "heic", "heif", "jp2", "jxl", "pbm", "pgm", "ppm", "pnm", "ico", "tga");

    /** The JPEG reader warns so where pixels are missing. */
    private static final List<String> DAMAGES = List.of("remature end", "bad Huffman");

    /** And so where only the end mark is, or bytes are too many; pixels are missing where it warns of both. */
    private static final List<String> DOUBTS = List.of("Truncated File", "Corrupt JPEG data");

    private static final int SHOWN = 5;

    /** How many channels the images have. */
    public enum Colour {
        /** One if every file is grey, else three. */
        AS_FILES,
        /** One: the brightness, 0.299 R + 0.587 G + 0.114 B. */
        GREY,
        /** Three: red, green and blue, which are equal for grey files. */
        COLOUR
    }

    /** Checks the size. */
    public ImageFolder {
        Arguments.given("path, colour", path, colour);
        classes = Arguments.all("classes", classes);
        if (size < 0) {
            throw new IllegalArgumentException("Pictures cannot be fitted into " + size + " pixels: give a size of at"
                    + " least 1, or 0 to leave them as they are.");
        }
    }

    /**
     * The pictures as they are.
     *
     * @param path the folder
     */
    public ImageFolder(Path path) {
        this(path, 0, Colour.AS_FILES, List.of(), false);
    }

    /**
     * With every picture fitted into a square: its middle is taken and scaled, each pixel the mean of its area.
     *
     * @param size height and width in pixels, 0 to leave the pictures as they are
     * @return the folder read so
     */
    public ImageFolder size(int size) {
        return new ImageFolder(path, size, colour, classes, lenient);
    }

    /**
     * With one channel or three, whatever the files have.
     *
     * @param colour which
     * @return the folder read so
     */
    public ImageFolder colour(Colour colour) {
        return new ImageFolder(path, size, colour, classes, lenient);
    }

    /**
     * With these labels, such as those of the training images where a test folder lacks a class.
     *
     * @param classes class names by label
     * @return the folder read so
     */
    public ImageFolder classes(List<String> classes) {
        return new ImageFolder(path, size, colour, classes, lenient);
    }

    /**
     * Without the files that cannot be read, which are named on the error stream.
     *
     * @return the folder read so
     */
    public ImageFolder skippingBadFiles() {
        return new ImageFolder(path, size, colour, classes, true);
    }

    private record Picture(Path file, int label, Bitmap bitmap) {}

    /**
     * Reads the pictures, class by class, in alphabetical order.
     *
     * @return the images, whose origin has the SHA-256 of the files and of the pixels
     * @throws DataException in one sentence, if a file cannot be read (WebP is not), is transparent, has more than 8 bits a channel or other
     *     colours than grey and RGB (such as CMYK), if sizes differ and none is given, or if there are no classes
     */
    public Images load() {
        List<String> names = names();
        var pictures = new ArrayList<Picture>();
        var bad = new ArrayList<String>();
        MessageDigest digest = Sha256.digest();
        long length = 0;
        for (int label = 0; label < names.size(); label++) {
            for (Path file : files(path.resolve(names.get(label)))) {
                String name = names.get(label) + "/" + file.getFileName();
                try {
                    if (leadsNowhere(file)) {
                        throw new IOException("it is a link to a file that is not there");
                    }
                    byte[] bytes = Files.readAllBytes(file);
                    pictures.add(new Picture(file, label, bitmap(bytes)));
                    length += bytes.length;
                    digest.update((name + "\n" + Sha256.of(bytes) + "\n").getBytes(StandardCharsets.UTF_8));
                } catch (IOException | IllegalArgumentException e) {
                    bad.add(name + " (" + reason(e) + ")");
                }
            }
        }
        bad.addAll(astray(names));
        judge(bad, pictures.size());
        Bitmap first = pictures.get(0).bitmap;
        requireOneSize(pictures, first);
        boolean grey = colour == Colour.GREY
                || (colour == Colour.AS_FILES && pictures.stream().allMatch(picture -> picture.bitmap.grey()));
        var source = new SourceFile(pictures.size() + " pictures", length, Sha256.text(digest), SourceFile.OWN);
        Shape shape = new Shape(grey ? 1 : 3, first.height(), first.width());
        List<Bitmap> bitmaps = pictures.stream().map(Picture::bitmap).toList();
        int[] labels = pictures.stream().mapToInt(Picture::label).toArray();
        return OwnData.of(path, source).images(Bitmap.bytes(bitmaps, shape), labels, shape, names);
    }

    private Bitmap bitmap(byte[] bytes) throws IOException {
        Bitmap bitmap = Bitmap.of(decode(bytes));
        return size > 0 ? bitmap.fit(size) : bitmap;
    }

    /** The first picture in a file; Java fills up what a damaged JPEG lacks and only warns of it. */
    private static BufferedImage decode(byte[] bytes) throws IOException {
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(asStored(bytes)))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("it is no " + READ + "; convert it to PNG");
            }
            ImageReader reader = readers.next();
            try {
                var warnings = new ArrayList<String>();
                reader.addIIOReadWarningListener((from, warning) -> warnings.add(warning));
                reader.setInput(in, true, true);
                BufferedImage image = reader.read(0);
                requireWhole(warnings);
                return image;
            } finally {
                reader.dispose();
            }
        }
    }

    private static void requireWhole(List<String> warnings) throws IOException {
        List<String> damages = warnings.stream()
                .filter(warning -> DAMAGES.stream().anyMatch(warning::contains))
                .toList();
        List<String> doubts = warnings.stream()
                .filter(warning -> DOUBTS.stream().anyMatch(warning::startsWith))
                .toList();
        if (!damages.isEmpty() || doubts.size() > 1) {
            throw new IOException("it is cut off or damaged: " + (damages.isEmpty() ? doubts : damages).get(0));
        }
    }

    /** Java changes the colours of a JPEG by its profile; under another name the profile is passed over. */
    private static byte[] asStored(byte[] bytes) {
        boolean jpeg = bytes.length > 2 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xd8;
        return jpeg
                ? new String(bytes, StandardCharsets.ISO_8859_1)
                        .replace("ICC_PROFILE\0", "ICC_ignored\0")
                        .getBytes(StandardCharsets.ISO_8859_1)
                : bytes;
    }

    private static String reason(Exception e) {
        return e instanceof IOException io ? DataException.reason(io) : String.valueOf(e.getMessage());
    }

    private void judge(List<String> bad, int good) {
        String list = String.join(", ", bad.subList(0, Math.min(SHOWN, bad.size())))
                + (bad.size() > SHOWN ? " and " + (bad.size() - SHOWN) + " more" : "");
        if (good == 0) {
            throw new DataException("No picture in the folder %s can be read: %s."
                    .formatted(path, bad.isEmpty() ? "its classes " + classes + " are empty" : list));
        }
        if (!bad.isEmpty() && !lenient) {
            throw new DataException(
                    ("%d of %d pictures in the folder %s cannot be used: %s. Repair, move or remove them, or leave"
                                    + " them out by new ImageFolder(path).skippingBadFiles().load().")
                            .formatted(bad.size(), bad.size() + good, path, list));
        }
        if (!bad.isEmpty()) {
            System.err.println("Left out of the folder " + path + ": " + list + ".");
        }
    }

    private void requireOneSize(List<Picture> pictures, Bitmap first) {
        List<Picture> others = pictures.stream()
                .filter(picture -> picture.bitmap.width() != first.width() || picture.bitmap.height() != first.height())
                .toList();
        if (!others.isEmpty()) {
            Bitmap other = others.get(0).bitmap;
            throw new DataException(
                    ("The pictures in the folder %s have different sizes: %s is %d×%d pixels, %s is %d×%d (so"
                                    + " differ %d of %d): give a size to fit them into, as in Images.folder(path, 32).")
                            .formatted(
                                    path,
                                    path.relativize(pictures.get(0).file),
                                    first.width(),
                                    first.height(),
                                    path.relativize(others.get(0).file),
                                    other.width(),
                                    other.height(),
                                    others.size(),
                                    pictures.size()));
        }
    }

    /** The classes: sub-folders with pictures; hidden ones and those of archives of macOS are none. */
    private List<String> names() {
        if (!Files.isDirectory(path)) {
            throw new DataException("There is no folder %s: give a folder with one sub-folder of pictures a class, %s."
                    .formatted(path.toAbsolutePath(), READ));
        }
        List<Path> visible = list(path, 1).stream()
                .filter(file -> !file.getFileName().toString().matches("(\\.|__).*"))
                .toList();
        List<String> links = visible.stream()
                .filter(file -> leadsNowhere(file) && !isPicture(file))
                .map(file -> file.getFileName().toString())
                .toList();
        if (!links.isEmpty()) {
            throw new DataException(
                    "The folder %s holds links to what is not there, %s: repair or remove them, since they may be classes."
                            .formatted(path, String.join(", ", links)));
        }
        List<String> found = visible.stream()
                .filter(Files::isDirectory)
                .map(folder -> folder.getFileName().toString())
                .toList();
        List<String> filled = found.stream()
                .filter(name -> !files(path.resolve(name)).isEmpty())
                .toList();
        if (filled.isEmpty() || (classes.isEmpty() && filled.size() < found.size())) {
            throw new DataException(("The folder %s holds %s: each class is a sub-folder with pictures (%s)"
                            + " directly in it; name the folder of the classes.")
                    .formatted(path, contents(found, filled), READ));
        }
        if (!classes.isEmpty() && !classes.containsAll(filled)) {
            throw new DataException("The folder %s has the sub-folders %s, and the classes given are %s."
                    .formatted(path, filled, classes));
        }
        return classes.isEmpty() ? filled : classes;
    }

    private String contents(List<String> found, List<String> filled) {
        if (found.isEmpty()) {
            return files(path).isEmpty() ? "no sub-folder" : "pictures, but no sub-folder";
        }
        var empty = new ArrayList<>(found);
        empty.removeAll(filled);
        return "the sub-folder" + (empty.size() == 1 ? " " : "s ") + String.join(", ", empty) + " without pictures";
    }

    /** Pictures that are in no class: beside the sub-folders, or in a folder within one. */
    private List<String> astray(List<String> names) {
        var found = new ArrayList<String>();
        files(path).forEach(file -> found.add(file.getFileName() + " (it is beside the classes)"));
        names.stream()
                .map(path::resolve)
                .filter(Files::isDirectory)
                .forEach(one -> list(one, Integer.MAX_VALUE).stream()
                        .filter(file -> !one.equals(file.getParent()) && isPicture(file))
                        .forEach(file -> found.add(path.relativize(file) + " (it is in a folder within a class)")));
        return found;
    }

    private static List<Path> files(Path folder) {
        return !Files.isDirectory(folder)
                ? List.of()
                : list(folder, 1).stream().filter(ImageFolder::isPicture).toList();
    }

    private static boolean isPicture(Path file) {
        return ENDINGS.contains(ending(file)) && (Files.isRegularFile(file) || leadsNowhere(file));
    }

    private static boolean leadsNowhere(Path file) {
        return Files.isSymbolicLink(file) && Files.notExists(file);
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".")
                ? ""
                : name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static List<Path> list(Path folder, int depth) {
        try (Stream<Path> files = Files.walk(folder, depth, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> !file.equals(folder))
                    .sorted((one, two) -> one.getFileName()
                            .toString()
                            .compareTo(two.getFileName().toString()))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DataException("The folder %s cannot be read: %s.".formatted(folder, DataException.reason(e)), e);
        }
    }
}
