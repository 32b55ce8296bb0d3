package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.check.GradientProbe;
import ardent.network.Network;
import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a network does that attacks by gradients do not expect, seen on a few images: what the AutoAttack reference warns
 * of, and zero gradients, flat losses and answers that depend on the batch. It asks any network and knows none: randomness
 * shows in equal calls, a batch in its half. That a forward pass takes gradients shows only where it opens a tape of this
 * kit.
 *
 * @param warnings reasons to doubt a robust accuracy; none if the checks found nothing
 * @param cost what the checks asked of the network
 */
public record MaskingChecks(List<Warning> warnings, Cost cost) {
    /** Nothing was checked. */
    public static final MaskingChecks NONE = new MaskingChecks(List.of(), Cost.NONE);

    /** Keeps the warnings as they are. */
    public MaskingChecks {
        Arguments.given("cost", cost);
        warnings = Arguments.all("warnings", warnings);
    }

    /**
     * Checks ranges, equal calls, another batch and gradients at random starts: 7 forward passes and 1 backward.
     *
     * @param victim the network
     * @param ball the threat model, or null to check the images themselves
     * @param images {@code [N, C, H, W]}; one batch is enough
     * @param labels {@code [N]} int64
     * @param randomised whether the network is known to be randomised
     * @return what was found
     */
    public static MaskingChecks quick(
            Network victim, @Nullable Ball ball, NDArray images, NDArray labels, boolean randomised) {
        return look(victim, ball, images, labels, randomised, 0);
    }

    /**
     * Checks also whether ten steps of APGD raise the loss: 18 forward passes and 12 backward in all.
     *
     * @param victim the network
     * @param ball the threat model; null leaves the steps out
     * @param images {@code [N, C, H, W]}; one batch is enough
     * @param labels {@code [N]} int64
     * @param randomised whether the network is known to be randomised
     * @return what was found
     */
    public static MaskingChecks full(
            Network victim, @Nullable Ball ball, NDArray images, NDArray labels, boolean randomised) {
        return look(victim, ball, images, labels, randomised, 10);
    }

    private static MaskingChecks look(
            Network victim, @Nullable Ball ball, NDArray images, NDArray labels, boolean randomised, int steps) {
        Arguments.given("victim, images, labels", victim, images, labels);
        GradientProbe probe = GradientProbe.look(victim, ball, images, labels, randomised, steps);
        return new MaskingChecks(probe.warnings(), probe.cost());
    }

    /**
     * With what another check found.
     *
     * @param further what it found
     * @return both together
     */
    public MaskingChecks and(MaskingChecks further) {
        var all = new ArrayList<>(warnings);
        all.addAll(further.warnings);
        return new MaskingChecks(all, cost.plus(further.cost));
    }
}
