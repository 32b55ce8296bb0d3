package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attacks one after another, each on the clean images that the earlier ones left standing: an image is robust if it
 * withstands them all.
 *
 * <p>{@link Mode#PARITY} cuts the images that stand when an attack begins into batches in order and seeds each batch
 * anew, as the AutoAttack reference does, so results depend on order and batch size. {@link Mode#FAST} gives each image
 * noise of its own, drawn by its pixels, label and the seed, refills batches with the images still standing, over the
 * restarts and targets of an attack, and shares each batch among the processor's threads; results depend on neither.
 *
 * @param name what ran, for reports
 * @param attacks the attacks in order, at least one, all with the same ball
 * @param batch images in one batch, at least 1
 * @param mode how it cuts batches and draws noise
 * @param seed of all noise
 */
public record Cascade(String name, List<Attack> attacks, int batch, Mode mode, long seed) implements Attack {
    /** Checks that there are attacks and that they share a threat model. */
    public Cascade {
        attacks = List.copyOf(attacks);
        Need.atLeastOne("image in a batch", batch);
        if (attacks.isEmpty() || attacks.stream().map(Attack::ball).distinct().count() != 1) {
            throw new IllegalArgumentException(
                    "A cascade needs at least one attack, and all of them the same ball, not "
                            + attacks.stream().map(Attack::ball).toList() + ".");
        }
    }

    /**
     * Fast, in batches of 250, from seed 0.
     *
     * @param attacks the attacks in order
     */
    public Cascade(Attack... attacks) {
        this(
                "Worst of "
                        + String.join(
                                ", ",
                                List.of(attacks).stream().map(Attack::label).toList()),
                List.of(attacks),
                250,
                Mode.FAST,
                0);
    }

    @Override
    public @Nullable Ball ball() {
        return attacks.get(0).ball();
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        Cascade seeded = new Cascade(name, attacks, batch, mode, noise.seed());
        return seeded.run(victim, images, labels).adversarial(images);
    }

    /**
     * Attacks images and tells what happened.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @return accuracies, casualties, costs
     */
    public Verdict run(Network victim, NDArray images, NDArray labels) {
        return run(victim, images, labels, null, Watch.NONE);
    }

    /**
     * Attacks images and tells what happened; where a journal is given, a run that was cut off goes on from its last
     * batch and ends as if it had not been.
     *
     * @param victim the network to fool, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param journal a file that is made if it is not there, or null for none
     * @param watch is shown every batch
     * @return accuracies, casualties, costs
     */
    public Verdict run(Network victim, NDArray images, NDArray labels, @Nullable Path journal, Watch watch) {
        return run(victim, images, labels, journal, watch, List.of());
    }

    Verdict run(
            Network victim,
            NDArray images,
            NDArray labels,
            @Nullable Path journal,
            Watch watch,
            List<Warning> warnings) {
        Inputs.check(victim, images, labels);
        return Tape.quiet(() -> {
            try (var run = new CascadeRun(this, victim, images, labels, journal, watch)) {
                return run.verdict(warnings);
            }
        });
    }

    @Override
    public String label() {
        return name;
    }
}
