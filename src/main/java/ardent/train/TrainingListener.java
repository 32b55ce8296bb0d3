package ardent.train;

import java.util.Map;

/** Is told of each step and each epoch of a training, to keep what must not be lost. */
public interface TrainingListener {
    /** Keeps nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /** The training begins or goes on. */
    default void begin(TrainingLoop<?> training) {}

    /**
     * A step is done.
     *
     * @param training the training, between two steps
     * @param moment when it was made, and at what rate
     * @param terms the value of each term
     */
    default void stepped(TrainingLoop<?> training, TrainingStep.Moment moment, Map<String, Double> terms) {}

    /** An epoch is done and judged. */
    default void judged(TrainingLoop<?> training) {}

    /** The training is done, or was stopped. */
    default <R> void ended(TrainingLoop<R> training, R result, boolean stopped) {}

    /** The training ended by an error. */
    default void failed(TrainingLoop<?> training, Throwable error) {}

    /** Whether what should be kept cannot be, for now. */
    default boolean troubled() {
        return false;
    }
}
