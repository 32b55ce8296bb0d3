package ardent.method;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A compensated teacher in one step: how far the student's predictions are from what they should be.
 *
 * @param adversarial D(x'), from the student's logits of the adversarial images, {@code [N, K]}, to {@code [N]}
 * @param clean D(x), from its logits of the clean images, {@code [N, K]}, to {@code [N]}
 * @param lesson computes what trains the compensation's own layers, a scalar without a weight, while the tape is open; null
 *     where there is nothing to train
 */
public record Targets(
        UnaryOperator<NDArray> adversarial,
        UnaryOperator<NDArray> clean,
        @Nullable Supplier<NDArray> lesson) {
    /** The distances are not null. */
    public Targets {
        Arguments.given("adversarial, clean", adversarial, clean);
    }

    /**
     * One distance for both views, with nothing to train.
     *
     * @param both D(x') and D(x), such as {@code z -> Losses.kl(z, soft)}
     */
    public Targets(UnaryOperator<NDArray> both) {
        this(both, both, null);
    }
}
