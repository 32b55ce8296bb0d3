package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.Cost;
import ardent.attack.MaskingChecks;
import ardent.attack.Warning;
import ardent.data.Images;
import ardent.network.Predictions;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks for images made on another network, or by a search without gradients, that break more than attacks by a network's
 * gradients do, beyond the 95 % interval: its gradients mislead then. Networks that are measured together try each other's first batch, which asks each of them for
 * one forward pass for every other one.
 */
final class TransferCheck {
    private final Images images;
    private final TrueLabels truth;
    private final @Nullable Ball ball;
    private final Map<Integer, Crafted> strongest = new HashMap<>();

    /** A first batch as the strongest attack left it, and which of it remain correctly classified. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Crafted(float[] pixels, CorrectImages robust) {}

    TransferCheck(Images images, TrueLabels truth, List<? extends Attack> attacks) {
        this.images = images;
        this.truth = truth;
        ball = ball(attacks);
    }

    /** The threat model of the first attack by gradients that has one. */
    static @Nullable Ball ball(List<? extends Attack> attacks) {
        return attacks.stream()
                .filter(Attack::whiteBox)
                .map(Attack::ball)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Keeps the first batch of a network under attack, if no other attack by gradients broke more of it. */
    void offer(int network, Attack attack, float[] pixels, int[] before, int[] after) {
        if (ball != null && attack.whiteBox() && ball.equals(attack.ball())) {
            int count = (int) (pixels.length / images.shape().size());
            CorrectImages robust = truth.correct(before, count).and(truth.correct(after, count));
            Crafted best = strongest.get(network);
            if (best == null || robust.count() < best.robust.count()) {
                strongest.put(network, new Crafted(pixels, robust));
            }
        }
    }

    /** What a network answers to the others' images. */
    MaskingChecks check(int network, Subject subject, CorrectImages clean) {
        Crafted own = strongest.get(network);
        if (own == null) {
            return MaskingChecks.NONE;
        }
        double gain = 0;
        int asked = 0;
        for (var other : strongest.entrySet()) {
            if (other.getKey() != network) {
                CorrectImages there = predicted(subject, other.getValue().pixels);
                CorrectImages robust = CorrectImages.of(there.size(), i -> clean.at(i) && there.at(i));
                gain = Math.max(gain, gain(own.robust, robust));
                asked++;
            }
        }
        Cost cost = new Cost(asked, 0, (long) asked * own.robust.size());
        return new MaskingChecks(warning(Warning.Code.TRANSFER_WINS, gain), cost);
    }

    private CorrectImages predicted(Subject subject, float[] pixels) {
        int count = (int) (pixels.length / images.shape().size());
        Shape shape = new Shape(count).addAll(images.shape());
        try (NDArray batch = Torch.manager().create(pixels, shape)) {
            Predictions answers = Predictions.of(subject.name(), subject.network(), images.classCount(), batch);
            return truth.correct(answers.classes(), count);
        }
    }

    private static double gain(CorrectImages whiteBox, CorrectImages transfer) {
        return transfer.rate() < whiteBox.interval().low() ? whiteBox.rate() - transfer.rate() : 0;
    }

    private static List<Warning> warning(Warning.Code code, double gain) {
        return gain > 0 ? List.of(new Warning(code, 100 * gain)) : List.of();
    }

    /**
     * Scores, those under a transfer or a search without gradients that was asked for with a warning where the strongest attack
     * by gradients broke less.
     */
    static List<Score> listed(List<? extends Attack> attacks, List<Score> scores) {
        var listed = new ArrayList<Score>();
        for (int i = 0; i < scores.size(); i++) {
            Score score = scores.get(i);
            Attack attack = attacks.get(i);
            CorrectImages own = attack.wins().isEmpty() ? null : rival(attack, attacks, scores);
            listed.add(
                    own == null ? score : score.and(warning(attack.wins().orElseThrow(), gain(own, score.robust()))));
        }
        return listed;
    }

    /** What the strongest attack by gradients left correctly classified, in the same threat model, or in a larger ball of the norm. */
    private static @Nullable CorrectImages rival(Attack attack, List<? extends Attack> attacks, List<Score> scores) {
        Ball small = attack.ball();
        CorrectImages least = null;
        for (int i = 0; i < scores.size(); i++) {
            if (!attack.transfers() && attacks.get(i).oneStep()) {
                continue; // thousands of queries beat one step on any network
            }
            Ball large = attacks.get(i).ball();
            boolean fair = small != null
                    && large != null
                    && attacks.get(i).whiteBox()
                    && large.getClass() == small.getClass()
                    && large.radius() >= small.radius();
            CorrectImages robust = scores.get(i).robust();
            least = fair && (least == null || robust.count() < least.count()) ? robust : least;
        }
        return least;
    }
}
