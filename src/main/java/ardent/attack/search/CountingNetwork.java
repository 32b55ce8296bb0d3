package ardent.attack.search;

import ai.djl.ndarray.NDArray;
import ardent.attack.Cost;
import ardent.network.Network;
import ardent.network.Passes;
import ardent.tensor.Tape;
import java.util.concurrent.atomic.LongAdder;

/** A network that counts what it is asked; a call on an open tape counts as one gradient too. */
public final class CountingNetwork implements Network {
    private final Network network;
    private final LongAdder forwards;
    private final LongAdder backwards;
    private final LongAdder images;

    public CountingNetwork(Network network) {
        this(network, new LongAdder(), new LongAdder(), new LongAdder());
    }

    private CountingNetwork(Network network, LongAdder forwards, LongAdder backwards, LongAdder images) {
        this.network = network;
        this.forwards = forwards;
        this.backwards = backwards;
        this.images = images;
    }

    /** Another network whose calls count towards the same sums. */
    public CountingNetwork with(Network other) {
        return new CountingNetwork(other, forwards, backwards, images);
    }

    @Override
    public NDArray logits(NDArray x) {
        count(x.getShape().get(0));
        if (Tape.isOpen()) {
            backwards.increment();
        }
        return network.logits(x);
    }

    /** Counts a call with some images. */
    public void count(long size) {
        forwards.increment();
        images.add(size);
    }

    /** Notes the gradients of all classes but the first, which the call has counted; {@code logits} are {@code [N, K]}. */
    public static void more(Network network, NDArray logits) {
        long gradients = logits.getShape().get(1) - 1;
        Passes.more(logits.getShape().get(0) * gradients);
        if (network instanceof CountingNetwork counted) {
            counted.backwards.add(gradients);
        }
    }

    public Cost cost() {
        return new Cost(forwards.sum(), backwards.sum(), images.sum());
    }
}
