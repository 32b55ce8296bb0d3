package ardent.train;

import ardent.train.Schedule.Constant;
import ardent.train.Schedule.Cosine;
import ardent.train.Schedule.Drops;
import java.util.List;

/**
 * How a network is trained, whatever the method.
 *
 * @param epochs passes over the training images, at least 1
 * @param batchSize images in a step, at least 1
 * @param rate learning rate before the schedule, greater than 0
 * @param momentum of stochastic gradient descent, in [0, 1)
 * @param nesterov whether the momentum looks ahead
 * @param decay weight decay, at least 0, on every weight
 * @param schedule how the rate changes
 * @param warmup epochs over which the rate first rises linearly from 0, at least 0
 * @param clip gradient norm beyond which gradients are scaled down; 0 for never
 * @param validation training images held out to choose the best epoch by robust accuracy; 0 keeps the last epoch
 * @param augment whether colour images are cropped (padding 4) and flipped at random; grey ones never are
 * @param seed of weights, order, augmentation and noise
 */
public record Plan(
        int epochs,
        int batchSize,
        float rate,
        float momentum,
        boolean nesterov,
        float decay,
        Schedule schedule,
        float warmup,
        float clip,
        int validation,
        boolean augment,
        long seed) {
    /** Checks every number. */
    public Plan {
        require(epochs >= 1, "at least 1 epoch", epochs);
        require(batchSize >= 1, "batches of at least 1 image", batchSize);
        require(rate > 0 && Float.isFinite(rate), "a rate greater than 0", rate);
        require(momentum >= 0 && momentum < 1, "a momentum in [0, 1)", momentum);
        require(decay >= 0, "a weight decay of at least 0", decay);
        require(warmup >= 0, "a warm-up of at least 0 epochs", warmup);
        require(clip >= 0, "a gradient clip of at least 0", clip);
        require(validation >= 0, "at least 0 validation images", validation);
    }

    private static void require(boolean right, String wish, Number given) {
        if (!right) {
            throw new IllegalArgumentException("A plan needs " + wish + ", not " + given + ".");
        }
    }

    /**
     * A few epochs for small networks and small images: 5 epochs of batch 64 at rate 0.1 with Nesterov momentum, a short
     * warm-up and a cosine to 0; 500 validation images.
     *
     * @return the plan
     */
    public static Plan quick() {
        return new Plan(5, 64, 0.1f, 0.9f, true, 5e-4f, new Cosine(), 0.5f, 0, 500, true, 0);
    }

    /**
     * The protocol of RSLAD (Zi et al., ICCV 2021): 300 epochs of batch 128, rate 0.1 with a tenth at epochs 215, 260 and
     * 285, momentum 0.9, decay 2e-4. Its authors choose the best epoch on the test set; here 1,000 training images are
     * held out for that.
     *
     * @return the plan
     */
    public static Plan paper() {
        return new Plan(300, 128, 0.1f, 0.9f, false, 2e-4f, new Drops(List.of(215, 260, 285)), 0, 0, 1000, true, 0);
    }

    /**
     * The learning rate of a moment.
     *
     * @param done epochs done, with fractions
     * @return the rate
     */
    public double rateAt(double done) {
        double rise = warmup > 0 ? Math.min(1, done / warmup) : 1;
        return rate * rise * schedule.factor(done, epochs);
    }

    /**
     * With another number of epochs.
     *
     * @param epochs at least 1
     * @return a changed copy
     */
    public Plan epochs(int epochs) {
        return new Plan(
                epochs, batchSize, rate, momentum, nesterov, decay, schedule, warmup, clip, validation, augment, seed);
    }

    /**
     * With another batch size.
     *
     * @param batchSize at least 1
     * @return a changed copy
     */
    public Plan batchSize(int batchSize) {
        return new Plan(
                epochs, batchSize, rate, momentum, nesterov, decay, schedule, warmup, clip, validation, augment, seed);
    }

    /**
     * With another learning rate.
     *
     * @param rate greater than 0
     * @return a changed copy
     */
    public Plan rate(double rate) {
        return new Plan(
                epochs,
                batchSize,
                (float) rate,
                momentum,
                nesterov,
                decay,
                schedule,
                warmup,
                clip,
                validation,
                augment,
                seed);
    }

    /**
     * With another schedule.
     *
     * @param schedule how the rate changes
     * @return a changed copy
     */
    public Plan schedule(Schedule schedule) {
        return new Plan(
                epochs, batchSize, rate, momentum, nesterov, decay, schedule, warmup, clip, validation, augment, seed);
    }

    /**
     * With a constant rate.
     *
     * @return a changed copy
     */
    public Plan constant() {
        return schedule(new Constant());
    }

    /**
     * With another gradient clip.
     *
     * @param clip at least 0; 0 for never
     * @return a changed copy
     */
    public Plan clip(double clip) {
        return new Plan(
                epochs,
                batchSize,
                rate,
                momentum,
                nesterov,
                decay,
                schedule,
                warmup,
                (float) clip,
                validation,
                augment,
                seed);
    }

    /**
     * With another number of validation images.
     *
     * @param validation at least 0; 0 keeps the last epoch
     * @return a changed copy
     */
    public Plan validation(int validation) {
        return new Plan(
                epochs, batchSize, rate, momentum, nesterov, decay, schedule, warmup, clip, validation, augment, seed);
    }

    /**
     * With another seed.
     *
     * @param seed of weights, order, augmentation and noise
     * @return a changed copy
     */
    public Plan seed(long seed) {
        return new Plan(
                epochs, batchSize, rate, momentum, nesterov, decay, schedule, warmup, clip, validation, augment, seed);
    }
}
