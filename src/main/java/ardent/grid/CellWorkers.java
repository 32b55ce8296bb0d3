package ardent.grid;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Other programs that fill cells, such as the executors of a cluster. */
@FunctionalInterface
public interface CellWorkers {
    /**
     * Has a cell filled elsewhere, at the end of which {@link CellOrder#fill} is called there.
     *
     * @param order what to do
     * @param place hears where it is done, each time that somebody begins it
     * @return the files of the cell's run, once they are there; empty while everybody is busy
     */
    Optional<Future<Map<String, byte[]>>> fill(CellOrder order, Consumer<String> place);
}
