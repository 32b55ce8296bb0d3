package ardent.report.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.util.List;

/**
 * What stands below a chart: what was measured, and what to look for.
 *
 * @param lines the text in lines; none for no caption
 */
record Caption(List<String> lines) {
    private static final int LINE = 16;
    private static final int LEFT = 14;

    /** Pixels of a letter, on average. */
    private static final int LETTER = 7;

    /** A text broken into lines of a width. */
    static Caption of(String text, int width) {
        return new Caption(text.isEmpty() ? List.of() : ChartStyle.wrap(text, (width - 2 * LEFT) / LETTER));
    }

    /** Pixels that it takes; none without lines. */
    int height() {
        return lines.isEmpty() ? 0 : LINE * lines.size() + LINE / 2;
    }

    void paint(Graphics2D graphics, int width, int top) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, top, width, height());
        graphics.setColor(ChartStyle.FAINT);
        graphics.setFont(ChartStyle.PLAIN);
        for (int i = 0; i < lines.size(); i++) {
            graphics.drawString(lines.get(i), LEFT, top + LINE * (i + 1) - 4);
        }
    }
}
