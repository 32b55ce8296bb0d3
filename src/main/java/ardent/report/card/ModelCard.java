package ardent.report.card;

import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.report.Document;
import ardent.report.HtmlView;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a user of a network has to know: what it is for, its accuracy under which threat models, how it was trained, its
 * limits, and its hashes (after M. Mitchell et al., Model Cards for Model
 * Reporting, FAT* 2019).
 *
 * @param student the network
 * @param measured scores of this network, and perhaps of others
 * @param provenance an {@link ardent.evaluate.Evidence} of these scores
 * @param curves values over epochs by name; empty if they are not known
 */
public record ModelCard(Classifier student, Robustness measured, Description provenance, Map<String, double[]> curves)
        implements HtmlView {
    static final String WEIGHTS = "student.safetensors";
    static final String PROVENANCE = "provenance.json";
    private static final Pattern PICTURES = Pattern.compile("(curves|sheet)\\.png");

    /**
     * Copies the map and looks the network up.
     *
     * @throws IllegalArgumentException if there are no scores of this network, or if its weights were changed since
     */
    public ModelCard {
        Arguments.given("student, measured, provenance", student, measured, provenance);
        curves = Arguments.all("curves", curves);
        Description.of(student)
                .at("weights")
                .filter(hash -> !hash.equals(Weights.sha256(student.layers().all())))
                .ifPresent(hash -> {
                    throw new IllegalArgumentException(
                            "The weights of " + student.name() + " are no longer those of its"
                                    + " origin: say with as(name, origin) how they came about, and evaluate it again.");
                });
        outcome(student, measured);
    }

    Outcome outcome() {
        return outcome(student, measured);
    }

    private static Outcome outcome(Classifier student, Robustness measured) {
        Description origin = Description.of(student);
        return measured.outcomes().stream()
                .filter(outcome -> outcome.description().equals(origin))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The report has no scores of " + student.name()
                        + " with these weights, but of "
                        + measured.outcomes().stream().map(Outcome::name).toList() + ": evaluate it first."));
    }

    /**
     * The card with curves of the training.
     *
     * @param curves values over epochs by name, in %
     * @return a changed copy
     */
    public ModelCard curves(Map<String, double[]> curves) {
        return new ModelCard(student, measured, provenance, curves);
    }

    /**
     * The card as Markdown; its pictures are files that {@link #save} writes beside it.
     *
     * @return the text
     * @throws IllegalStateException if this machine has no fonts
     */
    public String markdown() {
        return CardText.of(this).markdown();
    }

    /**
     * The card for a notebook.
     *
     * @return a fragment with inline style only, pictures included
     * @throws IllegalStateException if this machine has no fonts
     */
    @Override
    public String html() {
        return CardText.of(this).html();
    }

    /**
     * Saves the network and all about it, ready to be handed over: {@code student.safetensors}, {@code card.md},
     * {@code card.html} on its own, the pictures, and {@code provenance.json}.
     *
     * @param folder where to; made if it is missing
     * @return the card that was written
     * @throws java.io.UncheckedIOException with a sentence that names the folder, if it cannot be written
     * @throws IllegalStateException if this machine has no fonts
     */
    public Path save(Path folder) {
        Document document = CardText.of(this);
        document.file(PROVENANCE, provenance.json()).file("card.md", document.markdown());
        student.save(folder.resolve(WEIGHTS));
        Folder.replace(folder, document.files("card.html"), PICTURES);
        return folder.resolve("card.md");
    }

    /**
     * Whether what {@link #save} wrote still belongs together: for those who are handed such a folder.
     *
     * @param folder where card, weights and provenance are
     * @return one sentence for each thing that does not fit; empty if the card speaks of these weights and this provenance,
     *     the weights are whole, and the provenance has numbers of this network
     */
    public static List<String> check(Path folder) {
        return CardCheck.of(folder);
    }

    /** The Markdown. */
    @Override
    public String toString() {
        return markdown();
    }
}
