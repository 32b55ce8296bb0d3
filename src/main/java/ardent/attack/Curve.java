package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Accuracy against the radius.
 *
 * @param attack name of the attack
 * @param radii ε, rising
 * @param accuracies share of images right under it, falling
 */
public record Curve(String attack, List<Float> radii, List<Double> accuracies) {
    /** Checks that there are as many accuracies as radii and that these rise. */
    public Curve {
        radii = List.copyOf(radii);
        accuracies = List.copyOf(accuracies);
        boolean rise = true;
        for (int i = 1; i < radii.size(); i++) {
            rise &= radii.get(i) > radii.get(i - 1);
        }
        if (radii.isEmpty() || !rise || radii.size() != accuracies.size()) {
            throw new IllegalArgumentException("A curve needs rising radii, at least one, not " + radii + ".");
        }
    }

    /**
     * Runs an attack at rising radii, each on the images that withstood the smaller ones: what breaks at one radius is
     * broken at every larger one.
     *
     * @param victim the network, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param radii ε, rising; 0 gives the clean accuracy
     * @param attack the attack for a radius greater than 0, such as {@code e -> new Pgd(new Linf(e), 20)}
     * @param batch images attacked at a time, at least 1
     * @return the curve
     */
    public static Curve of(
            Network victim,
            NDArray images,
            NDArray labels,
            List<Float> radii,
            Function<Float, Attack> attack,
            int batch) {
        Inputs.check(victim, images, labels);
        boolean[] standing = flags(victim, images, labels, batch);
        var accuracies = new ArrayList<Double>();
        String name = "";
        for (float radius : radii) {
            if (radius > 0) {
                Attack at = attack.apply(radius);
                name = at.label();
                long[] rows = Rows.where(standing, true);
                var batches = new BatchBounds(rows.length, batch);
                for (int from = 0; from < rows.length; from = batches.end(from)) {
                    long[] part = java.util.Arrays.copyOfRange(rows, from, batches.end(from));
                    Tape.free(() -> {
                        NDArray truth = Rows.pick(labels, part);
                        NDArray changed = at.perturb(victim, Rows.pick(images, part), truth, Noise.of(0));
                        boolean[] right = Predictions.of(victim, changed, part).right(truth);
                        for (int i = 0; i < part.length; i++) {
                            standing[(int) part[i]] = right[i];
                        }
                    });
                }
            }
            accuracies.add((double) Rows.where(standing, true).length / standing.length);
        }
        return new Curve(name, radii, accuracies);
    }

    /**
     * The whole curve from one run of an attack that searches short perturbations, such as {@link CwL2} or
     * {@link DeepFool}.
     *
     * @param victim the network, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param adversarial what the attack made of them
     * @param linf whether distances are L∞, else L2
     * @param radii ε, rising
     * @param name name of the attack
     * @return the curve
     */
    public static Curve ofDistances(
            Network victim,
            NDArray images,
            NDArray labels,
            NDArray adversarial,
            boolean linf,
            List<Float> radii,
            String name) {
        float[][] distances = new float[1][];
        boolean[][] right = new boolean[2][];
        Tape.free(() -> {
            distances[0] = Region.norm(linf, adversarial.sub(images)).toFloatArray();
            right[0] = Predictions.of(victim, images).right(labels);
            right[1] = Predictions.of(victim, adversarial).right(labels);
        });
        var accuracies = new ArrayList<Double>();
        for (float radius : radii) {
            int standing = 0;
            for (int i = 0; i < distances[0].length; i++) {
                standing += right[0][i] && (right[1][i] || distances[0][i] > radius) ? 1 : 0;
            }
            accuracies.add((double) standing / distances[0].length);
        }
        return new Curve(name, radii, accuracies);
    }

    private static boolean[] flags(Network victim, NDArray images, NDArray labels, int batch) {
        boolean[] right = new boolean[(int) labels.size()];
        var batches = new BatchBounds(right.length, batch);
        for (int from = 0; from < right.length; from = batches.end(from)) {
            int start = from;
            String part = start + ":" + batches.end(from);
            Tape.free(() -> {
                long[] rows = LongStream.range(start, batches.end(start)).toArray();
                boolean[] now = Predictions.of(victim, images.get(part), rows).right(labels.get(part));
                System.arraycopy(now, 0, right, start, now.length);
            });
        }
        return right;
    }
}
