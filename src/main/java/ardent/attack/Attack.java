package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.provenance.Arguments;
import ardent.provenance.PlainName;
import ardent.tensor.Noise;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A search for perturbed images that a network gets wrong. */
@FunctionalInterface
public interface Attack {
    /**
     * Perturbs every image; those of images that it cannot break may be anything inside the threat model.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1], left as they are
     * @param labels {@code [N]} int64, the true classes
     * @param noise where the attack draws its random starts
     * @return new images shaped like {@code images}, in [0, 1]
     * @throws IllegalArgumentException if pixels, labels or shapes do not fit
     */
    NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise);

    /**
     * Perturbs images with the noise of seed 0.
     *
     * @param victim the network to fool
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @return new images shaped like {@code images}
     */
    default NDArray perturb(Network victim, NDArray images, NDArray labels) {
        return perturb(victim, images, labels, Noise.of(0));
    }

    /**
     * The threat model that the result must keep to, if there is one; records with a component of this name give it.
     *
     * @return the ball, or null where the attack is not bound to one
     */
    default @Nullable Ball ball() {
        return null;
    }

    /**
     * Whether it follows gradients of the victim: a network that hides its gradients misleads such an attack, which checks look for.
     *
     * @return true unless the attack asks for the victim's answers only, or for nothing
     */
    default boolean whiteBox() {
        return true;
    }

    /**
     * Whether it averages gradients over several forward passes, as attacks on randomised networks have to (EOT): then
     * checks accept that equal calls have different answers.
     *
     * @return false unless the attack says so
     */
    default boolean averagesDraws() {
        return false;
    }

    /**
     * Whether its images are made on another network than the victim.
     *
     * @return false unless the attack says so
     */
    default boolean transfers() {
        return false;
    }

    /**
     * Whether it looks at the gradient once and never where it lands, as {@link Fgsm} does: then it proves nothing about gradients that a
     * search by thousands of queries breaks more.
     *
     * @return false unless the attack says so
     */
    default boolean oneStep() {
        return false;
    }

    /**
     * What checks say where it breaks what attacks by gradients leave.
     *
     * @return empty of an attack that follows gradients itself
     */
    default Optional<Warning.Code> wins() {
        return whiteBox()
                ? Optional.empty()
                : Optional.of(transfers() ? Warning.Code.TRANSFER_WINS : Warning.Code.QUERIES_WIN);
    }

    /**
     * Whether it takes a radius for each image, see {@link #perturb(Network, NDArray, NDArray, NDArray, Noise)}.
     *
     * @return false unless the attack says so
     */
    default boolean takesRadii() {
        return false;
    }

    /**
     * Perturbs images, each within a radius of its own.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1], left as they are
     * @param labels {@code [N]} int64
     * @param radii {@code [N]}, at least 0; they stand in for the radius of the ball
     * @param noise where the attack draws
     * @return new images: adversarial where the attack succeeded, clean elsewhere
     * @throws IllegalArgumentException in one sentence, unless {@link #takesRadii}
     */
    default NDArray perturb(Network victim, NDArray images, NDArray labels, NDArray radii, Noise noise) {
        throw AttackInputs.oneRadius(this);
    }

    /**
     * The same attack with searches in another precision; what they find is judged in float32 always. In bfloat16 a few images break
     * that would not have in float32, or the other way round; networks that are no {@link ardent.network.Classifier} are
     * evaluated as always, and so are all by {@link Square}, which compares answers that differ by little, and by {@link CwL2},
     * {@link DeepFool} and, in {@link Mode#PARITY}, {@link Fab} and {@link FabT}, whose nearest images would be those that only rounding breaks.
     *
     * @param precision {@link Precision#BFLOAT16} for less time where the processor or GPU has instructions for it
     * @return an attack that says so in its name
     * @throws IllegalArgumentException in one sentence, if this machine has no such instructions
     */
    default Attack precision(Precision precision) {
        Arguments.given("precision", precision).require();
        return precision == Precision.FLOAT32 ? this : new InBfloat16(this);
    }

    /**
     * Refuses a number of classes that it cannot attack, before work starts.
     *
     * @param classes K, at least 2
     * @throws IllegalArgumentException in one sentence that says what to take instead; to begin with none is refused
     */
    default void requireClasses(int classes) {}

    /**
     * The name that tables print.
     *
     * @return a short name with the number of steps where that matters, such as {@code PGD-20}
     */
    default String label() {
        return PlainName.of(this, "attack");
    }

    /**
     * The name that tables print where the number of classes is known.
     *
     * @param classes K, at least 2
     * @return {@link #label()} unless something else runs for so few classes, as in {@link AutoAttack#cascade}
     */
    default String label(int classes) {
        return label();
    }

    /**
     * Reasons to doubt its name where classes are few, known before it runs.
     *
     * @param classes K, at least 2
     * @return none unless something else runs for so few classes, as in {@link AutoAttack#cascade}
     */
    default List<Warning> warnings(int classes) {
        return List.of();
    }

    /** An attack composed of others, at least one. */
    interface Composite extends Attack {
        /**
         * What it runs.
         *
         * @return the attacks in order, all with the same ball
         */
        List<Attack> attacks();

        @Override
        default @Nullable Ball ball() {
            return attacks().get(0).ball();
        }

        @Override
        default boolean whiteBox() {
            return attacks().stream().anyMatch(Attack::whiteBox);
        }

        @Override
        default void requireClasses(int classes) {
            attacks().forEach(attack -> attack.requireClasses(classes));
        }

        /** Where one follows gradients and all that do average them. */
        @Override
        default boolean averagesDraws() {
            return whiteBox() && attacks().stream().filter(Attack::whiteBox).allMatch(Attack::averagesDraws);
        }

        @Override
        default boolean transfers() {
            return attacks().stream().allMatch(Attack::transfers);
        }

        @Override
        default boolean oneStep() {
            return attacks().stream().allMatch(Attack::oneStep);
        }

        @Override
        default Optional<Warning.Code> wins() {
            List<Optional<Warning.Code>> codes =
                    attacks().stream().map(Attack::wins).distinct().toList();
            return codes.size() == 1 && !transfers() ? codes.get(0) : Attack.super.wins();
        }

        @Override
        default List<Warning> warnings(int classes) {
            return attacks().stream()
                    .flatMap(attack -> attack.warnings(classes).stream())
                    .distinct()
                    .toList();
        }
    }

    /**
     * An attack that searches in {@link Precision#BFLOAT16}, as {@link #precision} makes it.
     *
     * @param attack what searches
     */
    record InBfloat16(Attack attack) implements Composite {
        /** Nothing is null. */
        public InBfloat16 {
            Arguments.given("attack", attack);
        }

        @Override
        public List<Attack> attacks() {
            return List.of(attack);
        }

        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return search(victim, () -> attack.perturb(victim, images, labels, noise));
        }

        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, NDArray radii, Noise noise) {
            return search(victim, () -> attack.perturb(victim, images, labels, radii, noise));
        }

        private NDArray search(Network victim, Supplier<NDArray> work) {
            Precision.BFLOAT16.require();
            return Precision.BFLOAT16.during(() -> AttackInputs.perturbed(attack, victim, work));
        }

        @Override
        public Attack precision(Precision precision) {
            return Arguments.given("precision", precision) == Precision.FLOAT32 ? attack : this;
        }

        @Override
        public boolean takesRadii() {
            return attack.takesRadii();
        }

        @Override
        public String label() {
            return label(TargetClasses.MANY);
        }

        @Override
        public String label(int classes) {
            return attack.label(classes) + " (bfloat16)";
        }
    }
}
