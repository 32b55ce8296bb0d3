package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ardent.attack.PerturbationVerifier;
import ardent.data.Images;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.BatchBounds;
import ardent.tensor.Torch;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.LongStream;

/** Runs a network over the images, one batch at a call; every array is closed when the call returns. */
final class BatchPass {
    private final String name;
    private final Network network;
    private final Images images;
    private final BatchBounds batches;

    BatchPass(String name, Network network, Images images, BatchBounds batches) {
        this.name = name;
        this.network = network;
        this.images = images;
        this.batches = batches;
    }

    /** Predicts a batch of clean images. */
    void clean(int batch, int[] predicted) {
        int[] indices = batches.of(batch);
        try (NDManager manager = Torch.manager().newSubManager();
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Predictions said = asked(images.pixels(manager, indices), indices[0]);
            System.arraycopy(said.classes(), 0, predicted, indices[0], indices.length);
        }
    }

    /** From a batch of clean images, their labels and the index of the first one to what an attack makes of them. */
    interface Change {
        NDArray of(NDArray clean, NDArray labels, int first);
    }

    /**
     * Attacks a batch, inspects what the attack made of it, and predicts that.
     *
     * @return the pixels that were predicted
     */
    float[] attacked(
            int batch, Change change, String label, int[] after, ImageCheck inspection, ExampleImages specimens) {
        int[] indices = batches.of(batch);
        try (NDManager manager = Torch.manager().newSubManager();
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray clean = images.pixels(manager, indices);
            // Read before the attack, which may write into the images it is given.
            float[] original = clean.toFloatArray();
            NDArray found = change.of(clean, images.labels(manager, indices), indices[0]);
            PerturbationVerifier.answer(label, clean.getShape(), found);
            float[] perturbed = found.toFloatArray();
            BitSet broken = inspection.images(original, perturbed, indices.length);
            float[] pixels = mended(original, perturbed, broken, indices.length);
            NDArray shown = broken.isEmpty() ? found : manager.create(pixels, clean.getShape());
            Predictions said = asked(shown, indices[0]);
            if (batch == 0 && indices.length > 1) {
                inspection.repetition(said.logits(), halves(shown));
            }
            System.arraycopy(said.classes(), 0, after, indices[0], indices.length);
            specimens.look(indices, original, perturbed);
            return pixels;
        }
    }

    private Predictions asked(NDArray batch, long first) {
        long[] index = LongStream.range(first, first + batch.getShape().get(0)).toArray();
        return Predictions.of(name, network, images.classCount(), batch, index);
    }

    /** Puts the clean image where the attack returned none. */
    private static float[] mended(float[] clean, float[] adversarial, BitSet broken, int count) {
        int size = clean.length / count;
        float[] pixels = adversarial.clone();
        broken.stream().forEach(i -> System.arraycopy(clean, i * size, pixels, i * size, size));
        return pixels;
    }

    private float[][] halves(NDArray batch) {
        long count = batch.getShape().get(0);
        float[][] left = asked(batch.get(new NDIndex("0:{}", count / 2)), 0).logits();
        float[][] right =
                asked(batch.get(new NDIndex("{}:", count / 2)), count / 2).logits();
        float[][] both = Arrays.copyOf(left, (int) count);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }
}
