package ardent.report.card;

import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Node;
import ardent.provenance.Sha256;
import ardent.report.Document;
import ardent.report.Footnotes;
import ardent.report.IntervalTable;
import ardent.report.Tables;
import ardent.report.ThreatModel;
import ardent.report.chart.Charts;
import ardent.report.chart.ImageSheet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** What a model card says. */
record CardText(ModelCard card, Outcome outcome, Description origin, boolean folded, Document document) {
    static Document of(ModelCard card) {
        Classifier student = card.student();
        Description told = Description.of(student);
        boolean folded =
                told.root() instanceof Node.Fields fields && fields.type().equals(Classifier.Folded.class.getName());
        Description origin = folded ? told.part("network") : told;
        var text = new CardText(card, card.outcome(), origin, folded, new Document(student.name()));
        text.about();
        text.numbers();
        text.training();
        text.pictures();
        List<String> limits = CardLimits.sentences(card.measured(), text.outcome, text.origin);
        text.document.heading("Limits").items(limits);
        text.provenance();
        return text.document;
    }

    private void about() {
        Classifier student = card.student();
        document.words(String.format(
                Locale.ROOT,
                "An image classifier of %,d weights for images of %s (channels, height, width) and the %d classes %s. Its"
                        + " accuracy on clean images and on images that were changed by attacks is given below.",
                student.size(),
                student.image(),
                student.classes(),
                String.join(", ", card.measured().classes())));
        document.heading("Use");
        Description architecture = Description.of(student.architecture());
        String rest = architecture.repeatable()
                ? ");"
                : ", architecture);   // " + architecture.brief() + ", as defined where it was trained";
        document.code("var network = Classifier.load(Path.of(\"" + ModelCard.WEIGHTS + "\")" + rest + "\n"
                + "var logits = network.logits(images);   // images [N, "
                + student.image().toString().replaceAll("[()]", "") + "], floats in [0, 1]");
        document.words(
                "The file is in the safetensors format, with PyTorch's layer names; its metadata hold architecture"
                        + " and origin.");
    }

    private void numbers() {
        document.heading("Accuracy");
        Robustness robustness = card.measured();
        document.words("On " + robustness.size() + " test images (" + robustness.images() + "). "
                + Footnotes.COUNTED_BY_ROW + "; the 95 % Wilson interval is from low to high.");
        Table all = IntervalTable.table(robustness);
        Table own = all.where(all.stringColumn("network").isEqualTo(outcome.name()));
        StringColumn attacks = own.stringColumn("attack");
        document.table(Table.create(
                attacks,
                Tables.texts("threat model", attacks.asList(), this::threat),
                own.column("right"),
                own.column("accuracy"),
                own.column("low"),
                own.column("high")));
        outcome.scores().forEach(score -> parameters(score.attack(), score.description()));
    }

    private String threat(String attack) {
        return ThreatModel.of(card.measured(), attack).orElse("");
    }

    /** The parameters of something as one line of words. */
    private void parameters(String name, Description description) {
        var values = new ArrayList<String>();
        parameters("", description.root(), values);
        if (!values.isEmpty()) {
            document.words(name + ": " + String.join(", ", values) + ".");
        }
    }

    /** Walks a description, down to trained networks, which are said in short. */
    private static void parameters(String path, Node node, List<String> values) {
        if (node instanceof Node.Fields fields && !fields.parts().containsKey("weights")) {
            fields.parts().forEach((name, part) -> {
                String below = path.isEmpty() ? name : path + "." + name;
                if (part instanceof Node.Fields inner) {
                    String weights = inner.part("weights").text();
                    values.add(below + " " + part.text() + (weights.isEmpty() ? "" : " (weights " + weights + ")"));
                }
                parameters(below, part, values);
            });
        } else if (!(node instanceof Node.Fields) && !node.shown().isEmpty()) {
            values.add(path + " " + node.shown());
        }
    }

    private void training() {
        document.heading("Training");
        if (origin.at("method").isEmpty()) {
            document.words("How these weights were trained is not recorded.");
            return;
        }
        var root = (Node.Fields) origin.root();
        document.words("Data: " + data(root.part("data")) + ".");
        document.words("Method: " + root.part("method").text() + " on "
                + root.part("architecture").text() + ", the weights of epoch "
                + root.part("epoch").text() + (folded ? ", with their batch normalisation folded." : "."));
        parameters("Architecture", origin.part("architecture"));
        parameters("Method", origin.part("method"));
        parameters("Plan", origin.part("plan"));
    }

    private static String data(Node data) {
        if (!(data instanceof Node.Fields fields) || !(fields.part("selections") instanceof Node.Items selections)) {
            return data.text();
        }
        var words = new StringBuilder(
                (fields.part("name").text() + " " + fields.part("split").text()).strip());
        for (Node item : selections.items()) {
            var selection = (Node.Fields) item;
            String how = selection.part("how").text();
            words.append(", " + selection.part("verb").text() + "("
                    + selection.part("images").text() + (how.isEmpty() ? "" : ", " + how) + ")");
        }
        return words.toString();
    }

    private void pictures() {
        Map<String, double[]> finite = new LinkedHashMap<>(card.curves());
        finite.values().removeIf(values -> Arrays.stream(values).noneMatch(Double::isFinite));
        if (!finite.isEmpty()) {
            document.heading("Curves");
            document.chart("curves", Charts.lines("Accuracy over epochs", "epoch", "accuracy in %", finite));
        }
        outcome.weakest()
                .ifPresent(score -> document.heading("Images")
                        .words("Before and after " + score.attack() + ", the attack that lowers the accuracy most.")
                        .picture(
                                "sheet",
                                "images before and after " + score.attack(),
                                ImageSheet.of(outcome.name() + " · " + score.attack(), score.examples()),
                                1));
    }

    private void provenance() {
        Description provenance = card.provenance();
        document.heading("Provenance");
        var facts = new ArrayList<String>();
        facts.add("Weights, SHA-256: " + Weights.sha256(card.student().layers().all()));
        facts.add(CardCheck.line(ModelCard.WEIGHTS, card.student().sha256()));
        facts.add(CardCheck.line(ModelCard.PROVENANCE, Sha256.of(provenance.json())));
        facts.add("Measured: " + provenance.part("time").root().text());
        facts.add("With: "
                + Footnotes.environment(
                        (Environment) provenance.part("environment").rebuild()));
        document.items(facts);
        document.words(
                "To check that card, weights and provenance belong together, run the first line, which prints the hashes"
                        + " above, or the second in Java, which also checks that the weights are intact and that the numbers are"
                        + " theirs: it returns an empty list if all is well.");
        document.code(
                "sha256sum " + ModelCard.WEIGHTS + " " + ModelCard.PROVENANCE + "\nModelCard.check(Path.of(\".\"))");
    }
}
