package ardent.network;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.globalAverage;
import static ardent.network.Layers.relu;

import ai.djl.ndarray.types.Shape;
import ardent.network.Layers.Layer;
import java.util.List;

/**
 * Wide residual network with pre-activation blocks (Zagoruyko and Komodakis, BMVC 2016), as TRADES builds it.
 * WRN-34-10 has 46,160,474 weights at 10 classes, WRN-34-20 184,531,674 and WRN-28-10 36,479,194; layer names as in the
 * public PyTorch checkpoints of TRADES, RSLAD and RobustBench.
 *
 * @param depth 6n + 4, for example 16, 28 or 34
 * @param widen factor of the widths 16, 32 and 64
 */
public record WideResNet(int depth, int widen) implements Architecture {
    /** Checks depth and width. */
    public WideResNet {
        LayerSizes.wide(depth);
        LayerSizes.require(widen, "a widening factor");
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        net.init(Layers.Init.FAN_OUT);
        Layer stem = net.conv("conv1", (int) image.get(0), 16, 3, 1);
        int[] depths = LayerSizes.wide(depth);
        Layer[] groups = ResidualBlocks.stages(
                net, stem, group -> "block" + (group + 1) + ".layer.", 16, depths, widen, WideResNet::block);
        int in = 64 * widen;
        Layer neck = chain(net.batchNorm("bn1", in), relu(), globalAverage());
        return new StagedNetwork(List.of(groups), neck, net.linear("fc", in, classes));
    }

    /** Leaves out the additional stage that TRADES creates and never runs. */
    @Override
    public String named(String name) {
        return name.startsWith("sub_block1.") ? "" : name;
    }

    private static Layer block(Layers net, String name, int in, int out, int stride) {
        Layer activate = chain(net.batchNorm(name + ".bn1", in), relu());
        Layer residual = chain(
                net.conv(name + ".conv1", in, out, 3, stride),
                net.batchNorm(name + ".bn2", out),
                relu(),
                net.conv(name + ".conv2", out, out, 3, 1));
        return ResidualBlocks.preActivated(
                activate, residual, in == out ? null : net.conv(name + ".convShortcut", in, out, 1, stride));
    }
}
