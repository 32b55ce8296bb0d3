package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ledger.Entry;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a cascade. */
final class CascadeRun implements AutoCloseable {
    private final Cascade cascade;
    private final Counted victim;
    /** The victim for searches, folded where that can be; what they find is judged by the victim itself. */
    private final Counted target;

    private final @Nullable Classifier folded;
    private final NDArray images;
    private final NDArray labels;
    private final int count;
    private final NDArray radii;
    private final float[] reach;
    private final Ledger ledger;
    private final @Nullable Journal journal;
    private final Watch watch;
    private final Crew crew;
    private final Pace pace = new Pace();
    private final long begin = System.nanoTime();
    private long[] keys = {};
    private int classes;

    CascadeRun(Cascade cascade, Network victim, NDArray images, NDArray labels, Course course) {
        this.cascade = cascade;
        this.victim = new Counted(victim);
        folded = cascade.mode() == Mode.FAST && victim instanceof Classifier known ? known.folded() : null;
        target = folded == null ? this.victim : this.victim.with(folded);
        this.images = images;
        this.labels = labels;
        watch = course.watch();
        count = Math.toIntExact(images.getShape().get(0));
        Ball ball = cascade.ball();
        NDArray given = course.radii();
        radii = given == null ? Torch.keep(Tries.radii(ball == null ? new Linf(1) : ball, count)) : kept(given);
        reach = radii.toFloatArray();
        var names = new ArrayList<String>(List.of("clean"));
        cascade.attacks().forEach(attack -> names.add(attack.label()));
        ledger = new Ledger(count, names);
        Path file = course.journal();
        journal = file == null
                ? null
                : Journal.open(file, Fingerprint.of(cascade, victim, images, labels, reach), ledger);
        crew = cascade.mode() == Mode.FAST ? Crew.of(victim) : Crew.alone();
    }

    private static NDArray kept(NDArray array) {
        return Torch.keep(array.duplicate());
    }

    Verdict verdict(List<Warning> warnings) {
        for (int from = at(0); from < count; from += cascade.batch()) {
            clean(from, Math.min(from + cascade.batch(), count));
        }
        for (int stage = 1; stage <= cascade.attacks().size() && ledger.standing() > 0; stage++) {
            Attack attack = cascade.attacks().get(stage - 1);
            if (cascade.mode() == Mode.PARITY) {
                inOrder(stage, attack);
            } else {
                new Refill(this, stage, attack).run();
            }
        }
        return ledger.verdict(cascade.name(), warnings);
    }

    private int at(int stage) {
        return (int) Math.min(ledger.position(stage), count);
    }

    private void clean(int from, int to) {
        note(0, to, (double) to / count, () -> {
            NDArray logits = victim.logits(images.get(from + ":" + to));
            boolean[] right = Rows.right(logits, labels.get(from + ":" + to)).toBooleanArray();
            var wrong = new ArrayList<Integer>();
            for (long row : Rows.where(right, false)) {
                wrong.add(from + (int) row);
            }
            return new Casualties(wrong, List.of(), 0, 0);
        });
    }

    /** As the reference: the images that stood when the attack began, in chunks, each with the same seed. */
    private void inOrder(int stage, Attack attack) {
        int[] standing = ledger.standingAt(stage);
        int batch = cascade.batch();
        for (int from = at(stage); from < standing.length; from += batch) {
            int to = Math.min(from + batch, standing.length);
            long[] rows = new long[to - from];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = standing[from + i];
            }
            note(stage, to, (double) to / standing.length, () -> perturbed(attack, rows, Noise.of(cascade.seed())));
        }
    }

    /** Attacks images as a whole and asks the network once more. */
    Casualties perturbed(Attack attack, long[] rows, Noise noise) {
        NDArray clean = Rows.pick(images, rows);
        NDArray truth = Rows.pick(labels, rows);
        NDArray changed = perturbed(attack, clean, truth, rows, noise);
        boolean[] right = Rows.right(victim.logits(changed), truth).toBooleanArray();
        long[] fallen = Rows.where(right, false);
        return judged(Rows.of(rows, fallen), Rows.pick(clean, fallen), Rows.pick(changed, fallen), false);
    }

    private NDArray perturbed(Attack attack, NDArray clean, NDArray truth, long[] rows, Noise noise) {
        if (attack instanceof Rounds parts) {
            return parts.perturb(target, clean, truth, Rows.pick(radii, rows), noise);
        }
        return attack instanceof Staged parts
                ? parts.perturb(target, clean, truth, Rows.pick(radii, rows), noise)
                : attack.perturb(target, clean, truth, noise);
    }

    /**
     * Keeps the images that lie where they may; asks the network once more, in a batch of the broken images alone.
     *
     * @param strict whether those that are right then do not count, else they are reported only
     */
    Casualties judged(long[] rows, NDArray clean, NDArray changed, boolean strict) {
        var fallen = new ArrayList<Integer>();
        var pictures = new ArrayList<float[]>();
        int outside = 0;
        int unstable = 0;
        Ball ball = cascade.ball();
        boolean[] right = rows.length == 0
                ? new boolean[0]
                : Rows.right(victim.logits(changed), Rows.pick(labels, rows)).toBooleanArray();
        for (int i = 0; i < rows.length; i++) {
            float[] picture = changed.get(i).toFloatArray();
            if (ball != null
                    && !Verifier.inside(ball, reach[(int) rows[i]], clean.get(i).toFloatArray(), picture)) {
                outside++;
            } else {
                unstable += right[i] ? 1 : 0;
                if (!(strict && right[i])) {
                    fallen.add((int) rows[i]);
                    pictures.add(picture);
                }
            }
        }
        return new Casualties(fallen, pictures, outside, unstable);
    }

    /** What one batch brought, before it is written down. */
    record Casualties(List<Integer> rows, List<float[]> images, int outside, int unstable) {}

    /** Does the work of one batch and writes it down: in memory, on disk, to the watch. */
    void note(int stage, long position, double share, java.util.function.Supplier<Casualties> work) {
        if (Thread.currentThread().isInterrupted()) {
            throw new java.util.concurrent.CancellationException("The cascade was stopped.");
        }
        pace.before(stage, share * ledger.position(stage) / Math.max(position, 1));
        long start = System.nanoTime();
        Cost before = victim.cost();
        var found = new Casualties[1];
        Tape.free(() -> found[0] = work.get());
        Casualties c = found[0];
        long nanos = System.nanoTime() - start;
        Cost cost = victim.cost().since(before);
        var entry = new Entry(stage, position, c.rows(), c.images(), c.outside(), c.unstable(), cost, nanos);
        ledger.apply(entry);
        if (journal != null) {
            journal.append(entry);
        }
        String name = stage == 0 ? "clean" : cascade.attacks().get(stage - 1).label();
        watch.at(new Watch.Moment(
                name,
                stage + 1,
                cascade.attacks().size() + 1,
                share,
                ledger.standing(),
                ledger.accuracy(),
                pace.left(share),
                (System.nanoTime() - begin) / 1e9));
    }

    /** A number for an image that depends on nothing but it. */
    long key(int row) {
        if (keys.length == 0) {
            keys = Fingerprint.keys(images, labels);
        }
        return keys[row];
    }

    int classes() {
        if (classes == 0) {
            Tape.free(() ->
                    classes = (int) victim.logits(images.get("0:1")).getShape().get(1));
        }
        return classes;
    }

    Cascade cascade() {
        return cascade;
    }

    Counted target() {
        return target;
    }

    NDArray images() {
        return images;
    }

    NDArray labels() {
        return labels;
    }

    NDArray radii() {
        return radii;
    }

    Ledger ledger() {
        return ledger;
    }

    Crew crew() {
        return crew;
    }

    @Override
    public void close() {
        radii.close();
        if (folded != null) {
            folded.close();
        }
        crew.close();
        if (journal != null) {
            journal.close();
        }
    }
}
