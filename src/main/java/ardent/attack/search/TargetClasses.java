package ardent.attack.search;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attempts;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.Losses;
import ardent.tensor.Tape;

/** The classes of a network, and the one that each task of a targeted attack aims at. */
public final class TargetClasses {
    /** A number of classes with which every attack has its usual name and stages. */
    public static final int MANY = 10;

    private TargetClasses() {}

    /** How many classes there are; a network that does not tell is asked about one image. */
    public static int count(Network victim, NDArray images) {
        if (victim instanceof Classifier known) {
            return known.classes();
        }
        try (NDArray first = images.get("0:1")) {
            return Predictions.of(victim, first).count();
        }
    }

    /** How many rounds there are: restarts for each of the classes aimed at, as many as an int holds. */
    public static int rounds(int targets, int restarts, int classes) {
        return (int) Math.min(Integer.MAX_VALUE, (long) Math.min(targets, classes - 1) * restarts);
    }

    /**
     * The class of rank 2, 3, … by the clean logits; round r has rank r / restarts + 2.
     *
     * @return {@code [N]} int64
     */
    public static NDArray of(Network victim, Attempts tasks, int restarts) {
        return Tape.scope(() -> {
            NDArray order = Predictions.logits(victim, tasks.images()).argSort(1, true);
            long classes = order.getShape().get(1);
            long[] columns = new long[tasks.size()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = classes - (tasks.rounds()[i] / restarts + 2);
            }
            return Losses.at(order, Rows.index(columns).reshape(new Shape(columns.length)));
        });
    }
}
