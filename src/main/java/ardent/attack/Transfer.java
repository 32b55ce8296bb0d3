package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.TargetClasses;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import java.util.List;

/**
 * Images crafted on one network and tried on another (Papernot et al., 2016); where they break more than the attack on
 * the victim itself does, its gradients mislead. A larger radius may break less, since what is climbed is another network.
 *
 * @param attack what crafts them
 * @param source the network they are crafted on
 */
public record Transfer(Attack attack, Network source) implements Attack.Composite {
    /** Nothing is null. */
    public Transfer {
        Arguments.given("attack, source", attack, source);
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return AttackInputs.perturbed(attack, source, () -> attack.perturb(source, images, labels, noise));
    }

    @Override
    public List<Attack> attacks() {
        return List.of(attack);
    }

    /** It climbs on the source, whose classes count. */
    @Override
    public void requireClasses(int classes) {}

    @Override
    public boolean whiteBox() {
        return false;
    }

    @Override
    public boolean transfers() {
        return true;
    }

    @Override
    public String label() {
        return label(TargetClasses.MANY);
    }

    @Override
    public String label(int classes) {
        return attack.label(ofSource(classes)) + " (transfer)";
    }

    @Override
    public List<Warning> warnings(int classes) {
        return attack.warnings(ofSource(classes));
    }

    /** The source may know more classes than there are. */
    private int ofSource(int classes) {
        return source instanceof Classifier known ? known.classes() : classes;
    }
}
