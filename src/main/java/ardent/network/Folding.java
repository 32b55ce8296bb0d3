package ardent.network;

import ai.djl.ndarray.NDArray;
import ardent.network.FoldedLayers.Conv;
import ardent.network.FoldedLayers.Pair;
import ardent.tensor.Bfloat16;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one thread evaluates in the place of a network's layers during a search, in which no weight moves. */
final class Folding implements AutoCloseable {
    private static final ThreadLocal<Map<Layers, Folding>> NOW = ThreadLocal.withInitial(IdentityHashMap::new);

    private final boolean low;
    private final IdentityHashMap<Pair, Conv> folded = new IdentityHashMap<>();
    private final IdentityHashMap<NDArray, NDArray> rounded = new IdentityHashMap<>();
    private final List<NDArray> made = new ArrayList<>();

    private Folding(List<Pair> pairs, boolean low) {
        this.low = low;
        Tape.free(() -> pairs.forEach(pair -> {
            Conv conv = pair.asConv();
            folded.put(pair, conv);
            made.addAll(conv.arrays());
        }));
    }

    /** Does some work during which this thread folds what can be folded, in the thread's {@link Precision}. */
    static <T> T during(Layers net, List<Pair> pairs, Supplier<T> work) {
        boolean low = Precision.now() == Precision.BFLOAT16;
        if (NOW.get().containsKey(net) || (pairs.isEmpty() && !low)) {
            return work.get();
        }
        try (var folding = new Folding(pairs, low)) {
            NOW.get().put(net, folding);
            return work.get();
        } finally {
            NOW.get().remove(net);
        }
    }

    /** What stands for a convolution and its batch normalisation just now; nothing once the latter was trained meanwhile. */
    static @Nullable Conv of(Pair pair, Layers net, boolean training) {
        Folding now = NOW.get().get(net);
        if (now != null && training) {
            now.folded.remove(pair);
        }
        return now == null ? null : now.folded.get(pair);
    }

    /** Where convolutions of a network are computed in bfloat16 just now. */
    static @Nullable Folding low(Layers net, boolean training) {
        Folding now = NOW.get().get(net);
        return now != null && now.low && !training ? now : null;
    }

    /** Weights in bfloat16, rounded when they are first asked for. */
    NDArray rounded(NDArray weight, Layers net) {
        NDArray kept = rounded.get(weight);
        if (kept != null) {
            return kept;
        }
        boolean kernel = weight.getShape().dimension() > 1;
        Tape.free(() -> {
            NDArray copy = net.constant(kernel ? Bfloat16.kernel(weight) : Bfloat16.of(weight));
            rounded.put(weight, copy);
            made.add(copy);
        });
        return rounded(weight, net);
    }

    @Override
    public void close() {
        made.forEach(NDArray::close);
    }
}
