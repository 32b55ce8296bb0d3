package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.attack.Transfer;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.tensor.Torch;
import java.util.List;

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
     * Tries networks out on the first of some images before work starts: those to be asked, and the sources of transferred attacks.
     *
     * @param subjects what is to be asked
     * @param images about what
     * @param attacks what is to be run, such as a {@link ardent.attack.Transfer}
     * @throws IllegalArgumentException in one sentence, if a network does not answer with finite logits, one for
     *     each class of the images, or numbers their classes otherwise; the source of a transfer may have more; or if an attack needs
     *     more classes
     * @throws IllegalStateException in one sentence, if a network is closed
     */
    public static void requireFit(List<Subject> subjects, Images images, List<? extends Attack> attacks) {
        subjects.forEach(subject -> subject.requireFit(images));
        attacks.forEach(attack -> attack.requireClasses(images.classCount()));
        Description.held(attacks, Transfer.class)
                .forEach(transfer ->
                        transfer.attack().requireClasses(of(transfer.source()).answer(images, false)));
    }

    /**
     * Tries the network out on the first of some images: it answers with finite logits, one for each of their classes, and knows
     * no class under another number.
     *
     * @param images what it is to be asked about
     * @throws IllegalArgumentException in one sentence, if it does not
     * @throws IllegalStateException in one sentence, if it is closed
     */
    public void requireFit(Images images) {
        answer(images, true);
    }

    /** Refuses images whose classes it knows under other numbers, without asking it. */
    void requireOrder(Images images) {
        if (network instanceof Classifier known) {
            known.requireOrder(images.origin().toString(), images.classes());
        }
    }

    /** How many classes it answers with. */
    private int answer(Images images, boolean exactly) {
        requireOrder(images);
        try (NDArray first = images.first(1).pixels(Torch.manager())) {
            int count = exactly ? 0 : Predictions.of(name, network, 0, first).count();
            return count >= images.classCount()
                    ? count
                    : Predictions.of(name, network, images.classCount(), first).count();
        }
    }

    /**
     * Where the network comes from.
     *
     * @return its origin, with the weights that it has if those were changed since, or for one that is not {@link Described} its class,
     *     marked as not repeatable
     */
    public Description description() {
        Description origin = Description.of(network);
        return origin.at("weights").isPresent() ? Description.of(network, Classifier::hashed) : origin;
    }
}
