package ardent.network;

import ai.djl.ndarray.types.Shape;
import ardent.network.file.PublicNames;

/**
 * ResNet-18 for 32×32 images (He et al., CVPR 2016, in the form of the robustness literature): 3×3 stem with stride 1,
 * no max-pooling, four stages of two basic blocks, global average pooling. 11,173,962 weights at width 64 and 10
 * classes; layer names as in the public PyTorch checkpoints.
 *
 * @param width channels of the first stage; each following stage doubles them
 */
public record ResNet18(int width) implements Architecture {
    /** Checks the width. */
    public ResNet18 {
        LayerSizes.require(width, "width");
    }

    /** Width 64, as published. */
    public ResNet18() {
        this(64);
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        return ResidualBlocks.resNet(net, image, classes, width, new int[] {2, 2, 2, 2}, 1);
    }

    @Override
    public String named(String name) {
        return PublicNames.resNet(name);
    }
}
