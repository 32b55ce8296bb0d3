package ardent.report.chart;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.attack.Attack;
import ardent.attack.PerturbationVerifier;
import ardent.data.Images;
import ardent.evaluate.ImagePixels;
import ardent.evaluate.Protocol;
import ardent.evaluate.Subject;
import ardent.evaluate.UniqueNames;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.la.DenseVector;

/** What a network does with images, as figures: margins, decisions and loss around an image, saliency, features. */
public final class Figures {
    private static final int BATCH = new Protocol().batchSize();
    private static final int BINS = 40;
    private static final int SHOWN = 10;

    private Figures() {}

    /**
     * How sure a network is, clean and attacked: the logit of the true class less the largest other one, image by image. In place
     * of an image that left the attack's ball or [0, 1] its clean one is counted, and the caption says so.
     *
     * @param network the network
     * @param images test images, attacked in batches
     * @param attack the attack
     * @return a histogram of both; left of 0 the network is wrong
     * @throws IllegalStateException if this machine has no fonts
     */
    public static XYChart margins(Network network, Images images, Attack attack) {
        Arguments.given("network, images, attack", network, images, attack);
        Subject.requireFit(List.of(Subject.of(network)), images, List.of(attack));
        double[] clean = new double[images.size()];
        double[] attacked = new double[images.size()];
        int[] outside = {0};
        for (int from = 0; from < images.size(); from += BATCH) {
            int[] batch =
                    IntStream.range(from, Math.min(from + BATCH, images.size())).toArray();
            Noise noise = Noise.of(0).fork(from);
            Tape.free(() -> {
                NDArray pixels = images.pixels(Torch.manager(), batch);
                NDArray labels = images.labels(Torch.manager(), batch);
                NDArray given = pixels.duplicate(); // an attack may write into what it is given
                var counted =
                        PerturbationVerifier.counted(attack, pixels, attack.perturb(network, given, labels, noise));
                put(network, pixels, labels, batch, clean);
                put(network, counted.images(), labels, batch, attacked);
                outside[0] += counted.outside().cardinality();
            });
        }
        String name = attack.label(images.classCount());
        var margins = new LinkedHashMap<String, double[]>();
        margins.put("clean", clean);
        margins.put(name, attacked);
        String title = "Margins · " + Predictions.name(network) + " · " + images.origin();
        String caption = images.size() + " images, clean and under " + name
                + ". Left of the line at 0 the network is wrong; how far the attack moves the images to the left is what it costs."
                + (outside[0] == 0
                        ? ""
                        : " In place of an image that left the ball or [0, 1] its clean one is counted (" + outside[0]
                                + " of " + images.size() + "); fix the attack.");
        return Charts.histogram(
                title, "logit of the true class less the largest other one", "images", BINS, margins, caption);
    }

    private static void put(Network network, NDArray pixels, NDArray labels, int[] batch, double[] into) {
        long[] index = IntStream.of(batch).asLongStream().toArray();
        float[][] logits = Predictions.of(network, pixels, index).logits();
        float[] margins = Losses.margin(Torch.manager().create(logits), labels).toFloatArray();
        for (int i = 0; i < batch.length; i++) {
            into[batch[i]] = margins[i];
        }
    }

    /**
     * What a network says around an image: along the perturbation that an attack finds, and along a random one of the same
     * length at a right angle to it.
     *
     * @param network the network
     * @param images the first of them is looked at; {@code images.select(i)} takes another
     * @param attack the attack
     * @return a map of predicted classes, with the image (○) and the adversarial one (×); pixels are kept in [0, 1]
     * @throws IllegalArgumentException if the attack leaves the image as it is, or moves it out of its ball or [0, 1]
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage decisions(Network network, Images images, Attack attack) {
        Arguments.given("network, images, attack", network, images, attack);
        Subject.requireFit(List.of(Subject.of(network)), images, List.of(attack));
        String title = "Decisions of " + Predictions.name(network) + " around an image of class " + name(images);
        return PlaneMap.classes(title, ImagePlane.of(network, images, attack), images.classes());
    }

    /**
     * The loss around an image, in the plane of {@link #decisions}: the cross-entropy of its true class.
     *
     * @param network the network
     * @param images the first of them is looked at; {@code images.select(i)} takes another
     * @param attack the attack
     * @return a map of levels of the loss, with the image (○) and the adversarial one (×); pixels are kept in [0, 1]
     * @throws IllegalArgumentException if the attack leaves the image as it is, or moves it out of its ball or [0, 1]
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage lossSurface(Network network, Images images, Attack attack) {
        Arguments.given("network, images, attack", network, images, attack);
        Subject.requireFit(List.of(Subject.of(network)), images, List.of(attack));
        String title = "Loss of " + Predictions.name(network) + " around an image of class " + name(images);
        return PlaneMap.losses(title, ImagePlane.of(network, images, attack), images.label(0));
    }

    private static String name(Images images) {
        return images.classes().get(images.label(0));
    }

    /**
     * Which pixels matter to networks: the size of the gradient of the cross-entropy with respect to the image (Simonyan et al.,
     * 2014), for colours the largest of the three.
     *
     * @param images ten are shown, of each class the first ones
     * @param networks at least one
     * @return the images, and a row below for each network; white is the largest size in an image
     * @throws IllegalArgumentException if there is no network
     * @throws IllegalStateException if this machine has no fonts
     */
    public static BufferedImage saliency(Images images, Network... networks) {
        Arguments.given("images", images);
        List<Network> all = Arguments.all("networks", networks);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("There is no network whose gradient to show: give at least one.");
        }
        all.forEach(network -> Subject.of(network).requireFit(images));
        Images shown = ContactSheet.ofEachClass(images, SHOWN);
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray pixels = shown.pixels(manager);
            NDArray labels = shown.labels(manager);
            List<List<float[]>> rows =
                    all.stream().map(network -> sizes(network, pixels, labels)).toList();
            return SaliencySheet.of(
                    "Saliency · " + images.origin(),
                    ContactSheet.pictures(pixels, shown.size()),
                    IntStream.range(0, shown.size())
                            .mapToObj(i -> shown.classes().get(shown.label(i)))
                            .toList(),
                    UniqueNames.numbered(all.stream().map(Predictions::name).toList(), Set.of()),
                    rows);
        }
    }

    /** Sizes of a gradient, image by image, row by row, divided by the largest of the image. */
    static List<float[]> sizes(Network network, NDArray pixels, NDArray labels) {
        try (NDArray gradient =
                Tape.gradient(pixels, x -> Losses.crossEntropy(Predictions.logits(network, x), labels))) {
            return ContactSheet.pictures(gradient, (int) gradient.getShape().get(0)).stream()
                    .map(Figures::sizes)
                    .toList();
        }
    }

    private static float[] sizes(ImagePixels gradient) {
        float[] sizes = new float[gradient.height() * gradient.width()];
        float most = Float.MIN_NORMAL;
        for (int i = 0; i < sizes.length; i++) {
            for (int channel = 0; channel < gradient.channels(); channel++) {
                float value = gradient.at(channel, i / gradient.width(), i % gradient.width());
                sizes[i] = Math.max(sizes[i], Math.abs(value));
            }
            most = Math.max(most, sizes[i]);
        }
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] /= most;
        }
        return sizes;
    }

    /**
     * The features of images, which are the input of the last layer, in the two directions in which they differ most
     * (principal component analysis by Tribuo).
     *
     * @param network the network
     * @param images at least 3 images
     * @return one point an image, by class
     * @throws IllegalArgumentException if there are too few images, or their features do not differ
     * @throws IllegalStateException if this machine has no fonts
     */
    public static XYChart features(Classifier network, Images images) {
        Arguments.given("network, images", network, images);
        if (images.size() < 3) {
            throw directionless(images);
        }
        double[][] rows = rows(network, images);
        int width = rows[0].length;
        double[] mean = IntStream.range(0, width)
                .mapToDouble(d ->
                        Arrays.stream(rows).mapToDouble(row -> row[d]).average().orElse(0))
                .toArray();
        double[][] centred = Arrays.stream(rows).map(row -> minus(row, mean)).toArray(double[][]::new);
        double[][] covariance = new double[width][width];
        for (double[] row : centred) {
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < width; j++) {
                    covariance[i][j] += row[i] * row[j] / rows.length;
                }
            }
        }
        var parts = DenseMatrix.createDenseMatrix(covariance)
                .eigenDecomposition()
                .orElseThrow(() ->
                        new IllegalArgumentException("The features of these images have no principal components."));
        double all =
                IntStream.range(0, width).mapToDouble(d -> covariance[d][d]).sum();
        if (width < 2 || !(all > 0)) {
            throw directionless(images);
        }
        DenseVector values = parts.eigenvalues();
        double[] first = parts.getEigenVector(0).toArray();
        double[] second = parts.getEigenVector(1).toArray();
        var points = new LinkedHashMap<String, List<double[]>>();
        images.classes().forEach(name -> points.put(name, new ArrayList<>()));
        for (int i = 0; i < centred.length; i++) {
            points.getOrDefault(images.classes().get(images.label(i)), new ArrayList<>())
                    .add(new double[] {dot(centred[i], first), dot(centred[i], second)});
        }
        points.values().removeIf(List::isEmpty);
        return Charts.cloud(
                "Features of " + network.name() + " · " + images.origin(),
                List.of(axis(1, values.get(0) / all), axis(2, values.get(1) / all)),
                points,
                images.size()
                        + " clean images, each by its true class. Classes that lie apart here are told apart; those that"
                        + " overlap may still differ in other directions.");
    }

    private static IllegalArgumentException directionless(Images images) {
        return new IllegalArgumentException("Features of " + images.size()
                + " images have no two directions to show: give at least 3 images that differ.");
    }

    private static String axis(int number, double share) {
        return "principal component " + number + ", " + Math.round(100 * share) + " % of the variance";
    }

    private static double[][] rows(Classifier network, Images images) {
        var rows = new double[images.size()][];
        for (int from = 0; from < images.size(); from += BATCH) {
            int[] batch =
                    IntStream.range(from, Math.min(from + BATCH, images.size())).toArray();
            try (NDArray pixels = images.pixels(Torch.manager(), batch)) {
                float[] flat =
                        Tape.read(() -> network.outputs(pixels).features().toFloatArray());
                int each = flat.length / batch.length;
                for (int i = 0; i < batch.length; i++) {
                    rows[from + i] = doubles(Arrays.copyOfRange(flat, i * each, (i + 1) * each));
                }
            }
        }
        return rows;
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static double[] minus(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> one[i] - other[i])
                .toArray();
    }

    private static double dot(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> one[i] * other[i])
                .sum();
    }
}
