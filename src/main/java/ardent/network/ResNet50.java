package ardent.network;

import ai.djl.ndarray.types.Shape;
import ardent.network.file.PublicNames;

/**
 * ResNet-50 for 32×32 images: as {@link ResNet34} with bottleneck blocks, whose outputs are four times as wide.
 * 23,520,842 weights at width 64 and 10 classes; layer names as in the public PyTorch checkpoints.
 *
 * @param width channels of the first stage; each following stage doubles them
 */
public record ResNet50(int width) implements Architecture {
    /** Checks the width. */
    public ResNet50 {
        LayerSizes.require(width, "width");
    }

    /** Width 64, as published. */
    public ResNet50() {
        this(64);
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        return ResidualBlocks.resNet(net, image, classes, width, new int[] {3, 4, 6, 3}, 4);
    }

    @Override
    public String named(String name) {
        return PublicNames.resNet(name);
    }
}
