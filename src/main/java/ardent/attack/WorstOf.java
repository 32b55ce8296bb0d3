package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.search.Rows;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Attacks one after another on a batch, each on the images that remain correctly classified; each image keeps the first success, or the last
 * failure. An image outside the ball or [0, 1] is no success; it is returned only if no attack succeeds. {@link Cascade} does the same
 * for many images, and reports on each stage.
 *
 * @param attacks the attacks in order, at least one, all with the same ball or all without one
 */
public record WorstOf(List<Attack> attacks) implements Attack.Composite {
    /** Checks that there are attacks and that they share a threat model. */
    public WorstOf {
        attacks = Arguments.all("attacks", attacks);
        requireOneBall("A WorstOf", attacks);
    }

    static void requireOneBall(String what, List<Attack> attacks) {
        if (attacks.stream().map(Attack::ball).distinct().count() != 1) {
            throw new IllegalArgumentException(what + " needs at least one attack, and all of them the same ball, not "
                    + attacks.stream().map(Attack::ball).toList() + "; write one of your own as a record with ball().");
        }
    }

    /**
     * Of these attacks.
     *
     * @param attacks the attacks in order
     */
    public WorstOf(Attack... attacks) {
        this(Arguments.all("attacks", attacks));
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return firstSuccess(attacks, victim, images, labels, noise);
    }

    static NDArray firstSuccess(List<Attack> tries, Network victim, NDArray images, NDArray labels, Noise noise) {
        AttackInputs.check(victim, images, labels);
        return Tape.quiet(() -> Tape.scope(() -> {
            NDArray result = images.duplicate();
            boolean[] right = Predictions.of(victim, images).right(labels);
            var outside = new BitSet();
            for (int i = 0; i < tries.size(); i++) {
                long[] rows = Rows.where(right, true);
                Attack attack = tries.get(i);
                Noise own = noise.fork(i);
                if (rows.length > 0) {
                    Tape.free(() -> {
                        var tried = AttackInputs.attacked(attack, victim, images, labels, rows, own.rows(rows));
                        long[] kept = LongStream.range(0, rows.length)
                                .filter(j -> tried.broken().get((int) j) || !outside.get((int) rows[(int) j]))
                                .toArray();
                        for (int j = 0; j < rows.length; j++) {
                            right[(int) rows[j]] = !tried.broken().get(j);
                            outside.set(
                                    (int) rows[j],
                                    outside.get((int) rows[j])
                                            || tried.outside().get(j));
                        }
                        Rows.put(result, Rows.of(rows, kept), Rows.pick(tried.images(), kept));
                    });
                }
            }
            return result;
        }));
    }

    @Override
    public String label() {
        return label(TargetClasses.MANY);
    }

    @Override
    public String label(int classes) {
        return label(attacks, classes);
    }

    static String label(List<Attack> attacks, int classes) {
        return "Worst of "
                + String.join(
                        ", ",
                        attacks.stream().map(attack -> attack.label(classes)).toList());
    }
}
