package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.Rows;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Accuracy against the radius.
 *
 * @param attack name of the attack
 * @param radii ε, rising, at least 0
 * @param accuracies share of images classified correctly under it, falling
 * @param warnings reasons to doubt them: images that left the ball or the pixel range, which do not count as broken, and classes
 *     that are too few for the attack
 */
public record Curve(String attack, List<Float> radii, List<Double> accuracies, List<Warning> warnings) {
    private static final float[] TRIED = {8 / 255f, 0.5f, 1};

    /** Checks that there are as many accuracies as radii and that these rise. */
    public Curve {
        Arguments.given("attack", attack);
        radii = Arguments.all("radii", radii);
        accuracies = Arguments.all("accuracies", accuracies);
        warnings = Arguments.all("warnings", warnings);
        require(radii);
        if (radii.size() != accuracies.size()) {
            throw new IllegalArgumentException("A curve needs one accuracy for each of its radii, and " + accuracies
                    + " are not as many as " + radii + ".");
        }
    }

    /**
     * Without warnings.
     *
     * @param attack name of the attack
     * @param radii ε, rising, at least 0
     * @param accuracies share of images classified correctly under it, falling
     */
    public Curve(String attack, List<Float> radii, List<Double> accuracies) {
        this(attack, radii, accuracies, List.of());
    }

    private static void require(List<Float> radii) {
        boolean rise = !radii.isEmpty();
        for (int i = 0; i < radii.size(); i++) {
            float radius = radii.get(i);
            rise &= radius >= 0 && Float.isFinite(radius) && (i == 0 || radius > radii.get(i - 1));
        }
        if (!rise) {
            throw new IllegalArgumentException(
                    "A curve needs rising radii, at least one, each a number of at least 0 in"
                            + " pixels of [0, 1], not " + radii + ".");
        }
    }

    /**
     * The attacks of a sweep, validated before work starts.
     *
     * @param radii ε, rising, at least 0
     * @param attack the attack for a radius greater than 0
     * @return the attacks for the radii greater than 0
     * @throws IllegalArgumentException in one sentence, if the radii do not rise, or an attack has no ball or one of another radius
     */
    public static List<Attack> attacks(List<Float> radii, Function<Float, Attack> attack) {
        require(radii);
        var attacks = new ArrayList<Attack>();
        for (float radius : radii) {
            if (radius > 0) {
                Attack at = attack.apply(radius);
                if (at == null) {
                    throw unfit(radius, "no attack");
                }
                Ball ball = at.ball();
                if (ball == null) {
                    throw new IllegalArgumentException("The attack " + at.label() + " has no ball that ε = " + radius
                            + " could bound: take Curve.ofDistances for one that searches short perturbations, and write one of"
                            + " your own as a record with ball().");
                }
                if (Math.abs(ball.radius() - radius) > 1e-6 * radius) {
                    throw unfit(radius, at.label() + " with the radius " + ball.radius());
                }
                attacks.add(at);
            }
        }
        return attacks;
    }

    private static IllegalArgumentException unfit(float radius, String given) {
        return new IllegalArgumentException("For ε = " + radius + " the function gives " + given
                + ": give its argument to the ball, as in e -> new Pgd(new Linf(e), 20), and ε in pixels of [0, 1].");
    }

    /** The name that an attack has at any radius. */
    private static String name(List<Attack> attacks, Function<Float, Attack> attack, int classes) {
        if (!attacks.isEmpty()) {
            return attacks.get(attacks.size() - 1).label(classes);
        }
        for (float radius : TRIED) {
            try {
                return attack.apply(radius).label(classes);
            } catch (RuntimeException e) {
                // not for this radius; another one may do
            }
        }
        return "clean";
    }

    /**
     * Runs an attack at rising radii, each on the images that remain correctly classified at the smaller ones: what breaks at one radius is
     * broken at every larger one.
     *
     * @param victim the network, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param radii ε, rising; 0 gives the clean accuracy
     * @param attack the attack for a radius greater than 0, such as {@code e -> new Pgd(new Linf(e), 20)}
     * @param batch images attacked at a time, at least 1
     * @return the curve
     * @throws IllegalArgumentException in one sentence and before work starts, if radii, attacks or inputs do not fit
     */
    public static Curve of(
            Network victim,
            NDArray images,
            NDArray labels,
            List<Float> radii,
            Function<Float, Attack> attack,
            int batch) {
        Arguments.given("victim, images, labels", victim, images, labels);
        Arguments.all("radii", radii);
        Arguments.given("attack", attack);
        List<Attack> attacks = attacks(radii, attack);
        AttackInputs.check(victim, images, labels);
        boolean[] correct = flags(victim, images, labels, batch);
        var accuracies = new ArrayList<Double>();
        var outside = new BitSet();
        int next = 0;
        for (float radius : radii) {
            if (radius > 0) {
                Attack at = attacks.get(next++);
                long[] rows = Rows.where(correct, true);
                var batches = new BatchBounds(rows.length, batch);
                for (int from = 0; from < rows.length; from = batches.end(from)) {
                    long[] part = Arrays.copyOfRange(rows, from, batches.end(from));
                    attacked(victim, images, labels, at, part, correct, outside);
                }
            }
            accuracies.add((double) Rows.where(correct, true).length / correct.length);
        }
        int classes = TargetClasses.count(victim, images);
        var warnings = new ArrayList<>(warnings(outside.cardinality()));
        attacks.stream().limit(1).forEach(each -> warnings.addAll(each.warnings(classes)));
        return new Curve(name(attacks, attack, classes), radii, accuracies, warnings);
    }

    /** Attacks some images and notes those that left the ball or the pixel range: they remain correctly classified. */
    private static void attacked(
            Network victim, NDArray images, NDArray labels, Attack at, long[] part, boolean[] correct, BitSet outside) {
        Tape.free(() -> {
            var tried = AttackInputs.attacked(at, victim, images, labels, part, Noise.of(0));
            tried.outside().stream().forEach(i -> outside.set((int) part[i]));
            tried.broken().stream().forEach(i -> correct[(int) part[i]] = false);
        });
    }

    private static List<Warning> warnings(long outside) {
        return outside == 0 ? List.of() : List.of(new Warning(Warning.Code.OUTSIDE, outside));
    }

    /**
     * The whole curve from one run of an attack that searches short perturbations, such as {@link CwL2} or
     * {@link DeepFool}.
     *
     * @param victim the network, in evaluation mode
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param adversarial what the attack made of them, in an array of its own
     * @param linf whether distances are L∞, else L2
     * @param radii ε, rising
     * @param name name of the attack
     * @return the curve
     * @throws IllegalArgumentException in one sentence, if the arrays or radii do not fit
     */
    public static Curve ofDistances(
            Network victim,
            NDArray images,
            NDArray labels,
            NDArray adversarial,
            boolean linf,
            List<Float> radii,
            String name) {
        Arguments.given("victim, images, labels, adversarial", victim, images, labels, adversarial);
        Arguments.all("radii", radii);
        Arguments.given("name", name);
        require(radii);
        AttackInputs.check(victim, images, labels);
        PerturbationVerifier.answer(name, images.getShape(), adversarial);
        if (adversarial == images) {
            throw new IllegalArgumentException("The adversarial images are the very array of the clean ones, so that"
                    + " their distance is unknown: give the attack a copy, images.duplicate().");
        }
        List<PerturbationVerifier.Place> places =
                Tape.read(() -> PerturbationVerifier.places(null, images, adversarial));
        boolean[] clean = Predictions.of(victim, images).right(labels);
        boolean[] under = Tape.read(() -> Predictions.of(victim, Rows.finiteOrClean(adversarial, () -> images))
                .right(labels));
        var accuracies = new ArrayList<Double>();
        for (float radius : radii) {
            double reach = radius + PerturbationVerifier.tolerance(linf, radius);
            int robust = 0;
            for (int i = 0; i < places.size(); i++) {
                PerturbationVerifier.Place place = places.get(i);
                boolean near = place.allowed() && (linf ? place.linf() : place.l2()) <= reach;
                robust += clean[i] && (under[i] || !near) ? 1 : 0;
            }
            accuracies.add((double) robust / places.size());
        }
        long outside = places.stream().filter(place -> !place.allowed()).count();
        return new Curve(name, radii, accuracies, warnings(outside));
    }

    private static boolean[] flags(Network victim, NDArray images, NDArray labels, int batch) {
        boolean[] right = new boolean[(int) labels.size()];
        var batches = new BatchBounds(right.length, batch);
        for (int from = 0; from < right.length; from = batches.end(from)) {
            String part = from + ":" + batches.end(from);
            long[] rows = LongStream.range(from, batches.end(from)).toArray();
            boolean[] now = Tape.read(
                    () -> Predictions.of(victim, images.get(part), rows).right(labels.get(part)));
            System.arraycopy(now, 0, right, from, now.length);
        }
        return right;
    }
}
