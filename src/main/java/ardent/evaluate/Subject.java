package ardent.evaluate;

import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Description;

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
     * Where the network comes from.
     *
     * @return its origin, or for one that is not {@link Described} its class, marked as not repeatable
     */
    public Description description() {
        return Description.of(network);
    }
}
