package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.MaskingChecks;
import ardent.attack.PerturbationVerifier;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.progress.Work;
import ardent.tensor.BatchBounds;
import ardent.tensor.Torch;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a network over the images, one batch at a call or in a cascade all of them; every array is closed when the call returns.
 *
 * @param first number of the first batch, above 0 where the images are a part of others
 */
record BatchPass(String name, Network network, Images images, BatchBounds batches, int first) {
    /** Predicts a batch of clean images. */
    void clean(int batch, int[] predicted) {
        int[] indices = batches.of(batch);
        try (NDManager manager = Torch.manager().newSubManager();
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Predictions answers = asked(images.pixels(manager, indices), indices[0]);
            System.arraycopy(answers.classes(), 0, predicted, indices[0], indices.length);
        }
    }

    /**
     * Checks the network before attacks by gradients are believed, through the first batch: nothing where no attack
     * follows gradients, ten steps of APGD too where a cascade comes.
     */
    MaskingChecks checks(List<? extends Attack> attacks) {
        List<? extends Attack> sighted =
                attacks.stream().filter(Attack::whiteBox).toList();
        if (sighted.isEmpty()) {
            return MaskingChecks.NONE;
        }
        Ball ball = TransferCheck.ball(attacks);
        boolean randomised = sighted.stream().allMatch(Attack::averagesDraws);
        boolean cascade = sighted.stream().anyMatch(StagedAttack.class::isInstance);
        int[] indices = batches.of(0);
        try (NDManager manager = Torch.manager().newSubManager();
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray pixels = images.pixels(manager, indices);
            NDArray labels = images.labels(manager, indices);
            return cascade
                    ? MaskingChecks.full(network, ball, pixels, labels, randomised)
                    : MaskingChecks.quick(network, ball, pixels, labels, randomised);
        }
    }

    /**
     * Runs a cascade on all images as a whole, in its own batches and from its own seed, because what it finds depends on
     * both; without checks, and without predicting clean images once more.
     *
     * @param journal where it is kept meanwhile, so that one that was cut off goes on; null for nowhere. One that is
     *     damaged or of another attack is begun anew
     * @return empty if the task is stopping
     */
    Optional<CascadeResult> cascade(
            StagedAttack attack,
            CorrectImages clean,
            @Nullable Path journal,
            Work.Task task,
            CascadeOptions.Listener listener) {
        CascadeOptions options = new CascadeOptions()
                .checks(false)
                .clean(clean::at)
                .renewedJournal(journal)
                .watch(attack.label(images.classCount()), task, listener);
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray pixels = images.pixels(manager);
            NDArray labels = images.labels(manager);
            return Optional.of(attack.run(network, pixels, labels, options));
        } catch (CancellationException e) {
            if (!task.stopping()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** From a batch of clean images, their labels and the index of the first one to what an attack makes of them. */
    interface Change {
        NDArray of(NDArray clean, NDArray labels, int first);
    }

    /**
     * Attacks a batch, checks what the attack made of it, and predicts that.
     *
     * @param before what it said of the clean images where images that come back unchanged, most of a cascade's, need not be predicted
     *     again; null to predict the batch as it is
     * @return the pixels that were predicted
     */
    float[] attacked(
            int batch,
            Change change,
            String label,
            int @Nullable [] before,
            int[] after,
            ImageCheck check,
            Set<Integer> chosen,
            List<ExampleImage.Pair> examples) {
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
            BitSet broken = check.images(original, perturbed, indices.length);
            float[] pixels = cleanWhereBroken(original, perturbed, broken, indices.length);
            NDArray shown = broken.isEmpty() ? found : manager.create(pixels, clean.getShape());
            if (before == null || first + batch == 0) { // the first batch shows whether the network mixes images
                Predictions answers = asked(shown, indices[0]);
                if (first + batch == 0 && indices.length > 1) {
                    check.repetition(answers.logits(), halves(shown));
                }
                System.arraycopy(answers.classes(), 0, after, indices[0], indices.length);
            } else {
                System.arraycopy(before, indices[0], after, indices[0], indices.length);
                moved(manager, original, pixels, indices, after);
            }
            ExampleImage.keep(chosen, indices, original, perturbed, examples);
            return pixels;
        }
    }

    private Predictions asked(NDArray batch, long first) {
        long[] index = LongStream.range(first, first + batch.getShape().get(0)).toArray();
        return Predictions.of(name, network, images.classCount(), batch, index);
    }

    /** Predicts the images that an attack changed. */
    private void moved(NDManager manager, float[] clean, float[] pixels, int[] indices, int[] after) {
        int size = clean.length / indices.length;
        int[] rows = IntStream.range(0, indices.length)
                .filter(i -> Arrays.mismatch(clean, i * size, (i + 1) * size, pixels, i * size, (i + 1) * size) >= 0)
                .toArray();
        if (rows.length > 0) {
            var changed = FloatBuffer.allocate(rows.length * size);
            IntStream.of(rows).forEach(i -> changed.put(pixels, i * size, size));
            long[] at = IntStream.of(rows).mapToLong(i -> indices[i]).toArray();
            NDArray batch = manager.create(changed.array(), new Shape(rows.length).addAll(images.shape()));
            int[] classes = Predictions.of(name, network, images.classCount(), batch, at)
                    .classes();
            for (int i = 0; i < rows.length; i++) {
                after[indices[rows[i]]] = classes[i];
            }
        }
    }

    /** Puts the clean image where the attack returned none. */
    private static float[] cleanWhereBroken(float[] clean, float[] adversarial, BitSet broken, int count) {
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
