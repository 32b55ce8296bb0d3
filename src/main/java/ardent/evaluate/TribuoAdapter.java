package ardent.evaluate;

import ardent.provenance.Description;
import com.oracle.labs.mlrg.olcut.util.Pair;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.tribuo.Example;
import org.tribuo.Excuse;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.ImmutableOutputInfo;
import org.tribuo.Model;
import org.tribuo.MutableFeatureMap;
import org.tribuo.Prediction;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.evaluation.LabelEvaluation;
import org.tribuo.classification.evaluation.LabelEvaluator;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.ModelProvenance;
import org.tribuo.provenance.impl.EmptyDatasetProvenance;
import org.tribuo.provenance.impl.EmptyTrainerProvenance;

/** Hands predictions to Tribuo: it needs the class names and who predicted, and neither features nor a model. */
public final class TribuoAdapter {
    /** Held here, because a logger that is not referenced loses its level. */
    private static final Logger LOGGER = Logger.getLogger("org.tribuo.classification.evaluation");

    static {
        LOGGER.setLevel(Level.SEVERE); // the report names absent classes, once
    }

    private TribuoAdapter() {}

    /** Over the classes that are true or predicted for at least one image. */
    static LabelEvaluation evaluate(
            Description network, Description data, List<String> classes, int[] truth, int[] predicted) {
        List<Label> labels = classes.stream().map(Label::new).toList();
        List<Label> seen = IntStream.concat(IntStream.of(truth), IntStream.of(predicted))
                .sorted()
                .distinct()
                .mapToObj(labels::get)
                .toList();
        var predictions = new ArrayList<Prediction<Label>>();
        for (int i = 0; i < truth.length; i++) {
            Label best = labels.get(predicted[i]);
            predictions.add(new Prediction<>(
                    best, Map.of(best.getLabel(), best), 0, new ArrayExample<>(labels.get(truth[i]), 1f, 0), false));
        }
        LabelEvaluation evaluation = evaluate(new Headless(network, seen, false), data, predictions);
        evaluation.getConfusionMatrix().setLabelOrder(seen);
        return evaluation;
    }

    /** Two classes by score: what is strange has the second name and the higher scores. */
    public static LabelEvaluation rank(
            Description detector, Description data, List<String> names, boolean[] strange, float[] scores) {
        List<Label> labels = names.stream().map(Label::new).toList();
        var predictions = new ArrayList<Prediction<Label>>();
        for (int i = 0; i < scores.length; i++) {
            Label normal = new Label(names.get(0), -scores[i]);
            Label sought = new Label(names.get(1), scores[i]);
            var example = new ArrayExample<>(labels.get(strange[i] ? 1 : 0), 1f, 0);
            predictions.add(new Prediction<>(
                    sought, Map.of(normal.getLabel(), normal, sought.getLabel(), sought), 0, example, true));
        }
        return evaluate(new Headless(detector, labels, true), data, predictions);
    }

    private static LabelEvaluation evaluate(Headless model, Description data, List<Prediction<Label>> predictions) {
        return new LabelEvaluator()
                .evaluate(model, predictions, new DataRecord(data.provenance().values()));
    }

    /** Carries class names and provenance into Tribuo; what it would predict is known already. */
    private static final class Headless extends Model<Label> {
        private static final long serialVersionUID = 1;

        Headless(Description network, List<Label> labels, boolean scores) {
            this(
                    "Ardent",
                    new ModelProvenance(
                            Headless.class.getName(),
                            OffsetDateTime.now(ZoneOffset.UTC),
                            new EmptyDatasetProvenance(),
                            new EmptyTrainerProvenance(),
                            Map.of("origin", network.provenance())),
                    domain(labels),
                    scores);
        }

        private Headless(String name, ModelProvenance provenance, ImmutableOutputInfo<Label> domain, boolean scores) {
            super(name, provenance, new ImmutableFeatureMap(new MutableFeatureMap()), domain, scores);
        }

        private static ImmutableOutputInfo<Label> domain(List<Label> labels) {
            var ids = new LinkedHashMap<Label, Integer>();
            labels.forEach(label -> ids.put(label, ids.size()));
            return new LabelFactory().constructInfoForExternalModel(ids);
        }

        @Override
        public Prediction<Label> predict(Example<Label> example) {
            throw new UnsupportedOperationException("The predictions were made by Ardent.");
        }

        @Override
        public Map<String, List<Pair<String, Double>>> getTopFeatures(int n) {
            return Map.of();
        }

        @Override
        public Optional<Excuse<Label>> getExcuse(Example<Label> example) {
            return Optional.empty();
        }

        @Override
        protected Model<Label> copy(String name, ModelProvenance provenance) {
            return new Headless(name, provenance, outputIDInfo, generatesProbabilities);
        }
    }
}
