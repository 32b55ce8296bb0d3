package ardent.report.chart;

import ardent.evaluate.ExampleImage;
import ardent.evaluate.ImagePixels;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Function;

/**
 * Images side by side: clean, what the attack added ×10, and adversarial, with what the network said of them.
 *
 * <p>In the middle row grey is no change, lighter is more and darker is less; below each image are its class and the
 * predicted one, in green where they are the same and in red where they are not.
 */
public final class ImageSheet {
    private static final int CELL = 84;
    private static final int GAP = 12;
    private static final int MARGIN = 16;
    private static final int TITLE = 34;
    private static final int LABEL = 22;
    private static final int LINE = 15;
    private static final String ARROW = " → ";
    private static final float LOUDER = 10;
    private static final Font PLAIN = ChartStyle.font(Font.PLAIN, 12);
    private static final List<String> ROWS = List.of("clean", "perturbation × 10", "adversarial");

    private ImageSheet() {}

    /**
     * Draws specimens, one per column.
     *
     * @param title above the sheet
     * @param specimens at least one, all of one shape
     * @return the image
     * @throws IllegalArgumentException if there is no specimen
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage of(String title, List<ExampleImage> specimens) {
        if (specimens.isEmpty()) {
            throw new IllegalArgumentException("There is no image to show for \"" + title + "\".");
        }
        return ChartStyle.draw(() -> {
            ImagePixels first = specimens.get(0).clean();
            int zoom = Math.max(1, Math.round((float) CELL / Math.max(first.height(), first.width())));
            int high = zoom * first.height();
            int wide = Math.max(zoom * first.width(), CELL);
            int left = MARGIN
                    + ROWS.stream()
                            .mapToInt(row -> ChartStyle.width(row, PLAIN))
                            .max()
                            .orElse(0)
                    + GAP;
            int width = Math.max(
                    left + specimens.size() * (wide + GAP), 2 * MARGIN + ChartStyle.width(title, ChartStyle.TITLE));
            boolean one = specimens.stream().allMatch(specimen -> fits(specimen, wide));
            int label = LABEL + (one ? 0 : LINE);
            int height = TITLE + MARGIN + 3 * (high + GAP) + 2 * label;
            var sheet = new BufferedImage(width + MARGIN - GAP, height, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = sheet.createGraphics();
            ChartStyle.smooth(graphics);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            graphics.setColor(ChartStyle.INK);
            graphics.setFont(ChartStyle.TITLE);
            graphics.drawString(title, MARGIN, TITLE - 8);
            int[] tops = {TITLE + 8, TITLE + 8 + high + label + GAP, TITLE + 8 + 2 * high + label + 2 * GAP};
            rows(graphics, tops, high);
            for (int i = 0; i < specimens.size(); i++) {
                column(graphics, specimens.get(i), left + i * (wide + GAP), tops, wide, zoom, one);
            }
            graphics.dispose();
            return sheet;
        });
    }

    private static void rows(Graphics2D graphics, int[] tops, int high) {
        graphics.setFont(PLAIN);
        graphics.setColor(ChartStyle.FAINT);
        for (int row = 0; row < tops.length; row++) {
            graphics.drawString(ROWS.get(row), MARGIN, tops[row] + high / 2 + 4);
        }
    }

    private static void column(
            Graphics2D graphics, ExampleImage specimen, int x, int[] tops, int wide, int zoom, boolean one) {
        ImagePixels clean = specimen.clean();
        ImagePixels adversarial = specimen.adversarial();
        int high = zoom * clean.height();
        int inset = (wide - zoom * clean.width()) / 2;
        draw(graphics, clean, at -> at.of(clean), x + inset, tops[0], zoom);
        draw(graphics, clean, at -> 0.5f + LOUDER * (at.of(adversarial) - at.of(clean)), x + inset, tops[1], zoom);
        draw(graphics, clean, at -> at.of(adversarial), x + inset, tops[2], zoom);
        label(graphics, specimen.truth(), specimen.before(), one, x, tops[0] + high, wide);
        label(graphics, specimen.truth(), specimen.after(), one, x, tops[2] + high, wide);
    }

    private record At(int channel, int y, int x) {
        float of(ImagePixels picture) {
            return picture.at(picture.channels() == 3 ? channel : 0, y, x);
        }
    }

    static void draw(Graphics2D graphics, ImagePixels picture, int left, int top, int zoom) {
        draw(graphics, picture, at -> at.of(picture), left, top, zoom);
    }

    /** Draws without smoothing: every pixel becomes a square. */
    private static void draw(
            Graphics2D graphics, ImagePixels like, Function<At, Float> value, int left, int top, int zoom) {
        var image = new BufferedImage(like.width(), like.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < like.height(); y++) {
            for (int x = 0; x < like.width(); x++) {
                int rgb = 0;
                for (int channel = 0; channel < 3; channel++) {
                    rgb = rgb << 8 | Math.round(255 * Math.min(1, Math.max(0, value.apply(new At(channel, y, x)))));
                }
                image.setRGB(x, y, rgb);
            }
        }
        graphics.drawImage(image, left, top, zoom * like.width(), zoom * like.height(), null);
        graphics.setColor(ChartStyle.GRID);
        graphics.drawRect(left - 1, top - 1, zoom * like.width() + 1, zoom * like.height() + 1);
    }

    /** On one line if every label of the sheet fits there, else on two. */
    private static void label(
            Graphics2D graphics, String truth, String predicted, boolean one, int x, int y, int wide) {
        graphics.setFont(PLAIN);
        graphics.setColor(truth.equals(predicted) ? ChartStyle.RIGHT : ChartStyle.WRONG);
        if (one) {
            centred(graphics, truth + ARROW + predicted, x, y + 16, wide);
        } else {
            centred(graphics, truth, x, y + 16, wide);
            centred(graphics, ARROW.strip() + " " + predicted, x, y + 16 + LINE, wide);
        }
    }

    private static void centred(Graphics2D graphics, String text, int x, int y, int wide) {
        String fitted = ChartStyle.fit(text, PLAIN, wide + GAP - 4);
        graphics.drawString(fitted, x + (wide - ChartStyle.width(fitted, PLAIN)) / 2, y);
    }

    private static boolean fits(ExampleImage specimen, int wide) {
        String longer = specimen.before().length() > specimen.after().length() ? specimen.before() : specimen.after();
        return ChartStyle.width(specimen.truth() + ARROW + longer, PLAIN) <= wide + GAP - 4;
    }
}
