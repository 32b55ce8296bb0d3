package ardent.network;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.globalAverage;
import static ardent.network.Layers.relu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.network.Architecture.Body;
import ardent.network.Layers.Layer;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What residual networks share. */
final class ResidualBlocks {
    /** Makes one block, which changes the channels from {@code in} to {@code out}, under a name. */
    @FunctionalInterface
    interface Maker {
        Layer block(Layers net, String name, int in, int out, int stride);
    }

    private ResidualBlocks() {}

    /** The name here of what torchvision's ResNets call otherwise, for those who cut its stem down to small images. */
    static String named(String name) {
        String here = name.replace(".downsample.", ".shortcut.");
        return here.startsWith("fc.") ? "linear." + here.substring(3) : here;
    }

    /**
     * Stages of blocks, the first after a stem of {@code width} channels; each following one halves the maps and doubles the
     * channels. The names of a stage's blocks begin with what {@code names} gives for it, from 0, and end with their number.
     */
    static Layer[] stages(
            Layers net, Layer stem, IntFunction<String> names, int width, int[] depths, int expansion, Maker maker) {
        Layer[] stages = new Layer[depths.length];
        int in = width;
        for (int stage = 0; stage < stages.length; stage++) {
            int out = (width << stage) * expansion;
            Layer[] blocks = new Layer[depths[stage]];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = maker.block(net, names.apply(stage) + i, in, out, stage > 0 && i == 0 ? 2 : 1);
                in = out;
            }
            stages[stage] = chain(blocks);
        }
        stages[0] = chain(stem, stages[0]);
        return stages;
    }

    /** How a ResNet names the blocks of a stage. */
    static String layer(int stage) {
        return "layer" + (stage + 1) + ".";
    }

    /** A ResNet that activates after adding: stem, stages, average, linear layer. */
    static Body resNet(Layers net, Shape image, int classes, int width, int[] depths, int expansion) {
        Layer stem = chain(net.conv("conv1", (int) image.get(0), width, 3, 1), net.batchNorm("bn1", width), relu());
        return resNet(net, stem, classes, width, depths, expansion);
    }

    /** A ResNet that activates after adding, after a stem of its own. */
    static Body resNet(Layers net, Layer stem, int classes, int width, int[] depths, int expansion) {
        Layer[] stages = stages(
                net,
                stem,
                ResidualBlocks::layer,
                width,
                depths,
                expansion,
                expansion == 1 ? ResidualBlocks::basic : ResidualBlocks::bottleneck);
        int last = (width << (depths.length - 1)) * expansion;
        return new StagedNetwork(List.of(stages), globalAverage(), net.linear("linear", last, classes));
    }

    private static Layer basic(Layers net, String name, int in, int out, int stride) {
        Layer residual = chain(
                net.conv(name + ".conv1", in, out, 3, stride),
                net.batchNorm(name + ".bn1", out),
                relu(),
                net.conv(name + ".conv2", out, out, 3, 1),
                net.batchNorm(name + ".bn2", out));
        return added(net, name, in, out, stride, residual);
    }

    private static Layer bottleneck(Layers net, String name, int in, int out, int stride) {
        int inner = out / 4;
        Layer residual = chain(
                net.conv(name + ".conv1", in, inner, 1, 1),
                net.batchNorm(name + ".bn1", inner),
                relu(),
                net.conv(name + ".conv2", inner, inner, 3, stride),
                net.batchNorm(name + ".bn2", inner),
                relu(),
                net.conv(name + ".conv3", inner, out, 1, 1),
                net.batchNorm(name + ".bn3", out));
        return added(net, name, in, out, stride, residual);
    }

    private static Layer added(Layers net, String name, int in, int out, int stride, Layer residual) {
        Layer shortcut = stride == 1 && in == out
                ? (x, training) -> x
                : chain(net.conv(name + ".shortcut.0", in, out, 1, stride), net.batchNorm(name + ".shortcut.1", out));
        Layer relu = relu();
        return (x, training) -> relu.apply(residual.apply(x, training).add(shortcut.apply(x, training)), training);
    }

    /** A block that activates before its convolutions; without a shortcut, it adds its input as it came. */
    static Layer preActivated(Layer activate, Layer residual, @Nullable Layer shortcut) {
        return (x, training) -> {
            NDArray active = activate.apply(x, training);
            NDArray kept = shortcut == null ? x : shortcut.apply(active, training);
            return residual.apply(active, training).add(kept);
        };
    }
}
