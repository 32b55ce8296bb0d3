package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.network.Network;
import ardent.tensor.Noise;
import org.jspecify.annotations.Nullable;

/** An attack made of stages, each on the images that the earlier ones left standing, that keeps account of them. */
public sealed interface StagedAttack extends Attack permits AutoAttack, Cascade {
    /**
     * Attacks images, checks the network and tells what happened.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param course radii, journal, watch and checks; what the checks ask of the network is not counted in the stages
     * @return accuracies, casualties, costs, warnings
     */
    CascadeResult run(Network victim, NDArray images, NDArray labels, CascadeOptions course);

    /**
     * Attacks images, checks the network and tells what happened.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @return accuracies, casualties, costs, warnings
     */
    default CascadeResult run(Network victim, NDArray images, NDArray labels) {
        return run(victim, images, labels, new CascadeOptions());
    }

    /**
     * From another seed.
     *
     * @param seed of all noise
     * @return a changed copy
     */
    StagedAttack seed(long seed);

    /** Adversarial where a stage succeeded, clean elsewhere; from the seed of the noise and without checks. */
    @Override
    default NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return perturb(victim, images, labels, null, noise);
    }

    /**
     * Perturbs images, each within a radius of its own.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1], left as they are
     * @param labels {@code [N]} int64
     * @param radii {@code [N]}, at least 0, or null for the ball's
     * @param noise whose seed all noise comes from
     * @return new images: adversarial where a stage succeeded, clean elsewhere
     */
    default NDArray perturb(Network victim, NDArray images, NDArray labels, @Nullable NDArray radii, Noise noise) {
        return seed(noise.seed())
                .run(victim, images, labels, new CascadeOptions().radii(radii).checks(false))
                .adversarial(images);
    }
}
