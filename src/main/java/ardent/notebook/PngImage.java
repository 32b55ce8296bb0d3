package ardent.notebook;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.IChart;

/** Charts and images as PNG. */
final class PngImage {
    private PngImage() {}

    /** A chart at its own size; drawn with twice the pixels, for sharp screens and large files, if {@code ARDENT_SCALE=2}. */
    static Bundle of(IChart chart) {
        int scale =
                "2".equals(System.getProperty("ardent.scale", System.getenv().getOrDefault("ARDENT_SCALE", "1")))
                        ? 2
                        : 1;
        int width = chart.getWidth();
        int height = chart.getHeight();
        var image = new BufferedImage(scale * width, scale * height, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        try {
            graphics.scale(scale, scale);
            chart.paint(graphics, width, height);
        } finally {
            graphics.dispose();
        }
        var title = chart.getTitle() == null || chart.getTitle().isEmpty() ? "" : " \"" + chart.getTitle() + "\"";
        return png(image, "Chart" + title + ", " + width + " × " + height + " pixels")
                .sized(Bundle.PNG, width, height);
    }

    static Bundle of(BufferedImage image) {
        return png(image, "Image, " + image.getWidth() + " × " + image.getHeight() + " pixels");
    }

    private static Bundle png(BufferedImage image, String text) {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.setUseCache(false);
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Bundle.of(text).with(Bundle.PNG, Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }
}
