package ardent.anomaly;

import ai.djl.ndarray.NDArray;

/** Scores how anomalous images are; trained on normal images only. */
@FunctionalInterface
public interface Detector {
    /**
     * The anomaly score of each image.
     *
     * @param images {@code [N, C, H, W]} floats in [0, 1]
     * @return {@code [N]}, the larger the stranger; the unit is the detector's own
     */
    NDArray strangeness(NDArray images);
}
