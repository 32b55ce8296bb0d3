package ardent.report.chart;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.PerturbationVerifier;
import ardent.data.Images;
import ardent.evaluate.Protocol;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a network answers in a plane through an image: along the perturbation that an attack finds, and along a random one of the
 * same length at a right angle to it.
 *
 * @param attack its name
 * @param most the largest change of a pixel by the attack
 * @param logits row by row, the first row at −{@link #REACH} of the random direction
 */
@SuppressWarnings("ArrayRecordComponent") // made and read at once, never compared
record ImagePlane(String attack, double most, float[][] logits) {
    /** Images in a row and in a column. */
    static final int SIDE = 61;

    /** How far the plane reaches to each side, in lengths of the perturbation. */
    static final double REACH = 1.5;

    private static final int BATCH = new Protocol().batchSize();

    /** The plane through the first of some images; pixels are kept in [0, 1]. */
    static ImagePlane of(Network network, Images images, Attack attack) {
        Images one = images.first(1);
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray pixels = one.pixels(manager);
            NDArray given = pixels.duplicate(); // an attack may write into what it is given
            NDArray found = attack.perturb(network, given, one.labels(manager), Noise.of(0));
            PerturbationVerifier.trouble(attack, pixels, found).ifPresent(trouble -> {
                throw new IllegalArgumentException(trouble);
            });
            found.attach(manager);
            double[] start = doubles(pixels);
            double[] end = doubles(found);
            double[] along = IntStream.range(0, start.length)
                    .mapToDouble(p -> end[p] - start[p])
                    .toArray();
            double length = Math.sqrt(dot(along, along));
            if (length == 0) {
                throw new IllegalArgumentException(attack.label(images.classCount())
                        + " leaves the image as it is: there is no direction to follow; take another image.");
            }
            double[] across = across(along, length);
            var logits = new float[SIDE * SIDE][];
            for (int from = 0; from < logits.length; from += BATCH) {
                int count = Math.min(BATCH, logits.length - from);
                float[] batch = new float[count * start.length];
                for (int i = 0; i < count; i++) {
                    double a = at((from + i) % SIDE);
                    double b = at((from + i) / SIDE);
                    for (int p = 0; p < start.length; p++) {
                        double value = start[p] + a * along[p] + b * across[p];
                        batch[i * start.length + p] = (float) Math.min(1, Math.max(0, value));
                    }
                }
                try (NDArray around = manager.create(batch, new Shape(count).addAll(images.shape()))) {
                    System.arraycopy(Predictions.of(network, around).logits(), 0, logits, from, count);
                }
            }
            double most = DoubleStream.of(along).map(Math::abs).max().orElse(0);
            return new ImagePlane(attack.label(images.classCount()), most, logits);
        }
    }

    /** A random direction of a length, at a right angle to another one. */
    private static double[] across(double[] along, double length) {
        double[] random;
        try (NDArray noise = Noise.of(0).fork(1).normal(new Shape(along.length))) {
            random = doubles(noise);
        }
        double share = dot(random, along) / (length * length);
        for (int p = 0; p < random.length; p++) {
            random[p] -= share * along[p];
        }
        double scale = length / Math.sqrt(dot(random, random));
        return Arrays.stream(random).map(value -> scale * value).toArray();
    }

    private static double at(int step) {
        return REACH * (2.0 * step / (SIDE - 1) - 1);
    }

    private static double[] doubles(NDArray array) {
        float[] values = Tape.read(array::toFloatArray);
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static double dot(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> one[i] * other[i])
                .sum();
    }

    /** The predicted classes. */
    int[] classes() {
        return Arrays.stream(logits)
                .mapToInt(row -> IntStream.range(1, row.length).reduce(0, (best, k) -> row[k] > row[best] ? k : best))
                .toArray();
    }

    /** The cross-entropies of a class. */
    double[] losses(int label) {
        return Arrays.stream(logits)
                .mapToDouble(row -> {
                    double most = IntStream.range(0, row.length)
                            .mapToDouble(k -> row[k])
                            .max()
                            .orElse(0);
                    double sum = IntStream.range(0, row.length)
                            .mapToDouble(k -> Math.exp(row[k] - most))
                            .sum();
                    return most + Math.log(sum) - row[label];
                })
                .toArray();
    }
}
