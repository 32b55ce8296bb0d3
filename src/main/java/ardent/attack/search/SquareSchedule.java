package ardent.attack.search;

/**
 * How large Square's windows are.
 *
 * @param share of the pixels in the first window, p
 * @param queries number of queries of the attack
 * @param rescaled whether the schedule, made for 10,000 queries, is stretched to this number
 */
public record SquareSchedule(double share, int queries, boolean rescaled) {
    private static final int[] BOUNDS = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};

    /** The share of pixels at a query, counted from 0. */
    double share(int query) {
        int at = rescaled ? (int) ((double) query / queries * 10000) : query;
        double p = share;
        for (int bound : BOUNDS) {
            p = at > bound ? p / 2 : p;
        }
        return p;
    }

    /** The side of a window in pixels; windows of the L2 attack are at least 3 wide and odd. */
    int side(int query, long height, long width, boolean linf) {
        int side = (int) Math.rint(Math.sqrt(share(query) * height * width));
        side = Math.max(side, linf ? 1 : 3);
        side = !linf && side % 2 == 0 ? side + 1 : side;
        return (int) Math.min(side, Math.min(height, width));
    }
}
