package ardent.attack.cascade;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.Cost;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.MultiRoundAttack;
import ardent.attack.PerturbationVerifier;
import ardent.attack.SearchResult;
import ardent.attack.StagedAttack;
import ardent.attack.search.CountingNetwork;
import ardent.attack.search.Rows;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Lets attacks loose on images of a cascade and decides which of them fell. */
public final class StageRunner implements AutoCloseable {
    /** What one batch brought, before it is written down. */
    record Casualties(List<Integer> rows, List<float[]> images, int outside, int unstable) {}

    private final @Nullable Ball ball;
    private final String name;
    private final CountingNetwork victim;
    /** The victim for searches, folded where that can be; what they find is judged by the victim itself. */
    private final CountingNetwork target;

    private final @Nullable Classifier folded;
    private final NDArray images;
    private final NDArray labels;
    private final NDArray radii;
    private final float[] reach;
    private long[] keys = {};
    private int classes;

    public StageRunner(Cascade cascade, Network network, NDArray images, NDArray labels, @Nullable NDArray given) {
        this.images = images;
        this.labels = labels;
        ball = cascade.ball();
        name = Predictions.name(network);
        victim = new CountingNetwork(network);
        folded = cascade.mode() == Mode.FAST && network instanceof Classifier known ? known.folded() : null;
        target = folded == null ? victim : victim.with(folded);
        radii = Torch.keep(
                given == null ? Attempts.radii(ball == null ? new Linf(1) : ball, size()) : given.duplicate());
        reach = Tape.read(radii::toFloatArray);
    }

    int size() {
        return Math.toIntExact(images.getShape().get(0));
    }

    /** Which of some images the network gets wrong as they are. */
    Casualties clean(int from, int to) {
        long[] rows = LongStream.range(from, to).toArray();
        boolean[] right = right(images.get(from + ":" + to), rows);
        var wrong = new ArrayList<Integer>();
        for (long row : Rows.where(right, false)) {
            wrong.add(from + (int) row);
        }
        return new Casualties(wrong, List.of(), 0, 0);
    }

    /** Searches once for each task. */
    Casualties searched(MultiRoundAttack attack, long[] rows, long[] rounds, Noise noise) {
        Attempts tasks =
                new Attempts(Rows.pick(images, rows), Rows.pick(labels, rows), Rows.pick(radii, rows), rounds, noise);
        SearchResult found = attack.search(target, tasks);
        PerturbationVerifier.answer(attack.label(), shape(rows), found.images());
        long[] broken = Rows.where(found.broken(), true);
        return judged(Rows.of(rows, broken), Rows.pick(found.images(), broken), true);
    }

    /** Attacks images as a whole and asks the network once more. */
    Casualties perturbed(Attack attack, long[] rows, Noise noise) {
        NDArray changed = perturbed(attack, Rows.pick(images, rows), Rows.pick(labels, rows), rows, noise);
        PerturbationVerifier.answer(attack.label(), shape(rows), changed);
        boolean[] right = right(changed, rows);
        boolean[] finite = Rows.finite(changed);
        for (int i = 0; i < right.length; i++) {
            right[i] &= finite[i]; // told below
        }
        long[] fallen = Rows.where(right, false);
        return judged(Rows.of(rows, fallen), Rows.pick(changed, fallen), false);
    }

    private NDArray perturbed(Attack attack, NDArray clean, NDArray truth, long[] rows, Noise noise) {
        if (attack instanceof MultiRoundAttack parts) {
            return parts.perturb(target, clean, truth, Rows.pick(radii, rows), noise);
        }
        return attack instanceof StagedAttack parts
                ? parts.perturb(target, clean, truth, Rows.pick(radii, rows), noise)
                : attack.perturb(target, clean, truth, noise);
    }

    private Shape shape(long... rows) {
        return new Shape(rows.length).addAll(images.getShape().slice(1));
    }

    /**
     * Keeps the images that lie where they may; asks the network once more, in a batch of the broken images alone. They are
     * held against images that no attack has had in its hands.
     *
     * @param strict whether those that are right then do not count, else they are reported only
     */
    private Casualties judged(long[] rows, NDArray changed, boolean strict) {
        var fallen = new ArrayList<Integer>();
        var pictures = new ArrayList<float[]>();
        int outside = 0;
        int unstable = 0;
        boolean[] right = rows.length == 0 ? new boolean[0] : right(changed, rows);
        for (int i = 0; i < rows.length; i++) {
            float[] picture = changed.get(i).toFloatArray();
            float[] clean = images.get(rows[i]).toFloatArray();
            if (!PerturbationVerifier.inside(ball, reach[(int) rows[i]], clean, picture)) {
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

    private boolean[] right(NDArray pictures, long... rows) {
        NDArray shown = Rows.mended(pictures, () -> Rows.pick(images, rows));
        return Predictions.of(name, victim, 0, shown, rows).right(Rows.pick(labels, rows));
    }

    /** What was asked of the network so far. */
    Cost cost() {
        return victim.cost();
    }

    /** Radii, one for each image. */
    public float[] reach() {
        return reach.clone();
    }

    /** A number for an image that depends on nothing but it. */
    long key(int row) {
        if (keys.length == 0) {
            keys = CascadeFingerprint.keys(images, labels);
        }
        return keys[row];
    }

    int classes() {
        if (classes == 0) {
            try (NDArray first = images.get("0:1")) {
                classes = Predictions.of(name, victim, 0, first).count();
            }
        }
        return classes;
    }

    @Override
    public void close() {
        radii.close();
        if (folded != null) {
            folded.close();
        }
    }
}
