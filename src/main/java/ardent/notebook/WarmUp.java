package ardent.notebook;

import java.awt.image.BufferedImage;
import tech.tablesaw.api.Table;

/** Loads fonts and the table library while the reader types, so that the first picture and table come at once. */
final class WarmUp {
    private WarmUp() {}

    static void start() {
        var thread = new Thread(WarmUp::run, "ardent-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run() {
        try {
            Table.create("warm-up");
            var graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            graphics.drawString("warm-up", 0, 0);
            graphics.dispose();
        } catch (Throwable e) {
            // Whoever shows the first picture is told what is wrong.
        }
    }
}
