package ardent.network;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.relu;

import ai.djl.ndarray.types.Shape;
import ardent.network.Layers.Layer;

/**
 * The smallest residual network (He et al., CVPR 2016, §4.2, the form of depth 8) for colour images on a CPU: its first
 * convolution halves the image, which makes a step about four times as cheap; three stages of one block each follow.
 * 78,042 weights at width 16, three channels and 10 classes.
 *
 * @param width channels of the first stage; each of the two following ones doubles them
 */
public record SmallResNet(int width) implements Architecture {
    private static final int[] DEPTHS = {1, 1, 1};

    /** Checks the width. */
    public SmallResNet {
        LayerSizes.require(width, "width");
    }

    /** Width 16. */
    public SmallResNet() {
        this(16);
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        Layer stem = chain(net.conv("conv1", (int) image.get(0), width, 3, 2), net.batchNorm("bn1", width), relu());
        return ResidualBlocks.resNet(net, stem, classes, width, DEPTHS, 1);
    }
}
