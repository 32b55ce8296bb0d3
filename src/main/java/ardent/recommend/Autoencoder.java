package ardent.recommend;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ardent.network.Layers;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Torch;

/**
 * A denoising autoencoder of a user's row (Liang et al., WWW 2018, Mult-DAE): the row, scaled to length 1, loses half of its
 * values in training, goes through one hidden layer with tanh, and comes out as scores. Made for {@link Multinomial}.
 *
 * @param hidden values of the hidden layer, at least 1
 */
public record Autoencoder(int hidden) implements RecommenderModel {
    /** Checks the width. */
    public Autoencoder {
        Arguments.atLeastOne("hidden value", hidden);
    }

    @Override
    public Layers.Layer build(Layers net, Interactions data, Noise noise) {
        NDArray pairs = data.observed(data.everybody());
        NDArray lengths = pairs.sum(new int[] {1}, true).maximum(constant(1)).sqrt();
        NDArray rows = net.buffer("rows", pairs.div(lengths));
        Layers.Layer encode = Layers.chain(Layers.dropout(0.5), net.linear("encode", data.items(), hidden));
        Layers.Layer decode = net.linear("decode", hidden, data.items());
        return (numbers, training) ->
                decode.apply(Activation.tanh(encode.apply(Torch.rows(rows, numbers), training)), training);
    }
}
