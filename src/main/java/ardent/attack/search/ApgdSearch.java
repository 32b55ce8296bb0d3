package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Goal;
import ardent.attack.Mode;
import ardent.attack.SearchResult;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.Tape;

/** One run of APGD on a batch, whatever it climbs. */
public final class ApgdSearch extends OwnedArrays {
    private static final int PATIENCE = 5;

    private final Network victim;
    private final Ball ball;
    private final Goal goal;
    private final int draws;
    private final NDArray found;
    private final boolean[] broken;
    private NDArray labels;
    private NDArray targets;
    private long[] rows;

    private ApgdSearch(Network victim, Ball ball, Goal goal, int draws, Attempts tasks, NDArray targets) {
        this.victim = victim;
        this.ball = ball;
        this.goal = goal;
        this.draws = draws;
        this.found = tasks.images().duplicate();
        this.broken = new boolean[tasks.size()];
        this.labels = hold(tasks.labels().duplicate());
        this.targets = hold(targets.duplicate());
        this.rows = Rows.all(tasks.size());
    }

    /**
     * Climbs from random points.
     *
     * @param targets {@code [N]}, the classes to reach; anything where the goal has none
     */
    public static SearchResult search(
            Network victim, Ball ball, Goal goal, int steps, int draws, Mode mode, Attempts tasks, NDArray targets) {
        try (var search = new ApgdSearch(victim, ball, goal, draws, tasks, targets);
                var state = search.start(tasks)) {
            search.run(state, steps, mode);
            return new SearchResult(search.found, search.broken);
        }
    }

    /** The best cross-entropy {@code [N]} that a short run reaches. */
    public static NDArray rise(Network victim, Ball ball, int steps, Attempts tasks) {
        try (var search = new ApgdSearch(victim, ball, Goal.CE, 1, tasks, tasks.labels());
                var state = search.start(tasks)) {
            for (int i = 0; i < steps; i++) {
                Tape.free(() -> search.step(state));
            }
            return state.bestLoss().duplicate();
        }
    }

    private ApgdState start(Attempts tasks) {
        return Tape.read(() -> {
            SearchRegion region = new SearchRegion(ball, tasks.images(), tasks.radii());
            NDArray start = Rows.clamp(tasks.images().add(region.radius().mul(region.direction(tasks.noise()))));
            return new ApgdState(ball, tasks.images(), tasks.radii(), start, evaluate(start));
        });
    }

    private void run(ApgdState state, int steps, Mode mode) {
        var size = new ApgdStepSize(steps);
        for (int i = 1; i <= steps && rows.length > 0; i++) {
            Tape.free(() -> step(state));
            if (size.due()) {
                Tape.free(() -> state.check(size.interval()));
                size.next();
            }
            if (i == steps || (mode == Mode.FAST && i % PATIENCE == 0)) {
                Tape.free(() -> collect(state));
            }
        }
    }

    private void step(ApgdState state) {
        NDArray next = state.propose();
        state.accept(next, evaluate(next));
    }

    /** Loss, gradient and answer at points; those of a randomised network: the mean gradient, the last loss. */
    private ApgdState.Point evaluate(NDArray x) {
        NDList seen = differentiate(x);
        NDArray gradient = seen.head();
        for (int i = 1; i < draws; i++) {
            seen = differentiate(x);
            gradient = gradient.add(seen.head());
        }
        gradient = draws > 1 ? gradient.div(constant(draws)) : gradient;
        return new ApgdState.Point(gradient, seen.get(1), Rows.right(seen.get(2), labels));
    }

    private NDList differentiate(NDArray x) {
        return Tape.differentiate(x, z -> {
            NDArray logits = Predictions.logits(victim, z);
            return new NDList(goal.value(logits, labels, targets), logits);
        });
    }

    /** Writes down the broken images and goes on without them. */
    private void collect(ApgdState state) {
        boolean[] now = state.broken();
        long[] wrong = Rows.where(now, true);
        if (wrong.length == 0) {
            return;
        }
        Rows.put(found, Rows.of(rows, wrong), Rows.pick(state.adversarial(), wrong));
        for (long row : wrong) {
            broken[(int) rows[(int) row]] = true;
        }
        long[] left = Rows.where(now, false);
        rows = Rows.of(rows, left);
        if (left.length > 0) {
            labels = narrow(labels, left);
            targets = narrow(targets, left);
            state.keep(left);
        }
    }
}
