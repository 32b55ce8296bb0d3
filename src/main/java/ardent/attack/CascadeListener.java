package ardent.attack;

import ardent.provenance.Arguments;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Hears of a cascade at work. */
@FunctionalInterface
public interface CascadeListener {
    /** Does nothing. */
    CascadeListener NONE = moment -> {};

    /**
     * A cascade after one batch.
     *
     * @param stage label of the attack at work
     * @param number its place among the stages, from 1
     * @param stages how many there are
     * @param share of this stage's work that is done, in [0, 1]
     * @param correct images still classified correctly
     * @param accuracy their share of all images
     * @param left seconds that this stage will still take at its speed so far; NaN if that is not known
     * @param seconds since the cascade began
     */
    record Moment(
            String stage,
            int number,
            int stages,
            double share,
            int correct,
            double accuracy,
            double left,
            double seconds) {
        /** Nothing is null. */
        public Moment {
            Arguments.given("stage", stage);
        }

        /**
         * The newest numbers, to be read.
         *
         * @return texts by name, in the order to show them
         */
        public Map<String, String> figures() {
            var figures = new LinkedHashMap<String, String>();
            figures.put("accuracy", String.format(Locale.ROOT, "%.1f %%", 100 * accuracy));
            figures.put("images left", Integer.toString(correct));
            if (share < 1 && left >= 0) {
                figures.put("stage", String.format(Locale.ROOT, "about %.0f s left", left));
            }
            return figures;
        }
    }

    /**
     * Called after every batch, on the thread that runs the cascade; what it throws ends the run.
     *
     * @param moment where the cascade is
     */
    void at(Moment moment);
}
