package ardent.report.chart;

import ardent.evaluate.ImagePixels;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** What all sheets of images share: paper, title, and how an image is drawn. */
final class Sheet {
    static final int MARGIN = 16;
    static final int TITLE = 34;

    /** No image is drawn larger than this, in pixels. */
    private static final int MOST = 160;

    private Sheet() {}

    /** A place in an image, whose channels are red, green and blue; of grey images the three are one. */
    record At(int channel, int y, int x) {
        float of(ImagePixels picture) {
            return picture.at(picture.channels() == 3 ? channel : 0, y, x);
        }
    }

    /** A card with a title, made wide enough for it. */
    static BufferedImage draw(String title, int width, int height, Consumer<Graphics2D> content) {
        int wide = Math.max(width, 2 * MARGIN + ChartStyle.width(title, ChartStyle.TITLE));
        var sheet = new BufferedImage(wide, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        ChartStyle.smooth(graphics);
        graphics.setColor(ChartStyle.PAPER);
        graphics.fillRect(0, 0, wide, height);
        graphics.setColor(ChartStyle.INK);
        graphics.setFont(ChartStyle.TITLE);
        graphics.drawString(title, MARGIN, TITLE - 9);
        graphics.setFont(ChartStyle.PLAIN);
        content.accept(graphics);
        graphics.dispose();
        return ChartStyle.rounded(sheet, 1);
    }

    /** How large an image is drawn: small ones by whole factors until their longer side has the least, large ones as they fit. */
    static Dimension size(ImagePixels picture, int least) {
        int longer = Math.max(picture.height(), picture.width());
        double factor = longer > MOST ? (double) MOST / longer : Math.ceil((double) least / longer);
        double zoom = longer >= least && longer <= MOST ? 1 : factor;
        return new Dimension(Math.max(1, (int) Math.round(zoom * picture.width())), Math.max(1, (int)
                Math.round(zoom * picture.height())));
    }

    /** Draws values in [0, 1] like an image; enlarged, every pixel becomes a square. */
    static void image(
            Graphics2D graphics, ImagePixels like, ToDoubleFunction<At> value, int left, int top, Dimension size) {
        var image = new BufferedImage(like.width(), like.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < like.height(); y++) {
            for (int x = 0; x < like.width(); x++) {
                int rgb = 0;
                for (int channel = 0; channel < 3; channel++) {
                    double level = Math.min(1, Math.max(0, value.applyAsDouble(new At(channel, y, x))));
                    rgb = rgb << 8 | (int) Math.round(255 * level);
                }
                image.setRGB(x, y, rgb);
            }
        }
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                size.width < like.width()
                        ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
                        : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        graphics.drawImage(image, left, top, size.width, size.height, null);
        graphics.setColor(ChartStyle.GRID);
        graphics.drawRect(left - 1, top - 1, size.width + 1, size.height + 1);
    }

    /** Writes a text in the middle of a column, cut where the column is too narrow. */
    static void label(Graphics2D graphics, String text, int left, int baseline, int width) {
        String fitted = ChartStyle.fit(text, ChartStyle.PLAIN, width);
        graphics.drawString(fitted, left + (width - ChartStyle.width(fitted, ChartStyle.PLAIN)) / 2, baseline);
    }
}
