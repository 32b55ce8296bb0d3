package ardent.network;

import ai.djl.ndarray.NDArray;
import ardent.network.Layers.Layer;
import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.List;

/**
 * A network of stages whose outputs can be read.
 *
 * @param stages maps to maps, one after another
 * @param neck from the last maps to features
 * @param head from features to logits
 */
public record StagedNetwork(List<Layer> stages, Layer neck, Layer head) implements Architecture.Body {
    /** Nothing is null. */
    public StagedNetwork {
        stages = Arguments.all("stages", stages);
        Arguments.given("neck, head", neck, head);
    }

    @Override
    public Outputs apply(NDArray images, boolean training) {
        NDArray x = images;
        for (Layer stage : stages) {
            x = stage.apply(x, training);
        }
        NDArray features = neck.apply(x, training);
        return new Outputs(features, head.apply(features, training));
    }

    @Override
    public List<NDArray> stages(NDArray images) {
        if (stages.isEmpty()) {
            return Architecture.Body.super.stages(images);
        }
        var maps = new ArrayList<NDArray>();
        NDArray x = images;
        for (Layer stage : stages) {
            x = stage.apply(x, false);
            maps.add(x);
        }
        return maps;
    }
}
