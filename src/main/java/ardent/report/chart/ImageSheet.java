package ardent.report.chart;

import ardent.evaluate.ExampleImage;
import ardent.evaluate.ImagePixels;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Stream;

/**
 * Images side by side: clean, what the attack added, and adversarial, with what the network said of them.
 *
 * <p>In the middle row grey is no change, white the largest one of the sheet and black its opposite, which the row names; below
 * each image are its class and the predicted one, in green where they are the same and in red where they are not.
 */
public final class ImageSheet {
    private static final int CELL = 84;
    private static final int GAP = 12;
    private static final int LABEL = 22;
    private static final int LINE = 15;

    /** Columns become as wide as their labels up to here, in pixels. */
    private static final int WIDEST = 170;

    private static final String ARROW = " → ";

    private final List<ExampleImage> specimens;
    private final double scale;
    private final List<List<String>> rows;
    private final Dimension size;
    private final boolean one;
    private final int wide;
    private final int left;
    private final int[] tops;

    private ImageSheet(List<ExampleImage> specimens) {
        this.specimens = specimens;
        double most = specimens.stream().mapToDouble(ImageSheet::change).max().orElse(0);
        scale = most > 0 ? most : 1;
        String largest = ChartStyle.number(scale);
        rows = List.of(
                List.of("clean"),
                List.of("perturbation", "black −" + largest, "white +" + largest),
                List.of("adversarial"));
        size = Sheet.size(specimens.get(0).clean(), CELL);
        int narrow = Math.max(size.width, CELL);
        one = specimens.stream().flatMap(ImageSheet::lines).allMatch(line -> width(line) <= narrow + GAP - 6);
        int label = specimens.stream()
                .flatMap(specimen -> Stream.of(specimen.truth(), ARROW + specimen.before(), ARROW + specimen.after()))
                .mapToInt(ImageSheet::width)
                .max()
                .orElse(0);
        wide = one ? narrow : Math.max(narrow, Math.min(WIDEST, label));
        int beside = rows.stream()
                .flatMap(List::stream)
                .mapToInt(ImageSheet::width)
                .max()
                .orElse(0);
        left = Sheet.MARGIN + beside + GAP;
        int below = LABEL + (one ? 0 : LINE);
        int top = Sheet.TITLE + 8;
        tops = new int[] {top, top + size.height + below + GAP, top + 2 * size.height + below + 2 * GAP};
    }

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
            var sheet = new ImageSheet(specimens);
            int width = sheet.left + specimens.size() * (sheet.wide + GAP) - GAP + Sheet.MARGIN;
            int height = sheet.tops[2] + sheet.size.height + LABEL + (sheet.one ? 0 : LINE) + GAP;
            return Sheet.draw(title, width, height, sheet::draw);
        });
    }

    private static int width(String text) {
        return ChartStyle.width(text, ChartStyle.PLAIN);
    }

    private static Stream<String> lines(ExampleImage specimen) {
        return Stream.of(specimen.truth() + ARROW + specimen.before(), specimen.truth() + ARROW + specimen.after());
    }

    /** The largest change of a value. */
    private static double change(ExampleImage specimen) {
        ImagePixels clean = specimen.clean();
        double most = 0;
        for (int channel = 0; channel < clean.channels(); channel++) {
            for (int y = 0; y < clean.height(); y++) {
                for (int x = 0; x < clean.width(); x++) {
                    float change = specimen.adversarial().at(channel, y, x) - clean.at(channel, y, x);
                    most = Math.max(most, Math.abs(change));
                }
            }
        }
        return most;
    }

    private void draw(Graphics2D graphics) {
        graphics.setColor(ChartStyle.FAINT);
        for (int row = 0; row < tops.length; row++) {
            int first = tops[row] + size.height / 2 + 4 - LINE * (rows.get(row).size() - 1) / 2;
            for (int line = 0; line < rows.get(row).size(); line++) {
                graphics.drawString(rows.get(row).get(line), Sheet.MARGIN, first + line * LINE);
            }
        }
        for (int i = 0; i < specimens.size(); i++) {
            column(graphics, specimens.get(i), left + i * (wide + GAP));
        }
    }

    private void column(Graphics2D graphics, ExampleImage specimen, int x) {
        ImagePixels clean = specimen.clean();
        ImagePixels adversarial = specimen.adversarial();
        int at = x + (wide - size.width) / 2;
        Sheet.image(graphics, clean, place -> place.of(clean), at, tops[0], size);
        Sheet.image(
                graphics,
                clean,
                place -> 0.5 + (place.of(adversarial) - place.of(clean)) / (2 * scale),
                at,
                tops[1],
                size);
        Sheet.image(graphics, clean, place -> place.of(adversarial), at, tops[2], size);
        label(graphics, specimen.truth(), specimen.before(), x, tops[0] + size.height);
        label(graphics, specimen.truth(), specimen.after(), x, tops[2] + size.height);
    }

    /** On one line if every label of the sheet fits there, else on two. */
    private void label(Graphics2D graphics, String truth, String predicted, int x, int y) {
        graphics.setColor(truth.equals(predicted) ? ChartStyle.RIGHT : ChartStyle.WRONG);
        int from = x - GAP / 2 + 2;
        int room = wide + GAP - 4;
        if (one) {
            Sheet.label(graphics, truth + ARROW + predicted, from, y + 16, room);
        } else {
            Sheet.label(graphics, truth, from, y + 16, room);
            Sheet.label(graphics, ARROW.strip() + " " + predicted, from, y + 16 + LINE, room);
        }
    }
}
