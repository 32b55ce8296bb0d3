package ardent.attack.check;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Cost;
import ardent.attack.Warning;
import ardent.attack.Warning.Code;
import ardent.attack.search.ApgdSearch;
import ardent.attack.search.CountingNetwork;
import ardent.attack.search.Rows;
import ardent.attack.search.SearchRegion;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks a network questions whose answers tell whether gradients can be trusted. */
public final class GradientProbe {
    private static final int CALLS = 5;
    private static final double NOISE = 1e-4;
    /** Other batches take other kernels, whose rounding, on some devices of ten bits, is no dependence. */
    private static final double ROUNDING = 1e-3;

    private final CountingNetwork victim;
    private final NDArray images;
    private final NDArray labels;
    private final List<Warning> warnings = new ArrayList<>();

    private GradientProbe(Network victim, NDArray images, NDArray labels) {
        this.victim = new CountingNetwork(victim);
        this.images = images;
        this.labels = labels;
    }

    public static GradientProbe look(
            Network victim, @Nullable Ball ball, NDArray images, NDArray labels, boolean randomised, int steps) {
        GradientProbe probe = new GradientProbe(victim, images, labels);
        Tape.free(() -> probe.look(ball, randomised, steps));
        return probe;
    }

    public List<Warning> warnings() {
        return warnings;
    }

    public Cost cost() {
        return victim.cost();
    }

    private void look(@Nullable Ball ball, boolean randomised, int steps) {
        long opened = Tape.opened();
        NDArray logits = Predictions.logits(victim, images);
        Predictions.read("network", logits, labels.size(), 0);
        note(Code.DYNAMIC, (double) (Tape.opened() - opened), 0);
        if (probabilities(logits)) {
            warnings.add(new Warning(Code.SOFTMAX, 1));
        }
        double spread = randomised ? 0 : spread(logits);
        note(Code.RANDOMISED, spread, NOISE);
        if (!randomised && spread <= NOISE) {
            note(Code.MIXES_IMAGES, mixing(logits), ROUNDING);
        }
        long[] rows = Rows.where(Rows.right(logits, labels).toBooleanArray(), true);
        if (rows.length > 0) {
            gradients(ball, Rows.pick(images, rows), Rows.pick(labels, rows), steps);
        }
    }

    private void note(Code code, double number, double bound) {
        if (number > bound) {
            warnings.add(new Warning(code, number));
        }
    }

    private static boolean probabilities(NDArray logits) {
        return logits.max().getFloat() < 1 + 1e-5
                && logits.min().getFloat() > -1e-5
                && logits.sum(new int[] {1}).sub(constant(1)).abs().max().getFloat() < 1e-5;
    }

    /** The largest distance between normalised logits of equal calls; 1 if the number of right answers differs. */
    private double spread(NDArray first) {
        var calls = new ArrayList<>(List.of(unit(first)));
        double spread = 0;
        long known = right(first);
        for (int i = 1; i < CALLS; i++) {
            NDArray logits = Predictions.logits(victim, images);
            NDArray unit = unit(logits);
            spread = right(logits) == known ? spread : Math.max(spread, 1);
            for (NDArray other : calls) {
                spread = Math.max(spread, distance(unit, other));
            }
            calls.add(unit);
        }
        return spread;
    }

    private long right(NDArray logits) {
        return Rows.where(Rows.right(logits, labels).toBooleanArray(), true).length;
    }

    /** The largest distance between normalised logits of the first half in the whole batch and by itself. */
    private double mixing(NDArray logits) {
        String half = "0:" + images.getShape().get(0) / 2;
        return images.getShape().get(0) < 2
                ? 0
                : distance(unit(logits.get(half)), unit(Predictions.logits(victim, images.get(half))));
    }

    private static NDArray unit(NDArray logits) {
        return logits.div(SearchRegion.norm(false, logits).add(constant(1e-10)).expandDims(1));
    }

    private static double distance(NDArray one, NDArray other) {
        return SearchRegion.norm(false, one.sub(other)).max().getFloat();
    }

    private void gradients(@Nullable Ball ball, NDArray right, NDArray truth, int steps) {
        NDArray start = right;
        NDArray radii = null;
        if (ball != null) {
            radii = Attempts.radii(ball, truth.size());
            SearchRegion region = new SearchRegion(ball, right, radii);
            start = region.project(right.add(region.radius().mul(region.direction(Noise.of(0)))));
        }
        NDList seen = climbed(start, truth);
        if (seen.isEmpty()) {
            warnings.add(new Warning(Code.ZERO_GRADIENT, 1));
            return;
        }
        NDArray sums = seen.head().abs().reshape(truth.size(), -1).sum(new int[] {1});
        share(Code.ZERO_GRADIENT, sums.eq(constant(0)), 0);
        share(Code.NAN_GRADIENT, sums.isNaN(), 0);
        if (ball != null && radii != null && steps > 0) {
            NDArray best = ApgdSearch.rise(victim, ball, steps, Attempts.of(right, truth, radii, 0, Noise.of(0)));
            share(Code.FLAT_LOSS, best.lte(seen.get(1)), 0.5);
        }
    }

    /** Gradient and loss; nothing from a network whose logits do not depend on its images as far as the engine knows. */
    private NDList climbed(NDArray start, NDArray truth) {
        try {
            return Tape.differentiate(
                    start, x -> new NDList(Losses.crossEntropy(Predictions.logits(victim, x), truth)));
        } catch (Tape.Detached e) {
            return new NDList();
        }
    }

    private void share(Code code, NDArray flags, double bound) {
        note(code, Rows.floats(flags).mean().getFloat(), bound);
    }
}
