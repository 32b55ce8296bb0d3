package ardent.attack.search;

import ai.djl.ndarray.NDArray;
import ardent.tensor.Torch;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Arrays that outlive the scope of the step that made them, until they are replaced or all are closed. */
public class OwnedArrays implements AutoCloseable {
    private final Set<NDArray> arrays = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Keeps an array made in the innermost scope. */
    public NDArray hold(NDArray array) {
        arrays.add(Torch.keep(array));
        return array;
    }

    /** Keeps an array in the place of another, which is closed. */
    public NDArray renew(NDArray old, NDArray next) {
        if (old != next) {
            drop(old);
        }
        return hold(next);
    }

    /** Keeps some rows of an array in its place. */
    NDArray narrow(NDArray array, long... rows) {
        return renew(array, Rows.pick(array, rows));
    }

    void drop(NDArray array) {
        if (arrays.remove(array)) {
            array.close();
        }
    }

    @Override
    public void close() {
        arrays.forEach(NDArray::close);
        arrays.clear();
    }
}
