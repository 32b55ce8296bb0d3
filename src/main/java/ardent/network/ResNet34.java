package ardent.network;

import ai.djl.ndarray.types.Shape;
import ardent.network.file.PublicNames;

/**
 * ResNet-34 for 32×32 images: as {@link ResNet18} with 3, 4, 6 and 3 blocks. 21,282,122 weights at width 64 and 10
 * classes; layer names as in the public PyTorch checkpoints.
 *
 * @param width channels of the first stage; each following stage doubles them
 */
public record ResNet34(int width) implements Architecture {
    /** Checks the width. */
    public ResNet34 {
        LayerSizes.require(width, "width");
    }

    /** Width 64, as published. */
    public ResNet34() {
        this(64);
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        return ResidualBlocks.resNet(net, image, classes, width, new int[] {3, 4, 6, 3}, 1);
    }

    @Override
    public String named(String name) {
        return PublicNames.resNet(name);
    }
}
