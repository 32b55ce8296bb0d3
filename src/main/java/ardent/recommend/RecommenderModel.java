package ardent.recommend;

import ardent.network.Layers;
import ardent.tensor.Noise;

/** How a recommender scores items. */
@FunctionalInterface
public interface RecommenderModel {
    /**
     * Makes the weights.
     *
     * @param layers where to register them
     * @param data users and items, and the pairs of training
     * @param noise where first values are drawn from
     * @return a function from user numbers, {@code [B]} int64, to scores of all items, {@code [B, I]}
     */
    Layers.Layer build(Layers layers, Interactions data, Noise noise);
}
