package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.SearchResult;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.network.Predictions;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of FAB on a batch, towards one target for each image or towards the nearest class. */
public final class FabSearch extends OwnedArrays {
    /** Share of points that step back above which looking ahead costs more than it saves. */
    private static final double SELDOM = 0.3;

    private final Network victim;
    private final boolean linf;
    private final Attempts tasks;
    private final NDArray found;
    private final FabState boundary;
    private NDArray labels;
    private @Nullable NDArray targets;
    private NDArray radii;
    private long[] rows;
    private boolean stays = true;
    /** The planes at the present points where the last forward pass gave them. */
    private FabState.@Nullable Plane known;

    private FabSearch(Network victim, Ball ball, Attempts tasks, @Nullable NDArray targets, NDArray start) {
        this.victim = victim;
        this.linf = ball instanceof Linf;
        this.tasks = tasks;
        this.found = tasks.images().duplicate();
        this.boundary = new FabState(linf, tasks.images(), start);
        this.labels = hold(tasks.labels().duplicate());
        this.targets = targets == null ? null : hold(targets.duplicate());
        this.radii = hold(tasks.radii().duplicate());
        this.rows = Rows.all(tasks.size());
    }

    /**
     * Walks along the boundary.
     *
     * @param targets {@code [N]}, or null for the nearest class at each step
     * @param restarts tasks whose round is no multiple of it start at random
     */
    public static SearchResult search(
            Network victim, Ball ball, int steps, Mode mode, Attempts tasks, @Nullable NDArray targets, int restarts) {
        NDArray start = start(ball, tasks, restarts);
        // To its end it seeks the nearest image that is wrong: in bfloat16 one that only rounding makes so.
        Supplier<SearchResult> walk = () -> walk(new FabSearch(victim, ball, tasks, targets, start), steps, mode);
        return mode == Mode.FAST ? walk.get() : Precision.FLOAT32.during(walk);
    }

    private static SearchResult walk(FabSearch search, int steps, Mode mode) {
        try (search) {
            for (int i = 0; i < steps && search.rows.length > 0; i++) {
                Tape.free(mode == Mode.FAST ? search::stepAndDrop : search::step);
            }
            return search.found();
        }
    }

    private static NDArray start(Ball ball, Attempts tasks, int restarts) {
        NDArray start = tasks.images().duplicate();
        boolean[] again = new boolean[tasks.size()];
        for (int i = 0; i < again.length; i++) {
            again[i] = tasks.rounds()[i] % restarts > 0;
        }
        long[] rows = Rows.where(again, true);
        if (rows.length > 0) {
            Attempts moved = tasks.rows(rows);
            SearchRegion region = new SearchRegion(ball, moved.images(), moved.radii());
            NDArray draw = region.draw(moved.noise());
            NDArray change = region.radius().mul(draw).div(region.length(draw)).mul(constant(0.5));
            Rows.put(start, rows, Rows.clamp(moved.images().add(change)));
        }
        return start;
    }

    private void step() {
        NDArray next = boundary.propose(plane(boundary.x(), labels, targets));
        boundary.accept(
                next, Rows.right(Predictions.logits(victim, next), labels).logicalNot());
    }

    private NDList look(NDArray x, NDArray y, @Nullable NDArray t) {
        return t == null
                ? gradients(x)
                : Tape.differentiate(x, z -> {
                    NDArray logits = Predictions.logits(victim, z);
                    return new NDList(Losses.at(logits, t).sub(Losses.at(logits, y)), logits);
                });
    }

    private NDList gradients(NDArray x) {
        NDList seen = Tape.jacobian(x, z -> Predictions.logits(victim, z));
        CountingNetwork.more(victim, seen.get(1));
        return seen;
    }

    private FabState.Plane plane(NDArray x, NDArray y, @Nullable NDArray t) {
        return plane(look(x, y, t), y, t);
    }

    private FabState.Plane plane(NDList seen, NDArray y, @Nullable NDArray t) {
        return t == null
                ? FabState.nearest(linf, seen, y)
                : new FabState.Plane(seen.get(0).reshape(y.size(), -1), seen.get(1));
    }

    /** As a step, but without images that need no more, and with one forward pass where most points stay. */
    private void stepAndDrop() {
        FabState.Plane plane = known != null ? known : plane(boundary.x(), labels, targets);
        NDArray next = boundary.propose(plane);
        NDList seen = stays ? look(next, labels, targets) : new NDList(Predictions.logits(victim, next));
        NDArray wrong = Rows.right(seen.get(seen.size() - 1), labels).logicalNot();
        boundary.accept(next, wrong);
        forget();
        long[] back = Rows.where(wrong.toBooleanArray(), true);
        if (stays) {
            know(plane(seen, labels, targets), back);
        }
        stays = back.length < SELDOM * rows.length;
        boolean[] near = boundary.norm().lte(radii).toBooleanArray();
        long[] left = Rows.where(near, false);
        if (left.length < near.length) {
            drop(Rows.where(near, true), left);
        }
    }

    /** Keeps the planes of points that stay for the next step, and looks at those that stepped back. */
    private void know(FabState.Plane plane, long... back) {
        if (back.length > 0) {
            NDArray moved = Rows.pick(boundary.x(), back);
            NDArray t = targets == null ? null : Rows.pick(targets, back);
            FabState.Plane there = plane(moved, Rows.pick(labels, back), t);
            Rows.put(plane.normal(), back, there.normal());
            Rows.put(plane.difference(), back, there.difference());
        }
        known = new FabState.Plane(hold(plane.normal()), hold(plane.difference()));
    }

    private void forget() {
        if (known != null) {
            drop(known.normal());
            drop(known.difference());
        }
        known = null;
    }

    private void drop(long[] done, long[] left) {
        Rows.put(found, Rows.of(rows, done), Rows.pick(boundary.best(), done));
        rows = Rows.of(rows, left);
        if (left.length == 0) {
            return;
        }
        boundary.keep(left);
        labels = narrow(labels, left);
        targets = targets == null ? null : narrow(targets, left);
        radii = narrow(radii, left);
        if (known != null) {
            known = new FabState.Plane(narrow(known.normal(), left), narrow(known.difference(), left));
        }
    }

    /** The closest adversarial points, of which those count that lie within the radius and are wrong once more. */
    private SearchResult found() {
        Rows.put(found, rows, boundary.best());
        NDArray wrong =
                Rows.right(Predictions.logits(victim, found), tasks.labels()).logicalNot();
        NDArray far = SearchRegion.norm(linf, found.sub(tasks.images())).gt(tasks.radii());
        return new SearchResult(found, wrong.logicalAnd(far.logicalNot()).toBooleanArray());
    }

    @Override
    public void close() {
        boundary.close();
        super.close();
    }
}
