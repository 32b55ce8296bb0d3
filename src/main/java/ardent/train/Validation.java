package ardent.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Predictions;
import ardent.progress.Work;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Judges networks by held-out images, the same images with the same noise every time.
 *
 * @param held the images
 * @param noise where attacks draw from
 * @param manager who owns arrays meanwhile
 */
record Validation(Images held, Noise noise, NDManager manager) {
    private static final int BATCH = 128;

    /**
     * A network's accuracy.
     *
     * @param network the network
     * @param attack what attacks the images, or null for clean ones
     * @param task tells when to stop
     * @return a share, NaN if it was stopped
     * @throws Predictions.NotFinite in one sentence, if its answers are not finite
     */
    double accuracy(Classifier network, @Nullable Pgd attack, Work.Task task) {
        int right = 0;
        var batches = new BatchBounds(held.size(), BATCH);
        for (int b = 0; b < batches.count(); b++) {
            if (task.stopping()) {
                return Double.NaN;
            }
            int[] batch = batches.of(b);
            long[] index = IntStream.of(batch).asLongStream().toArray();
            Noise draws = noise.fork(batches.from(b));
            int[] before = {right};
            Tape.free(() -> {
                NDArray images = held.pixels(manager, batch);
                NDArray labels = held.labels(manager, batch);
                NDArray judged = attack == null ? images : attack.perturb(network, images, labels, draws);
                for (boolean hit : Predictions.of(network, judged, index).right(labels)) {
                    before[0] += hit ? 1 : 0;
                }
            });
            right = before[0];
        }
        return (double) right / held.size();
    }
}
