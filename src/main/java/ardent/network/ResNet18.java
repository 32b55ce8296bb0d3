package ardent.network;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.globalAverage;
import static ardent.network.Layers.relu;

import ai.djl.ndarray.types.Shape;
import ardent.network.Layers.Layer;
import java.util.List;

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
        Widths.require(width, "width");
    }

    /** Width 64, as published. */
    public ResNet18() {
        this(64);
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        int channels = (int) image.get(0);
        Layer[] stages = new Layer[4];
        Layer stem = chain(net.conv("conv1", channels, width, 3, 1), net.batchNorm("bn1", width), relu());
        int in = width;
        for (int stage = 0; stage < stages.length; stage++) {
            int out = width << stage;
            Layer first = block(net, "layer" + (stage + 1) + ".0", in, out, stage == 0 ? 1 : 2);
            stages[stage] = chain(first, block(net, "layer" + (stage + 1) + ".1", out, out, 1));
            in = out;
        }
        stages[0] = chain(stem, stages[0]);
        return new Staged(List.of(stages), globalAverage(), net.linear("linear", in, classes));
    }

    private static Layer block(Layers net, String name, int in, int out, int stride) {
        Layer residual = chain(
                net.conv(name + ".conv1", in, out, 3, stride),
                net.batchNorm(name + ".bn1", out),
                relu(),
                net.conv(name + ".conv2", out, out, 3, 1),
                net.batchNorm(name + ".bn2", out));
        Layer shortcut = stride == 1 && in == out
                ? (x, training) -> x
                : chain(net.conv(name + ".shortcut.0", in, out, 1, stride), net.batchNorm(name + ".shortcut.1", out));
        Layer relu = relu();
        return (x, training) -> relu.apply(residual.apply(x, training).add(shortcut.apply(x, training)), training);
    }
}
