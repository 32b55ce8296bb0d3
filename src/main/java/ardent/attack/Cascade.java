package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.cascade.CascadeFingerprint;
import ardent.attack.cascade.CascadeRun;
import ardent.attack.cascade.StageRunner;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.provenance.Arguments;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.List;

/**
 * Attacks one after another, each on the clean images that the earlier ones did not break: an image is robust if none
 * of them breaks it.
 *
 * <p>{@link Mode#PARITY} cuts the images that remain when an attack begins into batches in order and seeds each batch
 * anew, as the AutoAttack reference does, so results depend on order and batch size. {@link Mode#FAST} gives each image
 * noise of its own, drawn by its pixels, label and the seed, refills batches with the images that remain, over the
 * restarts and targets of an attack, and shares each batch among the processor's threads; results depend on neither.
 *
 * @param name what ran, for reports
 * @param attacks the attacks in order, at least one, all with the same ball
 * @param batch images in one batch, at least 1
 * @param mode how it cuts batches and draws noise
 * @param seed of all noise
 * @param precision in which the attacks search, {@link Square} excepted, which compares answers that differ by little; every
 *     image that a search in bfloat16 ends with is judged in float32, so that no success is invented, and one that it takes for
 *     broken and is not goes on to the next attack
 */
public record Cascade(String name, List<Attack> attacks, int batch, Mode mode, long seed, Precision precision)
        implements StagedAttack, Attack.Composite {
    /** Checks that there are attacks and that they share a threat model. */
    public Cascade {
        Arguments.given("name, mode, precision", name, mode, precision);
        attacks = Arguments.all("attacks", attacks);
        requireFast(mode, attacks.stream().anyMatch(Cascade::rounds) ? Precision.BFLOAT16 : precision);
        Arguments.atLeastOne("image in a batch", batch);
        WorstOf.requireOneBall("A cascade", attacks);
    }

    static void requireFast(Mode mode, Precision precision) {
        if (precision != Precision.FLOAT32 && mode == Mode.PARITY) {
            throw new IllegalArgumentException(
                    "Mode.PARITY computes as the reference does, in float32: take Mode.FAST with Precision." + precision
                            + ".");
        }
    }

    /** Whether an attack, or one that it runs, searches in bfloat16. */
    private static boolean rounds(Attack attack) {
        return attack instanceof InBfloat16
                || (attack instanceof StagedAttack staged && staged.precision() != Precision.FLOAT32)
                || (attack instanceof Composite whole
                        && whole.attacks().stream().anyMatch(Cascade::rounds));
    }

    /**
     * In float32.
     *
     * @param name what ran, for reports
     * @param attacks the attacks in order, at least one, all with the same ball
     * @param batch images in one batch, at least 1
     * @param mode how it cuts batches and draws noise
     * @param seed of all noise
     */
    public Cascade(String name, List<Attack> attacks, int batch, Mode mode, long seed) {
        this(name, attacks, batch, mode, seed, Precision.FLOAT32);
    }

    /**
     * Fast, in batches of 250, from seed 0.
     *
     * @param attacks the attacks in order
     */
    public Cascade(Attack... attacks) {
        this(
                WorstOf.label(Arguments.all("attacks", attacks), TargetClasses.MANY),
                Arguments.all("attacks", attacks),
                250,
                Mode.FAST,
                0);
    }

    @Override
    public List<Attack> attacks(int classes) {
        return attacks;
    }

    @Override
    public Cascade seed(long seed) {
        return new Cascade(name, attacks, batch, mode, seed, precision);
    }

    @Override
    public Cascade precision(Precision precision) {
        Arguments.given("precision", precision).require();
        return new Cascade(name, attacks, batch, mode, seed, precision);
    }

    @Override
    public boolean takesRadii() {
        return attacks.stream().allMatch(Attack::takesRadii);
    }

    @Override
    public CascadeResult run(Network victim, NDArray images, NDArray labels, CascadeOptions options) {
        AttackInputs.check(victim, images, labels);
        int classes = warnings(2).isEmpty()
                ? TargetClasses.MANY
                : TargetClasses.count(victim, images); // asked where it matters
        return run(victim, images, labels, options, classes, warnings(classes));
    }

    /** As above; warnings that are known already come first. */
    CascadeResult run(
            Network victim, NDArray images, NDArray labels, CascadeOptions options, int classes, List<Warning> known) {
        precision.require();
        AttackInputs.check(victim, images, labels);
        if (options.radii() != null) {
            AttackInputs.radii(images, options.radii(), attacks);
        }
        var warnings = new ArrayList<>(known);
        if (options.checks() && whiteBox()) {
            String first = "0:" + Math.min(batch, images.getShape().get(0));
            Tape.free(() -> warnings.addAll(
                    MaskingChecks.full(victim, ball(), images.get(first), labels.get(first), averagesDraws())
                            .warnings()));
        }
        return Tape.quiet(() -> {
            try (var runner = new StageRunner(victim, ball(), mode, precision, images, labels, options);
                    var run = new CascadeRun(
                            attacks,
                            classes,
                            batch,
                            seed,
                            runner,
                            options,
                            () -> CascadeFingerprint.of(this, victim, images, labels, runner.reach()))) {
                return run.result(label(classes), mode, warnings);
            }
        });
    }

    @Override
    public String label() {
        return label(TargetClasses.MANY);
    }

    @Override
    public String label(int classes) {
        String shown = name.equals(WorstOf.label(attacks, TargetClasses.MANY)) ? WorstOf.label(attacks, classes) : name;
        return precision == Precision.FLOAT32 ? shown : shown + " (bfloat16)";
    }
}
