package ardent.attack.cascade;

import ardent.attack.CascadeResult;
import ardent.attack.Cost;
import ardent.attack.Stage;
import ardent.attack.Warning;
import ardent.attack.check.AccuracyChecks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a cascade knows so far; every change is one entry, which a journal may keep on disk. */
final class CascadeState {
    /**
     * What one batch brought.
     *
     * @param stage its stage; 0 is the clean pass
     * @param position where the stage goes on after it
     * @param rows images that fell in it
     * @param images their adversarial images; none in the clean pass
     * @param outside images that left the ball or the pixel range
     * @param unstable images judged otherwise in another batch
     * @param cost what it asked of the network
     * @param nanos wall time
     */
    record Entry(
            int stage,
            long position,
            List<Integer> rows,
            List<float[]> images,
            int outside,
            int unstable,
            Cost cost,
            long nanos) {}

    private final int[] fell;
    private final SortedMap<Integer, float[]> broken = new TreeMap<>();
    private final List<String> names;
    private final Cost[] costs;
    private final long[] nanos;
    private int stage;
    private long position;
    private int outside;
    private int unstable;

    CascadeState(int images, List<String> names) {
        this.names = names;
        fell = new int[images];
        Arrays.fill(fell, CascadeResult.STANDING);
        costs = new Cost[names.size()];
        Arrays.fill(costs, Cost.NONE);
        nanos = new long[names.size()];
    }

    void apply(Entry entry) {
        stage = entry.stage();
        position = entry.position();
        for (int i = 0; i < entry.rows().size(); i++) {
            int row = entry.rows().get(i);
            fell[row] = stage;
            if (stage > 0) {
                broken.put(row, entry.images().get(i));
            }
        }
        outside += entry.outside();
        unstable += entry.unstable();
        costs[stage] = costs[stage].plus(entry.cost());
        nanos[stage] += entry.nanos();
    }

    /** Where a stage begins or, after a break, goes on; {@link Long#MAX_VALUE} once a later one has begun. */
    long position(int asked) {
        return asked < stage ? Long.MAX_VALUE : asked == stage ? position : 0;
    }

    boolean stands(int row) {
        return fell[row] == CascadeResult.STANDING;
    }

    /** Images that stood when a stage began. */
    int[] standingAt(int asked) {
        return java.util.stream.IntStream.range(0, fell.length)
                .filter(row -> stands(row) || fell[row] >= asked)
                .toArray();
    }

    int standing() {
        return standingAt(Integer.MAX_VALUE).length;
    }

    double accuracy() {
        return (double) standing() / fell.length;
    }

    List<Warning> warnings() {
        var warnings = new ArrayList<Warning>();
        if (outside > 0) {
            warnings.add(new Warning(Warning.Code.OUTSIDE, outside));
        }
        if (unstable > 0) {
            warnings.add(new Warning(Warning.Code.UNSTABLE, unstable));
        }
        return warnings;
    }

    CascadeResult verdict(String attack, List<Warning> warnings) {
        var stages = new ArrayList<Stage>();
        for (int i = 0; i < names.size(); i++) {
            int left = standingAt(i + 1).length;
            stages.add(
                    new Stage(names.get(i), left, (double) left / fell.length, costs[i], Duration.ofNanos(nanos[i])));
        }
        var all = new ArrayList<>(warnings);
        all.addAll(warnings());
        all.addAll(AccuracyChecks.after(stages));
        return new CascadeResult(attack, stages, fell, broken, all);
    }
}
