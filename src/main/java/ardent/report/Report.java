package ardent.report;

import ardent.attack.Attack;
import ardent.attack.Stage;
import ardent.data.Images;
import ardent.evaluate.Evidence;
import ardent.evaluate.LossTrace;
import ardent.evaluate.Outcome;
import ardent.evaluate.PredictedLabels;
import ardent.evaluate.Robustness;
import ardent.evaluate.Score;
import ardent.network.Classifier;
import ardent.network.EngineEnvironment;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Folder;
import ardent.report.card.ModelCard;
import ardent.report.chart.Charts;
import ardent.report.chart.ImageSheet;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.tribuo.classification.evaluation.LabelEvaluation;
import tech.tablesaw.api.Table;

/**
 * Scores to be read: a table, charts, images, and where each number comes from.
 *
 * <p>{@code clean} is the share of images classified correctly, an attack's column the share classified correctly both clean
 * and under that attack, {@code worst} the share that no attack broke, where all have one norm; all in %. Attacks are named
 * as in the table; for a network, any part of its name that no other has is enough.
 *
 * @param robustness the scores
 * @param environment what they were computed with
 * @param time when
 */
public record Report(Robustness robustness, Environment environment, Instant time) implements ResultTable {
    private static final String PAGE = "report.html";
    private static final Pattern PICTURES = Pattern.compile("network-\\d+-(sheet|confusion)\\.png");

    /** Nothing is null. */
    public Report {
        Arguments.given("robustness, environment, time", robustness, environment, time);
    }

    /**
     * A report of scores measured now and here.
     *
     * @param robustness the scores
     * @return the report
     */
    public static Report of(Robustness robustness) {
        Environment environment = EngineEnvironment.now();
        return new Report(robustness, environment, Instant.now());
    }

    /**
     * One row per network: what tells the networks apart, then their accuracies in %.
     *
     * @return a table whose last columns are {@code clean}, the attacks and, if they have one norm, {@code worst}
     */
    public Table table() {
        return Tables.wide(robustness);
    }

    /**
     * One row per network and attack: counts, accuracy with its 95 % interval, distances, time and findings.
     *
     * @return the table
     */
    public Table intervals() {
        return IntervalTable.table(robustness);
    }

    /**
     * Accuracy by class; classes of which there is no image are missing values.
     *
     * @param attack name of an attack, {@code clean} or {@code worst}
     * @return one row per class, one column per network; {@code latex(…)} and {@code markdown(…)} take it out of the notebook
     */
    public Table classes(String attack) {
        return Tables.classes(robustness, measure(attack));
    }

    /**
     * Accuracies as bars with their 95 % Wilson intervals.
     *
     * @return one group per attack, one bar per network
     */
    public CategoryChart plot() {
        return ScoreCharts.bars(robustness, robustness.size() + " images; " + Footnotes.ROBUST + "." + threats());
    }

    /**
     * Accuracy by class as bars with their 95 % Wilson intervals.
     *
     * @param attack name of an attack, {@code clean} or {@code worst}
     * @return one group per class, one bar per network
     * @throws IllegalArgumentException if there is no such attack
     */
    public CategoryChart plotClasses(String attack) {
        return ScoreCharts.classes(robustness, measure(attack));
    }

    /**
     * Accuracy over two parameters in which the networks differ; the mean where several networks share both.
     *
     * @param row a column of {@link #table}, such as {@code compensation} or {@code λ}, a component, such as {@code
     *     contrastWeight}, or a path of the provenance
     * @param column another one
     * @param attack name of an attack, {@code clean} or {@code worst}
     * @return the heat map
     * @throws IllegalArgumentException if there is no such parameter or attack
     */
    public HeatMapChart heatmap(String row, String column, String attack) {
        return ScoreCharts.heat(robustness, row, column, measure(attack));
    }

    /**
     * Clean accuracy against accuracy under an attack, with 95 % Wilson intervals; a line joins networks that differ in a
     * parameter alone, from its smallest to its largest value.
     *
     * @param parameter a number in which networks differ, such as {@code β}, named as in {@link #heatmap}
     * @param attack name of an attack, or {@code worst}
     * @return one point per network
     * @throws IllegalArgumentException if there is no such parameter or attack, or if the parameter is no number
     */
    public XYChart tradeoff(String parameter, String attack) {
        return ScoreCharts.tradeoff(robustness, parameter, measure(attack));
    }

    /**
     * The confusion matrix: how many images of each true class (rows) were taken for which class (columns).
     *
     * @param network a network
     * @param attack name of an attack, or {@code clean}
     * @return the heat map
     * @throws IllegalArgumentException if there is no such network or attack
     */
    public HeatMapChart confusion(String network, String attack) {
        String title = outcome(network).name() + " · " + attack;
        return ScoreCharts.confusion(title, robustness.classes(), predicted(network, attack));
    }

    /**
     * The predictions as Tribuo evaluates them: its metrics, and a provenance for its and OLCUT's tools, with the network's
     * origin in {@code getProvenance().getModelProvenance()} and data, attack and environment in
     * {@code getProvenance().getTestDatasetProvenance()}.
     *
     * @param network a network
     * @param attack name of an attack, or {@code clean}
     * @return the evaluation, over the classes that are true or predicted for at least one image; under an attack its accuracy
     *     is {@link Score#adversarialAccuracy}, because Tribuo does not know which images were right before
     * @throws IllegalArgumentException if there is no such network or attack
     */
    public LabelEvaluation tribuo(String network, String attack) {
        return predicted(network, attack).evaluation();
    }

    private PredictedLabels predicted(String network, String attack) {
        Outcome outcome = outcome(network);
        return attack.equals(Tables.CLEAN)
                ? outcome.predicted()
                : score(outcome, attack).predicted();
    }

    /**
     * How many images remain correctly classified after each stage of a cascade, such as AutoAttack, and what it cost.
     *
     * @param network a network
     * @param attack name of a cascade
     * @return one row per stage, the clean pass first; {@code latex(…)} and {@code markdown(…)} take it out of the notebook
     * @throws IllegalArgumentException if there is no such network or attack, or if it has no stages
     */
    public Table stages(String network, String attack) {
        Outcome outcome = outcome(network);
        List<Stage> stages = score(outcome, attack).stages();
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("The attack \"" + attack + "\" has no stages; AutoAttack has.");
        }
        String heading = StageTable.heading(ThreatModel.named(robustness, attack));
        return StageTable.table(
                robustness.images() + " · " + robustness.size() + " images · " + outcome.name() + " · " + heading,
                stages,
                robustness.size());
    }

    /**
     * What a user of a network has to know.
     *
     * @param student one of the networks of this report
     * @return the card, to be saved together with the weights
     * @throws IllegalArgumentException if there are no scores of it
     */
    public ModelCard card(Classifier student) {
        return card(student, Map.of());
    }

    /**
     * What a user of a network has to know, with curves of its training.
     *
     * @param student one of the networks of this report
     * @param curves values over epochs by name, in %
     * @return the card, to be saved together with the weights
     * @throws IllegalArgumentException if there are no scores of it
     */
    public ModelCard card(Classifier student, Map<String, double[]> curves) {
        return new ModelCard(student, robustness, provenance().description(), curves);
    }

    /**
     * Some images before and after an attack.
     *
     * @param network a network
     * @param attack name of an attack
     * @return the sheet
     * @throws IllegalArgumentException if there is no such network or attack
     */
    public BufferedImage sheet(String network, String attack) {
        Outcome outcome = outcome(network);
        return ImageSheet.of(
                outcome.name() + " · " + attack, score(outcome, attack).examples());
    }

    /**
     * Curves over epochs, drawn as {@link Charts#lines} does.
     *
     * @param curves values by name
     * @return the chart
     */
    public static XYChart curves(Map<String, double[]> curves) {
        return Charts.lines("Training", "epoch", "value", curves);
    }

    /**
     * How attacks raise the loss: the cross-entropy of one image at every gradient they take.
     *
     * @param victim the network to fool
     * @param images the first of them is attacked; {@code images.select(i)} takes another
     * @param attacks at least one
     * @return the chart
     */
    public static XYChart losses(Network victim, Images images, Attack... attacks) {
        return Charts.lines("Cross-entropy of one image", "gradient", "loss", LossTrace.of(victim, images, attacks));
    }

    /**
     * Where each number comes from.
     *
     * @return a tree that prints itself
     */
    public Lineage provenance() {
        return lineage(robustness.outcomes());
    }

    /**
     * Where one number comes from: the attack with every parameter, the data with their hashes, the network with its method
     * and its teachers, and what it was computed with.
     *
     * @param network a network
     * @param attack name of an attack, {@code clean} or {@code worst}
     * @return a tree that prints itself
     * @throws IllegalArgumentException if there is no such network or attack
     */
    public Lineage provenance(String network, String attack) {
        Outcome outcome = outcome(network);
        boolean all = measure(attack).equals(Tables.WORST);
        List<Score> scores = outcome.scores().stream()
                .filter(score -> all || score.attack().equals(attack))
                .toList();
        return lineage(List.of(outcome.of(scores)));
    }

    private Lineage lineage(List<Outcome> outcomes) {
        return new Lineage(Description.of(Evidence.of(robustness, outcomes, environment, time)));
    }

    /**
     * What a reader has to know before trusting a number: findings of the checks, classes without images, missing scores.
     *
     * @return one sentence each; empty if all is well
     */
    @Override
    public List<String> warnings() {
        return Footnotes.warnings(robustness);
    }

    @Override
    public TableCells printed() {
        return TableCells.of(Tables.printed(robustness));
    }

    @Override
    public String caption() {
        return Footnotes.about(robustness) + " 95 % Wilson intervals in brackets." + threats();
    }

    private String threats() {
        return ThreatModel.sentence(robustness.attacks());
    }

    /** The table as aligned text, with what has to be known about it. */
    @Override
    public String toString() {
        return view().text();
    }

    @Override
    public String html() {
        return view().html();
    }

    private ResultView view() {
        return new ResultView(Footnotes.about(robustness), table(), List.of(), warnings());
    }

    /**
     * Saves everything into a new folder {@code reports/<date and time>} of the working directory, which is that of the notebook.
     *
     * @return the page that was written
     * @throws java.io.UncheckedIOException with a sentence that names the folder, if it cannot be written
     * @throws IllegalStateException if this machine has no fonts
     */
    public Path save() {
        return SavedFiles.save(time, SavedFiles.of(this)).resolve(PAGE);
    }

    /**
     * Saves everything: {@code report.html} on its own, {@code report.txt}, the table as {@code report.csv}, {@code report.md}
     * and {@code report.tex}, the intervals as {@code scores} in the same forms, charts and sheets as PNG, {@code provenance.json} and
     * {@code provenance.olcut.json}. All files are written or none;
     * pictures that only an earlier save had are removed.
     *
     * @param folder where to; made if it is missing
     * @return the page that was written
     * @throws java.io.UncheckedIOException with a sentence that names the folder, if it cannot be written
     * @throws IllegalStateException if this machine has no fonts
     */
    public Path save(Path folder) {
        Folder.replace(folder, SavedFiles.of(this), PICTURES);
        return folder.resolve(PAGE);
    }

    String measure(String attack) {
        List<String> measures = Tables.measures(robustness);
        if (!measures.contains(attack)) {
            throw new IllegalArgumentException(
                    "Unknown attack \"" + attack + "\". Available: " + String.join(", ", measures) + ".");
        }
        return attack;
    }

    private Score score(Outcome outcome, String attack) {
        return outcome.score(measure(attack))
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no score of its own for \"" + attack + "\" of " + outcome.name() + "."));
    }

    private Outcome outcome(String network) {
        return Tables.named("network", network, robustness.outcomes(), Outcome::name);
    }
}
