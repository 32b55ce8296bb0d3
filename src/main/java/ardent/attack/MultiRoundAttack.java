package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.Rows;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.network.Predictions;
import ardent.tensor.Noise;
import ardent.tensor.Tape;

/**
 * An attack made of rounds, each a restart or another target class, which go on with the images that the earlier rounds
 * did not break.
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
     * @param tasks images that the network classifies correctly
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

    @Override
    default boolean takesRadii() {
        return true;
    }

    @Override
    default NDArray perturb(Network victim, NDArray images, NDArray labels, NDArray radii, Noise noise) {
        AttackInputs.check(victim, images, labels);
        return Tape.quiet(() -> Tape.scope(() -> {
            NDArray result = images.duplicate();
            Predictions clean = Predictions.of(victim, images);
            boolean[] robust = clean.right(labels);
            int rounds = rounds(clean.count());
            for (int round = 0; round < rounds; round++) {
                long[] rows = Rows.where(robust, true);
                if (rows.length > 0) {
                    Attempts all = Attempts.of(images, labels, radii, round, noise);
                    Tape.free(() -> {
                        Attempts left = all.rows(rows);
                        SearchResult found = Classifier.folding(victim, () -> search(victim, left));
                        record(confirmed(victim, left, found), rows, result, robust);
                    });
                }
            }
            return result;
        }));
    }

    /** A search in bfloat16 does not know for sure what it broke: the network is asked in float32. */
    private static SearchResult confirmed(Network victim, Attempts tasks, SearchResult found) {
        if (Precision.now() == Precision.FLOAT32) {
            return found;
        }
        boolean[] broken = found.broken().clone();
        long[] claimed = Rows.where(broken, true);
        if (claimed.length > 0) {
            boolean[] right = Predictions.of(victim, Rows.pick(found.images(), claimed), claimed)
                    .right(Rows.pick(tasks.labels(), claimed));
            for (int i = 0; i < claimed.length; i++) {
                broken[(int) claimed[i]] = !right[i];
            }
        }
        return new SearchResult(found.images(), broken);
    }

    private static void record(SearchResult found, long[] rows, NDArray result, boolean[] robust) {
        long[] broken = Rows.where(found.broken(), true);
        for (long row : broken) {
            robust[(int) rows[(int) row]] = false;
        }
        Rows.put(result, Rows.of(rows, broken), Rows.pick(found.images(), broken));
    }
}
