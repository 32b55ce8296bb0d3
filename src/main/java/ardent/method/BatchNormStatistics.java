package ardent.method;

import ai.djl.ndarray.NDArray;
import ardent.network.Classifier;

/** The statistics by which batch normalisation normalises inside an attack. */
public enum BatchNormStatistics {
    /** Running statistics, evaluation mode: the field's rule, and the kit's. */
    RUNNING,
    /** Those of the attacked batch, which also update the running ones, as the code of ARD and IAD attacks. */
    BATCH;

    NDArray logits(Classifier student, NDArray images) {
        return this == RUNNING ? student.logits(images) : student.learn(images).logits();
    }
}
