package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.SearchResult;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;

/** One run of Square on a batch. */
public final class SquareSearch extends OwnedArrays {
    private final Network victim;
    private final Ball ball;
    private final SquareProposals moves;
    private final SquareSchedule schedule;
    private final Attempts tasks;
    private final NDArray found;
    private Noise noise;
    private long[] rows;
    private NDArray labels;
    private SearchRegion region;
    private NDArray best;
    private NDArray margin;

    public SquareSearch(Network victim, Ball ball, SquareProposals moves, SquareSchedule schedule, Attempts tasks) {
        this.victim = victim;
        this.ball = ball;
        this.moves = moves;
        this.schedule = schedule;
        this.tasks = tasks;
        found = tasks.images().duplicate();
        noise = tasks.noise();
        rows = Rows.all(tasks.size());
        labels = hold(tasks.labels().duplicate());
        region = new SearchRegion(
                        ball, hold(tasks.images().duplicate()), tasks.radii().duplicate())
                .heldBy(this);
        best = hold(tasks.images().duplicate());
        margin = hold(tasks.radii().duplicate());
        Tape.free(() -> {
            NDArray start = moves.start(region, noise);
            best = renew(best, Rows.clamp(start));
            margin = renew(margin, Losses.margin(Predictions.logits(victim, best), labels));
        });
    }

    public SearchResult search() {
        Tape.free(this::drop);
        for (int i = 0; i < schedule.queries() && rows.length > 0; i++) {
            int query = i;
            Tape.free(() -> {
                ask(query);
                if ((query + 1) % moves.patience() == 0) {
                    drop();
                }
            });
        }
        Rows.put(found, rows, best);
        boolean[] broken = Rows.right(Predictions.logits(victim, found), tasks.labels())
                .logicalNot()
                .toBooleanArray();
        return new SearchResult(found, broken);
    }

    /** One query: keeps what lowers the margin of an image not yet broken. */
    void ask(int query) {
        Shape shape = best.getShape();
        int side = schedule.side(query, shape.get(2), shape.get(3), ball instanceof Linf);
        NDArray next = moves.next(region, best, side, noise);
        NDArray reached = Losses.margin(Predictions.logits(victim, next), labels);
        // A margin that is not a number counts as lower, so that it is predicted again and told.
        NDArray better = reached.gte(margin).logicalNot().logicalAnd(margin.gt(constant(0)));
        Rows.replace(better, next, best);
        margin = renew(margin, Rows.choose(better, reached, margin));
    }

    /** Writes down broken images and goes on without them. */
    void drop() {
        boolean[] correct = margin.gt(constant(0)).toBooleanArray();
        long[] wrong = Rows.where(correct, false);
        if (wrong.length == 0) {
            return;
        }
        Rows.put(found, Rows.of(rows, wrong), Rows.pick(best, wrong));
        long[] left = Rows.where(correct, true);
        rows = Rows.of(rows, left);
        noise = noise.rows(left);
        labels = narrow(labels, left);
        region = region.narrow(this, left);
        best = narrow(best, left);
        margin = narrow(margin, left);
    }

    /** Which of the tasks are left. */
    long[] rows() {
        return rows.clone();
    }

    NDArray best() {
        return best;
    }

    NDArray margin() {
        return margin;
    }
}
