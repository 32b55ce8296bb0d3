package ardent.recommend;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.network.Layers;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Torch;

/**
 * LightGCN, a light graph convolution (He et al., SIGIR 2020): embeddings of users and items spread along the pairs of training,
 * each pair weighted 1/√(deg u · deg i), and a score is the product of their means over all layers. The graph is kept as a
 * dense table of users and items.
 *
 * @param dimension numbers that stand for a user or an item, at least 1
 * @param layers how often they spread, at least 1
 */
public record LightGraph(int dimension, int layers) implements RecommenderModel {
    /** Checks both numbers. */
    public LightGraph {
        Arguments.atLeastOne("dimension", dimension);
        Arguments.atLeastOne("layer", layers);
    }

    @Override
    public Layers.Layer build(Layers net, Interactions data, Noise noise) {
        NDArray users = Factors.table(net, "users", data.users(), dimension, noise.fork(0));
        NDArray items = Factors.table(net, "items", data.items(), dimension, noise.fork(1));
        NDArray pairs = data.observed(data.everybody());
        NDArray degrees = pairs.sum(new int[] {1}, true).mul(pairs.sum(new int[] {0}, true));
        NDArray graph =
                net.buffer("graph", pairs.div(degrees.maximum(constant(1)).sqrt()));
        return (numbers, training) -> {
            NDArray u = users;
            NDArray i = items;
            NDArray allUsers = users;
            NDArray allItems = items;
            for (int layer = 0; layer < layers; layer++) {
                NDArray next = graph.matMul(i);
                i = graph.transpose().matMul(u);
                u = next;
                allUsers = allUsers.add(u);
                allItems = allItems.add(i);
            }
            NDArray share = constant(1.0 / ((layers + 1) * (layers + 1)));
            return Torch.rows(allUsers, numbers).matMul(allItems.transpose()).mul(share);
        };
    }
}
