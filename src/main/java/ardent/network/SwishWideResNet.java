package ardent.network;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.globalAverage;
import static ardent.network.Layers.swish;

import ai.djl.ndarray.types.Shape;
import ardent.network.Layers.Layer;
import java.util.List;

/**
 * Wide residual network with the activation x·σ(x) (Gowal et al., "Uncovering the limits of adversarial training",
 * 2020), as DeepMind builds it: convolutions with stride 2 are padded on the right and below only. WRN-70-16 has
 * 266,796,506 weights at 10 classes; layer names as in the public PyTorch checkpoints.
 *
 * <p>The published ones were trained on normalised images. Checkpoints of RobustBench carry mean and deviation, and
 * loading takes them over; those of DeepMind and RSLAD do not: name them by {@link Normalised#cifar10(Architecture)}.
 *
 * @param depth 6n + 4, for example 28 or 70
 * @param widen factor of the widths 16, 32 and 64
 */
public record SwishWideResNet(int depth, int widen) implements Architecture {
    /** Checks depth and width. */
    public SwishWideResNet {
        LayerSizes.wide(depth);
        LayerSizes.require(widen, "a widening factor");
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        Layer stem = net.conv("init_conv", (int) image.get(0), 16, 3, 1);
        int[] depths = LayerSizes.wide(depth);
        Layer[] groups = ResidualBlocks.stages(
                net, stem, group -> "layer." + group + ".block.", 16, depths, widen, SwishWideResNet::block);
        int in = 64 * widen;
        Layer neck = chain(net.batchNorm("batchnorm", in), swish(), globalAverage());
        return new StagedNetwork(List.of(groups), neck, net.linear("logits", in, classes));
    }

    private static Layer block(Layers net, String name, int in, int out, int stride) {
        Layer activate = chain(net.batchNorm(name + ".batchnorm_0", in), swish());
        int padding = stride == 1 ? 1 : 0;
        Shape below = new Shape(0, 1, 0, 1);
        Layer pad = (x, training) -> stride == 1 ? x : x.pad(below, 0);
        Layer residual = chain(
                pad,
                net.conv(
                        name + ".conv_0",
                        new Convolution(in, out, 3)
                                .stride(stride)
                                .padding(padding)
                                .withoutBias()),
                net.batchNorm(name + ".batchnorm_1", out),
                swish(),
                net.conv(name + ".conv_1", out, out, 3, 1));
        return ResidualBlocks.preActivated(
                activate, residual, in == out ? null : net.conv(name + ".shortcut", in, out, 1, stride));
    }
}
