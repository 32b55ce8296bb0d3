package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.core.Linear;
import ardent.network.FoldedLayers.Conv;
import ardent.network.FoldedLayers.Pair;
import ardent.tensor.Bfloat16;
import ardent.tensor.PixelUnshuffle;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What one thread evaluates in the place of a network's layers during a search, in which no weight moves. */
final class Folding implements AutoCloseable {
    private static final ThreadLocal<Map<Layers, Folding>> NOW = ThreadLocal.withInitial(IdentityHashMap::new);

    /** Weights of a linear layer from which rounding saves more than it costs. */
    private static final long LARGE = 1 << 15;

    private final IdentityHashMap<Pair, Conv> folded = new IdentityHashMap<>();
    private final IdentityHashMap<NDArray, NDArray> moved = new IdentityHashMap<>();
    private final IdentityHashMap<NDArray, NDArray> rounded = new IdentityHashMap<>();
    private final List<NDArray> made = new ArrayList<>();

    /** A search inside a loss: its own gradients are those of images. */
    private final boolean inLoss = Tape.followsWeights();

    private Folding() {}

    private void fold(List<Pair> pairs) {
        Tape.free(() -> pairs.forEach(pair -> {
            Conv conv = pair.asConv();
            folded.put(pair, conv);
            made.addAll(conv.arrays());
        }));
    }

    /** Does some work during which this thread folds what can be folded, and rounds in the thread's {@link Precision}. */
    static <T> T during(Layers net, List<Pair> pairs, Supplier<T> work) {
        if (NOW.get().containsKey(net)) {
            return work.get();
        }
        try (var folding = new Folding()) {
            folding.fold(pairs);
            NOW.get().put(net, folding);
            return work.get();
        } finally {
            NOW.get().remove(net);
        }
    }

    private static boolean rounds() {
        return Precision.now() == Precision.BFLOAT16;
    }

    /** What stands for a convolution and its batch normalisation just now; nothing once the latter was trained meanwhile. */
    static @Nullable Conv of(Pair pair, Layers net, boolean training) {
        Folding now = training ? NOW.get().get(net) : of(net);
        if (now != null && training) {
            now.folded.remove(pair);
        }
        return now == null ? null : now.folded.get(pair);
    }

    /** What is evaluated in the place of a network's layers just now, if anything is. */
    static @Nullable Folding of(Layers net) {
        Folding now = NOW.get().get(net);
        if (now != null && !now.inLoss && Tape.followsWeights()) {
            throw new IllegalStateException(
                    "Weights have no gradient in the middle of a search, as in a method's prepare, where changed copies of them are"
                            + " evaluated: compute this loss in the objective that prepare returns, with step.learn(images), and what is constant in it before"
                            + " Tape.record or within Tape.quiet.");
        }
        return now;
    }

    /** A convolution as this search computes it: in bfloat16, on pixels moved to channels, or as it is. */
    NDArray convolved(Conv conv, NDArray x) {
        boolean rounds = rounds() && conv.groups() == 1;
        // It is the gradient that takes less time; an answer alone takes more.
        boolean moves = Tape.isOpen() && !Torch.device().isGpu() && conv.unshuffles(x.getShape());
        NDArray kernel = conv.weight();
        NDArray bias = conv.shift();
        if (moves) {
            long stride = conv.stride().get(0);
            kernel = copy(moved, kernel, conv.net(), weight -> PixelUnshuffle.of(weight, 0, stride));
        }
        if (rounds) {
            // Moved pixels lie with their channels first, and so does what follows them.
            kernel = copy(rounded, kernel, conv.net(), moves ? Bfloat16::of : Bfloat16::kernel);
            bias = bias == null ? null : copy(rounded, bias, conv.net(), Bfloat16::of);
        }
        NDArray in = rounds ? Bfloat16.of(x) : Bfloat16.back(x);
        NDArray y = moves ? conv.unshuffled(in, kernel, bias) : conv.convolved(in, kernel, bias);
        return conv.net().flows() ? y : Bfloat16.back(y);
    }

    /** A linear layer: in a search in bfloat16 rounded where it is large, else as it is. */
    static NDArray linear(Layers net, NDArray x, NDArray weight, NDArray bias, boolean training) {
        Folding now = training || !rounds() || weight.size() < LARGE ? null : of(net);
        if (now == null) {
            return Linear.linear(Bfloat16.back(x), weight, bias).head();
        }
        NDArray low = now.copy(now.rounded, weight, net, Bfloat16::of);
        NDArray y = Linear.linear(Bfloat16.of(x), low, now.copy(now.rounded, bias, net, Bfloat16::of))
                .head();
        return net.flows() ? y : Bfloat16.back(y);
    }

    /** A changed copy of a weight, made when it is first asked for. */
    private NDArray copy(Map<NDArray, NDArray> copies, NDArray weight, Layers net, UnaryOperator<NDArray> change) {
        return copies.computeIfAbsent(weight, none -> {
            Tape.free(() -> made.add(net.constant(change.apply(weight))));
            return made.get(made.size() - 1);
        });
    }

    @Override
    public void close() {
        made.forEach(NDArray::close);
    }
}
