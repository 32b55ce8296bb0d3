package ardent.report;

import ardent.report.chart.Charts;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of a saved comparison. */
final class SavedComparison {
    private static final int SHARP = 2;

    private final Comparison comparison;
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    SavedComparison(Comparison comparison) {
        this.comparison = comparison;
    }

    Map<String, byte[]> files() {
        Lineage lineage = comparison.provenance();
        var body = new StringBuilder(comparison.html());
        comparison.charts().forEach((name, chart) -> {
            BufferedImage image = Charts.image(chart, SHARP);
            files.put(name + ".png", Charts.png(image));
            body.append("<div>")
                    .append(Html.image(image, SHARP, chart.getTitle()))
                    .append("</div>");
        });
        body.append(SavedReport.heading("Tests")).append(Html.table(comparison.tests()));
        body.append(SavedReport.heading("Cells")).append(Html.table(comparison.cells()));
        body.append(SavedReport.heading("Provenance")).append(lineage.html());
        text("comparison.html", Html.page("Comparison on " + comparison.trials().images(), body.toString()));
        text(
                "comparison.txt",
                comparison + "\n\n" + TextTables.aligned(comparison.tests()) + "\n\n"
                        + TextTables.aligned(comparison.cells()) + "\n\n" + lineage + "\n");
        text("comparison.csv", TextTables.csv(comparison.table()));
        text("cells.csv", TextTables.csv(comparison.cells()));
        text("tests.csv", TextTables.csv(comparison.tests()));
        text("provenance.json", lineage.json());
        text("provenance.olcut.json", lineage.description().olcut());
        return files;
    }

    private void text(String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
