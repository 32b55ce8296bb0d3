package ardent.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.data.Augmentation;
import ardent.data.Images;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Shuffle;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The batches of every epoch; which images, cropped and flipped how, depends on the seed, the epoch and the batch alone. */
public final class Batches {
    private final Images images;
    private final BatchBounds bounds;
    private final Augmentation augmentation;
    private final Noise noise;
    private int epoch;
    private int[] order = {};

    Batches(Images images, Plan plan, Noise noise) {
        this.images = images;
        bounds = bounds(images.size(), plan);
        this.noise = noise;
        augmentation = plan.augment() ? Augmentation.of(images.shape()) : Augmentation.none();
    }

    /** How a plan cuts images into batches. */
    public static BatchBounds bounds(int images, Plan plan) {
        return new BatchBounds(images, plan.batchSize());
    }

    /** Batches in an epoch. */
    int count() {
        return bounds.count();
    }

    /** Images in a batch, counted from 1. */
    int length(int number) {
        int from = bounds.from(number - 1);
        return bounds.end(from) - from;
    }

    /** The images of a batch, both counted from 1; {@code [N, C, H, W]} in [0, 1]. */
    NDArray pixels(NDManager manager, int epoch, int number) {
        return images.pixels(manager, batch(epoch, number), augmentation, random(epoch, number));
    }

    /** The labels of a batch, {@code [N]} int64, −1 where one is not known. */
    NDArray labels(NDManager manager, int epoch, int number) {
        return images.knownLabels(manager, batch(epoch, number));
    }

    private int[] batch(int epoch, int number) {
        if (this.epoch != epoch) {
            order = Shuffle.order(images.size(), random(epoch, 0));
            this.epoch = epoch;
        }
        int from = bounds.from(number - 1);
        return Arrays.copyOfRange(order, from, bounds.end(from));
    }

    private SplittableRandom random(int epoch, int number) {
        return new SplittableRandom(noise.fork(epoch).fork(number).seed());
    }
}
