package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.PlainName;
import java.util.List;

/** The plan of a network, without weights; a record, so that it can be written down and compared. */
public interface Architecture {
    /** What the built layers compute. */
    @FunctionalInterface
    interface Body {
        /**
         * Features and logits of images.
         *
         * @param images {@code [N, C, H, W]}
         * @param training true where batch normalisation uses and updates batch statistics
         * @return features and logits
         */
        Outputs apply(NDArray images, boolean training);

        /**
         * The outputs of the stages, in evaluation mode.
         *
         * @param images {@code [N, C, H, W]}
         * @return one array {@code [N, c, h, w]} for each stage, from the first, largest one to the last
         * @throws UnsupportedOperationException in one sentence, if the architecture does not give them
         */
        default List<NDArray> stages(NDArray images) {
            throw new UnsupportedOperationException(
                    "This architecture does not give the outputs of its stages; the architectures of the kit do.");
        }
    }

    /**
     * Makes the layers.
     *
     * @param net where their weights are registered
     * @param image shape of one image, (C, H, W)
     * @param classes number of classes K
     * @return what they compute
     */
    Body build(Layers net, Shape image, int classes);

    /**
     * A short name for tables and messages.
     *
     * @return the simple name of the class unless overridden; for a lambda the notebook's variable that holds it, or a number
     */
    default String label() {
        return PlainName.of(this, "architecture");
    }

    /**
     * What public checkpoints call a weight, translated to what it is called here.
     *
     * @param name a name in a checkpoint, without prefixes such as {@code module.}
     * @return the name here, or an empty text for a weight that this network has no use for
     */
    default String named(String name) {
        return name;
    }
}
