package ardent.network;

import ai.djl.ndarray.NDArray;

/** What attacks attack and teachers are: a differentiable function from images to logits. */
@FunctionalInterface
public interface Network {
    /**
     * Logits in evaluation mode, differentiable in the images.
     *
     * @param images {@code [N, C, H, W]} floats in [0, 1]
     * @return {@code [N, K]}
     */
    NDArray logits(NDArray images);
}
