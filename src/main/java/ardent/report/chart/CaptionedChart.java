package ardent.report.chart;

import java.awt.Graphics2D;
import java.util.List;
import org.knowm.xchart.XYChart;

/** A chart with a caption below. */
class CaptionedChart extends XYChart {
    private final Caption caption;

    /** A chart whose plot has the height that is given; an empty caption takes no room. */
    CaptionedChart(int width, int height, String caption) {
        super(width, height);
        this.caption = Caption.of(caption, width);
        setHeight(height + this.caption.height());
    }

    /** The lines of the caption. */
    List<String> caption() {
        return caption.lines();
    }

    @Override
    public void paint(Graphics2D graphics, int width, int height) {
        int plot = height - caption.height();
        super.paint(graphics, width, plot);
        setHeight(height); // XChart keeps what it was painted at
        caption.paint(graphics, width, plot);
    }
}
