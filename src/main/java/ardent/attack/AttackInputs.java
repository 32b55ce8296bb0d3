package ardent.attack;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ardent.attack.Attack.Composite;
import ardent.attack.search.Rows;
import ardent.attack.search.TargetClasses;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.network.Predictions;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What every attack asks of its inputs, once for each batch, and what is made of the images that another one returns. */
final class AttackInputs {
    private AttackInputs() {}

    /** Radii of a cascade, one for each image. */
    static void radii(NDArray images, NDArray radii, List<Attack> attacks) {
        long count = images.getShape().get(0);
        if (radii.getShape().dimension() != 1 || radii.getDataType() != DataType.FLOAT32 || radii.size() != count) {
            throw new IllegalArgumentException("There is one float radius for each of the " + count + " images, not "
                    + radii.getDataType() + " " + radii.getShape() + ".");
        }
        for (float radius : Tape.read(radii::toFloatArray)) {
            if (!(radius >= 0) || Float.isInfinite(radius)) {
                throw new IllegalArgumentException(
                        "The radius of an image is a number of at least 0, not " + radius + ".");
            }
        }
        for (Attack attack : attacks) {
            if (!attack.takesRadii()) {
                throw oneRadius(attack);
            }
        }
    }

    static IllegalArgumentException oneRadius(Attack attack) {
        return new IllegalArgumentException("The attack " + attack.label()
                + " takes one radius for all images; Apgd, ApgdT, Fab, FabT and Square take one for each.");
    }

    /** Validates the arguments of an attack, then searches on the victim, folded meanwhile. */
    static NDArray search(Network victim, NDArray images, NDArray labels, Supplier<NDArray> search) {
        check(victim, images, labels);
        try {
            return Classifier.folding(victim, search);
        } catch (EngineException e) {
            // A network that does not tell its classes is asked when the engine has found no logit for a label.
            requireClasses(labels, TargetClasses.count(victim, images));
            throw e;
        }
    }

    /**
     * Runs an attack for another one. Where an attack of one's own does not fold what it asks, it is done here, so that it
     * searches in the precision that is asked for.
     */
    static NDArray perturbed(Attack attack, Network victim, Supplier<NDArray> work) {
        boolean folds =
                attack instanceof MultiRoundAttack || attack instanceof StagedAttack || attack instanceof Composite;
        return folds || Precision.now() == Precision.FLOAT32 ? work.get() : Classifier.folding(victim, work);
    }

    /**
     * What an attack made of some images.
     *
     * @param images where it moved them
     * @param broken which of them are misclassified now, inside of the ball and the pixel range
     * @param outside which of them left these
     */
    record Attacked(NDArray images, BitSet broken, BitSet outside) {}

    /** Runs an attack on some rows of images, and judges what it returns. */
    static Attacked attacked(Attack attack, Network victim, NDArray images, NDArray labels, long[] rows, Noise noise) {
        NDArray given = Rows.pick(images, rows);
        NDArray changed =
                perturbed(attack, victim, () -> attack.perturb(victim, given, Rows.pick(labels, rows), noise));
        NDArray clean = Rows.pick(images, rows); // an attack may write into what it is given
        PerturbationVerifier.Counted counted = PerturbationVerifier.counted(attack, clean, changed);
        boolean[] right = Predictions.of(victim, counted.images(), rows).right(Rows.pick(labels, rows));
        var broken = new BitSet();
        IntStream.range(0, rows.length)
                .filter(i -> !right[i] && !counted.outside().get(i))
                .forEach(broken::set);
        return new Attacked(changed, broken, counted.outside());
    }

    static void check(Network victim, NDArray images, NDArray labels) {
        if (images.getShape().dimension() != 4 || images.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException("Attacks take float images of shape (N, C, H, W), not "
                    + images.getDataType() + " " + images.getShape() + ".");
        }
        Predictions.requireImages("network", victim, images);
        long count = images.getShape().get(0);
        if (labels.getShape().dimension() != 1 || labels.getDataType() != DataType.INT64 || labels.size() != count) {
            throw new IllegalArgumentException("Attacks take one int64 label for each of the " + count + " images, not "
                    + labels.getDataType() + " " + labels.getShape() + ".");
        }
        if (count == 0) {
            throw new IllegalArgumentException("There is no image to attack; give at least one.");
        }
        Tape.free(() -> {
            float least = images.min().getFloat();
            float most = images.max().getFloat();
            if (Float.isNaN(least) || Float.isNaN(most)) {
                throw new IllegalArgumentException("An image holds a pixel that is not a number (NaN).");
            }
            if (!(least >= 0 && most <= 1)) {
                throw new IllegalArgumentException("Pixels lie in [0, 1]; these reach from " + least + " to " + most
                        + ". Divide 8-bit values by 255, and leave normalisation to the network.");
            }
            long first = labels.min().getLong();
            if (first < 0) {
                throw new IllegalArgumentException("Attacks need the class of each image, and a label is " + first
                        + ": attack images.labelledOnly(), or label the others with a teacher's answers.");
            }
            if (victim instanceof Classifier known) {
                requireClasses(labels, known.classes());
            }
        });
    }

    private static void requireClasses(NDArray labels, int classes) {
        Tape.free(() -> {
            long last = labels.max().getLong();
            if (last >= classes) {
                throw new IllegalArgumentException("Labels lie in 0.." + (classes - 1) + "; these reach from "
                        + labels.min().getLong() + " to " + last + ": the network knows " + classes
                        + " classes, and the images have others.");
            }
        });
    }
}
