package ardent.train;

import java.util.Map;

/** Hears of each step and each epoch of a training, to keep what must not be lost. */
interface Keeper {
    /**
     * A step is done.
     *
     * @param training the training, between two steps
     * @param moment when it was made, and at what rate
     * @param terms the value of each term
     */
    void stepped(Training training, Stepper.Moment moment, Map<String, Double> terms);

    /**
     * An epoch is done and judged.
     *
     * @param training the training, between two epochs
     */
    void judged(Training training);

    /** Keeps nothing. */
    static Keeper none() {
        return new Keeper() {
            @Override
            public void stepped(Training training, Stepper.Moment moment, Map<String, Double> terms) {}

            @Override
            public void judged(Training training) {}
        };
    }
}
