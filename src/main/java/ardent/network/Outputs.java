package ardent.network;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;

/**
 * The outputs of a network for a batch of images.
 *
 * @param features the input of its last linear layer, {@code [N, F]}
 * @param logits {@code [N, K]}
 */
public record Outputs(NDArray features, NDArray logits) {
    /** Nothing is null. */
    public Outputs {
        Arguments.given("features, logits", features, logits);
    }
}
