package ardent.method;

import static ardent.tensor.Losses.kl;

import ai.djl.ndarray.NDArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a compensated teacher says, as logits: the targets of both views before they become distances.
 *
 * @param attacked target of the adversarial images, {@code [N, K]}
 * @param clean target of the clean images, {@code [N, K]}
 * @param lesson what trains the compensation, or null
 */
record TargetLogits(
        NDArray attacked, NDArray clean, @Nullable Supplier<NDArray> lesson) {
    /** Both divided by a temperature, a scalar or one for each image, {@code [N, 1]}. */
    TargetLogits over(NDArray temperature) {
        return new TargetLogits(attacked.div(temperature), clean.div(temperature), lesson);
    }

    /** The divergences from both. */
    Targets targets() {
        return new Targets(logits -> kl(logits, attacked), logits -> kl(logits, clean), lesson);
    }
}
