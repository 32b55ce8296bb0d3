package ardent.attack.search;

/** When APGD asks whether to halve its step: after k steps, k shrinking from 22 % to 6 % of all by 3 % each time. */
final class ApgdCheckpoints {
    private final int least;
    private final int less;
    private int interval;
    private int count;

    ApgdCheckpoints(int steps) {
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
}
