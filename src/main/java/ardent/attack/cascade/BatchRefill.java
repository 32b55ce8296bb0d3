package ardent.attack.cascade;

import ardent.attack.Attack;
import ardent.attack.MultiRoundAttack;
import ardent.attack.cascade.StageRunner.Misclassified;
import ardent.tensor.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attack of a fast cascade: a queue of (round, image) pairs, round by round, from which batches are filled with the
 * images that are still correct. Where these are few, several rounds share a batch; the lowest that breaks an image counts,
 * so that batches do not show in the result.
 */
final class BatchRefill {
    private final CascadeRun run;
    private final int stage;
    private final Attack attack;
    private final @Nullable MultiRoundAttack parts;
    private final int[] images;
    private final long seed;
    private final long[] keys;

    BatchRefill(CascadeRun run, int stage, Attack attack) {
        this.run = run;
        this.stage = stage;
        this.attack = attack;
        parts = attack instanceof MultiRoundAttack rounds ? rounds : null;
        images = run.state().correctBefore(stage);
        // An attack that has the label of earlier ones draws otherwise than they did.
        long alike = run.earlier(stage).stream()
                .filter(earlier -> earlier.label().equals(attack.label()))
                .count();
        seed = alike == 0 ? run.seed() : Noise.mix(run.seed(), alike);
        long own = Noise.mix(seed, attack.label().hashCode());
        keys = Arrays.stream(images)
                .mapToLong(image -> Noise.mix(own, run.runner().key(image)))
                .toArray();
    }

    void run() {
        long rounds = parts == null ? 1 : parts.rounds(run.runner().classes());
        long end = rounds * images.length;
        long position = run.state().position(stage);
        while (position < end && run.state().correct() > 0) {
            var tasks = new ArrayList<Long>();
            long next = position;
            while (next < end && tasks.size() < run.batch() && !full(tasks, next)) {
                if (run.state().correct(images[(int) (next % images.length)])) {
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
        boolean mixes = parts != null && parts.mixes();
        return !mixes && !tasks.isEmpty() && tasks.get(0) / images.length != next / images.length;
    }

    /** Shares a batch among the workers and joins what they found. */
    private Misclassified batch(List<Long> tasks) {
        var adversarial = new LinkedHashMap<Integer, float[]>();
        int outside = 0;
        int unstable = 0;
        for (Misclassified part : run.runner().pool().share(tasks, this::part)) {
            for (int i = 0; i < part.rows().size(); i++) {
                adversarial.putIfAbsent(part.rows().get(i), part.images().get(i));
            }
            outside += part.outside();
            unstable += part.unstable();
        }
        return new Misclassified(
                List.copyOf(adversarial.keySet()), List.copyOf(adversarial.values()), outside, unstable);
    }

    private Misclassified part(List<Long> tasks) {
        long[] rows = new long[tasks.size()];
        long[] rounds = new long[tasks.size()];
        long[] streams = new long[tasks.size()];
        for (int i = 0; i < rows.length; i++) {
            int at = (int) (tasks.get(i) % images.length);
            rows[i] = images[at];
            rounds[i] = tasks.get(i) / images.length;
            streams[i] = Noise.mix(keys[at], rounds[i]);
        }
        Noise noise = Noise.each(Noise.mix(seed, rounds[0]), streams);
        return parts != null
                ? run.runner().searched(parts, rows, rounds, noise)
                : run.runner().perturbed(attack, rows, noise);
    }
}
