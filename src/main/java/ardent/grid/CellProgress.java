package ardent.grid;

import ardent.progress.Work;
import java.util.LinkedHashMap;
import java.util.Map;

/** The part of a work that fills one cell: what happens inside it is told as the cell's, in percent of the whole. */
final class CellProgress implements Work.Task {
    private final Work.Task whole;
    private final int number;
    private final int cells;
    private final int parts;
    private String name = "";
    private int part;

    CellProgress(Work.Task whole, int number, int cells, int parts) {
        this.whole = whole;
        this.number = number;
        this.cells = cells;
        this.parts = parts;
    }

    void begin(String cell) {
        name = "cell " + (number + 1) + " of " + cells + ": " + cell;
        tell(0, Map.of());
    }

    void next() {
        part++;
        tell(0, Map.of());
    }

    void end(Map<String, String> figures) {
        part = parts;
        tell(0, figures);
    }

    private void tell(double share, Map<String, String> figures) {
        double done = (number + Math.min(1, (part + share) / parts)) / cells;
        whole.report(name, Math.round(100 * done), 100, figures);
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
