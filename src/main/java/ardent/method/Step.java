package ardent.method;

import ai.djl.ndarray.NDArray;
import ardent.network.Classifier;
import ardent.network.Outputs;
import ardent.tensor.Noise;

/**
 * One training step.
 *
 * @param student the network in training
 * @param images {@code [N, C, H, W]} in [0, 1]
 * @param labels {@code [N]} int64
 * @param progress share of the training that is done, from 0 to below 1
 * @param noise where this step's randomness is drawn
 * @param companion what this run keeps beside the student
 */
public record Step(
        Classifier student, NDArray images, NDArray labels, double progress, Noise noise, Companion companion) {
    /**
     * The student's logits in training mode.
     *
     * @param images {@code [N, C, H, W]}
     * @return {@code [N, K]}
     */
    public NDArray learn(NDArray images) {
        return student.learn(images).logits();
    }

    /**
     * The student's features and logits in training mode.
     *
     * @param images {@code [N, C, H, W]}
     * @return features and logits
     */
    public Outputs outputs(NDArray images) {
        return student.learn(images);
    }
}
