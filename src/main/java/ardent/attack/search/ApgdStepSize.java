package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;

/**
 * The rule by which APGD halves its step. It is asked after k steps, k shrinking from 22 % to 6 % of all by 3 % each time,
 * and halves the step of an image where too few of them raised the loss, or where the best loss has not risen since a time
 * at which the step was kept.
 */
final class ApgdStepSize {
    private final int least;
    private final int less;
    private int interval;
    private int count;

    ApgdStepSize(int steps) {
        interval = Math.max((int) (0.22 * steps), 1);
        least = Math.max((int) (0.06 * steps), 1);
        less = Math.max((int) (0.03 * steps), 1);
    }

    /** Counts one step; whether {@link #interval} steps are full. */
    boolean due() {
        count++;
        return count == interval;
    }

    int interval() {
        return interval;
    }

    /** Goes on to the next interval. */
    void next() {
        interval = Math.max(interval - less, least);
        count = 0;
    }

    /**
     * Whose step is halved after an interval.
     *
     * @param rises {@code [N]}, how many of its steps raised the loss
     * @param reduced {@code [N]}, 1 where the last interval halved the step, or there was none
     * @param before {@code [N]}, the best loss at the last interval's end
     * @param best {@code [N]}, the best loss now
     */
    static NDArray halved(int interval, NDArray rises, NDArray reduced, NDArray before, NDArray best) {
        NDArray rare = rises.lte(constant(0.75 * interval));
        NDArray stuck = reduced.eq(constant(0)).logicalAnd(before.gte(best));
        return rare.logicalOr(stuck);
    }
}
