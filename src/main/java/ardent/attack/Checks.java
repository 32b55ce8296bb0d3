package ardent.attack;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.attack.Warning.Code;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.List;

/** Looks for reasons to doubt a robust accuracy: what the reference warns of, and zero gradients and flat losses. */
public final class Checks {
    private static final int CALLS = 5;
    private static final int STEPS = 10;
    private static final double SURPRISE = 0.002;

    private Checks() {}

    /**
     * Looks at a network through a few images: equal calls, ranges, gradients at random starts, ten steps of APGD.
     *
     * @param victim the network
     * @param ball the threat model
     * @param images {@code [N, C, H, W]}; one batch is enough
     * @param labels {@code [N]} int64
     * @param randomised whether the network is known to be randomised
     * @return what was found
     */
    public static List<Warning> before(Network victim, Ball ball, NDArray images, NDArray labels, boolean randomised) {
        var warnings = new ArrayList<Warning>();
        Tape.free(() -> {
            long opened = Tape.opened();
            NDArray logits = victim.logits(images);
            if (Tape.opened() > opened) {
                warnings.add(new Warning(Code.DYNAMIC, Tape.opened() - opened));
            }
            if (probabilities(logits)) {
                warnings.add(new Warning(Code.SOFTMAX, 1));
            }
            double spread = randomised ? 0 : spread(victim, images, labels);
            if (spread > 1e-4) {
                warnings.add(new Warning(Code.RANDOMISED, spread));
            }
            long[] rows = Rows.where(Rows.right(logits, labels).toBooleanArray(), true);
            if (rows.length > 0) {
                gradients(victim, ball, Rows.pick(images, rows), Rows.pick(labels, rows), warnings);
            }
        });
        return warnings;
    }

    private static boolean probabilities(NDArray logits) {
        return logits.max().getFloat() < 1 + 1e-5
                && logits.min().getFloat() > -1e-5
                && logits.sum(new int[] {1}).sub(constant(1)).abs().max().getFloat() < 1e-5;
    }

    /** The largest distance between normalised logits of equal calls; 1 if the number of right answers differs. */
    private static double spread(Network victim, NDArray images, NDArray labels) {
        var calls = new ArrayList<NDArray>();
        long right = -1;
        double spread = 0;
        for (int i = 0; i < CALLS; i++) {
            NDArray logits = victim.logits(images);
            long now = Rows.floats(Rows.right(logits, labels))
                    .sum()
                    .toType(ai.djl.ndarray.types.DataType.INT64, false)
                    .getLong();
            spread = right >= 0 && now != right ? Math.max(spread, 1) : spread;
            right = now;
            NDArray length = Region.norm(false, logits).add(constant(1e-10)).expandDims(1);
            NDArray unit = logits.div(length);
            for (NDArray other : calls) {
                spread = Math.max(
                        spread, Region.norm(false, unit.sub(other)).max().getFloat());
            }
            calls.add(unit);
        }
        return spread;
    }

    private static void gradients(Network victim, Ball ball, NDArray images, NDArray labels, List<Warning> warnings) {
        long count = labels.size();
        NDArray radii = Tries.radii(ball, count);
        Region region = new Region(ball, images, radii);
        NDArray start = region.project(images.add(region.radius().mul(region.direction(Noise.of(0)))));
        NDList seen = Tape.differentiate(start, x -> new NDList(Losses.crossEntropy(victim.logits(x), labels)));
        NDArray sums = seen.head().abs().reshape(count, -1).sum(new int[] {1});
        share(Code.ZERO_GRADIENT, sums.eq(constant(0)), 0, warnings);
        share(Code.NAN_GRADIENT, sums.isNaN(), 0, warnings);
        Tries tasks = Tries.of(images, labels, radii, 0, Noise.of(0));
        NDArray best = Climb.rise(victim, ball, STEPS, tasks);
        share(Code.FLAT_LOSS, best.lte(seen.get(1)), 0.5, warnings);
    }

    private static void share(Code code, NDArray flags, double bound, List<Warning> warnings) {
        double share = Rows.floats(flags).mean().getFloat();
        if (share > bound) {
            warnings.add(new Warning(code, share));
        }
    }

    /**
     * Looks at the accuracies of a cascade.
     *
     * @param stages the clean pass and the attacks
     * @return what was found
     */
    static List<Warning> after(List<Stage> stages) {
        for (int i = 3; i < stages.size(); i++) {
            double gain = stages.get(i - 1).accuracy() - stages.get(i).accuracy();
            if (stages.get(i).name().startsWith("Square") && gain > SURPRISE) {
                return List.of(new Warning(Code.SQUARE_WINS, 100 * gain));
            }
        }
        return List.of();
    }

    /**
     * Compares a white-box attack with one that was crafted on another network.
     *
     * @param whiteBox accuracy under the attack on the network itself, in [0, 1]
     * @param transfer accuracy under the images from the other network, in [0, 1]
     * @return a warning if transfer is stronger by more than 0.2 points
     */
    public static List<Warning> transfer(double whiteBox, double transfer) {
        double gain = whiteBox - transfer;
        return gain > SURPRISE ? List.of(new Warning(Code.TRANSFER_WINS, 100 * gain)) : List.of();
    }

    /** Two numbers of classes and targets against each other. */
    static List<Warning> classes(int classes, int targets) {
        var warnings = new ArrayList<Warning>();
        if (classes < Goal.TARGETED_DLR.classes()) {
            warnings.add(new Warning(Code.FEW_CLASSES, classes));
        }
        if (targets > classes - 1) {
            warnings.add(new Warning(Code.FEW_TARGETS, targets - (classes - 1)));
        }
        return warnings;
    }
}
