package ardent.method;

import ai.djl.ndarray.NDArray;
import ardent.network.Classifier;
import ardent.network.Outputs;
import ardent.tensor.Noise;
import java.util.ArrayList;
import java.util.List;

/**
 * One training step.
 *
 * @param student the network in training
 * @param images {@code [N, C, H, W]} in [0, 1]
 * @param labels {@code [N]} int64
 * @param progress share of the training that is done, from 0 to below 1
 * @param noise where this step's randomness is drawn
 * @param companion what this run keeps beside the student
 * @param views what the student has learnt from in this step so far, in order
 */
public record Step(
        Classifier student,
        NDArray images,
        NDArray labels,
        double progress,
        Noise noise,
        Companion companion,
        List<View> views) {
    /**
     * Images and what the student in training said of them.
     *
     * @param images {@code [N, C, H, W]}
     * @param outputs features and logits, differentiable
     */
    public record View(NDArray images, Outputs outputs) {}

    /**
     * A step at its beginning.
     *
     * @param student the network in training
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param progress share of the training that is done, from 0 to below 1
     * @param noise where this step's randomness is drawn
     * @param companion what this run keeps beside the student
     */
    public Step(Classifier student, NDArray images, NDArray labels, double progress, Noise noise, Companion companion) {
        this(student, images, labels, progress, noise, companion, new ArrayList<>());
    }

    /**
     * The student's logits in training mode.
     *
     * @param images {@code [N, C, H, W]}
     * @return {@code [N, K]}
     */
    public NDArray learn(NDArray images) {
        return outputs(images).logits();
    }

    /**
     * The student's features and logits in training mode.
     *
     * @param images {@code [N, C, H, W]}
     * @return features and logits
     */
    public Outputs outputs(NDArray images) {
        Outputs outputs = student.learn(images);
        views.add(new View(images, outputs));
        return outputs;
    }

    /**
     * What the student has learnt from beside the clean images: a method that adds a term to another one finds that
     * one's adversarial images and predictions here.
     *
     * @return the view
     * @throws IllegalStateException in one sentence, unless there is exactly one
     */
    public View adversarial() {
        List<View> others =
                views.stream().filter(view -> view.images() != images).toList();
        if (others.size() != 1) {
            throw new IllegalStateException(
                    "A term on top of another method needs one that learns one set of adversarial"
                            + " images; this one learnt " + others.size() + " sets beside the clean images.");
        }
        return others.get(0);
    }
}
