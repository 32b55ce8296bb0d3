package ardent.report;

import ardent.evaluate.Outcome;
import ardent.evaluate.Score;
import ardent.report.chart.Charts;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.internal.chartpart.Chart;

/** The files of a saved report. */
final class SavedReport {
    private static final int SHARP = 2;

    private final Report report;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final StringBuilder body = new StringBuilder();

    SavedReport(Report report) {
        this.report = report;
    }

    Map<String, byte[]> files() {
        Lineage lineage = report.provenance();
        List<String> notes = Footnotes.conditions(report.robustness(), report.environment());
        body.append(report.html());
        chart("accuracy", report.plot());
        body.append(heading("Scores")).append(Html.table(report.intervals()));
        int number = 1;
        for (Outcome outcome : report.robustness().outcomes()) {
            network(outcome, "network-" + number++);
        }
        body.append(heading("Conditions")).append(Html.lines(notes, "#24292f"));
        body.append(heading("Provenance")).append(lineage.html());
        String title = "Robustness on " + report.robustness().images();
        text("report.html", Html.page(title, body.toString()));
        text(
                "report.txt",
                report + "\n\n" + TextTables.aligned(report.intervals()) + "\n\n" + String.join("\n", notes) + "\n\n"
                        + lineage + "\n");
        text("report.csv", TextTables.csv(report.table()));
        text("scores.csv", TextTables.csv(report.intervals()));
        text("provenance.json", lineage.json());
        text("provenance.olcut.json", lineage.description().olcut());
        return files;
    }

    /** Shows a network under the attack that hurts it most. */
    private void network(Outcome outcome, String file) {
        outcome.scores().stream()
                .min(Comparator.comparingDouble(Score::robustAccuracy))
                .ifPresent(score -> {
                    body.append(heading(outcome.name()));
                    BufferedImage sheet = report.sheet(outcome.name(), score.attack());
                    files.put(file + "-sheet.png", Charts.png(sheet));
                    body.append("<div>")
                            .append(Html.image(sheet, 1, "images under " + score.attack()))
                            .append("</div>");
                    chart(file + "-confusion", report.confusion(outcome.name(), score.attack()));
                });
    }

    private void chart(String name, Chart<?, ?> chart) {
        BufferedImage image = Charts.image(chart, SHARP);
        files.put(name + ".png", Charts.png(image));
        body.append("<div>").append(Html.image(image, SHARP, chart.getTitle())).append("</div>");
    }

    static String heading(String text) {
        return "\n<h2 style=\"font-size:16px;margin:1.5em 0 .5em\">" + Html.escape(text) + "</h2>";
    }

    private void text(String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
