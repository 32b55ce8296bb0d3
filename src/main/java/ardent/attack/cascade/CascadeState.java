package ardent.attack.cascade;

import ardent.attack.Attack;
import ardent.attack.CascadeResult;
import ardent.attack.Cost;
import ardent.attack.Stage;
import ardent.attack.Warning;
import ardent.attack.check.AccuracyChecks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What a cascade knows so far; every change is one entry, which a journal may keep on disk. */
final class CascadeState {
    /**
     * What one batch brought.
     *
     * @param stage its stage; 0 is the clean pass
     * @param position where the stage goes on after it
     * @param rows images that the network got wrong in it
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
            long nanos) {
        /** As a journal keeps it. */
        byte[] bytes() throws IOException {
            var bytes = new ByteArrayOutputStream();
            try (var out = new DataOutputStream(bytes)) {
                out.writeInt(stage);
                out.writeLong(position);
                out.writeInt(outside);
                out.writeInt(unstable);
                out.writeLong(cost.forwards());
                out.writeLong(cost.backwards());
                out.writeLong(cost.images());
                out.writeLong(nanos);
                out.writeInt(rows.size());
                for (int i = 0; i < rows.size(); i++) {
                    out.writeInt(rows.get(i));
                    float[] pixels = images.isEmpty() ? new float[0] : images.get(i);
                    out.writeInt(pixels.length);
                    for (float pixel : pixels) {
                        out.writeFloat(pixel);
                    }
                }
            }
            return bytes.toByteArray();
        }

        /** As a journal kept it. */
        static Entry of(byte[] record) throws IOException {
            try (var in = new DataInputStream(new ByteArrayInputStream(record))) {
                int stage = in.readInt();
                long position = in.readLong();
                int outside = in.readInt();
                int unstable = in.readInt();
                Cost cost = new Cost(in.readLong(), in.readLong(), in.readLong());
                long nanos = in.readLong();
                int count = in.readInt();
                var rows = new ArrayList<Integer>();
                var images = new ArrayList<float[]>();
                for (int i = 0; i < count; i++) {
                    rows.add(in.readInt());
                    float[] pixels = new float[in.readInt()];
                    for (int j = 0; j < pixels.length; j++) {
                        pixels[j] = in.readFloat();
                    }
                    images.add(pixels);
                }
                return new Entry(stage, position, rows, images, outside, unstable, cost, nanos);
            }
        }
    }

    private final int[] brokenBy;
    private final SortedMap<Integer, float[]> adversarial = new TreeMap<>();
    private final List<? extends Attack> attacks;
    private final int classes;
    private final Cost[] costs;
    private final long[] nanos;
    private int stage;
    private long position;
    private int outside;
    private int unstable;

    CascadeState(int images, List<? extends Attack> attacks, int classes) {
        this.attacks = attacks;
        this.classes = classes;
        brokenBy = new int[images];
        Arrays.fill(brokenBy, CascadeResult.ROBUST);
        costs = new Cost[attacks.size() + 1];
        Arrays.fill(costs, Cost.NONE);
        nanos = new long[attacks.size() + 1];
    }

    String name(int stage) {
        return stage == 0 ? "clean" : attacks.get(stage - 1).label(classes);
    }

    void apply(Entry entry) {
        stage = entry.stage();
        position = entry.position();
        for (int i = 0; i < entry.rows().size(); i++) {
            int row = entry.rows().get(i);
            brokenBy[row] = stage;
            if (stage > 0) {
                adversarial.put(row, entry.images().get(i));
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

    boolean correct(int row) {
        return brokenBy[row] == CascadeResult.ROBUST;
    }

    /** Images that were correct when a stage began. */
    int[] correctBefore(int asked) {
        return IntStream.range(0, brokenBy.length)
                .filter(row -> correct(row) || brokenBy[row] >= asked)
                .toArray();
    }

    /** How many images are correct so far. */
    int correct() {
        return correctBefore(Integer.MAX_VALUE).length;
    }

    double accuracy() {
        return (double) correct() / brokenBy.length;
    }

    private List<Warning> warnings() {
        var warnings = new ArrayList<Warning>();
        if (outside > 0) {
            warnings.add(new Warning(Warning.Code.OUTSIDE, outside));
        }
        if (unstable > 0) {
            warnings.add(new Warning(Warning.Code.UNSTABLE, unstable));
        }
        return warnings;
    }

    CascadeResult result(String attack, List<Warning> warnings) {
        var stages = new ArrayList<Stage>();
        for (int i = 0; i <= attacks.size(); i++) {
            int left = correctBefore(i + 1).length;
            stages.add(new Stage(name(i), left, (double) left / brokenBy.length, costs[i], Duration.ofNanos(nanos[i])));
        }
        var all = new ArrayList<>(warnings);
        all.addAll(warnings());
        all.addAll(AccuracyChecks.after(stages, CascadeResult.tried(attacks)));
        return new CascadeResult(attack, stages, brokenBy, adversarial, all);
    }
}
