package ardent.network;

import ai.djl.ndarray.types.Shape;

/**
 * ResNet for 32×32 images (He et al., CVPR 2016, in the form of the robustness literature): 3×3 stem with stride 1, no
 * max-pooling, four stages, global average pooling. Depths 18 and 34 have basic blocks, depth 50 bottleneck blocks, whose
 * outputs are four times as wide. 11,173,962, 21,282,122 and 23,520,842 weights at width 64 and 10 classes; layer names as
 * in the public PyTorch checkpoints.
 *
 * @param depth 18, 34 or 50
 * @param width channels of the first stage; each following stage doubles them
 */
public record ResNet(int depth, int width) implements Architecture {
    private static final int BOTTLENECKS = 50;

    /** Checks depth and width. */
    public ResNet {
        if (depth != 18 && depth != 34 && depth != BOTTLENECKS) {
            throw new IllegalArgumentException("A ResNet's depth is 18, 34 or 50, not " + depth + ".");
        }
        LayerSizes.require(width, "width");
    }

    /**
     * Width 64, as published.
     *
     * @param depth 18, 34 or 50
     */
    public ResNet(int depth) {
        this(depth, 64);
    }

    /** Such as {@code ResNet18}. */
    @Override
    public String label() {
        return "ResNet" + depth;
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        int[] blocks = depth == 18 ? new int[] {2, 2, 2, 2} : new int[] {3, 4, 6, 3};
        return ResidualBlocks.resNet(net, image, classes, width, blocks, depth == BOTTLENECKS ? 4 : 1);
    }

    @Override
    public String named(String name) {
        return ResidualBlocks.named(name);
    }
}
