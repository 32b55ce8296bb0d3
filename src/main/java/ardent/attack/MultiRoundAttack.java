package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.Rows;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.Noise;
import ardent.tensor.Tape;

/**
 * An attack made of rounds, each a restart or another target class, which go on with the images that the earlier rounds
 * left standing.
 *
 * <p>Rounds do not depend on each other, so a cascade may put images of several rounds into one batch.
 */
public interface MultiRoundAttack extends Attack {
    @Override
    Ball ball();

    /**
     * How many rounds there are.
     *
     * @param classes number of classes K
     * @return at least 1
     */
    int rounds(int classes);

    /**
     * Searches once for each task.
     *
     * @param victim the network to fool
     * @param tasks images that the network gets right
     * @return images in the caller's scope, and which are broken
     */
    SearchResult search(Network victim, Attempts tasks);

    /**
     * Whether a batch may hold tasks of several rounds.
     *
     * @return false where the images of a batch share draws
     */
    default boolean mixes() {
        return true;
    }

    @Override
    default NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        try (NDArray radii = Attempts.radii(ball(), images.getShape().get(0))) {
            return perturb(victim, images, labels, radii, noise);
        }
    }

    /**
     * Perturbs images, each within a radius of its own.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1], left as they are
     * @param labels {@code [N]} int64
     * @param radii {@code [N]}, at least 0; they stand in for the radius of the ball
     * @param noise where the attack draws
     * @return new images: adversarial where the attack succeeded, clean elsewhere
     */
    default NDArray perturb(Network victim, NDArray images, NDArray labels, NDArray radii, Noise noise) {
        AttackInputs.check(victim, images, labels);
        return Tape.quiet(() -> Tape.scope(() -> {
            NDArray result = images.duplicate();
            Predictions clean = Predictions.of(victim, images);
            boolean[] standing = clean.right(labels);
            int rounds = rounds(clean.count());
            for (int round = 0; round < rounds; round++) {
                long[] rows = Rows.where(standing, true);
                if (rows.length > 0) {
                    Attempts all = Attempts.of(images, labels, radii, round, noise);
                    Tape.free(() -> record(search(victim, all.rows(rows)), rows, result, standing));
                }
            }
            return result;
        }));
    }

    private static void record(SearchResult found, long[] rows, NDArray result, boolean[] standing) {
        long[] broken = Rows.where(found.broken(), true);
        for (long row : broken) {
            standing[(int) rows[(int) row]] = false;
        }
        Rows.put(result, Rows.of(rows, broken), Rows.pick(found.images(), broken));
    }
}
