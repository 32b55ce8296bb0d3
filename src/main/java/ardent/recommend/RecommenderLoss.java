package ardent.recommend;

import ai.djl.ndarray.NDArray;
import ardent.method.Memory;
import ardent.provenance.PlainName;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** What a recommender is trained for. */
@FunctionalInterface
public interface RecommenderLoss {
    /** One training: what it remembers from step to step stays here. */
    @FunctionalInterface
    interface Lesson {
        /**
         * The loss of a batch.
         *
         * @param users user numbers
         * @param scores their scores of all items, {@code [B, I]}, tracked
         * @param random the stream of this step
         * @return a scalar
         */
        NDArray loss(int[] users, NDArray scores, SplittableRandom random);

        /**
         * Is called at the end of an epoch.
         *
         * @param epoch counted from 1
         * @param student the recommender as it is now
         */
        default void ended(int epoch, Recommender student) {}

        /**
         * What is remembered from epoch to epoch.
         *
         * @return memories by name, which take their numbers in the order of names
         */
        default SortedMap<String, Memory> memories() {
            return new TreeMap<>();
        }

        /**
         * Where the teachers' versions were along the training.
         *
         * @return oldest first; empty without teachers that change
         */
        default List<HetComp.Versions> versions() {
            return List.of();
        }
    }

    /**
     * Begins a training.
     *
     * @param data pairs, split
     * @return what gives the losses of its steps
     * @throws IllegalArgumentException in one sentence, if the data do not fit
     */
    Lesson begin(Interactions data);

    /**
     * What tables call it.
     *
     * @return such as {@code Bpr}
     */
    default String name() {
        return PlainName.of(this, "loss");
    }
}
