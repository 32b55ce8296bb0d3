package ardent.attack;

import ardent.attack.search.SquareL2Proposals;
import ardent.attack.search.SquareLinfProposals;
import ardent.attack.search.SquareProposals;
import ardent.attack.search.SquareSchedule;
import ardent.attack.search.SquareSearch;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.provenance.Arguments;
import java.util.Optional;

/**
 * Square Attack (Andriushchenko et al., ECCV 2020): random search with square-shaped changes that uses the network's
 * answers only. It lowers the margin z_y − max other and keeps a change where the margin falls.
 *
 * <p>Equal to the version in AutoAttack, which differs from the authors' own: the images of a batch share the windows,
 * and the schedule of window sizes, made for 10,000 queries, is by default not stretched.
 *
 * @param ball the threat model
 * @param queries forward passes for each image after the first one, at least 1
 * @param restarts how often it starts anew with the images that remain correctly classified, at least 1
 * @param share of the pixels in the first window, in (0, 1]
 * @param rescaled whether the schedule of sizes is stretched to the number of queries
 */
public record Square(Ball ball, int queries, int restarts, double share, boolean rescaled) implements MultiRoundAttack {
    /** Validates its arguments. */
    public Square {
        Arguments.given("ball", ball);
        Arguments.atLeastOne("query", queries);
        Arguments.atLeastOne("restart", restarts);
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "The first window takes a share of the pixels in (0, 1], not " + share + "; the paper's is 0.8.");
        }
    }

    /**
     * 5,000 queries from a first window of 80 % of the pixels, as in AutoAttack.
     *
     * @param ball the threat model
     */
    public Square(Ball ball) {
        this(ball, 5000);
    }

    /**
     * From a first window of 80 % of the pixels.
     *
     * @param ball the threat model
     * @param queries at least 1
     */
    public Square(Ball ball, int queries) {
        this(ball, queries, 1, 0.8, false);
    }

    @Override
    public boolean whiteBox() {
        return false;
    }

    @Override
    public Optional<Warning.Code> wins() {
        return Optional.of(Warning.Code.SQUARE_WINS);
    }

    @Override
    public int rounds(int classes) {
        return restarts;
    }

    @Override
    public boolean mixes() {
        return false;
    }

    @Override
    public SearchResult search(Network victim, Attempts tasks) {
        // It compares answers that rounding would make equal.
        return Precision.FLOAT32.during(() -> squares(victim, tasks));
    }

    private SearchResult squares(Network victim, Attempts tasks) {
        SquareProposals moves = ball instanceof Linf ? new SquareLinfProposals() : new SquareL2Proposals();
        var schedule = new SquareSchedule(share, queries, rescaled);
        try (var squares = new SquareSearch(victim, ball, moves, schedule, tasks)) {
            return squares.search();
        }
    }

    @Override
    public String label() {
        return queries == 5000 ? "Square" : "Square-" + queries;
    }
}
