package ardent.data;

import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import java.awt.Image;
import java.awt.Toolkit;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.MemoryImageSource;
import java.awt.image.PixelGrabber;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One picture with 8 bits a channel, as its file holds them: Java's own conversion of grey levels and of
 * colours with a profile changes their values.
 *
 * @param width in pixels
 * @param height in pixels
 * @param grey whether it has one channel
 * @param rgb pixels row by row, each 0xRRGGBB; of a grey picture the three are equal
 */
@SuppressWarnings("ArrayRecordComponent") // made and read at once, never compared
record Bitmap(int width, int height, boolean grey, int[] rgb) {
    private static final int BITS = 8;

    /**
     * Takes the pixels of an image.
     *
     * @throws IOException with a few words, if it is transparent somewhere, has more than 8 bits a channel or other colours than grey
     *     and RGB
     */
    static Bitmap of(BufferedImage image) throws IOException {
        ColorModel colours = image.getColorModel();
        int space = colours.getColorSpace().getType();
        if (space != ColorSpace.TYPE_GRAY && space != ColorSpace.TYPE_RGB) { // Java would make them too bright
            String name =
                    space == ColorSpace.TYPE_CMYK ? "CMYK" : space == ColorSpace.TYPE_Lab ? "Lab" : "of another kind";
            throw new IOException("its colours are " + name + "; convert it to RGB");
        }
        if (IntStream.of(colours.getComponentSize()).anyMatch(bits -> bits > BITS)) {
            throw new IOException("it has more than 8 bits a channel; save it with 8");
        }
        int width = image.getWidth();
        int height = image.getHeight();
        boolean grey = grey(colours);
        boolean stored = holdsLevels(colours);
        boolean opaque = colours.getTransparency() == Transparency.OPAQUE;
        int[] argb = stored && opaque ? new int[0] : image.getRGB(0, 0, width, height, null, 0, width);
        if (!opaque && IntStream.of(argb).anyMatch(pixel -> pixel >>> 24 != 255)) {
            throw new IOException("it is transparent in places; save it without transparency");
        }
        int[] rgb = stored
                ? levels(image.getRaster(), grey)
                : IntStream.of(argb).map(pixel -> pixel & 0xffffff).toArray();
        return new Bitmap(width, height, grey, rgb);
    }

    /** Whether the bands are levels of grey, or of red, green and blue. */
    private static boolean holdsLevels(ColorModel colours) {
        boolean whole = IntStream.of(colours.getComponentSize()).allMatch(bits -> bits == BITS);
        return !(colours instanceof IndexColorModel) && (grey(colours) || whole);
    }

    private static int[] levels(Raster raster, boolean grey) {
        var rgb = new int[raster.getWidth() * raster.getHeight()];
        var levels = new int[rgb.length];
        for (int channel = 0; channel < 3; channel++) {
            int band = grey ? 0 : channel;
            raster.getSamples(raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), band, levels);
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = rgb[i] << BITS | levels[i];
            }
        }
        return rgb;
    }

    private static boolean grey(ColorModel colours) {
        if (colours instanceof IndexColorModel palette) {
            return IntStream.range(0, palette.getMapSize())
                    .allMatch(i -> palette.getRed(i) == palette.getGreen(i) && palette.getRed(i) == palette.getBlue(i));
        }
        return colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    }

    /** A square of this side: the middle of the picture, scaled so that its shorter side fits; each pixel is the mean of its area. */
    Bitmap fit(int side) throws IOException {
        if (width == side && height == side) {
            return this;
        }
        int shorter = Math.min(width, height);
        int left = (width - shorter) / 2;
        int top = (height - shorter) / 2;
        var middle = new int[shorter * shorter];
        for (int y = 0; y < shorter; y++) {
            for (int x = 0; x < shorter; x++) {
                middle[y * shorter + x] = 0xff000000 | rgb[(top + y) * width + left + x];
            }
        }
        var source = new MemoryImageSource(shorter, shorter, ColorModel.getRGBdefault(), middle, 0, shorter);
        Image scaled = Toolkit.getDefaultToolkit()
                .createImage(source)
                .getScaledInstance(side, side, Image.SCALE_AREA_AVERAGING);
        var fitted = new int[side * side];
        try {
            if (!new PixelGrabber(scaled, 0, 0, side, side, fitted, 0, side).grabPixels()) {
                throw new IOException("it cannot be scaled");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("scaling was interrupted", e);
        }
        return new Bitmap(
                side,
                side,
                grey,
                IntStream.of(fitted).map(pixel -> pixel & 0xffffff).toArray());
    }

    /** The pixels of pictures of one shape, one after another. */
    static byte[] bytes(List<Bitmap> pictures, Shape shape) {
        int each = Arguments.product("image shape", shape.get(0), shape.get(1), shape.get(2));
        var pixels = new byte[Arguments.product("size of the pictures", pictures.size(), each)];
        for (int i = 0; i < pictures.size(); i++) {
            pictures.get(i).write(pixels, i * each, (int) shape.get(0));
        }
        return pixels;
    }

    /** Writes the pixels channels first: red, green and blue, or their brightness (0.299 R + 0.587 G + 0.114 B). */
    private void write(byte[] to, int at, int channels) {
        int area = rgb.length;
        for (int i = 0; i < area; i++) {
            int red = rgb[i] >> 16;
            int green = rgb[i] >> 8 & 255;
            int blue = rgb[i] & 255;
            if (channels == 1) {
                to[at + i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
            } else {
                to[at + i] = (byte) red;
                to[at + area + i] = (byte) green;
                to[at + 2 * area + i] = (byte) blue;
            }
        }
    }
}
