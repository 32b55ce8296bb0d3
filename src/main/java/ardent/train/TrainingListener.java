package ardent.train;

import java.util.Map;

/** Hears of each step and each epoch of a training, to keep what must not be lost. */
public interface TrainingListener {
    /** Keeps nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /** The training begins or goes on. */
    default void begin(Training training) {}

    /**
     * A step is done.
     *
     * @param training the training, between two steps
     * @param moment when it was made, and at what rate
     * @param terms the value of each term
     */
    default void stepped(Training training, TrainingStep.Moment moment, Map<String, Double> terms) {}

    /** An epoch is done and judged. */
    default void judged(Training training) {}

    /** The training is done, or was stopped. */
    default void ended(Training training, Run run) {}

    /** The training ended by an error. */
    default void failed(Training training, Throwable error) {}

    /** Whether what should be kept cannot be, for now. */
    default boolean troubled() {
        return false;
    }
}
