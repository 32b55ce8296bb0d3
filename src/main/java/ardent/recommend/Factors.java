package ardent.recommend;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.network.Layers;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Torch;

/**
 * Matrix factorisation: the score of an item for a user is ⟨p_u, q_i⟩, without biases. Weights begin normal with deviation 0.1.
 *
 * @param dimension numbers that stand for a user or an item, at least 1
 */
public record Factors(int dimension) implements RecommenderModel {
    private static final double DEVIATION = 0.1;

    /** Checks the dimension. */
    public Factors {
        Arguments.atLeastOne("dimension", dimension);
    }

    @Override
    public Layers.Layer build(Layers layers, Interactions data, Noise noise) {
        NDArray users = table(layers, "users", data.users(), dimension, noise.fork(0));
        NDArray items = table(layers, "items", data.items(), dimension, noise.fork(1));
        return (numbers, training) -> Torch.rows(users, numbers).matMul(items.transpose());
    }

    /** A table of embeddings. */
    static NDArray table(Layers layers, String name, int rows, int dimension, Noise noise) {
        return layers.parameter(name, noise.normal(new Shape(rows, dimension)).mul(constant(DEVIATION)));
    }
}
