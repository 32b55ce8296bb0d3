package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.tensor.Noise;
import java.util.List;

/** An attack made of stages, each on the images that the earlier ones did not break; it tells what each did. */
public sealed interface StagedAttack extends Attack permits AutoAttack, Cascade {
    /**
     * Attacks images, checks the network and tells what happened.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param options radii, journal, listener and checks; what the checks ask of the network is not counted in the stages
     * @return accuracies, what broke each image, costs, warnings
     */
    CascadeResult run(Network victim, NDArray images, NDArray labels, CascadeOptions options);

    /**
     * Attacks images, checks the network and tells what happened.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @return accuracies, what broke each image, costs, warnings
     */
    default CascadeResult run(Network victim, NDArray images, NDArray labels) {
        return run(victim, images, labels, new CascadeOptions());
    }

    /**
     * Its attacks for a number of classes.
     *
     * @param classes K, at least 2
     * @return one for each stage after the clean pass
     */
    List<Attack> attacks(int classes);

    /**
     * Images in one batch.
     *
     * @return at least 1
     */
    int batch();

    /**
     * How it cuts batches and draws noise.
     *
     * @return in {@link Mode#FAST} an image's result depends on no other image
     */
    Mode mode();

    /**
     * Of all noise; {@link #perturb(Network, NDArray, NDArray, Noise)} mixes it with that of the noise.
     *
     * @return any number
     */
    long seed();

    /**
     * In which it searches.
     *
     * @return FLOAT32 in {@link Mode#PARITY}
     */
    Precision precision();

    /**
     * From another seed.
     *
     * @param seed of all noise
     * @return a changed copy
     */
    StagedAttack seed(long seed);

    @Override
    default boolean takesRadii() {
        return true;
    }

    /**
     * Adversarial where a stage succeeded, clean elsewhere; without checks. Noise of seed 0 leaves the attack's seed as it is, as seed 0
     * of the attack does with the noise's.
     */
    @Override
    default NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return seed(seed(noise))
                .run(victim, images, labels, new CascadeOptions().checks(false))
                .adversarial(images);
    }

    private long seed(Noise noise) {
        return seed() == 0 ? noise.seed() : noise.seed() == 0 ? seed() : Noise.mix(seed(), noise.seed());
    }

    /** As above, each image within a radius of its own. */
    @Override
    default NDArray perturb(Network victim, NDArray images, NDArray labels, NDArray radii, Noise noise) {
        return seed(seed(noise))
                .run(victim, images, labels, new CascadeOptions().radii(radii).checks(false))
                .adversarial(images);
    }
}
