package ardent.anomaly;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.data.Images;
import ardent.evaluate.Protocol;
import ardent.evaluate.TribuoAdapter;
import ardent.network.EngineEnvironment;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Fact;
import ardent.tensor.BatchBounds;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.tribuo.classification.Label;
import org.tribuo.classification.evaluation.LabelEvaluation;

/**
 * How well a detector ranks anomalous images above normal ones, by Tribuo.
 *
 * @param detector its name
 * @param description where it comes from
 * @param tested what it was tested on, and with what
 * @param images the images in a few words, such as {@code MNIST test, take(1000, seed 0)}
 * @param normal name of the class that is normal
 * @param normals number of its images
 * @param anomalies number of the others
 * @param auroc area under the receiver's curve: how often an anomalous image scores higher than a normal one, in [0, 1]
 * @param precision average precision with the anomalies as the positive class, in [0, 1]; guessing gives the share of
 *     anomalies
 * @param scores the scores, in the order of the images
 */
public record AnomalyScores(
        String detector,
        Description description,
        Description tested,
        String images,
        String normal,
        int normals,
        int anomalies,
        double auroc,
        double precision,
        List<Float> scores) {
    private static final String NORMAL = "normal";
    private static final String STRANGE = "strange";

    /** The data: their origin, and which class is normal. */
    record Tested(
            Description data,
            String normal,
            Protocol protocol,
            @Fact Environment environment) {}

    /** All but the scores themselves. */
    private record Ranked(
            Description detector, Description tested, int normals, int anomalies, double auroc, double precision) {}

    /**
     * Where the numbers come from: detector with its teacher, data, protocol, environment.
     *
     * @return the description
     */
    public Description provenance() {
        return Description.of(new Ranked(description, tested, normals, anomalies, auroc, precision));
    }

    /** Copies the list. */
    public AnomalyScores {
        Arguments.given("detector, description, tested, images, normal", detector, description, tested, images, normal);
        scores = Arguments.all("scores", scores);
    }

    /**
     * Scores images and ranks them.
     *
     * @param detector the detector
     * @param images test images, of the normal class and of others
     * @param normal label of the class that is normal; all others are anomalies
     * @param protocol batch size
     * @return how well it ranks them
     * @throws IllegalArgumentException in one sentence, if the images are all normal or all strange, or a score is no
     *     finite number
     * @throws CancellationException if it was interrupted
     */
    public static AnomalyScores measure(Detector detector, Images images, int normal, Protocol protocol) {
        Arguments.given("detector, images, protocol", detector, images, protocol);
        int normals = (int) IntStream.range(0, images.size())
                .filter(i -> images.label(i) == normal)
                .count();
        if (normals == 0 || normals == images.size()) {
            throw new IllegalArgumentException("Normal and strange images are ranked against each other, and of the "
                    + images.size() + " images of " + images.origin() + " " + normals + " have the normal label "
                    + normal + ".");
        }
        String name = detector instanceof Described described ? described.name() : "detector";
        float[] scores = Work.run("evaluate " + name, task -> scores(name, detector, images, protocol, task));
        boolean[] strange = new boolean[scores.length];
        for (int i = 0; i < scores.length; i++) {
            strange[i] = images.label(i) != normal;
        }
        Description description = Description.of(detector);
        String which = images.classes().get(normal);
        Description tested =
                Description.of(new Tested(Description.of(images.origin()), which, protocol, EngineEnvironment.now()));
        LabelEvaluation evaluation = TribuoAdapter.rank(description, tested, List.of(NORMAL, STRANGE), strange, scores);
        Label sought = new Label(STRANGE);
        return new AnomalyScores(
                name,
                description,
                tested,
                images.origin().toString(),
                which,
                normals,
                scores.length - normals,
                evaluation.AUCROC(sought),
                evaluation.averagedPrecision(sought),
                IntStream.range(0, scores.length).mapToObj(i -> scores[i]).toList());
    }

    private static float[] scores(String name, Detector detector, Images images, Protocol protocol, Work.Task task) {
        var scores = new float[images.size()];
        var batches = new BatchBounds(scores.length, protocol.batchSize());
        for (int b = 0; b < batches.count(); b++) {
            if (task.stopping()) {
                throw new CancellationException("The evaluation was stopped before every image had its score.");
            }
            int[] batch = batches.of(b);
            try (NDArray answer =
                    Tape.quiet(() -> Tape.scope(() -> detector.strangeness(images.pixels(Torch.manager(), batch))))) {
                if (answer.getDataType() != DataType.FLOAT32
                        || !answer.getShape().equals(new Shape(batch.length))) {
                    throw new IllegalArgumentException("The detector " + name + " answers " + batch.length
                            + " images with " + answer.getDataType() + " of shape " + answer.getShape()
                            + " instead of one float32 score for each, of shape (" + batch.length
                            + "): reduce a map to one number, for example its largest.");
                }
                System.arraycopy(answer.toFloatArray(), 0, scores, batches.from(b), batch.length);
            }
            for (int i : batch) {
                if (!Float.isFinite(scores[i])) {
                    throw new IllegalArgumentException("The detector answers image " + i + " with the score "
                            + scores[i] + ": its weights are damaged or its training diverged.");
                }
            }
            task.report("scores", batches.from(b) + batch.length, scores.length, Map.of());
        }
        return scores;
    }

    /** The result in one line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s on %s: AUROC %.4f, average precision %.4f (%d images of the normal class %s, %d others)",
                detector,
                images,
                auroc,
                precision,
                normals,
                normal,
                anomalies);
    }
}
