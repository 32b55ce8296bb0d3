package ardent.grid;

import ardent.progress.Work;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The part of a work that fills one cell: what happens inside it is told as the cell's, in percent of the whole.
 */
final class CellProgress implements Work.Task {
    /** How much of the work weighs as much as the price does in what is said to be left. */
    private static final double PRIOR = 0.05;

    private final Work.Task whole;
    private final String name;
    private final Weights weights;
    private final double[] parts;
    private int part;

    /**
     * What weighs how much.
     *
     * @param before of all cells that are done
     * @param total of all
     * @param begun when the first cell began, if weights are seconds of a price; 0 otherwise
     */
    record Weights(double before, double total, long begun) {
        /** What is left once so much is done: at first what the price says, later as fast as the part done. */
        Duration left(double done) {
            double prior = PRIOR * total;
            double elapsed = (System.nanoTime() - begun) / 1e9;
            double left = (elapsed + prior) / (done + prior) * (total - done);
            return Duration.ofMillis(Math.round(1000 * Math.max(0, left)));
        }
    }

    /** The cell of a name, whose training and measures weigh so much each. */
    CellProgress(Work.Task whole, String name, Weights weights, double[] parts) {
        this.whole = whole;
        this.name = name;
        this.weights = weights;
        this.parts = parts;
        tell(0, Map.of());
    }

    void next() {
        part++;
        tell(0, Map.of());
    }

    void end(Map<String, String> figures) {
        part = parts.length;
        tell(0, figures);
    }

    private void tell(double share, Map<String, String> figures) {
        double inside = part < parts.length ? share * parts[part] : 0;
        double done = weights.before
                + Arrays.stream(parts, 0, Math.min(part, parts.length)).sum()
                + inside;
        whole.report(name, weights.total == 0 ? 0 : Math.round(100 * done / weights.total), 100, figures);
        if (weights.begun != 0) {
            whole.left(weights.left(done));
        }
    }

    @Override
    public void report(String phase, long done, long total, Map<String, String> figures) {
        var all = new LinkedHashMap<String, String>();
        if (!phase.isEmpty()) {
            all.put("now", phase);
        }
        all.putAll(figures);
        tell(total == 0 ? 0 : (double) done / total, all);
    }

    @Override
    public boolean stopping() {
        return whole.stopping();
    }
}
