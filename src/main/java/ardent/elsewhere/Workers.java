package ardent.elsewhere;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Other programs that do work, such as the executors of a cluster. */
@FunctionalInterface
public interface Workers {
    /**
     * Has a work done elsewhere, at the end of which {@link Parcel#run} is called there.
     *
     * @param parcel what to do
     * @param place receives where it is done, each time that somebody begins it
     * @return its results, once they are there; empty while everybody is busy
     */
    Optional<Future<Map<String, byte[]>>> take(Parcel parcel, Consumer<String> place);

    /**
     * How many works are done at once.
     *
     * @return at least 1, which also stands for a number that is not known
     */
    default int slots() {
        return 1;
    }
}
