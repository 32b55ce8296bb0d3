package ardent.attack;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What goes along with one run of a cascade.
 *
 * @param journal a file that is made if it is not there, from which a run that was cut off goes on after its last batch
 *     and ends as if it had not been; null for none
 * @param watch is shown every batch
 * @param checks whether the network is looked at first, for reasons to doubt what gradients say
 */
public record Course(@Nullable Path journal, Watch watch, boolean checks) {
    /** No journal, nobody watching, with checks. */
    public Course() {
        this(null, Watch.NONE, true);
    }

    /**
     * With a journal.
     *
     * @param journal the file, or null for none
     * @return a changed copy
     */
    public Course journal(@Nullable Path journal) {
        return new Course(journal, watch, checks);
    }

    /**
     * With somebody watching.
     *
     * @param watch is shown every batch
     * @return a changed copy
     */
    public Course watch(Watch watch) {
        return new Course(journal, watch, checks);
    }

    /**
     * With or without checks.
     *
     * @param checks false where somebody else has looked at the network
     * @return a changed copy
     */
    public Course checks(boolean checks) {
        return new Course(journal, watch, checks);
    }
}
