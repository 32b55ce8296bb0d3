package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ardent.data.Images;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.tensor.Torch;

/**
 * A network to be measured.
 *
 * @param name how tables call it
 * @param network the network
 */
public record Subject(String name, Network network) {
    /** Nothing is null. */
    public Subject {
        Arguments.given("name, network", name, network);
    }

    /**
     * A network with the name it gives itself.
     *
     * @param network the network
     * @return the subject; networks that are not {@link Described} are called by their variable or {@code network}
     */
    public static Subject of(Network network) {
        Arguments.given("network", network);
        return new Subject(Predictions.name(network), network);
    }

    /**
     * Tries the network out on the first of some images: it answers with finite logits, one for each of their classes.
     *
     * @param images what it is to be asked about
     * @throws IllegalArgumentException in one sentence, if it does not
     */
    public void requireFit(Images images) {
        try (NDArray first = images.first(1).pixels(Torch.manager())) {
            Predictions.of(name, network, images.classCount(), first);
        }
    }

    /**
     * Where the network comes from.
     *
     * @return its origin, or for one that is not {@link Described} its class, marked as not repeatable
     */
    public Description description() {
        return Description.of(network);
    }
}
