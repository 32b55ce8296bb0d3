package ardent.report.chart;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How everything drawn looks: one palette, one set of fonts. */
public final class ChartStyle {
    static final Color INK = new Color(0x24292F);
    static final Color FAINT = new Color(0x6E7781);
    static final Color GRID = new Color(0xE4E7EB);
    /** Soft paper, which does not glare on a dark page. */
    static final Color PAPER = new Color(0xEEF0F3);

    static final Color RIGHT = new Color(0x00755E);
    static final Color WRONG = new Color(0xC0392B);

    /** What is said where charts cannot be drawn. */
    public static final String NO_FONTS =
            "Charts need fonts and this machine has none that Java can use: install fontconfig and a font (on Debian:"
                    + " apt-get install fontconfig fonts-dejavu-core) and start Java again.";

    public static final Font TITLE = font(Font.BOLD, 15);

    /** For everything but titles. */
    static final Font PLAIN = font(Font.PLAIN, 12);

    private static final Marker[] MARKERS = {
        SeriesMarkers.CIRCLE,
        SeriesMarkers.SQUARE,
        SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_DOWN,
        SeriesMarkers.CROSS,
        SeriesMarkers.PLUS
    };

    /** Lengths of dashes and gaps; none for a whole line. */
    private static final float[][] DASHES = {{}, {9, 5}, {2, 5}, {12, 5, 2, 5}, {5, 4}};

    /** The palette of Okabe and Ito (2008), readable also without colour vision; its yellow, too pale on white, is last. */
    private static final int[] COLOURS = {0x0072B2, 0xE69F00, 0x009E73, 0xD55E00, 0x56B4E9, 0xCC79A7, 0x555555, 0xC9B900
    };

    /** Radius of the corners of a card, in pixels. */
    private static final int CORNER = 10;

    private ChartStyle() {}

    public static Color[] colours(int count) {
        var colours = new Color[count];
        for (int i = 0; i < count; i++) {
            Color colour = new Color(COLOURS[i % COLOURS.length]);
            colours[i] = i < COLOURS.length ? colour : colour.darker();
        }
        return colours;
    }

    /** A form of points for a curve, so that curves differ in grey print too. */
    static Marker marker(int curve) {
        return MARKERS[curve % MARKERS.length];
    }

    /** A form of lines for a curve. */
    static BasicStroke stroke(int curve) {
        float[] dashes = DASHES[curve % DASHES.length];
        int cap = dashes.length == 0 ? BasicStroke.CAP_ROUND : BasicStroke.CAP_BUTT;
        return new BasicStroke(2.2f, cap, BasicStroke.JOIN_ROUND, 10, dashes.length == 0 ? null : dashes, 0);
    }

    static void smooth(Graphics2D graphics) {
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    public static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    public static int width(String text, Font font) {
        return (int) Math.ceil(font.getStringBounds(text, new FontRenderContext(null, true, true))
                .getWidth());
    }

    /** What all charts share; also the place where a machine without fonts is noticed. */
    public static void dress(AxesChartStyler style) {
        style.setAxisTitleFont(font(Font.PLAIN, 13))
                .setAxisTickLabelsFont(PLAIN)
                .setAxisTickLabelsColor(INK)
                .setAxisTickMarksColor(GRID)
                .setAxisTicksMarksVisible(false)
                .setAxisTicksLineVisible(false)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1f))
                .setPlotGridVerticalLinesVisible(false)
                .setErrorBarsColor(INK)
                .setPlotMargin(0)
                .setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right);
        style.setBaseFont(PLAIN)
                .setChartTitleFont(TITLE)
                .setChartTitleBoxVisible(false)
                .setChartTitlePadding(10)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartFontColor(INK)
                .setChartPadding(14)
                .setLegendFont(PLAIN)
                .setLegendBorderColor(Color.WHITE)
                .setLegendPadding(8)
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setLocale(Locale.ROOT)
                .setAntiAlias(true);
    }

    /** An image with round corners, outside of which the page is seen. */
    static BufferedImage rounded(BufferedImage image, int scale) {
        int arc = 2 * CORNER * scale;
        var card = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = card.createGraphics();
        smooth(graphics);
        graphics.fill(new RoundRectangle2D.Double(0, 0, image.getWidth(), image.getHeight(), arc, arc));
        graphics.setComposite(AlphaComposite.SrcIn);
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return card;
    }

    /** A number with at most four decimals. */
    static String number(double value) {
        return new DecimalFormat("0.####", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }

    /** The round number that is not smaller: 1, 2 or 5 times a power of ten, at least 0.001. */
    static double round(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-3))));
        return DoubleStream.of(1, 2, 5)
                .map(factor -> factor * power)
                .filter(step -> step >= least)
                .findFirst()
                .orElse(10 * power);
    }

    /** Breaks a text into lines, between its parts first and then between words. */
    public static List<String> wrap(String text, int most) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : text.split("(?<=·)\\s+|\\s+(?!·)", -1)) {
            if (line.length() > 0 && line.length() + 1 + word.length() > most) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() > 0 ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** Cuts a text that is too wide, at its end. */
    public static String fit(String text, Font font, int width) {
        return fit(text, font, width, 0);
    }

    /** Cuts a text that is too wide; of what is kept, one part of so many is its end, none for 0. */
    static String fit(String text, Font font, int width, int parts) {
        if (width(text, font) <= width) {
            return text;
        }
        for (int keep = text.length() - 1; keep > 1; keep--) {
            int end = parts == 0 ? 0 : keep / parts;
            String cut = text.substring(0, keep - end).stripTrailing() + "…" + text.substring(text.length() - end);
            if (width(cut, font) <= width) {
                return cut;
            }
        }
        return "…";
    }

    /**
     * Draws, and says in one sentence what to do where there are no fonts to draw with.
     *
     * @throws IllegalStateException if this machine has no fonts or no font library
     */
    public static <T> T draw(Supplier<T> drawing) {
        checked(() -> PLAIN.getStringBounds("0", new FontRenderContext(null, true, true)));
        return drawing.get();
    }

    public static void checked(Runnable trial) {
        try {
            trial.run();
        } catch (RuntimeException | LinkageError | InternalError e) {
            throw new IllegalStateException(NO_FONTS, e);
        }
    }
}
