package ardent.attack.cascade;

import ardent.attack.Attack;
import ardent.attack.MultiRoundAttack;
import ardent.attack.cascade.StageRunner.Casualties;
import ardent.tensor.Noise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * One attack of a fast cascade: a queue of (round, image) pairs, round by round, from which batches are filled with the
 * images that still stand. Where few stand, several rounds share a batch; the lowest that breaks an image counts, so
 * that batches do not show in the result.
 */
final class BatchRefill {
    private final CascadeRun run;
    private final int stage;
    private final Attack attack;
    private final int rounds;
    private final int[] standing;
    private final long[] keys;

    BatchRefill(CascadeRun run, int stage, Attack attack) {
        this.run = run;
        this.stage = stage;
        this.attack = attack;
        standing = run.ledger().standingAt(stage);
        rounds = attack instanceof MultiRoundAttack parts
                ? parts.rounds(run.judge().classes())
                : 1;
        long seed = Noise.mix(run.cascade().seed(), attack.label().hashCode());
        keys = new long[standing.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = Noise.mix(seed, run.judge().key(standing[i]));
        }
    }

    void run() {
        long end = (long) rounds * standing.length;
        long position = run.ledger().position(stage);
        while (position < end && run.ledger().standing() > 0) {
            var tasks = new ArrayList<Long>();
            long next = position;
            while (next < end && tasks.size() < run.cascade().batch() && !full(tasks, next)) {
                if (run.ledger().stands(standing[(int) (next % standing.length)])) {
                    tasks.add(next);
                }
                next++;
            }
            long reached = next;
            if (!tasks.isEmpty()) {
                run.note(stage, reached, (double) reached / end, () -> batch(tasks));
            }
            position = reached;
        }
    }

    /** Whether the next task may not join a batch because it belongs to another round. */
    private boolean full(List<Long> tasks, long next) {
        boolean mixes = attack instanceof MultiRoundAttack parts && parts.mixes();
        return !mixes && !tasks.isEmpty() && tasks.get(0) / standing.length != next / standing.length;
    }

    /** Shares a batch among the crew and joins what they found. */
    private Casualties batch(List<Long> tasks) {
        List<Casualties> parts = run.crew().share(tasks, this::part);
        var seen = new HashSet<Integer>();
        var rows = new ArrayList<Integer>();
        var images = new ArrayList<float[]>();
        int outside = 0;
        int unstable = 0;
        for (Casualties part : parts) {
            for (int i = 0; i < part.rows().size(); i++) {
                if (seen.add(part.rows().get(i))) {
                    rows.add(part.rows().get(i));
                    images.add(part.images().get(i));
                }
            }
            outside += part.outside();
            unstable += part.unstable();
        }
        return new Casualties(rows, images, outside, unstable);
    }

    private Casualties part(List<Long> tasks) {
        long[] rows = new long[tasks.size()];
        long[] rounds = new long[tasks.size()];
        long[] streams = new long[tasks.size()];
        for (int i = 0; i < rows.length; i++) {
            int at = (int) (tasks.get(i) % standing.length);
            rows[i] = standing[at];
            rounds[i] = tasks.get(i) / standing.length;
            streams[i] = Noise.mix(keys[at], rounds[i]);
        }
        Noise noise = Noise.each(Noise.mix(run.cascade().seed(), rounds[0]), streams);
        return attack instanceof MultiRoundAttack parts
                ? run.judge().searched(parts, rows, rounds, noise)
                : run.judge().perturbed(attack, rows, noise);
    }
}
