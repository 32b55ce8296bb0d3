package ardent.evaluate;

import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.PerturbationVerifier;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks what an attack returned, by the rule of {@link PerturbationVerifier}, and what a network answers to it in other batches. */
final class ImageCheck {
    private static final double LOGITS = 1e-3;

    private final @Nullable Ball ball;
    private final Map<Finding.Code, Finding> findings = new EnumMap<>(Finding.Code.class);
    private double linf;
    private double l2;

    ImageCheck(Attack attack) {
        this.ball = attack.ball();
    }

    /**
     * Compares adversarial with clean images.
     *
     * @return the images that do not count, since they are not finite, or outside the ball or the pixel range
     */
    BitSet images(float[] clean, float[] adversarial, int count) {
        var broken = new BitSet();
        int size = clean.length / count;
        for (int i = 0; i < count; i++) {
            if (!image(clean, adversarial, i * size, size)) {
                broken.set(i);
            }
        }
        return broken;
    }

    private boolean image(float[] clean, float[] adversarial, int from, int size) {
        PerturbationVerifier.Place place =
                PerturbationVerifier.look(ball, ball == null ? 0 : ball.radius(), clean, adversarial, from, size);
        if (!place.finite()) {
            note(Finding.Code.NOT_FINITE, 0);
            return false;
        }
        if (place.outside() > 0) {
            note(Finding.Code.OUTSIDE_PIXELS, place.outside());
        }
        if (place.beyond() > 0) {
            note(Finding.Code.OUTSIDE_BALL, place.beyond());
        }
        linf = Math.max(linf, place.linf());
        l2 = Math.max(l2, place.l2());
        return place.allowed();
    }

    /** Compares the logits of images with those that the same images got in a smaller batch. */
    void repetition(float[][] first, float[][] again) {
        for (int i = 0; i < first.length; i++) {
            double worst = 0;
            double scale = 1;
            for (int k = 0; k < first[i].length; k++) {
                worst = Math.max(worst, Math.abs((double) first[i][k] - again[i][k]));
                scale = Math.max(scale, Math.abs(first[i][k]));
            }
            if (worst > LOGITS * scale) {
                note(Finding.Code.NOT_REPEATABLE, worst);
            }
        }
    }

    private void note(Finding.Code code, double violation) {
        findings.merge(code, new Finding(code, 1, violation), Finding::and);
    }

    List<Finding> findings() {
        return new ArrayList<>(findings.values());
    }

    Score.Distances distances() {
        return new Score.Distances(linf, l2);
    }
}
