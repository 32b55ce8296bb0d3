package ardent.network;

import ai.djl.ndarray.types.Shape;
import ardent.network.Layers.Layer;
import ardent.provenance.Arguments;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A network of layers one after another, which knows the shape of what goes through it: a layer is told its outputs alone. The
 * last one is linear; its inputs are the features.
 *
 * <pre>{@code
 * return new Chain(net, image).conv("conv1", 16, 3).relu().maxPool(2).linear("fc", classes).body();
 * }</pre>
 */
public final class Chain {
    private final Layers net;
    private final Shape image;
    private final List<Layer> stages = new ArrayList<>();
    private List<Layer> layers = new ArrayList<>();
    private Shape shape;
    private String prefix = "";
    private boolean linear;

    /**
     * An empty chain.
     *
     * @param net where weights are registered
     * @param image shape of one image, (C, H, W)
     */
    public Chain(Layers net, Shape image) {
        this.net = Arguments.given("net", net);
        this.image = Arguments.given("image", image);
        shape = new Shape(1).addAll(image);
    }

    /**
     * Puts the layers that follow under a name, as a module of PyTorch does: {@code features} makes {@code features.conv1}.
     *
     * @param module the name, empty for none
     * @return this chain
     */
    public Chain within(String module) {
        prefix = Arguments.given("module", module).isEmpty() ? "" : module + ".";
        return this;
    }

    /**
     * Adds a convolution with stride 1, no padding and a bias, as PyTorch's.
     *
     * @param name prefix of its weights' names
     * @param out output channels
     * @param kernel height and width of the kernel
     * @return this chain
     */
    public Chain conv(String name, int out, int kernel) {
        return conv(name, out, kernel, same -> same);
    }

    /**
     * Adds a convolution.
     *
     * @param name prefix of its weights' names
     * @param out output channels
     * @param kernel height and width of the kernel
     * @param more what is otherwise than in PyTorch's, such as {@code c -> c.stride(2).padding(1)}
     * @return this chain
     */
    public Chain conv(String name, int out, int kernel, UnaryOperator<Convolution> more) {
        Arguments.given("name, more", name, more);
        return then(net.conv(prefix + name, more.apply(new Convolution(width(), out, kernel))));
    }

    /**
     * Adds batch normalisation.
     *
     * @param name prefix of its weights' names
     * @return this chain
     */
    public Chain batchNorm(String name) {
        return then(net.batchNorm(prefix + Arguments.given("name", name), width()));
    }

    /**
     * Adds the rectifier.
     *
     * @return this chain
     */
    public Chain relu() {
        return then(Layers.relu());
    }

    /**
     * Adds the largest value of each square.
     *
     * @param size side of a square in pixels
     * @return this chain
     */
    public Chain maxPool(int size) {
        return then(Layers.maxPool(size));
    }

    /**
     * Adds the mean of each square.
     *
     * @param size side of a square in pixels
     * @return this chain
     */
    public Chain averagePool(int size) {
        return then(Layers.averagePool(size));
    }

    /**
     * Adds the mean over all pixels of each channel.
     *
     * @return this chain
     */
    public Chain globalAverage() {
        return then(Layers.globalAverage());
    }

    /**
     * Adds dropout, see {@link Layers#dropout}.
     *
     * @param rate share of the values that training sets to 0
     * @return this chain
     */
    public Chain dropout(double rate) {
        return then(Layers.dropout(rate));
    }

    /**
     * Adds a linear layer; maps are laid in one row before it.
     *
     * @param name prefix of its weights' names
     * @param out output features
     * @return this chain
     */
    public Chain linear(String name, int out) {
        if (shape.dimension() > 2) {
            then(Layers.flatten());
        }
        then(net.linear(prefix + Arguments.given("name", name), width(), out));
        linear = true;
        return this;
    }

    /**
     * Adds a layer of one's own.
     *
     * @param layer any layer
     * @return this chain
     * @throws IllegalArgumentException in one sentence, if images of this shape do not go through it
     */
    public Chain then(Layer layer) {
        Arguments.given("layer", layer);
        try {
            Tape.free(() ->
                    shape = layer.apply(Torch.manager().zeros(shape), false).getShape());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Images of shape " + image + " do not go through this chain: "
                            + String.valueOf(e.getMessage()).replaceFirst("\\.$", "") + ".",
                    e);
        }
        layers.add(layer);
        linear = false;
        return this;
    }

    /**
     * Ends a stage, whose maps can be read, as RD4AD does.
     *
     * @return this chain
     */
    public Chain stage() {
        stages.add(Layers.chain(layers.toArray(Layer[]::new)));
        layers = new ArrayList<>();
        return this;
    }

    /**
     * What the layers compute.
     *
     * @return features and logits, and the maps of stages where there are some
     * @throws IllegalArgumentException in one sentence, if the last layer is not linear
     */
    public Architecture.Body body() {
        if (!linear) {
            throw new IllegalArgumentException(
                    "The last layer of a chain is linear, from the features to the logits: end it"
                            + " with linear(\"fc\", classes).");
        }
        Layer[] before = layers.subList(0, layers.size() - 1).toArray(Layer[]::new);
        return new StagedNetwork(stages, Layers.chain(before), layers.get(layers.size() - 1));
    }

    private int width() {
        return Math.toIntExact(shape.get(1));
    }
}
