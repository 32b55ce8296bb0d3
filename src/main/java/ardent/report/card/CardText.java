package ardent.report.card;

import ardent.evaluate.CorrectImages;
import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.evaluate.Score;
import ardent.network.Classifier;
import ardent.provenance.Description;
import ardent.provenance.Node;
import ardent.provenance.Sha256;
import ardent.report.DocumentPart;
import ardent.report.Footnotes;
import ardent.report.Report;
import ardent.report.Tables;
import ardent.report.chart.Charts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tech.tablesaw.api.Table;

/** What a model card says. */
final class CardText {
    private static final int SHARP = 2;
    private final Classifier student;
    private final Report report;
    private final Robustness robustness;
    private final Outcome outcome;
    private final Map<String, double[]> curves;
    private final Description origin;
    private final List<DocumentPart> blocks = new ArrayList<>();

    CardText(ModelCard card) {
        this.student = card.student();
        this.report = card.report();
        this.robustness = report.robustness();
        this.outcome = card.outcome();
        this.curves = card.curves();
        this.origin = Description.of(student);
    }

    List<DocumentPart> blocks() {
        about();
        numbers();
        training();
        pictures();
        heading("Limits");
        blocks.add(new DocumentPart.Items(new CardLimits(robustness, outcome, origin).sentences()));
        provenance();
        return blocks;
    }

    private void heading(String text) {
        blocks.add(new DocumentPart.Heading(text));
    }

    private void about() {
        blocks.add(new DocumentPart.Words(String.format(
                Locale.ROOT,
                "An image classifier of %,d weights for images of %s (channels, height, width) and the %d classes %s. How well"
                        + " it keeps its answer when pixels are changed on purpose is said below.",
                student.size(),
                student.image(),
                student.classes(),
                String.join(", ", robustness.classes()))));
        heading("Use");
        blocks.add(new DocumentPart.Code("var network = Classifier.load(Path.of(\"" + ModelCard.WEIGHTS + "\"));\n"
                + "var logits = network.logits(images);   // images [N, "
                + student.image().toString().replaceAll("[()]", "") + "], floats in [0, 1]"));
        blocks.add(new DocumentPart.Words(
                "The file is in the safetensors format, with PyTorch's layer names; architecture and"
                        + " origin are in its metadata."));
    }

    private record Line(String measure, CorrectImages hits, Optional<Score> score) {}

    private void numbers() {
        var lines = new ArrayList<Line>();
        for (String measure : Tables.measures(robustness)) {
            Tables.hits(robustness, outcome, measure)
                    .ifPresent(hits -> lines.add(new Line(measure, hits, outcome.score(measure))));
        }
        heading("Accuracy");
        blocks.add(new DocumentPart.Words("Share of " + robustness.size() + " test images (" + robustness.images()
                + ") that are right, under attack of those right before and under it, with its 95 % Wilson interval."));
        blocks.add(new DocumentPart.Grid(Table.create(
                "Accuracy in %",
                Tables.texts("measure", lines, Line::measure),
                Tables.texts(
                        "threat model",
                        lines,
                        line -> line.score.map(CardLimits::threat).orElse("")),
                Tables.counts("right", lines, line -> Optional.of(line.hits.count())),
                Tables.numbers("accuracy in %", "0.0", lines, line -> Tables.percent(line.hits.rate())),
                Tables.numbers(
                        "low",
                        "0.0",
                        lines,
                        line -> Tables.percent(line.hits.interval().low())),
                Tables.numbers(
                        "high",
                        "0.0",
                        lines,
                        line -> Tables.percent(line.hits.interval().high())))));
        outcome.scores().forEach(score -> parameters(score.attack(), score.description(), ""));
    }

    /** The parameters of something as one line of words. */
    private void parameters(String name, Description description, String path) {
        var values = new ArrayList<String>();
        parameters(path, description.root(), values);
        if (!values.isEmpty()) {
            blocks.add(new DocumentPart.Words(name + ": " + String.join(", ", values) + "."));
        }
    }

    /** Walks a description, down to trained networks, which are said in short. */
    private static void parameters(String path, Node node, List<String> values) {
        if (node instanceof Node.Fields fields && !fields.parts().containsKey("weights")) {
            fields.parts().forEach((name, part) -> {
                String below = path.isEmpty() ? name : path + "." + name;
                if (part instanceof Node.Fields inner) {
                    boolean trained = inner.parts().containsKey("weights");
                    values.add(below + " " + (trained ? network(inner) : part.text()));
                }
                parameters(below, part, values);
            });
        } else if (!(node instanceof Node.Fields) && !node.text().isEmpty()) {
            values.add(path + " " + node.text());
        }
    }

    private static String network(Node.Fields trained) {
        return trained.part("architecture").text() + " by "
                + trained.part("method").text() + " (weights "
                + trained.part("weights").text() + ")";
    }

    private void training() {
        heading("Training");
        if (origin.at("method").isEmpty()) {
            blocks.add(new DocumentPart.Words("How the weights came about is not known to this kit."));
            return;
        }
        var root = (Node.Fields) origin.root();
        blocks.add(new DocumentPart.Words("Data: " + data(root.part("data")) + "."));
        blocks.add(new DocumentPart.Words("Method: " + root.part("method").text() + " on "
                + root.part("architecture").text() + ", the weights of epoch "
                + root.part("epoch").text() + "."));
        for (String part : List.of("architecture", "method", "plan")) {
            parameters(
                    part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1),
                    new Description(root.part(part)),
                    "");
        }
    }

    private static String data(Node data) {
        if (!(data instanceof Node.Fields fields) || !(fields.part("selections") instanceof Node.Items selections)) {
            return data.text();
        }
        var words = new StringBuilder(
                (fields.part("name").text() + " " + fields.part("split").text()).strip());
        for (Node item : selections.items()) {
            var selection = (Node.Fields) item;
            words.append(", ")
                    .append(selection.part("verb").text())
                    .append('(')
                    .append(selection.part("images").text());
            String how = selection.part("how").text();
            words.append(how.isEmpty() ? "" : ", " + how).append(')');
        }
        return words.toString();
    }

    private void pictures() {
        Map<String, double[]> finite = new LinkedHashMap<>(curves);
        finite.values().removeIf(values -> Arrays.stream(values).noneMatch(Double::isFinite));
        Optional<Score> hardest = outcome.scores().stream().min(Comparator.comparingDouble(Score::robustAccuracy));
        if (!finite.isEmpty()) {
            heading("Curves");
            var chart = Charts.lines("Training", "epoch", "accuracy in %", finite);
            blocks.add(
                    new DocumentPart.Picture("curves.png", "accuracy over epochs", Charts.image(chart, SHARP), SHARP));
        }
        hardest.ifPresent(score -> {
            heading("Images");
            blocks.add(new DocumentPart.Words("Before and after " + score.attack() + ", which breaks the most."));
            var sheet = report.sheet(outcome.name(), score.attack());
            blocks.add(new DocumentPart.Picture("sheet.png", "images before and after " + score.attack(), sheet, 1));
        });
    }

    private void provenance() {
        heading("Provenance");
        var facts = new ArrayList<String>();
        origin.at("weights").ifPresent(hash -> facts.add("Weights, SHA-256: " + hash));
        facts.add(CardCheck.line(ModelCard.WEIGHTS, student.sha256()));
        facts.add(CardCheck.line(
                ModelCard.PROVENANCE, Sha256.of(report.provenance().json())));
        facts.add("Measured: " + report.time());
        List<String> conditions = Footnotes.conditions(robustness, report.environment());
        facts.add("With: " + conditions.get(conditions.size() - 1));
        blocks.add(new DocumentPart.Items(facts));
        blocks.add(new DocumentPart.Words(
                "Whether card, weights and provenance belong together: the first line prints the hashes above"
                        + " anywhere, the second looks in Java whether the weights are whole and the numbers theirs too, and answers []"
                        + " if all is well."));
        blocks.add(new DocumentPart.Code(
                "sha256sum " + ModelCard.WEIGHTS + " " + ModelCard.PROVENANCE + "\nModelCard.check(Path.of(\".\"))"));
    }
}
