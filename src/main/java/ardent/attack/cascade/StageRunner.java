package ardent.attack.cascade;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.CascadeOptions;
import ardent.attack.Cost;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.MultiRoundAttack;
import ardent.attack.PerturbationVerifier;
import ardent.attack.SearchResult;
import ardent.attack.search.CountingNetwork;
import ardent.attack.search.Rows;
import ardent.attack.search.TargetClasses;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.network.Predictions;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Runs attacks on images of a cascade and decides which of them the network gets wrong. */
public final class StageRunner implements AutoCloseable {
    /** What one batch brought, before it is written down. */
    record Misclassified(List<Integer> rows, List<float[]> images, int outside, int unstable) {}

    private final @Nullable Ball ball;
    private final Network network;
    private final String name;
    private final CountingNetwork victim;
    /** The victim for searches, folded where that can be; what they find is judged by the victim itself. */
    private final CountingNetwork target;

    private final @Nullable Classifier folded;
    private final Precision precision;
    private final WorkerPool pool;
    private final NDArray images;
    private final NDArray labels;
    private final NDArray radii;
    private final float[] reach;
    private final @Nullable IntPredicate known;
    private long[] keys = {};
    private int classes;

    public StageRunner(
            Network network,
            @Nullable Ball ball,
            Mode mode,
            Precision precision,
            NDArray images,
            NDArray labels,
            CascadeOptions options) {
        this.ball = ball;
        this.images = images;
        this.labels = labels;
        this.network = network;
        name = Predictions.name(network);
        victim = new CountingNetwork(network);
        folded = mode == Mode.FAST && network instanceof Classifier classifier ? classifier.folded() : null;
        target = folded == null ? victim : victim.with(folded);
        // Threads of the pool begin in float32: what the work around asks for is handed on.
        this.precision = mode == Mode.PARITY || precision != Precision.FLOAT32 ? precision : Precision.now();
        pool = mode == Mode.FAST ? WorkerPool.of(network) : WorkerPool.alone();
        NDArray given = options.radii();
        radii = Torch.keep(
                given == null ? Attempts.radii(ball == null ? new Linf(1) : ball, size()) : given.duplicate());
        reach = Tape.read(radii::toFloatArray);
        known = options.clean();
    }

    int size() {
        return Math.toIntExact(images.getShape().get(0));
    }

    /** Which of some images the network gets wrong as they are; it is not asked where that is known, but that is counted. */
    Misclassified clean(int from, int to) {
        long[] rows = LongStream.range(from, to).toArray();
        boolean[] right;
        if (known == null) {
            right = right(images.get(from + ":" + to), rows);
        } else {
            right = new boolean[rows.length];
            for (int i = 0; i < right.length; i++) {
                right[i] = known.test(from + i);
            }
            victim.count(rows.length);
        }
        var wrong = new ArrayList<Integer>();
        for (long row : Rows.where(right, false)) {
            wrong.add(from + (int) row);
        }
        return new Misclassified(wrong, List.of(), 0, 0);
    }

    /** Searches once for each task. */
    Misclassified searched(MultiRoundAttack attack, long[] rows, long[] rounds, Noise noise) {
        Attempts tasks =
                new Attempts(Rows.pick(images, rows), Rows.pick(labels, rows), Rows.pick(radii, rows), rounds, noise);
        SearchResult found = searching(() -> attack.search(target, tasks));
        PerturbationVerifier.answer(attack.label(), shape(rows), found.images());
        if (precision != Precision.FLOAT32) {
            return judged(rows, found.images(), true, row -> found.broken()[row]);
        }
        long[] broken = Rows.where(found.broken(), true);
        return judged(Rows.of(rows, broken), Rows.pick(found.images(), broken), true, row -> true);
    }

    /** Attacks images as a whole and asks the network once more. */
    Misclassified perturbed(Attack attack, long[] rows, Noise noise) {
        NDArray clean = Rows.pick(images, rows);
        NDArray truth = Rows.pick(labels, rows);
        NDArray changed = searching(() -> attack.takesRadii()
                ? attack.perturb(target, clean, truth, Rows.pick(radii, rows), noise)
                : attack.perturb(target, clean, truth, noise));
        PerturbationVerifier.answer(attack.label(), shape(rows), changed);
        boolean[] right = right(changed, rows);
        boolean[] finite = Rows.finite(changed);
        for (int i = 0; i < right.length; i++) {
            right[i] &= finite[i]; // counted below
        }
        long[] wrong = Rows.where(right, false);
        return judged(Rows.of(rows, wrong), Rows.pick(changed, wrong), false, row -> true);
    }

    /** As the reference asks it, the network is asked as it is. */
    private <T> T searching(Supplier<T> search) {
        return precision.during(() -> folded == null ? search.get() : Classifier.folding(folded, search));
    }

    private Shape shape(long... rows) {
        return new Shape(rows.length).addAll(images.getShape().slice(1));
    }

    /**
     * Keeps the images that lie where they may; asks the network once more, in a batch of the broken images alone. They are
     * compared with images that no attack could change.
     *
     * @param strict whether those that are right then do not count, else they are reported only
     * @param claimed which of them the search takes for broken: one in bfloat16 does not know for sure, and all are judged
     */
    private Misclassified judged(long[] rows, NDArray changed, boolean strict, IntPredicate claimed) {
        var wrong = new ArrayList<Integer>();
        var adversarial = new ArrayList<float[]>();
        if (rows.length == 0) {
            return new Misclassified(wrong, adversarial, 0, 0);
        }
        int outside = 0;
        int unstable = 0;
        boolean[] right = right(changed, rows);
        float[] found = changed.toFloatArray();
        float[] clean = Rows.pick(images, rows).toFloatArray();
        int size = found.length / rows.length;
        for (int i = 0; i < rows.length; i++) {
            double radius = reach[(int) rows[i]];
            if (!PerturbationVerifier.look(ball, radius, clean, found, i * size, size)
                    .allowed()) {
                outside += claimed.test(i) ? 1 : 0;
            } else {
                unstable += right[i] && precision == Precision.FLOAT32 ? 1 : 0;
                if (!(strict && right[i])) {
                    wrong.add((int) rows[i]);
                    adversarial.add(Arrays.copyOfRange(found, i * size, (i + 1) * size));
                }
            }
        }
        return new Misclassified(wrong, adversarial, outside, unstable);
    }

    private boolean[] right(NDArray changed, long... rows) {
        NDArray shown = Rows.finiteOrClean(changed, () -> Rows.pick(images, rows));
        return Predictions.of(name, victim, 0, shown, rows).right(Rows.pick(labels, rows));
    }

    WorkerPool pool() {
        return pool;
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
            classes = TargetClasses.count(network, images);
        }
        return classes;
    }

    @Override
    public void close() {
        pool.close();
        radii.close();
        if (folded != null) {
            folded.close();
        }
    }
}
