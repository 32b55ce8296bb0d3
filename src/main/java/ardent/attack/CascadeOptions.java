package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What goes along with one run of a cascade.
 *
 * @param radii {@code [N]}, ε of each image in the place of the ball's radius, at least 0; null for the same for all
 * @param journal a file that is made if it is not there, from which a run that was cut off goes on after its last batch
 *     and ends as if it had not been; null for none
 * @param renews whether a file that is no journal, or that of another run, is begun anew; otherwise it is left as it is and refused
 * @param watch is shown every batch
 * @param checks whether the network is checked first for reasons to doubt attacks by gradients
 * @param clean whether the network classifies the image of a number correctly, where that is known already: then clean images
 *     are not predicted once more, and their stage costs what it would have cost; null where it is not known
 */
public record CascadeOptions(
        @Nullable NDArray radii,
        @Nullable Path journal,
        boolean renews,
        Listener watch,
        boolean checks,
        @Nullable IntPredicate clean) {
    /** Receives the progress of a cascade. */
    @FunctionalInterface
    public interface Listener {
        /** Does nothing. */
        Listener NONE = moment -> {};

        /**
         * Called after every batch, on the thread that runs the cascade; what it throws ends the run.
         *
         * @param moment where the cascade is
         */
        void at(Moment moment);
    }

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
    public record Moment(
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

    /** Nothing is null. */
    public CascadeOptions {
        Arguments.given("watch", watch);
    }

    /** The ball's radius, no journal, no listener, with checks; clean images are predicted. */
    public CascadeOptions() {
        this(null, null, false, Listener.NONE, true, null);
    }

    /**
     * With a radius for each image.
     *
     * @param radii {@code [N]}, at least 0, or null for the ball's
     * @return a changed copy
     */
    public CascadeOptions radii(@Nullable NDArray radii) {
        return new CascadeOptions(radii, journal, renews, watch, checks, clean);
    }

    /**
     * With a journal, which is refused if it is that of another run.
     *
     * @param journal the file, or null for none
     * @return a changed copy
     */
    public CascadeOptions journal(@Nullable Path journal) {
        return new CascadeOptions(radii, journal, false, watch, checks, clean);
    }

    /**
     * With a journal, which is begun anew if it is that of another run or damaged.
     *
     * @param journal the file, or null for none
     * @return a changed copy
     */
    public CascadeOptions renewedJournal(@Nullable Path journal) {
        return new CascadeOptions(radii, journal, true, watch, checks, clean);
    }

    /**
     * With a listener.
     *
     * @param watch is shown every batch
     * @return a changed copy
     */
    public CascadeOptions watch(Listener watch) {
        return new CascadeOptions(radii, journal, renews, watch, checks, clean);
    }

    /**
     * With a listener and an end: where the task is stopping after a batch, the run ends by a {@link CancellationException} that names its
     * stage.
     *
     * @param name what runs
     * @param task tells when to stop
     * @param watch is shown every batch
     * @return a changed copy
     */
    public CascadeOptions watch(String name, Work.Task task, Listener watch) {
        return watch(moment -> {
            watch.at(moment);
            if (task.stopping()) {
                throw new CancellationException(name + " was stopped in its stage " + moment.stage() + ".");
            }
        });
    }

    /**
     * With or without checks.
     *
     * @param checks false where the network was checked before
     * @return a changed copy
     */
    public CascadeOptions checks(boolean checks) {
        return new CascadeOptions(radii, journal, renews, watch, checks, clean);
    }

    /**
     * With what is known of the clean images.
     *
     * @param clean whether the network classifies the image of a number correctly, or null where that is not known
     * @return a changed copy
     */
    public CascadeOptions clean(@Nullable IntPredicate clean) {
        return new CascadeOptions(radii, journal, renews, watch, checks, clean);
    }
}
