package ardent.report.chart;

import java.awt.Color;
import java.awt.Graphics2D;
import java.util.List;
import org.knowm.xchart.XYChart;

/** A chart with a caption below: what was measured, and what to look for. */
class CaptionedChart extends XYChart {
    private static final int LINE = 16;
    private static final int LEFT = 14;

    /** Pixels of a letter, on average. */
    private static final int LETTER = 7;

    private final List<String> caption;

    /** A chart whose plot has the height that is given; an empty caption takes no room. */
    CaptionedChart(int width, int height, String caption) {
        super(width, height);
        this.caption = caption.isEmpty() ? List.of() : ChartStyle.wrap(caption, (width - 2 * LEFT) / LETTER);
        setHeight(height + below());
    }

    private int below() {
        return caption.isEmpty() ? 0 : LINE * caption.size() + LINE / 2;
    }

    /** The lines of the caption. */
    List<String> caption() {
        return caption;
    }

    @Override
    public void paint(Graphics2D graphics, int width, int height) {
        int plot = height - below();
        super.paint(graphics, width, plot);
        setHeight(height); // XChart keeps what it was painted at
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, plot, width, below());
        graphics.setColor(ChartStyle.FAINT);
        graphics.setFont(ChartStyle.PLAIN);
        for (int i = 0; i < caption.size(); i++) {
            graphics.drawString(caption.get(i), LEFT, plot + LINE * (i + 1) - 4);
        }
    }
}
