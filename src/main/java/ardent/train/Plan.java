package ardent.train;

import ardent.network.Precision;
import ardent.provenance.Arguments;
import ardent.provenance.Fact;
import ardent.train.Schedule.Constant;
import ardent.train.Schedule.Cosine;
import ardent.train.Schedule.Drops;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a network is trained, whatever the method.
 *
 * <p>Presets named after methods follow their authors' code: rates, drops, decay and batch. Rates drop where that code
 * drops them, which is often one epoch after the number in the paper. Where authors choose the best epoch on the test
 * set, 1,000 training images are held out for that here.
 *
 * @param epochs passes over the training images, at least 1
 * @param batchSize images in a step, at least 1
 * @param rate learning rate before the schedule, greater than 0
 * @param momentum of stochastic gradient descent, in [0, 1)
 * @param nesterov whether the momentum looks ahead
 * @param decay weight decay, at least 0, on every weight
 * @param schedule how the rate changes
 * @param warmup epochs over which the rate first rises linearly from 0, at least 0; one that is over within the first step
 *     is none
 * @param clip gradient norm beyond which gradients are scaled down; 0 for never
 * @param validation training images held out to choose the best epoch by robust accuracy, at most half of them, or the users whose
 *     validation items judge a recommender; 0 keeps the last epoch
 * @param augment whether colour images are cropped (padding 4, of images with a side below 28 an eighth of it) and mirrored at
 *     random; grey ones never are
 * @param seed of weights, order, augmentation and noise
 * @param averaging which weights are judged and returned
 * @param perturbation where gradients are taken
 * @param patience epochs without a better robust validation accuracy after which training ends; 0 for never
 * @param versions how many versions of the network along its training its run folder keeps, the student included, see {@link
 *     ardent.method.Trajectory}; 0 or 1 for the student alone. It changes no weight
 * @param precision in which a step searches its adversarial images; the step itself is float32
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
        long seed,
        Averaging averaging,
        Perturbation perturbation,
        int patience,
        @Fact int versions,
        Precision precision) {
    /** Checks every number. */
    public Plan {
        Arguments.given("schedule, averaging, perturbation, precision", schedule, averaging, perturbation, precision);
        require(epochs >= 1, "at least 1 epoch", epochs);
        require(batchSize >= 1, "batches of at least 1 image", batchSize);
        require(rate > 0 && Float.isFinite(rate), "a rate greater than 0", rate);
        require(momentum >= 0 && momentum < 1, "a momentum in [0, 1)", momentum);
        require(decay >= 0 && Float.isFinite(decay), "a weight decay of at least 0", decay);
        require(warmup >= 0 && Float.isFinite(warmup), "a warm-up of at least 0 epochs", warmup);
        require(clip >= 0, "a gradient clip of at least 0", clip);
        require(validation >= 0, "at least 0 validation images", validation);
        require(patience >= 0, "a patience of at least 0 epochs", patience);
        require(versions >= 0, "at least 0 versions", versions);
        if (patience > 0 && validation == 0) {
            throw new IllegalArgumentException(
                    "Patience judges epochs by validation images, and the plan holds out none;"
                            + " set validation, or take patience off first, plan.patience(0).validation(0).");
        }
    }

    /**
     * A plan without averaging, perturbation and early stopping.
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
     * @param validation training images held out to choose the best epoch; 0 keeps the last one
     * @param augment whether colour images are cropped and flipped at random
     * @param seed of weights, order, augmentation and noise
     */
    public Plan(
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
        this(
                epochs,
                batchSize,
                rate,
                momentum,
                nesterov,
                decay,
                schedule,
                warmup,
                clip,
                validation,
                augment,
                seed,
                Averaging.none(),
                Perturbation.none(),
                0,
                0,
                Precision.FLOAT32);
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

    /** Batch 128, momentum 0.9, a tenth of the rate after each of the given numbers of epochs. */
    private static Plan published(int epochs, double rate, double decay, int... after) {
        List<Integer> drops = IntStream.of(after).mapToObj(epoch -> epoch + 1).toList();
        return new Plan(epochs, 128, (float) rate, 0.9f, false, (float) decay, new Drops(drops), 0, 0, 1000, true, 0);
    }

    /**
     * The protocol of most distillation papers, {@link #rslad}.
     *
     * @return the plan
     */
    public static Plan paper() {
        return rslad();
    }

    /**
     * RSLAD (Zi et al., ICCV 2021): 300 epochs at rate 0.1, a tenth after epochs 215, 260 and 285, decay 2e-4.
     *
     * @return the plan
     */
    public static Plan rslad() {
        return published(300, 0.1, 2e-4, 215, 260, 285);
    }

    /**
     * MTARD and B-MTARD (Zhao et al., ECCV 2022 and TPAMI 2024): as RSLAD.
     *
     * @return the plan
     */
    public static Plan mtard() {
        return rslad();
    }

    /**
     * ARD (Goldblum et al., AAAI 2020): 200 epochs at rate 0.1, a tenth after epoch 100, decay 2e-4. The paper names a
     * second drop at 150, which the authors' code does not make: it scales the first rate once more.
     *
     * @return the plan
     */
    public static Plan ard() {
        return published(200, 0.1, 2e-4, 100);
    }

    /**
     * IAD (Zhu et al., ICLR 2022): as ARD, whose code it grew from.
     *
     * @return the plan
     */
    public static Plan iad() {
        return ard();
    }

    /**
     * AdaAD (Huang et al., CVPR 2023), also that of DGAD (Park and Min, ECCV 2024): 200 epochs at rate 0.1, a tenth after
     * epochs 100 and 150, decay 5e-4.
     *
     * @return the plan
     */
    public static Plan adaad() {
        return published(200, 0.1, 5e-4, 100, 150);
    }

    /**
     * SAAD (Lee and Chung, TMLR 2026): 200 epochs at rate 0.1, a tenth after epochs 100 and 150, decay 2e-4, weights
     * averaged from epoch 95 on. Its authors report the last epoch.
     *
     * @return the plan
     */
    public static Plan saad() {
        return published(200, 0.1, 2e-4, 100, 150).validation(0).averaging(Averaging.swa(95));
    }

    /**
     * Adversarial training as AdaAD and DGAD train it for comparison (after Pang et al., "Bag of tricks for adversarial
     * training", ICLR 2021): 110 epochs at rate 0.1, a tenth after epochs 100 and 105, decay 5e-4.
     *
     * @return the plan
     */
    public static Plan sat() {
        return published(110, 0.1, 5e-4, 100, 105);
    }

    /**
     * TRADES (Zhang et al., ICML 2019): 76 epochs at rate 0.1, a tenth from epoch 75 on, decay 2e-4. With more epochs it
     * drops again at 90 and 100, as the authors' code does.
     *
     * @return the plan
     */
    public static Plan trades() {
        return published(76, 0.1, 2e-4, 74, 89, 99);
    }

    /**
     * MART (Wang et al., ICLR 2020) for ResNet-18: 120 epochs at rate 0.01, a tenth from epochs 75, 90 and 100 on, decay
     * 3.5e-3.
     *
     * @return the plan
     */
    public static Plan mart() {
        return published(120, 0.01, 3.5e-3, 74, 89, 99);
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
     * The learning rate of a step.
     *
     * @param epoch counted from 1
     * @param step done in the epoch before it
     * @param steps in an epoch
     * @return the rate at its beginning; that after the warm-up where this is over within the first step
     */
    public double rateAt(int epoch, int step, int steps) {
        double done = epoch - 1 + (double) step / steps;
        return (double) warmup * steps <= 1 ? rate * schedule.factor(done, epochs) : rateAt(done);
    }

    /**
     * Refuses images that this plan would train nothing or little on.
     *
     * @param images how many there are to train on
     * @throws IllegalArgumentException in one sentence, if more images are held out than trained on, if every step has the
     *     rate 0, if averaging or perturbation would begin after the last epoch, or if this machine gains nothing by the precision
     */
    public void requireTrains(int images) {
        PlanCheck.of(this, images);
    }

    /**
     * The same plan in one epoch, for trying out whether it runs: without patience and versions; averaging,
     * perturbation and drops of the rate begin at once, and a moving average remembers one step.
     *
     * @param most validation images at most
     * @return a changed copy
     */
    public Plan tried(int most) {
        Plan plan = patience(0).versions(0).epochs(1).validation(Math.min(most, validation));
        if (averaging instanceof Averaging.Swa) {
            plan = plan.averaging(Averaging.swa(1));
        } else if (averaging instanceof Averaging.Ema) {
            plan = plan.averaging(Averaging.ema(0)); // a memory of one step
        }
        if (schedule instanceof Schedule.Drops) {
            plan = plan.schedule(new Schedule.Drops(List.of(1)));
        }
        return perturbation instanceof Perturbation.Awp awp ? plan.perturbation(Perturbation.awp(awp.gamma())) : plan;
    }

    /**
     * With another number of epochs.
     *
     * @param epochs at least 1
     * @return a changed copy
     */
    public Plan epochs(int epochs) {
        return with("epochs", epochs);
    }

    /**
     * With another batch size.
     *
     * @param batchSize at least 1
     * @return a changed copy
     */
    public Plan batchSize(int batchSize) {
        return with("batchSize", batchSize);
    }

    /**
     * With another learning rate.
     *
     * @param rate greater than 0
     * @return a changed copy
     */
    public Plan rate(double rate) {
        return with("rate", (float) rate);
    }

    /**
     * With another weight decay.
     *
     * @param decay at least 0
     * @return a changed copy
     */
    public Plan decay(double decay) {
        return with("decay", (float) decay);
    }

    /**
     * With another schedule.
     *
     * @param schedule how the rate changes
     * @return a changed copy
     */
    public Plan schedule(Schedule schedule) {
        return with("schedule", schedule);
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
        return with("clip", (float) clip);
    }

    /**
     * With another number of validation images.
     *
     * @param validation at least 0; 0 keeps the last epoch
     * @return a changed copy
     */
    public Plan validation(int validation) {
        return with("validation", validation);
    }

    /**
     * With or without random crops and mirrored images, which change what digits and letters are.
     *
     * @param augment whether colour images are cropped and mirrored at random; grey ones never are
     * @return a changed copy
     */
    public Plan augment(boolean augment) {
        return with("augment", augment);
    }

    /**
     * With another seed.
     *
     * @param seed of weights, order, augmentation and noise
     * @return a changed copy
     */
    public Plan seed(long seed) {
        return with("seed", seed);
    }

    /**
     * With another average.
     *
     * @param averaging which weights are judged and returned, such as {@code Averaging.ema(0.995)}
     * @return a changed copy
     */
    public Plan averaging(Averaging averaging) {
        return with("averaging", averaging);
    }

    /**
     * With another perturbation.
     *
     * @param perturbation where gradients are taken, such as {@code Perturbation.awp(0.005)}
     * @return a changed copy
     */
    public Plan perturbation(Perturbation perturbation) {
        return with("perturbation", perturbation);
    }

    /**
     * With early stopping.
     *
     * @param patience epochs without a better robust validation accuracy after which training ends; 0 for never
     * @return a changed copy
     */
    public Plan patience(int patience) {
        return with("patience", patience);
    }

    /**
     * Keeps versions of the network along its training in its run folder, to teach by them as a {@link
     * ardent.method.Trajectory}: of 4, those after a quarter, a half and three quarters of the epochs, and the student.
     *
     * @param versions at least 0
     * @return a changed copy
     */
    public Plan versions(int versions) {
        return with("versions", versions);
    }

    /**
     * With searches in another precision: {@code BFLOAT16} makes training steps with a search faster on processors and GPUs with
     * instructions for bfloat16, and is refused by training elsewhere.
     *
     * @param precision in which a step searches its adversarial images
     * @return a changed copy
     */
    public Plan precision(Precision precision) {
        return with("precision", precision);
    }

    /** Whether the network after an epoch is kept as a version; the last one is kept as the student anyway. */
    boolean keeps(int epoch) {
        long before = (epoch - 1L) * versions / epochs;
        return epoch > 0 && epoch < epochs && (long) epoch * versions / epochs > before;
    }

    /** The value of a component. */
    Object component(String name) {
        return Arrays.stream(Plan.class.getRecordComponents())
                .filter(component -> component.getName().equals(name))
                .findFirst()
                .map(this::value)
                .orElseThrow(() -> new IllegalStateException("A plan has no " + name + "."));
    }

    private Object value(RecordComponent component) {
        try {
            return component.getAccessor().invoke(this);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A plan hides its " + component.getName() + ".", e);
        }
    }

    /** A copy with one component changed. */
    private Plan with(String component, Object value) {
        RecordComponent[] components = Plan.class.getRecordComponents();
        var arguments = new Object[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                boolean changed = components[i].getName().equals(component);
                arguments[i] = changed ? value : value(components[i]);
            }
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return Plan.class.getDeclaredConstructor(types).newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException() instanceof IllegalArgumentException refusal
                    ? refusal
                    : new IllegalStateException(e.getTargetException());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A plan has no " + component + ".", e);
        }
    }
}
