package ardent.attack.cascade;

/** How fast the stage at work goes, and so how long it will still take. */
final class RemainingTime {
    private int stage = -1;
    private long begin;
    private double first;

    /** Before a batch: where its stage is. */
    void before(int now, double share) {
        if (now != stage) {
            stage = now;
            begin = System.nanoTime();
            first = share;
        }
    }

    /**
     * Seconds that the stage will still take if the rest goes as what this program did of it; images that are broken on the way
     * make it shorter.
     */
    double left(double share) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        return share > first ? seconds * (1 - share) / (share - first) : Double.NaN;
    }
}
